"""Rounds, and the planning of deliveries: ``INSERT … SELECT``, however many readers there are."""

from __future__ import annotations

from datetime import date
from math import ceil
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, insert, literal, or_, select, update

from core.delivery.model import AMENDS, PRIVATE, SHARED
from core.errors import StorageError
from core.schedule.port import Canary, Order, Planned, Round
from core.storage import chunks as pieces
from core.storage.chunks import PER_CHUNK
from core.storage.dialects import insert_into
from core.storage.schema import EPOCH, Instant, chunks, deliveries, issues, rounds, runs, slots, subscriptions
from core.storage.subscriptions import slot_of
from core.storage.work import WITHDRAWN

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Row
    from sqlalchemy.ext.asyncio import AsyncConnection

    from core.digest.model import IssueRef
    from core.storage.dialects import Insert
    from core.storage.engine import Database

LATER_WAVE = 1_000_000
"""The number of the first chunk of those who wait for the canary."""


class SqlAgenda:
    """Satisfies ``core.schedule.port.Agenda``."""

    def __init__(
        self, database: Database, *, shared: Mapping[str, Sequence[str]] | None = None, canary: Canary | None = None
    ) -> None:
        """``shared`` tells by platform how the ids of chats begin that many read; all others are private."""
        self._database = database
        self._priority = _priority(shared or {})
        self._canary = canary

    async def rounds(self, until: datetime) -> Sequence[Round]:
        """Return the rounds with ``due`` ≤ ``until``, earliest first."""
        query = (
            select(rounds, slots.c.minute, slots.c.zone, slots.c.weekdays)
            .select_from(rounds.join(slots, rounds.c.slot_id == slots.c.id))
            .where(rounds.c.due <= until)
            .order_by(rounds.c.due, rounds.c.id)
        )
        async with self._database.read() as connection:
            return [_round(row) for row in await connection.execute(query)]

    async def advance(self, before: Round, after: Round) -> bool:
        """Write ``due`` and ``planned`` of ``after`` if the round still is as ``before``; return whether it was."""
        change = (
            update(rounds)
            .where(
                rounds.c.id == before.id,
                rounds.c.due == before.due,
                rounds.c.planned.is_not_distinct_from(_iso(before.planned)),
            )
            .values(due=after.due, planned=_iso(after.planned))
        )
        async with self._database.write() as connection:
            return (await connection.execute(change)).rowcount == 1

    async def plan(self, order: Order, at: datetime) -> Planned:
        """Make a run with a delivery for each reader of the order who has none of this issue yet."""
        async with self._database.write() as connection:
            issue_id = await _issue_id(connection, order.issue)
            if not await _count(connection, order, issue_id, at):
                return Planned(run=None, planned=0, skipped=0)
            run = await _new_run(connection, order, at, self._canary)
            readers = _Readers(order, issue_id, at, self._priority, self._canary)
            await _cut_into_chunks(connection, readers, run)
            await connection.execute(readers.deliver(connection.dialect.name, run))
            which = await pieces.of_run(connection, run)
            await pieces.tally(connection, which, at)
            await pieces.finish(connection, which)
            (counted,) = await pieces.count(connection, [run])
        return Planned(run=run, planned=counted.deliveries - counted.skipped, skipped=counted.skipped)

    async def amend(self, at: datetime, *, settled: datetime) -> int:
        """Plan to bring posts of issues that changed since up to date; return how many."""
        newest = case((issues.c.withdrawn_at.is_not(None), literal(WITHDRAWN)), else_=issues.c.revision)
        changed = select(issues.c.id, newest.label("newest")).where(
            issues.c.updated_at <= settled, issues.c.amended.is_distinct_from(newest)
        )
        async with self._database.read() as connection:
            if not (await connection.execute(changed.limit(1))).all():
                return 0
        async with self._database.write() as connection:
            found = (await connection.execute(changed.with_for_update())).all()
            return sum([await _amend(connection, row.id, row.newest, at) for row in found])

    async def count(self, order: Order, at: datetime) -> Planned:
        """Return what ``plan`` would come to now, and write nothing."""
        async with self._database.read() as connection:
            counts = await _count(connection, order, await _issue_id(connection, order.issue), at)
        return Planned(run=None, planned=counts.get("planned", 0), skipped=counts.get("skipped", 0))


def _round(row: Row[Any]) -> Round:
    return Round(
        id=row.id,
        slot=slot_of(row),
        edition=row.edition,
        lang=row.lang,
        due=row.due,
        planned=date.fromisoformat(row.planned) if row.planned else None,
    )


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


async def _issue_id(connection: AsyncConnection, ref: IssueRef) -> int:
    query = select(issues.c.id).where(
        issues.c.edition == ref.edition, issues.c.date == ref.date.isoformat(), issues.c.lang == ref.lang
    )
    found = (await connection.execute(query)).scalar_one_or_none()
    if found is None:
        raise StorageError(f"there is no issue {ref} to plan")
    return int(found)


async def _new_run(connection: AsyncConnection, order: Order, at: datetime, canary: Canary | None) -> int:
    new = insert(runs).values(
        edition=order.issue.edition,
        date=order.issue.date.isoformat(),
        kind=order.kind,
        missed=[day.isoformat() for day in order.missed],
        round_id=order.round.id if order.round else None,
        state="running",
        note="",
        created_at=at,
        canary_until=at + canary.pause if canary else None,
    )
    return int((await connection.execute(new.returning(runs.c.id))).scalar_one())


async def _amend(connection: AsyncConnection, issue_id: int, newest: str, at: datetime) -> int:
    """Plan the issue's posts of other revisions anew; the issue is through once none is on its way as it was."""
    posts = and_(deliveries.c.issue_id == issue_id, deliveries.c.state == "sent", deliveries.c.revision != newest)
    theirs = select(deliveries.c.run_id).where(posts)
    again = update(runs).where(runs.c.id.in_(theirs), runs.c.state.in_(("done", "cancelled")))
    await connection.execute(again.values(state="running", note=f"brought up to date: {newest[:12]}"))
    fresh = {"state": "planned", "amends": True, "priority": AMENDS, "due": at, "attempts": 0, "next_page": 0}
    count = (await connection.execute(update(deliveries).where(posts).values(fresh))).rowcount
    if count:
        now_due = select(deliveries.c.chunk_id).where(
            deliveries.c.issue_id == issue_id, pieces.PLANNED, deliveries.c.amends
        )
        await pieces.tally(connection, (await connection.execute(now_due.distinct())).scalars().all(), at)
    on_their_way = (
        exists()
        .where(chunks.c.lease.is_not(None), pieces.INSIDE, pieces.PLANNED)
        .where(deliveries.c.issue_id == issue_id, ~deliveries.c.amends)
    )
    await connection.execute(update(issues).where(issues.c.id == issue_id, ~on_their_way).values(amended=newest))
    return count


def _readers(order: Order, issue_id: int) -> ColumnElement[bool]:
    has_one = exists().where(deliveries.c.issue_id == issue_id, deliveries.c.target == subscriptions.c.target)
    if order.round:
        whose: ColumnElement[bool] = subscriptions.c.round_id == order.round.id
    else:
        whose = and_(subscriptions.c.edition == order.issue.edition, subscriptions.c.lang.in_(order.langs))
    return and_(whose, subscriptions.c.ended == "", ~has_one)


def _paused(at: datetime) -> ColumnElement[bool]:
    return func.coalesce(subscriptions.c.paused_until > at, literal(value=False))


async def _count(connection: AsyncConnection, order: Order, issue_id: int, at: datetime) -> dict[str, int]:
    state = case((_paused(at), "skipped"), else_="planned").label("state")
    query = select(state, func.count()).where(_readers(order, issue_id)).group_by(state)
    return {row[0]: row[1] for row in await connection.execute(query)}


def _priority(shared: Mapping[str, Sequence[str]]) -> ColumnElement[int]:
    """Return the priority of a subscription's chat, whose key is ``platform:account:chat``."""
    many = [
        and_(subscriptions.c.platform == platform, subscriptions.c.chat.like(f"{platform}:%:{beginning}%"))
        for platform, beginnings in shared.items()
        for beginning in beginnings
    ]
    return case((or_(*many), SHARED), else_=PRIVATE) if many else literal(PRIVATE)


class _Readers:
    """Who gets the order's issue, in chunks: of one account and priority each, the canary's apart."""

    def __init__(
        self, order: Order, issue_id: int, at: datetime, priority: ColumnElement[int], canary: Canary | None
    ) -> None:
        self._issue_id = issue_id
        self._at = at
        self._canary = canary
        place = func.row_number().over(
            partition_by=(subscriptions.c.platform, subscriptions.c.account, priority), order_by=subscriptions.c.id
        )
        self._ranked = (
            select(
                subscriptions.c.id,
                subscriptions.c.target,
                subscriptions.c.platform,
                subscriptions.c.account,
                _paused(at).label("is_paused"),
                priority.label("priority"),
                self._wave(place).label("wave"),
            )
            .where(_readers(order, issue_id))
            .subquery("ranked")
        )

    def _wave(self, place: ColumnElement[int]) -> ColumnElement[int]:
        """Return 0 for those who get it first, 1 for the rest."""
        if self._canary is None:
            return literal(0)
        if self._canary.users:
            return case((subscriptions.c.created_by.in_(sorted(self._canary.users)), 0), else_=1)
        return case((place % self._canary.one_in == 1, 0), else_=1)

    def groups(self) -> Select[Any]:
        """Count the readers of each account, priority and wave."""
        by = [self._ranked.c[name] for name in ("platform", "account", "priority", "wave")]
        return select(*by, func.count().label("amount")).group_by(*by).order_by(*by)

    def deliver(self, dialect: str, run: int) -> Insert:
        """Insert their deliveries; the chunks are there already."""
        ranked = self._ranked.c
        first = case((ranked.wave == 0, 0), else_=LATER_WAVE)
        place = func.row_number().over(
            partition_by=(ranked.platform, ranked.account, ranked.priority, ranked.wave), order_by=ranked.id
        )
        numbered = select(self._ranked, (first + (place - 1) // PER_CHUNK).label("number")).subquery("numbered")
        reader = numbered.c
        later = self._at + self._canary.pause if self._canary else self._at
        columns: dict[str, Any] = {
            "run_id": literal(run),
            "chunk_id": chunks.c.id,
            "issue_id": literal(self._issue_id),
            "target": reader.target,
            "platform": reader.platform,
            "account": reader.account,
            "subscription_id": reader.id,
            "state": case((reader.is_paused, "skipped"), else_="planned"),
            "priority": reader.priority,
            "due": case((reader.wave == 0, literal(self._at, Instant)), else_=literal(later, Instant)),
            "next_page": literal(0),
            "attempts": literal(0),
            "kind": literal(""),
            "reason": case((reader.is_paused, "paused"), else_=""),
            "planned_at": literal(self._at, Instant),
            "updated_at": literal(self._at, Instant),
        }
        mine = and_(
            chunks.c.run_id == run,
            *(chunks.c[name] == reader[name] for name in ("platform", "account", "priority", "number")),
        )
        chosen = select(*(value.label(name) for name, value in columns.items())).join_from(numbered, chunks, mine)
        new = insert_into(dialect, deliveries).from_select(list(columns), chosen.where(reader.id > 0))
        return new.on_conflict_do_nothing()


async def _cut_into_chunks(connection: AsyncConnection, readers: _Readers, run: int) -> None:
    rows = [
        {
            "run_id": run,
            "platform": group.platform,
            "account": group.account,
            "priority": group.priority,
            "number": LATER_WAVE * group.wave + number,
            "touched": EPOCH,
        }
        for group in await connection.execute(readers.groups())
        for number in range(ceil(group.amount / PER_CHUNK))
    ]
    await connection.execute(insert(chunks), rows)
