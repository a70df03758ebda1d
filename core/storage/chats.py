"""What chats chose for themselves, in the database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from core.storage.dialects import insert_into
from core.storage.schema import chats
from core.storage.subscriptions import chat_key

if TYPE_CHECKING:
    from core.storage.engine import Database
    from core.target import Target


class SqlPreferences:
    """Satisfies ``core.commands.port.Preferences``; the threads of a chat share what it chose."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def lang(self, target: Target) -> str | None:
        """Return the language that replies to this target are written in, None if none was chosen."""
        query = select(chats.c.lang).where(chats.c.target == chat_key(target))
        async with self._database.read() as connection:
            return (await connection.execute(query)).scalar_one_or_none()

    async def choose_lang(self, target: Target, lang: str) -> None:
        """Write replies to this target in ``lang`` from now on."""
        async with self._database.write() as connection:
            new = insert_into(connection.dialect.name, chats).values(target=chat_key(target), lang=lang)
            await connection.execute(new.on_conflict_do_update(index_elements=["target"], set_={"lang": lang}))
