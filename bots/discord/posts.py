"""Posts to channels: create-message over the broadcast pool, with the limits that Discord's headers tell."""

from __future__ import annotations

from collections import OrderedDict
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from bots.broadcast import BROKEN, Pages, addressed
from bots.discord.errors import DiscordError, elsewhere, refusal, send_error

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from bots.broadcast import Answer, Pool
    from bots.discord.api import Api
    from core.clock import Clock
    from core.delivery.port import Envelope
    from core.render.port import Message

OK = 300
PATIENCE = timedelta(seconds=2)
"""Who must wait longer for a channel's limit comes again later."""
CHANNELS_REMEMBERED = 10_000


class Posts:
    """Creates messages. A page is shared by all who get it with the same silence and the same role."""

    def __init__(self, api: Api, pool: Pool, clock: Clock) -> None:
        self._api = api
        self._pool = pool
        self._clock = clock
        self._pages = Pages()
        self._rests: OrderedDict[str, datetime] = OrderedDict()

    async def post(
        self, channel: str, message: Message, envelope: Envelope, payload: Callable[[], Mapping[str, Any]]
    ) -> str:
        """Create a message; return its id. ``payload`` makes the page, the first time. Raises ``DiscordError``."""
        self._api.halt()
        await self._rest(channel)
        variant = (envelope.silent, envelope.extras.get("role", "") if not envelope.after else "")
        page = self._pages.get(message, variant) or self._pages.put(message, payload(), variant)
        own = {"nonce": envelope.key, "enforce_nonce": True}
        try:
            answer = await self._pool.post(
                f"{self._api.url}/channels/{channel}/messages", addressed(own, page), self._api.headers
            )
        except BROKEN as error:
            raise send_error(error) from error
        self._api.note(answer.status, answer.headers)
        self._heed(channel, answer)
        if answer.status >= OK:
            raise self._api.refused(refusal(answer))
        if "id" not in (made := answer.json()):
            raise elsewhere(f"{answer.status} {answer.reason}")
        return str(made["id"])

    async def _rest(self, channel: str) -> None:
        rest = self._rests.get(channel)
        wait = rest - self._clock.now() if rest else timedelta(0)
        if wait > PATIENCE:
            raise DiscordError("wait", "the channel's limit is used up", retry_after=wait, chat=True)
        if wait > timedelta(0):
            await self._clock.sleep(wait)

    def _heed(self, channel: str, answer: Answer) -> None:
        """Let the channel rest when its limit is used up. https://docs.discord.com/developers/topics/rate-limits."""
        self._rests.pop(channel, None)
        if answer.headers.get("X-RateLimit-Remaining") != "0":
            return
        rest = timedelta(seconds=float(answer.headers.get("X-RateLimit-Reset-After", "1")))
        self._rests[channel] = self._clock.now() + rest
        if len(self._rests) > CHANNELS_REMEMBERED:
            self._rests.popitem(last=False)
