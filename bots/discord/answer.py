"""Answers to interactions, each within the three seconds that Discord gives.

https://docs.discord.com/developers/interactions/receiving-and-responding
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import structlog

from bots.discord.errors import LATE, DiscordError

if TYPE_CHECKING:
    from collections.abc import Coroutine, Sequence

    import discord

    from bots.discord.api import Api

MESSAGE, LATER, LATER_UPDATE, UPDATE, CHOICES, MODAL = 4, 5, 6, 7, 8, 9
EPHEMERAL = 1 << 6
PATIENCE_SECONDS = 1.2
MOST_FOLLOW_UPS = 5

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Messages to answer with. ``replaces``: the first takes the place of the message that a component stands on."""

    payloads: Sequence[dict[str, Any]]
    private: bool = False
    replaces: bool = False


class Answers:
    """Sends answers; one that comes too late is logged and does no harm."""

    def __init__(self, api: Api) -> None:
        self._api = api

    async def give(
        self, to: discord.Interaction[Any], work: Coroutine[Any, Any, Answer], *, replaces: bool, private: bool
    ) -> None:
        """Answer with what ``work`` returns; if it takes its time, say first that an answer is coming.

        ``replaces`` and ``private`` are what the answer is expected to be.
        """
        task = asyncio.ensure_future(work)
        try:
            done, _waiting = await asyncio.wait({task}, timeout=PATIENCE_SECONDS)
            if not done:
                await self.respond(to, LATER_UPDATE if replaces else LATER, _flagged({}, private=private))
            answer = await task
            if done:
                await self._at_once(to, answer)
            else:
                await self._in_the_end(to, answer, replaced=replaces)
            for payload in answer.payloads[1 : 1 + MOST_FOLLOW_UPS]:
                await self._follow_up(to, payload, private=answer.private)
        except DiscordError as error:
            if error.code not in LATE:
                log.warning("interaction not answered", kind=error.kind, reason=error.reason)
            else:
                log.info("interaction is over", reason=error.reason)
        finally:
            task.cancel()

    async def respond(self, to: discord.Interaction[Any], kind: int, data: dict[str, Any]) -> None:
        """Send the first answer."""
        path = "/interactions/{webhook_id}/{webhook_token}/callback"
        await self._api.call("POST", path, {"type": kind, "data": data}, webhook_id=to.id, webhook_token=to.token)

    async def _at_once(self, to: discord.Interaction[Any], answer: Answer) -> None:
        first = answer.payloads[0]
        if answer.replaces:
            await self.respond(to, UPDATE, first)
        else:
            await self.respond(to, MESSAGE, _flagged(first, private=answer.private))

    async def _in_the_end(self, to: discord.Interaction[Any], answer: Answer, *, replaced: bool) -> None:
        if replaced and not answer.replaces:
            await self._follow_up(to, answer.payloads[0], private=answer.private)
            return
        path = "/webhooks/{webhook_id}/{webhook_token}/messages/@original"
        await self._api.call("PATCH", path, answer.payloads[0], webhook_id=to.application_id, webhook_token=to.token)

    async def _follow_up(self, to: discord.Interaction[Any], payload: dict[str, Any], *, private: bool) -> None:
        await self._api.call(
            "POST",
            "/webhooks/{webhook_id}/{webhook_token}",
            _flagged(payload, private=private),
            webhook_id=to.application_id,
            webhook_token=to.token,
        )


def _flagged(payload: dict[str, Any], *, private: bool) -> dict[str, Any]:
    return {**payload, "flags": payload.get("flags", 0) | EPHEMERAL} if private else payload
