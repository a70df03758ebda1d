"""Answers to interactions, each within the three seconds that Discord gives.

https://docs.discord.com/developers/interactions/receiving-and-responding
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import structlog

from bots.discord.errors import ACKNOWLEDGED, LATE, DiscordError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    import discord

    from bots.discord.api import Api

    Work = Callable[["Exchange"], Awaitable["Answer"]]

MESSAGE, LATER, LATER_UPDATE, UPDATE, CHOICES, MODAL = 4, 5, 6, 7, 8, 9
EPHEMERAL = 1 << 6
PATIENCE_SECONDS = 1.2
MOST_FOLLOW_UPS = 5
"""Of an app that a reader brought along to a server that it is not in."""
CALLBACK = "/interactions/{webhook_id}/{webhook_token}/callback"
FOLLOW_UP = "/webhooks/{webhook_id}/{webhook_token}"
ORIGINAL = f"{FOLLOW_UP}/messages/@original"

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Messages to answer with, and what to do ``then``.

    ``replaces``: the first takes the place of the message that a component stands on.
    """

    payloads: Sequence[dict[str, Any]]
    private: bool = False
    replaces: bool = False
    then: Callable[[], Awaitable[None]] | None = None


class Exchange:
    """An interaction on its way to an answer. ``replaces`` and ``private`` are what the answer is expected to be."""

    def __init__(self, api: Api, to: discord.Interaction[Any], *, replaces: bool, private: bool) -> None:
        self._api = api
        self._to = to
        self._replaces = replaces
        self._private = private
        self._lock = asyncio.Lock()
        self._promised: str | None = None

    async def respond(self, kind: int, data: dict[str, Any]) -> None:
        """Send the first answer."""
        await self._call("POST", CALLBACK, {"type": kind, "data": data}, self._to.id)

    async def promise(self) -> str:
        """Say that an answer is coming, once; return the id of the message that it will be."""
        async with self._lock:
            if self._promised is None:
                kind = LATER_UPDATE if self._replaces else LATER
                body = {"type": kind, "data": _flagged({}, private=self._private)}
                try:
                    told = await self._call("POST", f"{CALLBACK}?with_response=true", body, self._to.id)
                    self._promised = str(told["interaction"].get("response_message_id", ""))
                except DiscordError as error:
                    if error.code != ACKNOWLEDGED:
                        raise
                    self._promised = str((await self._call("GET", ORIGINAL))["id"])  # it came, and the answer was lost
            return self._promised

    async def show(self, payload: dict[str, Any]) -> None:
        """Show what there is of the answer so far."""
        await self.promise()
        await self._call("PATCH", ORIGINAL, payload)

    async def finish(self, answer: Answer) -> None:
        """Send the answer."""
        first, *others = answer.payloads
        if self._promised is None:
            await self.respond(UPDATE if answer.replaces else MESSAGE, _flagged(first, private=_is_alone(answer)))
        elif self._replaces and not answer.replaces:
            await self._follow_up(first, private=answer.private)
        elif answer.private and not self._private:
            await self._call("DELETE", ORIGINAL)
            await self._follow_up(first, private=True)
        else:
            await self._call("PATCH", ORIGINAL, first)
        brought_along = self._to.is_user_integration() and not self._to.is_guild_integration()
        for payload in others[:MOST_FOLLOW_UPS] if brought_along else others:
            await self._follow_up(payload, private=answer.private)

    async def _follow_up(self, payload: dict[str, Any], *, private: bool) -> None:
        await self._call("POST", FOLLOW_UP, _flagged(payload, private=private))

    async def _call(self, method: str, path: str, body: object = None, number: int | None = None) -> Any:  # noqa: ANN401  JSON
        webhook = self._to.application_id if number is None else number
        return await self._api.call(method, path, body, webhook_id=webhook, webhook_token=self._to.token)


class Answers:
    """Sends answers; one that comes too late is logged and does no harm."""

    def __init__(self, api: Api) -> None:
        self._api = api

    async def give(
        self, to: discord.Interaction[Any], work: Work, *, replaces: bool = False, private: bool = False
    ) -> None:
        """Answer with what ``work`` returns; if it takes its time, say first that an answer is coming."""
        exchange = Exchange(self._api, to, replaces=replaces, private=private)
        task = asyncio.ensure_future(work(exchange))
        try:
            done, _waiting = await asyncio.wait({task}, timeout=PATIENCE_SECONDS)
            if not done:
                await exchange.promise()
            answer = await task
            await exchange.finish(answer)
            if answer.then:
                await answer.then()
        except DiscordError as error:
            if error.code not in LATE:
                log.warning("interaction not answered", kind=error.kind, reason=error.reason)
            else:
                log.info("interaction is over", reason=error.reason)
        finally:
            task.cancel()

    async def respond(self, to: discord.Interaction[Any], kind: int, data: dict[str, Any]) -> None:
        """Send an answer that is there at once: choices, a form."""
        await Exchange(self._api, to, replaces=False, private=False).respond(kind, data)


def _is_alone(answer: Answer) -> bool:
    """Tell whether a message of its own is for one person only; one that is replaced stays what it is."""
    return answer.private and not answer.replaces


def _flagged(payload: dict[str, Any], *, private: bool) -> dict[str, Any]:
    return {**payload, "flags": payload.get("flags", 0) | EPHEMERAL} if private else payload
