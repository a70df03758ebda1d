"""Erasing what is kept of a reader, because the reader says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, update

from core.storage import transfer
from core.storage.schema import notes, subscriptions

if TYPE_CHECKING:
    from core.storage.engine import Database
    from core.target import Target


class SqlEraser:
    """Satisfies ``core.commands.port.Eraser``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def erase_chat(self, target: Target) -> None:
        """Erase the chat with its threads: subscriptions, settings, receipts, conversations."""
        await transfer.forget(self._database, target)

    async def erase_reader(self, target: Target, user: str) -> None:
        """Erase the chat's conversations, and who subscribed whichever chat of the platform it was."""
        theirs = subscriptions.c.target.startswith(f"{target.platform}:", autoescape=True)
        async with self._database.write() as connection:
            await connection.execute(delete(notes).where(transfer.conversations(target)))
            own = update(subscriptions).where(subscriptions.c.created_by == user, theirs)
            await connection.execute(own.values(created_by=""))
