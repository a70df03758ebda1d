"""The search index in the database: passages, and for each of their tokens the impact on a search."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    BigInteger,
    Column,
    Float,
    ForeignKey,
    Index,
    Select,
    String,
    Table,
    Text,
    and_,
    case,
    delete,
    func,
    insert,
    select,
)

from core.answers.passages import Passage
from core.digest.model import IssueRef
from core.storage.schema import Serial, metadata

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy import ColumnElement, Row

    from core.answers.port import Scope
    from core.storage.engine import Database

passages = Table(
    "passages",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("edition", String(16), nullable=False),
    Column("date", String(10), nullable=False),
    Column("lang", String(8), nullable=False),
    Column("what", String(8), nullable=False),
    Column("section", String(32), nullable=False),
    Column("key", String(8), nullable=False),
    Column("title", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("likes", BigInteger),
    Column("downloads", BigInteger),
    Column("reposts", BigInteger),
    Index("ix_passages_issue", "edition", "date", "lang"),
    Index("ix_passages_section", "section", "date"),
)

postings = Table(
    "postings",
    metadata,
    Column("token", Text, primary_key=True),
    Column("passage_id", ForeignKey("passages.id", ondelete="CASCADE"), primary_key=True, index=True),
    Column("impact", Float, nullable=False),
    sqlite_with_rowid=False,
)


class SqlPassages:
    """Satisfies ``core.answers.port.Passages``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def replace(self, ref: IssueRef, entries: Sequence[tuple[Passage, Mapping[str, float]]]) -> None:
        """Keep these passages for the issue and forget the earlier ones; none forgets the issue."""
        async with self._database.write() as connection:
            await connection.execute(delete(passages).where(_is(ref)))
            rows = []
            for passage, impacts in entries:
                done = await connection.execute(insert(passages).values(_values(passage)).returning(passages.c.id))
                number = done.scalar_one()
                rows += [{"token": token, "passage_id": number, "impact": impact} for token, impact in impacts.items()]
            if rows:
                await connection.execute(insert(postings), rows)

    async def frequencies(self, tokens: Iterable[str]) -> tuple[int, Mapping[str, int]]:
        """Return how many passages there are, and how many of them contain each token (left out where none)."""
        counted = (
            select(postings.c.token, func.count()).where(postings.c.token.in_(list(tokens))).group_by(postings.c.token)
        )
        async with self._database.read() as connection:
            total = (await connection.execute(select(func.count()).select_from(passages))).scalar_one()
            return total, {row[0]: row[1] for row in await connection.execute(counted)}

    async def best(self, weights: Mapping[str, float], scope: Scope, *, limit: int) -> Sequence[tuple[Passage, float]]:
        """Return the passages with the highest sums of weight times impact; among equals the newer one first."""
        score = func.sum(postings.c.impact * case(dict(weights), value=postings.c.token, else_=0.0)).label("score")
        scored = select(postings.c.passage_id, score).where(postings.c.token.in_(list(weights)))
        if conditions := list(_conditions(scope)):
            scored = scored.join(passages).where(and_(*conditions))
        sums = scored.group_by(postings.c.passage_id).subquery()
        query = (
            select(passages, sums.c.score)
            .join(sums, sums.c.passage_id == passages.c.id)
            .order_by(sums.c.score.desc(), passages.c.date.desc(), passages.c.id)
            .limit(limit)
        )
        async with self._database.read() as connection:
            return [(_passage(row), row.score) for row in await connection.execute(query)]

    async def titles(self, scope: Scope, *, limit: int) -> Sequence[Passage]:
        """Return the passages in the scope, newest first."""
        query: Select[Any] = (
            select(passages).where(*_conditions(scope)).order_by(passages.c.date.desc(), passages.c.id).limit(limit)
        )
        async with self._database.read() as connection:
            return [_passage(row) for row in await connection.execute(query)]


def _conditions(scope: Scope) -> Iterable[ColumnElement[bool]]:
    if scope.edition is not None:
        yield passages.c.edition == scope.edition
    if scope.lang is not None:
        yield passages.c.lang == scope.lang
    if scope.since is not None:
        yield passages.c.date >= scope.since.isoformat()
    if scope.until is not None:
        yield passages.c.date <= scope.until.isoformat()
    if scope.sections:
        yield passages.c.section.in_(sorted(scope.sections))


def _is(ref: IssueRef) -> ColumnElement[bool]:
    return and_(passages.c.edition == ref.edition, passages.c.date == ref.date.isoformat(), passages.c.lang == ref.lang)


def _values(passage: Passage) -> dict[str, object]:
    return {
        "edition": passage.ref.edition,
        "date": passage.ref.date.isoformat(),
        "lang": passage.ref.lang,
        "what": passage.what,
        "section": passage.section,
        "key": passage.key,
        "title": passage.title,
        "text": passage.text,
        "url": passage.url,
        "likes": passage.likes,
        "downloads": passage.downloads,
        "reposts": passage.reposts,
    }


def _passage(row: Row[Any]) -> Passage:
    return Passage(
        ref=IssueRef(edition=row.edition, date=date.fromisoformat(row.date), lang=row.lang),
        what=row.what,
        section=row.section,
        key=row.key,
        title=row.title,
        text=row.text,
        url=row.url,
        likes=row.likes,
        downloads=row.downloads,
        reposts=row.reposts,
    )
