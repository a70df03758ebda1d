"""What Discord's objects look like: users, members, roles, servers, messages, and what a message says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Json = dict[str, Any]

APP = "1001"
TOKEN = "MTAwMQ.Xx.fake-token-that-must-not-leak"
ALL_RIGHTS = (1 << 10) | (1 << 11) | (1 << 35) | (1 << 38) | (1 << 16)
MANAGE_CHANNELS = 1 << 4
MANAGE_GUILD = 1 << 5
EPHEMERAL = 1 << 6
DIRECT, GROUP, FORUM, ANNOUNCEMENTS = 1, 3, 15, 5
THREADS = frozenset({10, 11, 12})


def user(number: str) -> Json:
    """Return a user; number 1001 is the bot."""
    name = "Paperboy" if number == APP else f"reader{number}"
    about = {"discriminator": "0", "avatar": None, "global_name": None, "bot": number == APP}
    return {"id": number, "username": name, **about}


def member(number: str) -> Json:
    """Return a member of a server; number 43 is on no staff."""
    about = {"nick": None, "avatar": None, "deaf": False, "mute": False, "flags": 0, "premium_since": None}
    joined = {"joined_at": "2026-01-01T00:00:00+00:00", "pending": False}
    return {"user": user(number), "roles": ["600"] if number != "43" else [], **about, **joined}


def roles(guild: str) -> list[Json]:
    """Return the roles of a server: everyone, staff, and readers, whom anybody may mention."""
    about = {"color": 0, "hoist": False, "managed": False, "flags": 0, "icon": None}
    colors = {"colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None}}
    rights = ((guild, "@everyone", ALL_RIGHTS), ("600", "staff", MANAGE_CHANNELS), ("601", "readers", 0))
    return [
        {
            "id": number,
            "name": name,
            "position": at,
            "permissions": str(held),
            "mentionable": name == "readers",
            **about,
            **colors,
        }
        for at, (number, name, held) in enumerate(rights)
    ]


def guild(number: str, channels: Iterable[Json], about: Json) -> Json:
    """Return a server as the gateway describes it; ``about`` is what it chose: its language, its system channel."""
    there = [channel for channel in channels if channel.get("guild_id") == number]
    return {
        "id": number,
        "name": "Readers",
        "owner_id": "7",
        "unavailable": False,
        "member_count": 2,
        "large": False,
        "joined_at": "2026-01-01T00:00:00+00:00",
        "roles": roles(number),
        "members": [member(APP)],
        "channels": [channel for channel in there if channel["type"] not in THREADS],
        "threads": [channel for channel in there if channel["type"] in THREADS],
        **{name: [] for name in _NOTHING_OF},
        **dict.fromkeys(_ZERO, 0),
        "preferred_locale": "en-US",
        "system_channel_id": None,
        "rules_channel_id": None,
        "public_updates_channel_id": None,
        **about,
    }


_NOTHING_OF = (
    "emojis", "stickers", "features", "presences", "voice_states", "stage_instances", "guild_scheduled_events",
    "soundboard_sounds",
)  # fmt: skip
_ZERO = (
    "verification_level", "default_message_notifications", "explicit_content_filter", "mfa_level", "nsfw_level",
    "premium_tier", "system_channel_flags",
)  # fmt: skip


def message_frame(channel: Json, author: Json) -> Json:
    """Return a message that says nothing."""
    return {
        "id": "0",
        "type": 0,
        "channel_id": channel["id"],
        "author": author,
        "content": "",
        "timestamp": "2026-03-02T08:00:00+00:00",
        "edited_timestamp": None,
        "tts": False,
        "mention_everyone": False,
        "mentions": [],
        "mention_roles": [],
        "attachments": [],
        "embeds": [],
        "pinned": False,
        "flags": 0,
        "components": [],
    }


def every(components: list[Json]) -> Iterator[Json]:
    """Yield components with all that is in them."""
    for component in components:
        yield component
        yield from every(component.get("components", []))


def text_of(message: Json) -> str:
    """Return what a message says."""
    return "\n".join(one["content"] for one in every(message["components"]) if "content" in one)


def controls(message: Json) -> Iterator[tuple[str, Json]]:
    """Yield what can be pressed or chosen, by its label, with the data of the interaction that follows."""
    for one in every(message["components"]):
        if one["type"] == 2:
            yield one["label"], {"component_type": 2, "custom_id": one["custom_id"]}
        elif one["type"] in {3, 6, 8}:
            menu = {"component_type": one["type"], "custom_id": one["custom_id"]}
            yield one.get("placeholder", ""), {**menu, "values": []}
            for option in one.get("options", []):
                yield option["label"], {**menu, "values": [option["value"]]}
