"""The Bot API: one way to call any method, with our errors."""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from httpx import create_ssl_context
from telegram import Bot
from telegram.error import TelegramError
from telegram.request import HTTPXRequest

from bots.telegram.errors import send_error
from core.delivery.model import SendError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
    from ssl import SSLContext

    from core.clock import Clock
    from core.delivery.model import ErrorClass

T = TypeVar("T")

POLL_SECONDS, ANSWER_SECONDS = 25, 10
MOST_UPDATES = 100
ALLOWED_UPDATES = ("message", "channel_post", "callback_query", "inline_query", "my_chat_member")
"""What is listened to. https://core.telegram.org/bots/api#update."""
TRIES = 3
LONGEST_WAIT = timedelta(seconds=60)
UNDONE: frozenset[ErrorClass] = frozenset({"wait", "transient"})
HARMLESS: frozenset[ErrorClass] = UNDONE | {"unknown"}
"""What may be tried again: what surely was not done; of what does no harm when it is done twice, what may have been."""


async def insist(do: Callable[[], Awaitable[T]], clock: Clock, *, again: Collection[ErrorClass] = UNDONE) -> T:
    """Return what ``do`` returns; try it again after an error of a kind in ``again``, when Telegram permits."""
    tried = 1
    while True:
        try:
            return await do()
        except SendError as error:
            if tried == TRIES or error.kind not in again:
                raise
            await clock.sleep(min(error.retry_after or timedelta(seconds=1), LONGEST_WAIT))
        tried += 1


@cache
def _certificates() -> SSLContext:
    """Return what certificates are checked by; reading it takes as long as all else that a client begins with."""
    return create_ssl_context()


class Api(Bot):
    """python-telegram-bot's client. Calling a method raises ``SendError`` and nothing else."""

    def __init__(self, token: str, base_url: str) -> None:
        secure = {"verify": _certificates()}
        super().__init__(
            token,
            base_url=base_url,
            request=HTTPXRequest(
                connection_pool_size=64, read_timeout=20, connect_timeout=10, pool_timeout=30, httpx_kwargs=secure
            ),
            get_updates_request=HTTPXRequest(connection_pool_size=2, connect_timeout=10, httpx_kwargs=secure),
        )

    async def call(self, method: str, payload: Mapping[str, Any] | None = None) -> Any:  # noqa: ANN401  JSON
        """Call a method with JSON-ready parameters; return its result as JSON."""
        data = dict(payload or {})
        try:
            return await self._post(method, data)
        except TelegramError as error:
            raise send_error(error, to_group=str(data.get("chat_id", "")).startswith("-")) from error

    async def updates(self, offset: int) -> Sequence[Mapping[str, Any]]:
        """Wait for updates from ``offset`` on, as JSON; confirms those before it."""
        wanted = {
            "offset": offset,
            "timeout": POLL_SECONDS,
            "limit": MOST_UPDATES,
            "allowed_updates": list(ALLOWED_UPDATES),
        }
        try:
            found: Sequence[Mapping[str, Any]] = await self._post(
                "getUpdates", wanted, read_timeout=POLL_SECONDS + ANSWER_SECONDS
            )
        except TelegramError as error:
            raise send_error(error) from error
        return found

    async def close_connections(self) -> None:
        """Close the connections; nothing can be called after that."""
        for request in self._request:
            await request.shutdown()
