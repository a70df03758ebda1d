"""The search index in the database: one segment for each issue, so that each process can load and follow it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, Column, LargeBinary, String, Table, Text, delete, func, insert, select, text

from core.answers.segment import Stored
from core.digest.model import IssueRef
from core.storage.schema import metadata

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Row

    from core.storage.engine import Database

segments = Table(
    "segments",
    metadata,
    Column("edition", String(16), primary_key=True),
    Column("date", String(10), primary_key=True),
    Column("lang", String(8), primary_key=True),
    Column("version", BigInteger, nullable=False, index=True),
    Column("passages", Text, nullable=False),
    Column("tokens", Text, nullable=False),
    Column("postings", LargeBinary, nullable=False),
)
"""``version`` grows with every write. The row of an issue that was taken back stays, without passages."""


class SqlPassages:
    """Satisfies ``core.answers.port.Segments``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def replace(self, ref: IssueRef, stored: Stored) -> None:
        """Keep this segment for the issue in place of the earlier one."""
        where = {"edition": ref.edition, "date": ref.date.isoformat(), "lang": ref.lang}
        async with self._database.write() as connection:
            if connection.dialect.name == "postgresql":
                await connection.execute(text("LOCK TABLE segments IN SHARE ROW EXCLUSIVE MODE"))
            newest = (await connection.execute(select(func.max(segments.c.version)))).scalar() or 0
            await connection.execute(delete(segments).filter_by(**where))
            kept = {"passages": stored.passages, "tokens": stored.tokens, "postings": stored.postings}
            await connection.execute(insert(segments).values(**where, version=newest + 1, **kept))

    async def version(self) -> int:
        """Return a number that is another one after every write."""
        async with self._database.read() as connection:
            return (await connection.execute(select(func.max(segments.c.version)))).scalar() or 0

    async def since(self, version: int) -> Sequence[tuple[int, IssueRef, Stored]]:
        """Return what was written after ``version``, in the order of writing, each with its version."""
        query = select(segments).where(segments.c.version > version).order_by(segments.c.version)
        async with self._database.read() as connection:
            return [_read(row) for row in await connection.execute(query)]


def _read(row: Row[Any]) -> tuple[int, IssueRef, Stored]:
    ref = IssueRef(edition=row.edition, date=date.fromisoformat(row.date), lang=row.lang)
    return row.version, ref, Stored(passages=row.passages, tokens=row.tokens, postings=bytes(row.postings))
