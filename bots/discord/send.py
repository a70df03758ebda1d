"""Pages into channels, threads, forums and direct messages, over REST alone."""

from __future__ import annotations

import re
from copy import deepcopy
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from bots.discord.buttons import short
from bots.discord.errors import ARCHIVED, LOCKED, THREAD_EXISTS, UNKNOWN_CHANNEL, UNKNOWN_MESSAGE, DiscordError
from bots.discord.issue import ref_in
from bots.kept import Lines
from core.document.nodes import Text
from core.document.text import plain, truncate, utf16_length
from core.render.buttons import token

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bots.discord.api import Api
    from bots.discord.posts import Posts
    from bots.discord.publish import Publisher
    from core.clock import Clock
    from core.delivery.port import Envelope
    from core.document.nodes import Action
    from core.render.port import Message
    from core.storage.notes import SqlNotes
    from core.target import Target

SILENT = 1 << 12
MESSAGES = "/channels/{channel_id}/messages"
MESSAGE = "/channels/{channel_id}/messages/{message_id}"
NONCE_HOLDS = timedelta(minutes=1)
"""Discord answers a known nonce with the first message for "a few minutes": after one, nobody relies on it."""
NAME_LENGTH = 100
MOST_TAGS = 5
OF_A_THREAD = frozenset({UNKNOWN_CHANNEL, ARCHIVED, LOCKED})
TAG_REQUIRED = 1 << 4
DAY_MINUTES = 1440
_CONTINUED = re.compile(r"-# (?P<title>.+) · \d+/\d+(?:\n|$)")
_MENTIONS = re.compile(r"<(?:[@#][!&]?|a?:\w+:)\d+>")
"""Of people, roles, channels, emoji: names show only their ids."""
_ESCAPE = re.compile(r"\\(.)")


class Buttons:
    """Remembers the command lines that are too long for a component."""

    def __init__(self, notes: SqlNotes) -> None:
        self._lines = Lines(notes, "discord")

    async def remember(self, lines: Iterable[str]) -> None:
        """Keep what the tokens of these lines stand for."""
        for line in lines:
            if (name := short(line)) != line:
                await self._lines.keep(name, line)

    async def remember_as_token(self, line: str) -> None:
        """Keep what the token of this line stands for, however short the line is."""
        await self._lines.keep(token(line), line)

    async def data(self, pressed: str) -> str | None:
        """Return the line behind what was pressed, None if nobody remembers it."""
        return await self._lines.get(pressed) if pressed.startswith("~") else pressed


class DiscordSender:
    """Satisfies ``core.delivery.port.Sender``. A message id is ``message`` or, elsewhere, ``channel/message``.

    Messages are created through ``Posts``; everything else is the SDK's: posts of forums, threads, corrections.

    Understood of a subscription's extras: ``kind`` "forum" (each delivery is a post of its own), ``publish`` "on"
    (followers of an announcement channel get it too), ``thread`` "on" (what does not fit the first message goes into
    a thread under it), ``role`` (the id of a role to mention).
    """

    def __init__(self, api: Api, posts: Posts, buttons: Buttons, publisher: Publisher, clock: Clock) -> None:
        self._api = api
        self._posts = posts
        self._buttons = buttons
        self._publisher = publisher
        self._clock = clock
        self._doubtful: dict[str, float] = {}

    async def send(self, target: Target, message: Message, envelope: Envelope) -> str:
        """Send one page; return the message's id."""
        await self._buttons.remember(action.data for action in message.actions)
        here = target.thread or target.chat
        try:
            if envelope.extras.get("kind") == "forum" and not target.thread:
                return await self._into_forum(target, message, envelope)
            channel = here
            if envelope.after and envelope.extras.get("thread") == "on" and not target.thread:
                channel = await self._thread_under(here, envelope.after, message)
            sent = await self._post(target, channel, message, envelope)
        except DiscordError as error:
            raise self._doubt(envelope.key, error) from error
        self._doubtful.pop(envelope.key, None)
        if envelope.extras.get("publish") == "on" and channel == here:
            await self._publisher.add(channel, sent)
        return sent if channel == here else f"{channel}/{sent}"

    async def _post(self, target: Target, channel: str, message: Message, envelope: Envelope) -> str:
        try:
            return await self._posts.post(channel, message, envelope, partial(body, message, envelope))
        except DiscordError as error:
            raise _about(target, channel, error) from error

    async def edit(self, target: Target, message_id: str, message: Message) -> None:
        """Replace a message."""
        await self._buttons.remember(action.data for action in message.actions)
        await self._change("PATCH", target, message_id, message.payload)

    async def delete(self, target: Target, message_id: str) -> None:
        """Take a message back."""
        try:
            await self._change("DELETE", target, message_id)
        except DiscordError as error:
            if error.code != UNKNOWN_MESSAGE:
                raise

    async def _change(
        self, method: str, target: Target, message_id: str, payload: dict[str, Any] | None = None
    ) -> None:
        """Change a message. Threads are archived when nobody wrote for a day, and take no changes until opened."""
        channel, sent = _place(target, message_id)
        change = partial(self._api.call, method, MESSAGE, payload, channel_id=channel, message_id=sent)
        try:
            try:
                await change()
            except DiscordError as error:
                if error.code != ARCHIVED:
                    raise
                await self._api.call("PATCH", "/channels/{channel_id}", {"archived": False}, channel_id=channel)
                await change()
        except DiscordError as error:
            raise _about(target, channel, error) from error

    async def _into_forum(self, target: Target, message: Message, envelope: Envelope) -> str:
        forum = target.chat
        if envelope.after:
            thread, _, _first = envelope.after.partition("/")
            return f"{thread}/{await self._post(target, thread, message, envelope)}"
        channel = await self._api.call("GET", "/channels/{channel_id}", channel_id=forum)
        name = _post_name(message)
        post = await self._open_post(target, channel["guild_id"], name)
        if post is None:
            payload = body(message, envelope)
            content = {key: payload[key] for key in ("components", "flags", "allowed_mentions")}
            wish = {
                "name": name,
                "message": content,
                "applied_tags": _tags(channel, message),
                "auto_archive_duration": DAY_MINUTES,
            }
            made = await self._api.call("POST", "/channels/{channel_id}/threads", wish, channel_id=forum)
            post = str(made["id"])
        return f"{post}/{post}"

    async def _open_post(self, target: Target, guild: str, name: str) -> str | None:
        """Return our post of this name that is there already: creating one knows no nonce."""
        ours = {"parent_id": target.chat, "owner_id": target.account, "name": name}
        active = await self._api.call("GET", "/guilds/{guild_id}/threads/active", guild_id=guild)
        return next(
            (
                str(thread["id"])
                for thread in active["threads"]
                if all(thread.get(key) == value for key, value in ours.items())
            ),
            None,
        )

    async def _thread_under(self, channel: str, first: str, message: Message) -> str:
        """Return the thread of a message, which has the message's id, and open it if need be; else the channel."""
        name = _continued(message) or first
        try:
            await open_thread(self._api, channel, first, name)
        except DiscordError as error:
            if error.kind == "config":
                return channel
            if error.code != THREAD_EXISTS:
                raise
        return first

    def _doubt(self, key: str, error: DiscordError) -> DiscordError:
        """Return the error: "unknown" once Discord may have forgotten the nonce of a page that may have been sent."""
        now = self._clock.now().timestamp()
        if error.kind != "transient":
            return error
        since = self._doubtful.setdefault(key, now)
        if now - since < NONCE_HOLDS.total_seconds():
            return error
        self._doubtful.pop(key)
        return DiscordError("unknown", error.reason, code=error.code)


async def open_thread(api: Api, channel: str, message: str, name: str) -> str:
    """Open a thread under a message; return its id."""
    wish = {"name": _named(name), "auto_archive_duration": DAY_MINUTES}
    made = await api.call(
        "POST", "/channels/{channel_id}/messages/{message_id}/threads", wish, channel_id=channel, message_id=message
    )
    return str(made["id"])


def body(message: Message, envelope: Envelope) -> dict[str, Any]:
    """Return the JSON of create-message without its nonce: the page, silence, and on the first page the role."""
    payload = dict(message.payload)
    if envelope.silent:
        payload["flags"] |= SILENT
    role = envelope.extras.get("role", "")
    return _with_role(payload, role) if role and not envelope.after else payload


def _with_role(payload: dict[str, Any], role: str) -> dict[str, Any]:
    """Mention the role before the first text, if there is room."""
    mention = f"<@&{role}>\n"
    components = deepcopy(payload["components"])
    displays = list(_displays(components))
    if not displays or sum(utf16_length(one["content"]) for one in displays) + len(mention) > 4000:  # noqa: PLR2004
        return payload
    displays[0]["content"] = mention + displays[0]["content"]
    return {**payload, "components": components, "allowed_mentions": {"parse": [], "roles": [role]}}


def _displays(components: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for component in components:
        if "content" in component:
            yield component
        yield from _displays(component.get("components", []))


def _about(target: Target, channel: str, error: DiscordError) -> DiscordError:
    """Return the error. A thread of ours that was deleted or locked says nothing of the channel that it stands in."""
    if error.code not in OF_A_THREAD or channel == (target.thread or target.chat):
        return error
    return DiscordError("content", error.reason, code=UNKNOWN_MESSAGE if error.code == UNKNOWN_CHANNEL else error.code)


def _place(target: Target, message_id: str) -> tuple[str, str]:
    channel, slash, sent = message_id.partition("/")
    return (channel, sent) if slash else (target.thread or target.chat, message_id)


def _post_name(message: Message) -> str:
    title = next((line.strip() for line in message.text.splitlines() if line.strip()), "…")
    ref = ref_in(action.data for action in message.actions)
    day = ref.date.isoformat() if ref else ""
    return f"{_named(title, NAME_LENGTH - len(day) - 3)} · {day}" if day and day not in title else _named(title)


def _named(name: str, length: int = NAME_LENGTH) -> str:
    words = " ".join(_MENTIONS.sub(" ", name).split())
    return plain(truncate((Text(words),), length)) or "…"


def _continued(message: Message) -> str:
    first = next(_displays(message.payload["components"]), {"content": ""})
    match = _CONTINUED.match(first["content"])
    return _ESCAPE.sub(r"\1", match["title"]) if match else ""


def _tags(channel: dict[str, Any], message: Message) -> list[str]:
    """Return the forum's tags whose names are the edition or one of the sections; some if the forum demands one."""
    names = set(_names(message.actions))
    available = channel.get("available_tags", [])
    fitting = [tag["id"] for tag in available if tag["name"].casefold() in names and not tag.get("moderated")]
    if not fitting and channel.get("flags", 0) & TAG_REQUIRED:
        fitting = [tag["id"] for tag in available if not tag.get("moderated")][:1]
    return fitting[:MOST_TAGS]


def _names(actions: Iterable[Action]) -> Iterator[str]:
    for action in actions:
        if ref := ref_in([action.data]):
            yield ref.edition.casefold()
        if action.command == "section":
            yield action.args.partition(" ")[0].casefold()
            yield action.label.casefold()
            yield action.label.partition(" ")[2].strip().casefold()
