"""The gateway of the fake Discord: HELLO, IDENTIFY or RESUME, heartbeats, events as one compressed stream.

https://docs.discord.com/developers/events/gateway
"""

from __future__ import annotations

import asyncio
import json
import zlib
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Any

from aiohttp import WSMsgType, web

from tests.fakes.discord_shapes import APP, TOKEN, Json, guild, user
from tests.fakes.discord_world import OTHER_SERVER, SERVER, World

if TYPE_CHECKING:
    from asyncio import Transport

EVENT, RECONNECT, INVALID, HELLO, ACK = 0, 7, 9, 10, 11
UNKNOWN_OPCODE, NOT_AUTHENTICATED, BAD_TOKEN, TWICE, TIMED_OUT, BAD_SHARD, BAD_INTENTS = (
    4001, 4003, 4004, 4005, 4009, 4010, 4014,
)  # fmt: skip
BEAT_MILLISECONDS = 5_000
PRIVILEGED = (1 << 1) | (1 << 8) | (1 << 15)
BETWEEN_IDENTIFIES = 4.9
"""Seconds, a little less than Discord's five for clocks that differ."""


@dataclass
class Session:
    """What a shard was sent, to be sent again after a break."""

    name: str
    shard: tuple[int, int]
    intents: int
    sent: list[Json] = field(default_factory=list)
    socket: Socket | None = None


class Socket:
    """A connection that compresses as one stream."""

    def __init__(self, raw: web.WebSocketResponse, transport: Transport | None) -> None:
        self.raw = raw
        self.transport = transport
        self.session: Session | None = None
        self._deflate = zlib.compressobj()

    async def send(self, event: Json) -> None:
        """Send one event."""
        data = self._deflate.compress(json.dumps(event).encode()) + self._deflate.flush(zlib.Z_SYNC_FLUSH)
        await self.raw.send_bytes(data)


class Gateway(World):
    """Takes connections and sends events to the shard that they belong to.

    The bot has ``left`` servers; those that are ``away`` it is in, but they are not available.
    """

    def __init__(self) -> None:
        super().__init__()
        self.identified = 0
        self.resumed = 0
        self.beats = 0
        self.left: set[str] = set()
        self.away: set[str] = set()
        self.identity: Json = {}
        self.sessions: dict[str, Session] = {}
        self._names = count(1)
        self._last_identify = 0.0

    async def dispatch(self, name: str, data: Json) -> None:
        """Send an event to the shard that it belongs to; who is away gets it when it resumes."""
        there = int(data.get("guild_id") or (data["id"] if name.startswith("GUILD_") else 0))
        for session in self.sessions.values():
            number, shards = session.shard
            if (there >> 22) % shards == number:
                await self._tell(session, name, data)

    async def reconnect(self) -> None:
        """Ask every shard to connect again, and wait until all have resumed."""
        wanted = self.resumed + len(self.sessions)
        for session in self.sessions.values():
            if session.socket:
                await session.socket.send({"op": RECONNECT, "d": None})
        await self.until(lambda: self.resumed >= wanted)

    async def drop(self) -> None:
        """Break every connection without a word."""
        for session in self.sessions.values():
            if session.socket and session.socket.transport:
                session.socket.transport.abort()
            session.socket = None

    async def leave(self, server: str = SERVER) -> None:
        """Remove the bot from the server."""
        self.left.add(server)
        await self.dispatch("GUILD_DELETE", {"id": server})

    async def come_back(self, server: str = SERVER) -> None:
        """Invite it again. That a server is available is only said of one that the bot was in already."""
        self.left.discard(server)
        invited = {key: said for key, said in self._described(server).items() if key != "unavailable"}
        await self.dispatch("GUILD_CREATE", invited)

    async def outage(self, server: str = SERVER) -> None:
        """Let the server be away for a moment."""
        await self.dispatch("GUILD_DELETE", {"id": server, "unavailable": True})
        await self.dispatch("GUILD_CREATE", self._described(server))

    def _described(self, server: str) -> Json:
        return guild(server, self.channels.values(), self.servers[server])

    async def begin_thread(self, parent: str, name: str, kind: int, *, under: str, owner: str) -> Json:
        """Open a thread under a message, or with a post of its own in a forum, and tell."""
        thread = self._thread(under, parent, name, kind, owner)
        await self.dispatch("THREAD_CREATE", {**thread, "newly_created": True})
        return thread

    async def gateway_socket(self, request: web.Request) -> web.WebSocketResponse:
        """Serve one connection."""
        assert request.query["compress"] == "zlib-stream"
        assert (request.query["v"], request.query["encoding"]) == ("10", "json")
        raw = web.WebSocketResponse()
        await raw.prepare(request)
        socket = Socket(raw, request.transport)
        await socket.send({"op": HELLO, "d": {"heartbeat_interval": BEAT_MILLISECONDS}})
        try:
            while True:
                received = await raw.receive(timeout=2 * BEAT_MILLISECONDS / 1000)
                if received.type is not WSMsgType.TEXT:
                    break
                await self._heard(socket, json.loads(received.data))
        except TimeoutError:
            await raw.close(code=TIMED_OUT)
        finally:
            if socket.session and socket.session.socket is socket:
                socket.session.socket = None
        return raw

    async def _heard(self, socket: Socket, said: Json) -> None:
        data: Any = said.get("d")
        match said["op"]:
            case 1 if socket.session and data not in {None, *(event["s"] for event in socket.session.sent)}:
                await socket.raw.close(code=4007)
            case 1:
                self.beats += 1
                await socket.send({"op": ACK})
            case 2 if socket.session:
                await socket.raw.close(code=TWICE)
            case 2:
                await self._identify(socket, data)
            case 6:
                await self._resume(socket, data)
            case 3 if socket.session:
                self.identity["presence"] = data
            case _:
                await socket.raw.close(code=UNKNOWN_OPCODE if socket.session else NOT_AUTHENTICATED)
        self._changed.set()

    async def _identify(self, socket: Socket, data: Json) -> None:
        shard = tuple(data.get("shard", [0, 1]))
        if refused := self._refused(data, shard):
            await socket.raw.close(code=refused)
            return
        now = asyncio.get_running_loop().time()
        if self._last_identify and now - self._last_identify < BETWEEN_IDENTIFIES:
            await socket.send({"op": INVALID, "d": False})
            return
        self._last_identify = now
        self.identified += 1
        self.identity = data
        session = Session(f"session-{next(self._names)}", shard, data["intents"], socket=socket)
        socket.session = self.sessions[session.name] = session
        mine = [one for one in (SERVER, OTHER_SERVER) if one not in self.left and self._belongs(one, shard)]
        ready = {
            "v": 10,
            "user": user(APP),
            "guilds": [{"id": one, "unavailable": True} for one in mine],
            "session_id": session.name,
            "resume_gateway_url": self.gateway_url,
            "shard": list(shard),
            "application": {"id": APP, "flags": self.flags},
            "private_channels": [],
        }
        await self._tell(session, "READY", ready)
        for one in [one for one in mine if one not in self.away]:
            await self._tell(session, "GUILD_CREATE", self._described(one))

    def _refused(self, data: Json, shard: tuple[Any, ...]) -> int:
        if data["token"] != TOKEN:
            return BAD_TOKEN
        if data["intents"] & PRIVILEGED:
            return BAD_INTENTS
        if len(shard) != 2 or shard[1] != self.shards or not 0 <= shard[0] < shard[1]:
            return BAD_SHARD
        return 0 if {"os", "browser", "device"} <= data["properties"].keys() else 4002

    def _belongs(self, server: str, shard: tuple[Any, ...]) -> bool:
        return bool((int(server) >> 22) % shard[1] == shard[0])

    async def _resume(self, socket: Socket, data: Json) -> None:
        if data["token"] != TOKEN:
            await socket.raw.close(code=BAD_TOKEN)
            return
        session = self.sessions.get(data["session_id"])
        if session is None:
            await socket.send({"op": INVALID, "d": False})
            return
        socket.session, session.socket = session, socket
        for event in [event for event in session.sent if event["s"] > data["seq"]]:
            await socket.send(event)
        await self._tell(session, "RESUMED", {})
        self.resumed += 1

    async def _tell(self, session: Session, name: str, data: Json) -> None:
        event = {"op": EVENT, "t": name, "s": len(session.sent) + 1, "d": data}
        session.sent.append(event)
        if session.socket:
            await session.socket.send(event)
