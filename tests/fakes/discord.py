"""A strict Discord on a loopback socket: REST and gateway, and readers who use it.

It refuses what Discord refuses (``discord_rules``, and the OpenAPI document where ``SPECS_DIR`` has it), keeps channels
and messages, sends events through a compressed gateway, and logs every call. Trouble is ordered with ``fail``.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.fakes import discord_shapes as shapes
from tests.fakes.discord_rest import Rest
from tests.fakes.discord_shapes import ALL_RIGHTS, APP, EPHEMERAL, MANAGE_GUILD, TOKEN, Json, text_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.fakes.discord_world import Call

__all__ = ["ALL_RIGHTS", "APP", "MANAGE_GUILD", "TOKEN", "Answered", "FakeDiscord", "fake_discord", "text_of"]


class FakeDiscord(Rest):
    """The server, with readers who use commands, press buttons and write messages: ``reader``, if nobody is named."""

    reader = "42"

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
        whole = {**shapes.message_frame(self.channels["501"], shapes.user("77")), **message}
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
        user: str = "",
        channel: str = "501",
        rights: int = MANAGE_GUILD | ALL_RIGHTS,
        ours: int = ALL_RIGHTS,
        locale: str = "en-US",
        owners: dict[str, str] | None = None,
        context: int | None = None,
        message: Json | None = None,
    ) -> Json:
        there, user = self.channels[channel], user or self.reader
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
            "context": context if context is not None else _context_of(there),
        }
        if "guild_id" in there:
            server = there["guild_id"]
            member = {**shapes.member(user), "permissions": str(rights)}
            event |= {"guild_id": server, "guild_locale": "en-US", "member": member}
            event["authorizing_integration_owners"] = owners if owners is not None else {"0": server}
        else:
            event["user"] = shapes.user(user)
        if message:
            event["message"] = message
        self.interactions[event["token"]] = {
            "event": event,
            "asked_at": asyncio.get_running_loop().time(),
            "answered": False,
            "message": message,
            "calls": [],
            "edits": 0,
            "follow_ups": 0,
        }
        return event

    async def _answered(self, event: Json) -> Answered:
        await self.dispatch("INTERACTION_CREATE", event)
        state = self.interactions[event["token"]]
        await self.until(lambda: any(_says_something(call) for call in state["calls"]))
        return Answered(self, state)

    async def write(
        self,
        content: str,
        *,
        channel: str = "501",
        user: str = "42",
        reply_to: Json | None = None,
        mention: bool = False,
        ping: bool = True,
        **about: Any,  # noqa: ANN401
    ) -> Json:
        """Write a message; its words are handed over only where Discord hands them over.

        A reply mentions whom it replies to unless ``ping`` was switched off. ``about`` is what else is said of it.
        """
        there = self.channels[channel]
        message = {**shapes.message_frame(there, shapes.user(user)), "id": str(next(self._ids)), "content": content}
        mentioned = mention or bool(reply_to and reply_to["author"]["id"] == APP and ping)
        heard = there["type"] == shapes.DIRECT or mentioned
        if mentioned:
            message["mentions"] = [{**shapes.user(APP), "member": shapes.member(APP)}]
        if reply_to:
            message |= {
                "type": 19,
                "referenced_message": reply_to,
                "message_reference": {"message_id": reply_to["id"], "channel_id": reply_to["channel_id"]},
            }
        message |= about
        self.messages.setdefault(channel, {})[message["id"]] = message
        member = {"guild_id": there["guild_id"], "member": shapes.member(user)} if "guild_id" in there else {}
        await self.dispatch("MESSAGE_CREATE", {**message, **member, "content": content if heard else ""})
        return message


_PROMISED = {5: 4, 6: 7}
"""Promises of an answer and of a change, with the types of these."""


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
        """The type of the answer, whether it came at once or was promised first, as it is on a busy machine."""
        first = int(self.calls[0].body["type"])
        return _PROMISED.get(first, first)

    @property
    def promised(self) -> bool:
        """Whether the answer was promised first."""
        return self.calls[0].body["type"] in _PROMISED

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
        return [label for label, _data in shapes.controls(self.message)]


def _context_of(channel: Json) -> int:
    """Return 0 for a server, 1 for direct messages with the bot, 2 for chats that it is not in."""
    return 0 if "guild_id" in channel else 1 if channel["type"] == shapes.DIRECT else 2


def _says_something(call: Call) -> bool:
    """Tell whether this is more than the promise of an answer."""
    return call.method in {"POST", "PATCH"} and call.body.get("type") not in {5, 6}


def _pressed(message: Json, label: str, values: list[str] | None) -> Json:
    found = [data for shown, data in shapes.controls(message) if shown == label]
    assert found, f"{label!r} is none of {[shown for shown, _data in shapes.controls(message)]}"
    return {**found[0], **({"values": values} if values is not None else {})}


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
