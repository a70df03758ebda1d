"""What the fake Discord keeps: channels, threads, messages, commands, and a log of every call."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Any

from tests.fakes.discord_shapes import (
    ALL_RIGHTS,
    ANNOUNCEMENTS,
    APP,
    DIRECT,
    FORUM,
    Json,
    message_frame,
    user,
)

if TYPE_CHECKING:
    from collections.abc import Callable

SERVER, OTHER_SERVER = "500", str(1 << 22)
"""Of two shards, each has one: a server belongs to the shard ``(id >> 22) % shards``."""
CHANNELS = ((501, 0, "general"), (502, ANNOUNCEMENTS, "news"), (503, FORUM, "forum"), (504, 0, "closed"))
CLOSED = "504"


@dataclass(frozen=True, slots=True)
class Call:
    """A request and how it was answered."""

    method: str
    path: str
    body: Any
    status: int
    answer: Any


@dataclass
class Trouble:
    """How the next calls to a path are answered instead; ``after`` doing what was asked, or without."""

    method: str
    path: re.Pattern[str]
    status: int
    body: Any
    headers: dict[str, str]
    times: int
    after: bool = False


@dataclass
class RefusalError(Exception):
    """What Discord answers to a request that it does not take."""

    status: int
    code: int
    message: str
    errors: list[str] = field(default_factory=list)
    more: Json = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)


class World:
    """Two servers: 500 with text 501, announcements 502, forum 503 and a closed channel, 504; another with text 601.

    ``servers`` is what each chose: its language, its system channel.
    """

    def __init__(self) -> None:
        self.url = ""
        self.gateway_url = ""
        self.shards = 1
        self.flags = 0
        self.crossposts_an_hour = 10
        self.log: list[Call] = []
        self.messages: dict[str, dict[str, Json]] = {}
        self.channels: dict[str, Json] = {}
        self.servers: dict[str, Json] = {SERVER: {}, OTHER_SERVER: {}}
        self.commands: list[Json] = []
        self.published: list[str] = []
        self.interactions: dict[str, Json] = {}
        self.troubles: list[Trouble] = []
        self.limits: dict[str, dict[str, str]] = {}
        self._ids = count(10_000_000)
        self._changed = asyncio.Event()
        for number, kind, name in CHANNELS:
            self._channel(str(number), kind, name, SERVER)
        self._channel("601", 0, "elsewhere", OTHER_SERVER)
        self.channels["503"]["available_tags"] = [
            {"id": "1", "name": "Daily", "moderated": False, "emoji_id": None, "emoji_name": None},
            {"id": "2", "name": "Weekly", "moderated": False, "emoji_id": None, "emoji_name": None},
        ]
        everyone = {"id": SERVER, "type": 0, "allow": "0", "deny": str(ALL_RIGHTS)}
        self.channels[CLOSED]["permission_overwrites"] = [everyone]

    def calls(self, method: str, path: str) -> list[Call]:
        """Return the calls whose path matches, those that were refused included."""
        return [call for call in self.log if call.method == method and re.fullmatch(path, call.path)]

    def posts(self, channel: str | int) -> list[Json]:
        """Return the messages that stand in a channel, oldest first, without those that answer interactions."""
        return [one for one in self.messages.get(str(channel), {}).values() if not one.get("answers")]

    def direct(self, number: str) -> str:
        """Return the channel of a reader's direct messages."""
        channel = f"9{number}"
        self.channels.setdefault(channel, {"id": channel, "type": DIRECT, "recipients": [user(number)]})
        return channel

    def archive(self, thread: str) -> None:
        """Put a thread away, as Discord does when nobody wrote in it for a day."""
        self.channels[thread]["thread_metadata"]["archived"] = True

    def fail(
        self,
        method: str,
        path: str,
        status: int,
        body: Any = None,  # noqa: ANN401  JSON
        *,
        headers: dict[str, str] | None = None,
        times: int = 1,
        after: bool = False,
    ) -> None:
        """Answer the next ``times`` calls like this."""
        answer = {"code": 0, "message": "ordered"} if body is None else body
        self.troubles.append(Trouble(method, re.compile(path), status, answer, headers or {}, times, after))

    def limit(self, channel: str, seconds: float) -> None:
        """Let each message use up the channel's limit for some seconds."""
        used_up = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset-After": str(seconds)}
        self.limits[f"/channels/{channel}/messages"] = {"X-RateLimit-Limit": "1", **used_up}

    async def until(self, true: Callable[[], object], seconds: float = 15) -> None:
        """Wait until something is so, looking whenever a call was answered."""
        async with asyncio.timeout(seconds):
            while not true():
                self._changed.clear()
                await self._changed.wait()

    def _channel(self, number: str, kind: int, name: str, guild: str) -> Json:
        about = {"position": 0, "permission_overwrites": [], "nsfw": False, "parent_id": None, "topic": None}
        self.channels[number] = {"id": number, "type": kind, "name": name, "guild_id": guild, **about}
        return self.channels[number]

    def _known(self, channel: str) -> Json:
        if channel not in self.channels:
            raise RefusalError(404, 10003, "Unknown Channel")
        return self.channels[channel]

    def _stored(self, channel: str, message: str) -> Json:
        self._known(channel)
        if message not in self.messages.get(channel, {}):
            raise RefusalError(404, 10008, "Unknown Message")
        return self.messages[channel][message]

    def _store(self, channel: str, body: Json, number: str | None = None) -> Json:
        frame = message_frame(self.channels[channel], user(APP))
        number = number or str(next(self._ids))
        message = {**frame, "id": number, "flags": body["flags"], "components": body["components"]}
        message["asked"] = body
        self.messages.setdefault(channel, {})[number] = message
        return message

    def _thread(self, number: str, parent: str, name: str, kind: int, owner: str) -> Json:
        about = {
            "archived": False,
            "locked": False,
            "auto_archive_duration": 1440,
            "archive_timestamp": "2026-01-01T00:00:00+00:00",
        }
        self.channels[number] = {
            "id": number,
            "type": kind,
            "name": name,
            "parent_id": parent,
            "guild_id": self.channels[parent]["guild_id"],
            "owner_id": owner,
            "message_count": 0,
            "member_count": 1,
            "thread_metadata": about,
        }
        return self.channels[number]
