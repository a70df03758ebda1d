"""Posts to readers: the Bot API's sending methods over the broadcast pool."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from yarl import URL

from bots.broadcast import BROKEN, SURELY_NOT_SENT, Pages, addressed
from bots.telegram.errors import refusal
from core.delivery.model import SendError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bots.broadcast import Answer, Pool
    from bots.telegram.send import Buttons
    from core.delivery.port import Envelope
    from core.render.port import Message
    from core.target import Target

HEADERS = {"Content-Type": "application/json"}
OK = 200
_SENT = re.compile(rb'\{\s*"ok":\s*true,\s*"result":\s*\{\s*"message_id":\s*(\d+)')
"""How an answer begins. What follows repeats the whole message, and nobody needs it."""


class Posts:
    """Sends pages. What a reader wishes (silence, no preview) is part of the page that such readers share."""

    def __init__(self, pool: Pool, buttons: Buttons, *, url: str, paid: bool = False) -> None:
        self._pool = pool
        self._buttons = buttons
        self._url = url
        self._urls: dict[str, URL] = {}
        self._pages = Pages()
        self._paid = {"allow_paid_broadcast": True} if paid else {}

    async def post(self, target: Target, message: Message, envelope: Envelope) -> str:
        """Send a page; return the message's id. Raises ``SendError`` and nothing else."""
        page = await self._page(message, silent=envelope.silent, preview=envelope.extras.get("preview") != "off")
        place = {"chat_id": int(target.chat)} | ({"message_thread_id": int(target.thread)} if target.thread else {})
        try:
            answer = await self._pool.post(self._method(message.method), addressed(place, page), HEADERS)
        except BROKEN as error:
            unsent = isinstance(error, SURELY_NOT_SENT)
            raise SendError("transient" if unsent else "unknown", type(error).__name__) from error
        if answer.status != OK:
            raise refusal(answer, to_group=target.chat.startswith("-"))
        return _message_id(answer)

    async def _page(self, message: Message, *, silent: bool, preview: bool) -> bytes:
        variant = (silent, preview)
        page = self._pages.get(message, variant)
        if page is None:
            await self._buttons.remember(message.actions)
            wishes: Mapping[str, Any] = {"disable_notification": True} if silent else {}
            if not preview and "link_preview_options" in message.payload:
                wishes = {**wishes, "link_preview_options": {"is_disabled": True}}
            page = self._pages.put(message, {**message.payload, **self._paid, **wishes}, variant)
        return page

    def _method(self, name: str) -> URL:
        if name not in self._urls:
            self._urls[name] = URL(f"{self._url}/{name}")
        return self._urls[name]


def _message_id(answer: Answer) -> str:
    if sent := _SENT.match(answer.body):
        return sent[1].decode()
    try:
        return str(answer.json()["result"]["message_id"])
    except (KeyError, TypeError):
        raise SendError("unknown", "an answer without a message") from None
