"""A word to whoever can help when a post may not go where it should: a right is missing, a channel is archived."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from core.delivery.model import SendError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from core.delivery.model import ErrorClass
    from core.delivery.port import Envelope, Sender
    from core.render.port import Message
    from core.storage.notes import SqlNotes
    from core.target import Target

QUIET = timedelta(days=7)
"""How long nothing more is said about the same place."""

log = structlog.get_logger(__name__)


class HelpfulSender:
    """Satisfies ``core.delivery.port.Sender``: sends, and has people told what they can change when that is refused.

    ``tell`` is called for refusals of these ``kinds``; a ``SendError`` that it raises is only logged.
    """

    def __init__(
        self,
        sender: Sender,
        notes: SqlNotes,
        tell: Callable[[Target, SendError], Awaitable[None]],
        *,
        kinds: frozenset[ErrorClass] = frozenset({"config"}),
    ) -> None:
        self._sender = sender
        self._notes = notes
        self._tell = tell
        self._kinds = kinds
        self.edit = sender.edit
        self.delete = sender.delete

    async def send(self, target: Target, message: Message, envelope: Envelope) -> str:
        """Send one page; return the message's id."""
        try:
            return await self._sender.send(target, message, envelope)
        except SendError as error:
            if error.kind in self._kinds:
                await self._help(target, error)
            raise

    async def _help(self, target: Target, error: SendError) -> None:
        if not await self._notes.first(f"{target.platform}:notice:{target.key}", keep=QUIET):
            return
        try:
            await self._tell(target, error)
        except SendError as refused:
            log.info("no notice", target=target.key, reason=refused.reason)
