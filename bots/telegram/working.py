"""Signs that an answer is being worked on: "typing", and in a direct chat what is written so far."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Self

import structlog

from core.delivery.model import SendError
from core.document.build import clean
from core.document.nodes import Text
from core.document.text import plain, truncate

if TYPE_CHECKING:
    from types import TracebackType

    from bots.telegram.api import Api
    from core.clock import Clock
    from core.target import Target

MOMENT = timedelta(seconds=0.8)
"""How long an answer may take without a sign."""
DRAFT_GAP = timedelta(seconds=1)
"""A draft counts as a message of its chat: one a second."""
TYPING_GAP = timedelta(seconds=4)
"""https://core.telegram.org/bots/api#sendchataction: a sign is shown for five seconds at most."""
DRAFT_LENGTH = 4096
"""https://core.telegram.org/bots/api#sendmessagedraft."""

log = structlog.get_logger(__name__)


class Working:
    """Shows signs of work in a chat while its block runs, none if that takes less than a moment.

    ``draft`` is a number for the draft that shows what is written so far, 0 where there can be none: drafts are for
    direct chats, and end with the message that is sent there.
    """

    def __init__(self, api: Api, clock: Clock, target: Target, *, draft: int = 0) -> None:
        self._api = api
        self._clock = clock
        self._draft = draft
        self._written = ""
        self._place: dict[str, Any] = {"chat_id": int(target.chat)}
        if target.thread:
            self._place["message_thread_id"] = int(target.thread)

    async def progress(self, written: str) -> None:
        """Take note of what is written so far; it is shown when its time has come."""
        self._written = written

    async def __aenter__(self) -> Self:
        """Begin."""
        self._showing = asyncio.create_task(self._show())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Show nothing more: the answer must be the last that is seen."""
        self._showing.cancel()
        with suppress(asyncio.CancelledError):
            await self._showing

    async def _show(self) -> None:
        await self._clock.sleep(MOMENT)
        shown, typed = "", None
        while True:
            if self._draft and self._written != shown:
                shown = self._written
                await self._show_draft(shown)
            elif typed is None or self._clock.now() - typed >= TYPING_GAP:
                typed = self._clock.now()
                await self._call("sendChatAction", {"action": "typing"})
            await self._clock.sleep(DRAFT_GAP)

    async def _show_draft(self, written: str) -> None:
        text = plain(truncate((Text(clean(written)),), DRAFT_LENGTH)).strip()
        if not await self._call("sendMessageDraft", {"draft_id": self._draft, "text": text}):
            self._draft = 0

    async def _call(self, method: str, more: dict[str, Any]) -> bool:
        """Show a sign if that is possible; return whether it is worth trying again."""
        try:
            await self._api.call(method, self._place | more)
        except SendError as error:
            log.info("no sign of work shown", method=method, reason=error.reason)
            if error.kind not in {"wait", "transient", "unknown"}:
                return False
            await self._clock.sleep(error.retry_after or DRAFT_GAP)
        return True
