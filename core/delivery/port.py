"""What delivery needs from outside: platforms to send with, and a ledger to keep account in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.render.port import Message
    from core.target import Target


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """How a page is to be sent, beside its content.

    ``key`` is the same whenever the same page of the same delivery is sent again (at most 25 ASCII characters,
    so that it fits every platform's idempotency key). ``after`` is the message id of the delivery's first page,
    "" for the first page itself. ``extras`` are the subscription's.
    """

    key: str
    silent: bool = False
    after: str = ""
    extras: Mapping[str, str] = field(default_factory=dict)


class Sender(Protocol):
    """A platform's way to put pages into targets. Each method raises ``SendError`` and nothing else."""

    async def send(self, target: Target, message: Message, envelope: Envelope) -> str:
        """Send one page; return the platform's message id."""
        ...

    async def edit(self, target: Target, message_id: str, message: Message) -> None:
        """Replace a page that was sent. A page that already looks like this is not an error."""
        ...

    async def delete(self, target: Target, message_id: str) -> None:
        """Take a page back. A page that is already gone is not an error."""
        ...
