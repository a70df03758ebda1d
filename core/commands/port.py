"""What commands need from outside, beside the archive and the subscriptions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from core.delivery.model import Receipt
    from core.target import Target


class Preferences(Protocol):
    """Keeps what a chat chose for itself, by ``Target.key``."""

    async def lang(self, target: Target) -> str | None:
        """Return the language that replies to this target are written in, None if none was chosen."""
        ...

    async def choose_lang(self, target: Target, lang: str) -> None:
        """Write replies to this target in ``lang`` ("zh" or "en") from now on."""
        ...


class Eraser(Protocol):
    """Erases what is kept."""

    async def erase_chat(self, target: Target) -> None:
        """Erase everything of the target's chat with its threads: subscriptions, settings, receipts, conversations."""
        ...

    async def erase_reader(self, target: Target, user: str) -> None:
        """Erase the chat's conversations, and that this user of the platform subscribed a chat."""
        ...


class Receipts(Protocol):
    """Tells what happened to deliveries."""

    async def last(self, target: Target) -> Receipt | None:
        """Return the receipt of the newest delivery to this target, None if there was none."""
        ...
