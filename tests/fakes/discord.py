"""A strict Discord on a loopback socket: REST and gateway.

It refuses what Discord refuses (``discord_rules``, and the OpenAPI document where ``SPECS_DIR`` has it), keeps channels
and messages, sends events through a compressed gateway, and logs every call. Trouble is ordered with ``fail``.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import zlib
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aiohttp import WSMsgType, web

from discord_rules import modal_problems, problems
from openapi import misfits

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

APP = "1001"
TOKEN = "MTAwMQ.Xx.fake-token-that-must-not-leak"
ALL_RIGHTS = (1 << 10) | (1 << 11) | (1 << 35) | (1 << 38) | (1 << 16)
MANAGE_CHANNELS = 1 << 4
MANAGE_GUILD = 1 << 5
OPEN, EVENT, HEARTBEAT, IDENTIFY, RESUME, RECONNECT, INVALID, HELLO, ACK = 200, 0, 1, 2, 6, 7, 9, 10, 11
V2, EPHEMERAL = 1 << 15, 1 << 6
Json = dict[str, Any]


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
    """How the next calls to a path are answered instead."""

    method: str
    path: re.Pattern[str]
    status: int
    body: Any
    headers: dict[str, str]
    times: int
    after: bool = False
    """Do what was asked before failing."""


@dataclass
class RefusalError(Exception):
    """What Discord answers to a request that it does not take."""

    status: int
    code: int
    message: str
    errors: list[str] = field(default_factory=list)


class FakeDiscord:
    """A server with channels: ``guild`` 500 with text 501, announcements 502, forum 503 and a closed one, 504."""

    def __init__(self) -> None:
        self.url = ""
        self.gateway_url = ""
        self.log: list[Call] = []
        self.messages: dict[str, dict[str, Json]] = {}
        self.channels: dict[str, Json] = {}
        self.commands: list[Json] = []
        self.published: list[str] = []
        self.interactions: dict[str, Json] = {}
        self.troubles: list[Trouble] = []
        self.limits: dict[str, dict[str, str]] = {}
        self.identified = 0
        self.resumed = 0
        self.beats = 0
        self._ids = count(10_000_000)
        self._nonces: dict[tuple[str, str], str] = {}
        self._changed = asyncio.Event()
        self._sockets: list[_Socket] = []
        self._sequence = count(1)
        for number, kind, name in ((501, 0, "general"), (502, 5, "news"), (503, 15, "forum"), (504, 0, "closed")):
            self._channel(str(number), kind, name)
        self.channels["503"]["available_tags"] = [
            {"id": "1", "name": "Daily", "moderated": False, "emoji_id": None, "emoji_name": None},
            {"id": "2", "name": "Weekly", "moderated": False, "emoji_id": None, "emoji_name": None},
        ]
        everyone = {"id": "500", "type": 0, "allow": "0", "deny": str(ALL_RIGHTS)}
        self.channels["504"]["permission_overwrites"] = [everyone]

    def _channel(self, number: str, kind: int, name: str) -> Json:
        self.channels[number] = {
            "id": number,
            "type": kind,
            "name": name,
            "guild_id": "500",
            "position": 0,
            "permission_overwrites": [],
            "nsfw": False,
            "parent_id": None,
            "topic": None,
        }
        return self.channels[number]

    # What a test asks

    def calls(self, method: str, path: str) -> list[Call]:
        """Return the calls whose path matches, those that were refused included."""
        return [call for call in self.log if call.method == method and re.fullmatch(path, call.path)]

    def posts(self, channel: str | int) -> list[Json]:
        """Return the messages that stand in a channel, oldest first."""
        return list(self.messages.get(str(channel), {}).values())

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

    # What a test does

    def direct(self, user: str) -> str:
        """Return the channel of a reader's direct messages."""
        number = f"9{user}"
        self.channels.setdefault(number, {"id": number, "type": 1, "recipients": [_user(user)]})
        return number

    async def slash(self, name: str, *, values: dict[str, Any] | None = None, **about: Any) -> Answered:  # noqa: ANN401
        """Use a slash command and wait for the answer."""
        return await self._answered(self._slash(name, values or {}, **about))

    def _slash(self, name: str, values: dict[str, Any], **about: Any) -> Json:  # noqa: ANN401
        known = next(command for command in self.commands if command["name"] == name and command["type"] == 1)
        kinds = {option["name"]: option["type"] for option in known["options"]}
        options = [{"name": key, "type": kinds[key], "value": value} for key, value in values.items()]
        data: Json = {"id": "77", "type": 1, "name": name, "options": options}
        if "channel" in values:
            channel = self.channels[values["channel"]]
            rights = str(about.get("rights", MANAGE_GUILD))
            some = {key: channel[key] for key in ("id", "name", "type", "parent_id")}
            data["resolved"] = {"channels": {channel["id"]: {**some, "permissions": rights}}}
        return self._interaction(2, data, **about)

    async def complete(self, name: str, option: str, typed: str, **about: Any) -> list[Json]:  # noqa: ANN401
        """Type into an option and return the choices."""
        options = [{"name": option, "type": 3, "value": typed, "focused": True}]
        event = self._interaction(4, {"id": "77", "type": 1, "name": name, "options": options}, **about)
        answered = await self._answered(event)
        found: list[Json] = answered.calls[0].body["data"]["choices"]
        return found

    async def on_message(self, name: str, message: Json, **about: Any) -> Answered:  # noqa: ANN401
        """Use a command on a message."""
        whole = {**_message_frame(self.channels["501"], _user("77")), **message}
        data = {
            "id": "78",
            "type": 3,
            "name": name,
            "target_id": whole["id"],
            "resolved": {"messages": {whole["id"]: whole}},
        }
        return await self._answered(self._interaction(2, data, **about))

    async def press(self, message: Json, label: str, *, values: list[str] | None = None, **about: Any) -> Answered:  # noqa: ANN401
        """Press the button with this label, or choose in the menu with this option or placeholder."""
        data = _pressed(message, label, values)
        about.setdefault("channel", message["channel_id"])
        if "resolved" in about:
            data["resolved"] = about.pop("resolved")
        return await self._answered(self._interaction(3, data, message=message, **about))

    async def fill_in(
        self,
        form: Json,
        values: dict[str, str],
        *,
        message: Json | None = None,
        **about: Any,  # noqa: ANN401
    ) -> Answered:
        """Send a form off."""
        rows = [
            {"type": 1, "components": [{"type": 4, "custom_id": key, "value": value}]} for key, value in values.items()
        ]
        more: dict[str, Any] = {"message": message} if message else {}
        data = {"custom_id": form["custom_id"], "components": rows}
        return await self._answered(self._interaction(5, data, **more, **about))

    def _interaction(
        self,
        kind: int,
        data: Json,
        *,
        user: str = "42",
        channel: str = "501",
        rights: int = MANAGE_GUILD | ALL_RIGHTS,
        ours: int = ALL_RIGHTS,
        locale: str = "en-US",
        owners: dict[str, str] | None = None,
        message: Json | None = None,
    ) -> Json:
        there = self.channels[channel]
        number = next(self._ids)
        event: Json = {
            "id": str(number),
            "application_id": APP,
            "type": kind,
            "token": f"interaction-{number}",
            "version": 1,
            "data": data,
            "channel": there,
            "channel_id": channel,
            "locale": locale,
            "app_permissions": str(ours),
            "entitlements": [],
            "attachment_size_limit": 1,
            "authorizing_integration_owners": owners or {},
            "context": 1 if there["type"] == 1 else 0 if "guild_id" in there else 2,
        }
        if "guild_id" in there:
            member = {**_member(user), "permissions": str(rights)}
            event |= {"guild_id": "500", "guild_locale": "en-US", "member": member}
            event["authorizing_integration_owners"] = owners if owners is not None else {"0": "500"}
        else:
            event["user"] = _user(user)
        if message:
            event["message"] = message
        self.interactions[event["token"]] = {"event": event, "answered": False, "message": message, "calls": []}
        return event

    async def _answered(self, event: Json) -> Answered:
        await self.dispatch("INTERACTION_CREATE", event)
        state = self.interactions[event["token"]]
        await self.until(lambda: state["calls"] and state["calls"][-1].body.get("type") not in {5, 6})
        return Answered(self, state)

    async def write(
        self,
        content: str,
        *,
        channel: str = "501",
        user: str = "42",
        reply_to: Json | None = None,
        mention: bool = False,
    ) -> Json:
        """Write a message; its words are handed over only where Discord hands them over."""
        there = self.channels[channel]
        message = {**_message_frame(there, _user(user)), "id": str(next(self._ids)), "content": content}
        heard = there["type"] == 1 or mention or bool(reply_to and reply_to["author"]["id"] == APP)
        if mention or (reply_to and reply_to["author"]["id"] == APP):
            message["mentions"] = [{**_user(APP), "member": _member(APP)}]
        if reply_to:
            message |= {
                "type": 19,
                "referenced_message": reply_to,
                "message_reference": {"message_id": reply_to["id"], "channel_id": reply_to["channel_id"]},
            }
        self.messages.setdefault(channel, {})[message["id"]] = message
        member = {"guild_id": "500", "member": _member(user)} if "guild_id" in there else {}
        await self.dispatch("MESSAGE_CREATE", {**message, **member, "content": content if heard else ""})
        return message

    async def dispatch(self, name: str, data: Json) -> None:
        """Send an event to whoever listens."""
        for socket in self._sockets:
            await socket.send({"op": EVENT, "t": name, "s": next(self._sequence), "d": data})

    async def reconnect(self) -> None:
        """Ask the client to connect again, and wait until it has resumed."""
        before = self.resumed
        for socket in list(self._sockets):
            await socket.send({"op": RECONNECT, "d": None})
        await self.until(lambda: self.resumed > before)

    async def leave(self) -> None:
        """Remove the bot from the server."""
        await self.dispatch("GUILD_DELETE", {"id": "500"})

    async def come_back(self) -> None:
        """Invite it again."""
        await self.dispatch("GUILD_CREATE", self.guild())

    def guild(self) -> Json:
        """Return the server as the gateway describes it."""
        return {
            "id": "500",
            "name": "Readers",
            "owner_id": "7",
            "unavailable": False,
            "member_count": 2,
            "large": False,
            "joined_at": "2026-01-01T00:00:00+00:00",
            "roles": _roles(),
            "emojis": [],
            "stickers": [],
            "features": [],
            "members": [_member(APP)],
            "channels": [channel for channel in self.channels.values() if channel["type"] in {0, 5, 15}],
            "threads": [],
            "presences": [],
            "voice_states": [],
            "stage_instances": [],
            "guild_scheduled_events": [],
            "soundboard_sounds": [],
            "verification_level": 0,
            "default_message_notifications": 0,
            "explicit_content_filter": 0,
            "mfa_level": 0,
            "nsfw_level": 0,
            "premium_tier": 0,
            "preferred_locale": "en-US",
            "system_channel_flags": 0,
        }

    # REST

    async def rest(self, request: web.Request) -> web.Response:
        """Answer one call."""
        path = request.path.removeprefix("/api/v10")
        raw = await request.read()
        body = json.loads(raw) if raw else None
        trouble = next(
            (one for one in self.troubles if one.method == request.method and one.path.fullmatch(path)), None
        )
        headers = self.limits.get(path, {})
        if trouble:
            trouble.times -= 1
            if not trouble.times:
                self.troubles.remove(trouble)
            if trouble.after:
                await self._do(request, path, body)
            status, answer, headers = trouble.status, trouble.body, trouble.headers
        else:
            status, answer = await self._do(request, path, body)
        call = Call(request.method, path, body, status, answer)
        self.log.append(call)
        if (found := re.search(r"/(interaction-\d+)", path)) and status < 300:
            self.interactions[found[1]]["calls"].append(call)
        self._changed.set()
        if status == 204:
            return web.Response(status=204, headers=headers)
        # discord.py reads JSON only from exactly this type
        return web.Response(
            status=status, body=json.dumps(answer).encode(), headers={"Content-Type": "application/json", **headers}
        )

    async def _do(self, request: web.Request, path: str, body: Any) -> tuple[int, Any]:  # noqa: ANN401  JSON
        if request.headers.get("Authorization") != f"Bot {TOKEN}":
            return 401, {"code": 0, "message": "401: Unauthorized"}
        if not request.headers.get("User-Agent", "").startswith("DiscordBot ("):
            return 403, {"code": 40333, "message": "internal network error"}
        try:
            for method, pattern, handler in _ROUTES:
                if method == request.method and (match := re.fullmatch(pattern, path)):
                    answer = await getattr(self, handler)(*match.groups(), body)
                    return (204, None) if answer is None else (200, answer)
        except RefusalError as refusal:
            answer = {"code": refusal.code, "message": refusal.message, "errors": refusal.errors}
            return refusal.status, answer
        return 404, {"code": 0, "message": f"404: {request.method} {path}"}

    async def me(self, _body: Any) -> Json:  # noqa: ANN401
        return _user(APP)

    async def application(self, _body: Any) -> Json:  # noqa: ANN401
        about = {"id": APP, "name": "Paperboy", "icon": None, "description": "", "verify_key": "", "team": None}
        return {
            **about,
            "bot_public": True,
            "bot_require_code_grant": False,
            "summary": "",
            "owner": _user("7"),
            "flags": 0,
        }

    async def gateway(self, _body: Any) -> Json:  # noqa: ANN401
        limit = {"total": 1000, "remaining": 1000, "reset_after": 0, "max_concurrency": 1}
        return {"url": self.gateway_url, "shards": 1, "session_start_limit": limit}

    async def register(self, application: str, body: Any) -> list[Json]:  # noqa: ANN401
        assert application == APP
        found = [misfit for command in body for misfit in fits("ApplicationCommandUpdateRequest", command)]
        found += [problem for command in body for problem in command_problems(command)]
        if found:
            raise RefusalError(400, 50035, "Invalid Form Body", found)
        self.commands = body
        return [{**command, "id": str(number)} for number, command in enumerate(body, 1)]

    async def get_channel(self, channel: str, _body: Any) -> Json:  # noqa: ANN401
        return self._known(channel)

    async def create(self, channel: str, body: Json) -> Json:
        there = self._known(channel)
        if there["type"] == 15:
            raise RefusalError(400, 50008, "Cannot send messages in a non-text channel")
        if channel == "504":
            raise RefusalError(403, 50013, "Missing Permissions")
        self._check(body, "MessageCreateRequest")
        nonce = body.get("nonce")
        if not nonce or len(nonce) > 25 or body.get("enforce_nonce") is not True:
            raise RefusalError(400, 50035, "a nonce of at most 25 characters belongs to every message")
        if (channel, nonce) in self._nonces:
            return self.messages[channel][self._nonces[channel, nonce]]
        message = self._store(channel, body)
        self._nonces[channel, nonce] = message["id"]
        return message

    async def message(self, channel: str, message: str, _body: Any) -> Json:  # noqa: ANN401
        return self._stored(channel, message)

    async def edit(self, channel: str, message: str, body: Json) -> Json:
        self._check(body, "MessageEditRequestPartial")
        self._stored(channel, message)["components"] = body["components"]
        return self._stored(channel, message)

    async def remove(self, channel: str, message: str, _body: Any) -> None:  # noqa: ANN401
        self._stored(channel, message)
        del self.messages[channel][message]

    async def crosspost(self, channel: str, message: str, _body: Any) -> Json:  # noqa: ANN401
        if self._known(channel)["type"] != 5:
            raise RefusalError(400, 50024, "Cannot execute action on this channel type")
        if message in self.published:
            raise RefusalError(400, 40033, "This message has already been crossposted")
        found = self._stored(channel, message)
        self.published.append(message)
        return found

    async def open_thread(self, channel: str, message: str, body: Json) -> Json:
        self._stored(channel, message)
        if found := fits("CreateTextThreadWithMessageRequest", body):
            raise RefusalError(400, 50035, "Invalid Form Body", found)
        if message in self.channels:
            raise RefusalError(400, 160004, "A thread has already been created for this message")
        return self._thread(message, channel, body["name"], 10 if self.channels[channel]["type"] == 5 else 11)

    async def forum_post(self, channel: str, body: Json) -> Json:
        if self._known(channel)["type"] != 15:
            raise RefusalError(400, 50024, "Cannot execute action on this channel type")
        if found := fits("CreateForumThreadRequest", body):
            raise RefusalError(400, 50035, "Invalid Form Body", found)
        self._check(body["message"], "BaseCreateMessageCreateRequest")
        number = str(next(self._ids))
        thread = self._thread(number, channel, body["name"], 11)
        thread["applied_tags"] = body["applied_tags"]
        self._store(number, body["message"], number)
        return thread

    async def active(self, _guild: str, _body: Any) -> Json:  # noqa: ANN401
        return {"threads": [one for one in self.channels.values() if one["type"] in {10, 11}], "members": []}

    async def roles(self, _guild: str, _body: Any) -> list[Json]:  # noqa: ANN401
        return _roles()

    async def member(self, _guild: str, user: str, _body: Any) -> Json:  # noqa: ANN401
        return _member(user)

    async def open_direct(self, body: Json) -> Json:
        return self.channels[self.direct(body["recipient_id"])]

    async def callback(self, number: str, token: str, body: Json) -> None:
        state = self.interactions.get(token)
        if state is None or state["event"]["id"] != number:
            raise RefusalError(404, 10062, "Unknown interaction")
        if state["answered"]:
            raise RefusalError(400, 40060, "Interaction has already been acknowledged.")
        kind, data = body["type"], body.get("data", {})
        if kind in {4, 7}:
            self._check(data, "IncomingWebhookInteractionRequest" if kind == 4 else "")
        if kind == 7:
            state["message"]["components"] = data["components"]
        if kind == 4:
            state["message"] = {**self._frame(state), "flags": data["flags"], "components": data["components"]}
        if kind == 8 and len(data["choices"]) > 25:
            raise RefusalError(400, 50035, "too many choices")
        if kind == 9 and (found := modal_problems(data)):
            raise RefusalError(400, 50035, "Invalid Form Body", found)
        state["answered"] = True

    async def original(self, _application: str, token: str, body: Json) -> Json:
        state = self.interactions[token]
        self._check(body, "")
        state["message"] = {**self._frame(state), "flags": body["flags"], "components": body["components"]}
        found: Json = state["message"]
        return found

    async def follow_up(self, _application: str, token: str, body: Json) -> Json:
        self._check(body, "")
        state = self.interactions[token]
        return {**self._frame(state), "flags": body["flags"], "components": body["components"]}

    def _frame(self, state: Json) -> Json:
        channel = self.channels[state["event"]["channel_id"]]
        return {**_message_frame(channel, _user(APP)), "id": str(next(self._ids))}

    def _check(self, body: Json, schema: str) -> None:
        found = problems(body) + (fits(schema, body) if schema else [])
        if found:
            raise RefusalError(400, 50035, "Invalid Form Body", found)

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
        frame = _message_frame(self.channels[channel], _user(APP))
        number = number or str(next(self._ids))
        message = {**frame, "id": number, "flags": body["flags"], "components": body["components"]}
        message["asked"] = body
        self.messages.setdefault(channel, {})[number] = message
        return message

    def _thread(self, number: str, parent: str, name: str, kind: int) -> Json:
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
            "guild_id": "500",
            "owner_id": APP,
            "message_count": 0,
            "member_count": 1,
            "thread_metadata": about,
        }
        return self.channels[number]

    # Gateway

    async def gateway_socket(self, request: web.Request) -> web.WebSocketResponse:
        """Serve one connection: HELLO, IDENTIFY or RESUME, then events and heartbeats."""
        assert request.query["compress"] == "zlib-stream"
        raw = web.WebSocketResponse()
        await raw.prepare(request)
        socket = _Socket(raw)
        await socket.send({"op": HELLO, "d": {"heartbeat_interval": 41250}})
        try:
            async for received in raw:
                if received.type is WSMsgType.TEXT:
                    await self._heard(socket, json.loads(received.data))
        finally:
            if socket in self._sockets:
                self._sockets.remove(socket)
        return raw

    async def _heard(self, socket: _Socket, said: Json) -> None:
        data: Any = said.get("d")
        if said["op"] == HEARTBEAT:
            self.beats += 1
            await socket.send({"op": ACK})
        elif said["op"] == IDENTIFY:
            if data["token"] != TOKEN:
                await socket.raw.close(code=4004)
                return
            self.identified += 1
            self.identity = data
            ready = {
                "v": 10,
                "user": _user(APP),
                "guilds": [{"id": "500", "unavailable": True}],
                "session_id": "session",
                "resume_gateway_url": self.gateway_url,
                "shard": data.get("shard", [0, 1]),
                "application": {"id": APP, "flags": 0},
                "private_channels": [],
            }
            await socket.send({"op": EVENT, "t": "READY", "s": next(self._sequence), "d": ready})
            guild = {"op": EVENT, "t": "GUILD_CREATE", "s": next(self._sequence), "d": self.guild()}
            await socket.send(guild)
            self._sockets.append(socket)
        elif said["op"] == RESUME:
            assert data["session_id"] == "session"
            self._sockets.append(socket)
            await socket.send({"op": EVENT, "t": "RESUMED", "s": next(self._sequence), "d": {}})
            self.resumed += 1
        self._changed.set()


class _Socket:
    """A connection that compresses as one stream."""

    def __init__(self, raw: web.WebSocketResponse) -> None:
        self.raw = raw
        self._deflate = zlib.compressobj()

    async def send(self, event: Json) -> None:
        data = self._deflate.compress(json.dumps(event).encode()) + self._deflate.flush(zlib.Z_SYNC_FLUSH)
        await self.raw.send_bytes(data)


@dataclass
class Answered:
    """What came of an interaction."""

    fake: FakeDiscord
    state: Json

    @property
    def calls(self) -> list[Call]:
        found: list[Call] = self.state["calls"]
        return found

    @property
    def kind(self) -> int:
        """The type of the first answer."""
        return int(self.calls[0].body["type"])

    @property
    def message(self) -> Json:
        """The message as it stands now."""
        found: Json = self.state["message"]
        return found

    @property
    def form(self) -> Json:
        found: Json = self.calls[0].body["data"]
        return found

    @property
    def private(self) -> bool:
        return bool(self.message["flags"] & EPHEMERAL)

    @property
    def text(self) -> str:
        return text_of(self.message)

    @property
    def labels(self) -> list[str]:
        return [label for label, _data in _choices(self.message)]


def every(components: list[Json]) -> Iterator[Json]:
    for component in components:
        yield component
        yield from every(component.get("components", []))


def text_of(message: Json) -> str:
    """Return what a message says."""
    return "\n".join(one["content"] for one in every(message["components"]) if "content" in one)


def _choices(message: Json) -> Iterator[tuple[str, Json]]:
    for one in every(message["components"]):
        if one["type"] == 2:
            yield one["label"], {"component_type": 2, "custom_id": one["custom_id"]}
        elif one["type"] in {3, 6, 8}:
            menu = {"component_type": one["type"], "custom_id": one["custom_id"]}
            yield one.get("placeholder", ""), {**menu, "values": []}
            for option in one.get("options", []):
                yield option["label"], {**menu, "values": [option["value"]]}


def _pressed(message: Json, label: str, values: list[str] | None) -> Json:
    found = [data for shown, data in _choices(message) if shown == label]
    assert found, f"{label!r} is none of {[shown for shown, _data in _choices(message)]}"
    return {**found[0], **({"values": values} if values is not None else {})}


def command_problems(command: Json) -> Iterator[str]:
    """What Discord says to a command, as far as its limits are concerned."""
    for one in (command, *command.get("options", [])):
        for name in (one["name"], *one.get("name_localizations", {}).values()):
            slash = command["type"] == 1
            if slash and not re.fullmatch(r"[-_'\w]{1,32}", name):
                yield f"name {name!r}"
        for text in (one.get("description", "x"), *one.get("description_localizations", {}).values()):
            if not 1 <= len(text) <= 100:
                yield f"description {text!r}"
        if one.get("choices") and one.get("autocomplete"):
            yield "choices and autocomplete"
    required = [option["required"] for option in command.get("options", [])]
    if required != sorted(required, reverse=True):
        yield "a required option after others"


def fits(schema: str, body: Any) -> list[str]:  # noqa: ANN401  JSON
    """Return where a body does not fit the published schema; nothing without SPECS_DIR."""
    spec = _spec()
    return misfits(spec, schema, body) if spec and schema in spec["components"]["schemas"] else []


@cache
def _spec() -> Json | None:
    folder = os.environ.get("SPECS_DIR")
    file = Path(folder, "discord-openapi.json") if folder else None
    return json.loads(file.read_text(encoding="utf-8")) if file and file.exists() else None


def _user(number: str) -> Json:
    name = "Paperboy" if number == APP else f"reader{number}"
    return {
        "id": number,
        "username": name,
        "discriminator": "0",
        "avatar": None,
        "global_name": None,
        "bot": number == APP,
    }


def _member(number: str) -> Json:
    about = {"nick": None, "avatar": None, "deaf": False, "mute": False, "flags": 0, "premium_since": None}
    joined = {"joined_at": "2026-01-01T00:00:00+00:00", "pending": False}
    return {"user": _user(number), "roles": ["600"] if number != "43" else [], **about, **joined}


def _roles() -> list[Json]:
    about = {"color": 0, "hoist": False, "managed": False, "mentionable": False, "flags": 0, "icon": None}
    colors = {"colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None}}
    return [
        {"id": "500", "name": "@everyone", "position": 0, "permissions": str(ALL_RIGHTS), **about, **colors},
        {"id": "600", "name": "staff", "position": 1, "permissions": str(MANAGE_CHANNELS), **about, **colors},
    ]


def _message_frame(channel: Json, author: Json) -> Json:
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


_ROUTES = (
    ("GET", r"/users/@me", "me"),
    ("GET", r"/oauth2/applications/@me", "application"),
    ("GET", r"/applications/@me", "application"),
    ("GET", r"/gateway/bot", "gateway"),
    ("PUT", r"/applications/(\d+)/commands", "register"),
    ("GET", r"/channels/(\d+)", "get_channel"),
    ("POST", r"/channels/(\d+)/messages", "create"),
    ("GET", r"/channels/(\d+)/messages/(\d+)", "message"),
    ("PATCH", r"/channels/(\d+)/messages/(\d+)", "edit"),
    ("DELETE", r"/channels/(\d+)/messages/(\d+)", "remove"),
    ("POST", r"/channels/(\d+)/messages/(\d+)/crosspost", "crosspost"),
    ("POST", r"/channels/(\d+)/messages/(\d+)/threads", "open_thread"),
    ("POST", r"/channels/(\d+)/threads", "forum_post"),
    ("GET", r"/guilds/(\d+)/threads/active", "active"),
    ("GET", r"/guilds/(\d+)/roles", "roles"),
    ("GET", r"/guilds/(\d+)/members/(\d+)", "member"),
    ("POST", r"/users/@me/channels", "open_direct"),
    ("POST", r"/interactions/(\d+)/([^/]+)/callback", "callback"),
    ("PATCH", r"/webhooks/(\d+)/([^/]+)/messages/@original", "original"),
    ("POST", r"/webhooks/(\d+)/([^/]+)", "follow_up"),
)


@asynccontextmanager
async def fake_discord() -> AsyncIterator[FakeDiscord]:
    """Serve a fake on a free port."""
    fake = FakeDiscord()
    app = web.Application()
    app.router.add_get("/gateway/", fake.gateway_socket)
    app.router.add_route("*", "/api/v10/{path:.*}", fake.rest)
    runner = web.AppRunner(app, shutdown_timeout=0.2)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    fake.url = f"http://127.0.0.1:{port}/api/v10"
    fake.gateway_url = f"ws://127.0.0.1:{port}/gateway/"
    try:
        yield fake
    finally:
        await runner.cleanup()
