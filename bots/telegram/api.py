"""The Bot API: one way to call any method, with our errors."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from telegram import Bot, Update
from telegram.error import TelegramError
from telegram.request import HTTPXRequest

from bots.telegram.errors import send_error

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

POLL_SECONDS = 25
ALLOWED_UPDATES = ("message", "channel_post", "callback_query", "inline_query", "my_chat_member")
"""What is listened to. https://core.telegram.org/bots/api#update."""


class Api(Bot):
    """python-telegram-bot's client. Calling a method raises ``SendError`` and nothing else."""

    def __init__(self, token: str, base_url: str) -> None:
        super().__init__(
            token,
            base_url=base_url,
            request=HTTPXRequest(connection_pool_size=64, read_timeout=20, connect_timeout=10, pool_timeout=30),
            get_updates_request=HTTPXRequest(connection_pool_size=2, read_timeout=10, connect_timeout=10),
        )

    async def call(self, method: str, payload: Mapping[str, Any] | None = None) -> Any:  # noqa: ANN401  JSON
        """Call a method with JSON-ready parameters; return its result as JSON."""
        data = dict(payload or {})
        try:
            return await self._post(method, data)
        except TelegramError as error:
            raise send_error(error, to_group=str(data.get("chat_id", "")).startswith("-")) from error

    async def updates(self, offset: int) -> Sequence[Update]:
        """Wait for updates from ``offset`` on; confirms those before it."""
        try:
            return await self.get_updates(offset=offset, timeout=POLL_SECONDS, allowed_updates=list(ALLOWED_UPDATES))
        except TelegramError as error:
            raise send_error(error) from error

    def read(self, body: bytes) -> Update:
        """Read an update that came over HTTP. Raises ValueError if it is none."""
        data = json.loads(body)
        if not isinstance(data, dict) or "update_id" not in data:
            raise ValueError("not an update")
        return Update.de_json(data, self)
