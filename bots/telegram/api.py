"""The Bot API: one way to call any method, with our errors."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from httpx import create_ssl_context
from telegram import Bot
from telegram.error import TelegramError
from telegram.request import HTTPXRequest

from bots.telegram.errors import send_error

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from ssl import SSLContext

POLL_SECONDS, ANSWER_SECONDS = 25, 10
MOST_UPDATES = 100
ALLOWED_UPDATES = ("message", "channel_post", "callback_query", "inline_query", "my_chat_member")
"""What is listened to. https://core.telegram.org/bots/api#update."""


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
