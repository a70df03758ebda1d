"""The desk as a platform: pages go into the reader's inbox, and the browser fetches them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.delivery.model import SendError
from core.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from bots.desk.bell import Bell
    from core.delivery.inbox import Inbox
    from core.delivery.port import Envelope
    from core.render.port import Message
    from core.target import Target

PLATFORM = "desk"
ACCOUNT = "desk"


class DeskSender:
    """Satisfies ``core.delivery.port.Sender``. A page's message id is its envelope's key: sent twice, kept once."""

    def __init__(self, inbox: Inbox, bell: Bell) -> None:
        self._inbox = inbox
        self._bell = bell

    async def send(self, target: Target, message: Message, envelope: Envelope) -> str:
        """Keep the page for the reader. Raises ``SendError`` of kind "transient" when the database refuses."""
        await self._put(target, envelope.key, {**message.payload, "silent": envelope.silent})
        return envelope.key

    async def edit(self, target: Target, message_id: str, message: Message) -> None:
        """Replace the page, in browsers that show it too."""
        await self._put(target, message_id, {**message.payload, "silent": True})

    async def delete(self, target: Target, message_id: str) -> None:
        """Take the page back, from browsers that show it too."""
        await self._put(target, message_id, None)

    async def _put(self, target: Target, page: str, content: Mapping[str, Any] | None) -> None:
        try:
            await self._inbox.put(target, page, content)
        except StorageError as error:
            raise SendError("transient", str(error)) from error
        self._bell.ring(target.chat)
