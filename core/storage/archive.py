"""Issues in the database: the Markdown is kept, and read again by the parser of the day.

Beside the Markdown stand the story keys that were carried over from earlier revisions, as a map from the key that
the parser gives to the key that readers' buttons know.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace
from sqlalchemy import ColumnElement, Select, and_, insert, select, update

from core.digest.keys import carry
from core.digest.model import Issue, IssueRef, Lesson, Part, Pick, Section
from core.digest.parse import parse
from core.digest.port import Change, IssueHead
from core.storage.schema import issues

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Row
    from sqlalchemy.ext.asyncio import AsyncConnection

    from core.clock import Clock
    from core.digest.sections import Vocabulary
    from core.storage.engine import Database

CACHED_ISSUES = 64


class SqlArchive:
    """Satisfies ``core.digest.port.Archive``. Issues are read with ``vocabulary``."""

    def __init__(self, database: Database, *, vocabulary: Vocabulary, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._vocabulary = vocabulary
        self._read = lru_cache(maxsize=CACHED_ISSUES)(self._parse)

    async def put(self, issue: Issue, source: str, *, origin: str = "") -> Change:
        """Store the issue with its Markdown and its origin; say what this changed."""
        now = self._clock.now()
        async with self._database.write() as connection:
            kept = await _row(connection, issue.ref)
            if kept is None:
                first = {"added_at": now, "origin": origin}
                await connection.execute(insert(issues).values(_values(issue, source, {}, now) | first))
                return "added"
            change = update(issues).where(issues.c.id == kept.id)
            if kept.revision == issue.revision and kept.withdrawn_at is None:
                await connection.execute(change.values(origin=origin))
                return "unchanged"
            keys = _carried(issue, carry(self._issue(kept), issue))
            values = _values(issue, source, keys, now) | {"origin": origin}
            if kept.withdrawn_at:  # posts may have been left out meanwhile, though none were taken back yet
                values["amended"] = None
            await connection.execute(change.values(values))
        return "revised" if kept.withdrawn_at is None else "restored"

    async def get(self, ref: IssueRef) -> Issue | None:
        """Return the issue, None if it is unknown or withdrawn."""
        row = await self._kept(ref)
        return None if row is None or row.withdrawn_at else self._issue(row)

    async def source(self, ref: IssueRef) -> str | None:
        """Return the Markdown of the issue, withdrawn or not."""
        row = await self._kept(ref)
        return None if row is None else str(row.source)

    async def heads(
        self,
        *,
        edition: str | None = None,
        lang: str | None = None,
        since: date | None = None,
        until: date | None = None,
        withdrawn: bool = False,
        limit: int = 50,
        offset: int = 0,
    ) -> Sequence[IssueHead]:
        """List issues, newest first, drafts never, withdrawn ones only if ``withdrawn``."""
        wishes: dict[ColumnElement[bool], object] = {
            issues.c.edition == edition: edition,
            issues.c.lang == lang: lang,
            issues.c.date >= (since.isoformat() if since else ""): since,
            issues.c.date <= (until.isoformat() if until else ""): until,
            issues.c.withdrawn_at.is_(None): not withdrawn or None,
        }
        query: Select[Any] = (
            select(issues)
            .where(~issues.c.draft, *(condition for condition, wish in wishes.items() if wish is not None))
            .order_by(issues.c.date.desc(), issues.c.edition, issues.c.lang)
            .limit(limit)
            .offset(offset)
        )
        async with self._database.read() as connection:
            return [_head(row) for row in await connection.execute(query)]

    async def of_origin(self, origin: str) -> Sequence[IssueRef]:
        """Return the issues that this origin answers for, without withdrawn ones."""
        query: Select[Any] = select(issues.c.edition, issues.c.date, issues.c.lang).where(
            issues.c.origin == origin, issues.c.withdrawn_at.is_(None)
        )
        async with self._database.read() as connection:
            return [_ref(row) for row in await connection.execute(query.order_by(issues.c.id))]

    async def withdraw(self, ref: IssueRef) -> bool:
        """Take the issue back; return whether there was one that had not been taken back."""
        now = self._clock.now()
        change = update(issues).where(_is(ref), issues.c.withdrawn_at.is_(None))
        async with self._database.write() as connection:
            return (await connection.execute(change.values(withdrawn_at=now, updated_at=now))).rowcount == 1

    async def _kept(self, ref: IssueRef) -> Row[Any] | None:
        async with self._database.read() as connection:
            return await _row(connection, ref)

    def _issue(self, row: Row[Any]) -> Issue:
        return self._read(_ref(row), row.source, row.revision, tuple(sorted(row.keys.items())), draft=row.draft)

    def _parse(
        self, ref: IssueRef, source: str, revision: str, keys: tuple[tuple[str, str], ...], *, draft: bool
    ) -> Issue:
        read = parse(source, path=f"{ref}.md", today=ref.date, vocabulary=self._vocabulary).issue
        kept = dict(keys)
        parts = tuple(_with_keys(part, kept) for part in read.parts)
        return replace(read, ref=ref, revision=revision, draft=draft, parts=parts)


def _with_keys(part: Part, kept: Mapping[str, str]) -> Part:
    match part:
        case Section():
            stories = tuple(replace(story, key=kept.get(story.key, story.key)) for story in part.stories)
            return replace(part, stories=stories)
        case Lesson() | Pick():
            return replace(part, key=kept.get(part.key, part.key))


def _carried(fresh: Issue, carried: Issue) -> dict[str, str]:
    pairs = zip(_keys(fresh), _keys(carried), strict=True)
    return {new: old for new, old in pairs if new != old}


def _keys(issue: Issue) -> Iterator[str]:
    for part in issue.parts:
        if isinstance(part, Section):
            yield from (story.key for story in part.stories)
        else:
            yield part.key


def _is(ref: IssueRef) -> ColumnElement[bool]:
    return and_(issues.c.edition == ref.edition, issues.c.date == ref.date.isoformat(), issues.c.lang == ref.lang)


async def _row(connection: AsyncConnection, ref: IssueRef) -> Row[Any] | None:
    return (await connection.execute(select(issues).where(_is(ref)))).one_or_none()


def _ref(row: Row[Any]) -> IssueRef:
    return IssueRef(edition=row.edition, date=date.fromisoformat(row.date), lang=row.lang)


def _values(issue: Issue, source: str, keys: dict[str, str], now: datetime) -> dict[str, object]:
    return {
        "edition": issue.ref.edition,
        "date": issue.ref.date.isoformat(),
        "lang": issue.ref.lang,
        "revision": issue.revision,
        "title": issue.title,
        "stories": sum(1 for _ in issue.stories()),
        "draft": issue.draft,
        "source": source,
        "keys": keys,
        "withdrawn_at": None,
        "updated_at": now,
    }


def _head(row: Row[Any]) -> IssueHead:
    return IssueHead(
        ref=_ref(row),
        title=row.title,
        revision=row.revision,
        stories=row.stories,
        added=row.added_at,
        updated=row.updated_at,
        withdrawn=row.withdrawn_at is not None,
    )
