"""Rounds, and the planning of deliveries: ``INSERT … SELECT``, however many readers there are."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, case, exists, func, insert, literal, or_, select, update

from core.delivery.model import AMENDS
from core.errors import StorageError
from core.schedule.decide import WAIT
from core.schedule.port import Canary, Order, Planned, Round
from core.storage import chunks as pieces
from core.storage.planning import Readers, chunks_of, is_paused, priority_of, waits
from core.storage.schema import chunks, deliveries, erased, issues, pages, rounds, runs, slots, subscriptions
from core.storage.subscriptions import slot_of
from core.storage.work import THERE, WITHDRAWN

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Row
    from sqlalchemy.ext.asyncio import AsyncConnection

    from core.digest.model import IssueRef
    from core.storage.engine import Database


class SqlAgenda:
    """Satisfies ``core.schedule.port.Agenda``."""

    def __init__(
        self, database: Database, *, shared: Mapping[str, Sequence[str]] | None = None, canary: Canary | None = None
    ) -> None:
        """``shared`` tells by platform how the ids of chats begin that many read; all others are private."""
        self._database = database
        self._priority = priority_of(shared or {})
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
            issue_id = await _issue_id(connection, order.issue, alone=True)
            waiting = waits(order, issue_id, await _erased_until(connection, issue_id))
            readers = Readers(waiting, issue_id, at, self._priority, self._canary)
            groups = await readers.groups(connection)
            if not groups:
                return Planned(run=None, planned=0, skipped=0)
            run = await _new_run(connection, order, at, self._canary)
            amounts = {True: 0, False: 0}
            number = 0
            for group in groups:
                amounts[group.is_paused] += await readers.put_in_chunks(connection, group, run, number)
                number += chunks_of(group)
            await connection.run_sync(pieces.finish, await connection.run_sync(pieces.of_run, run))
        return Planned(run=run, planned=amounts[False], skipped=amounts[True])

    async def amend(self, at: datetime, *, settled: datetime) -> int:
        """Plan to bring posts of issues that changed since up to date; return how many."""
        newest = case((issues.c.withdrawn_at.is_not(None), literal(WITHDRAWN)), else_=issues.c.revision)
        changed = select(issues.c.id, issues.c.updated_at, newest.label("newest")).where(
            issues.c.updated_at <= settled, issues.c.amended.is_distinct_from(newest)
        )
        async with self._database.read() as connection:
            if not (await connection.execute(changed.limit(1))).all():
                return 0
        async with self._database.write() as connection:
            found = (await connection.execute(changed.with_for_update())).all()
            slack = at - settled  # the clocks of those who read issues and of those who carry chunks may differ
            return sum([await _amend(connection, row.id, row.newest, row.updated_at + slack, at) for row in found])

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


async def _issue_id(connection: AsyncConnection, ref: IssueRef, *, alone: bool = False) -> int:
    """Return the issue's number; ``alone``: once nobody else plans it, so that nobody waits for another's insert."""
    query = select(issues.c.id).where(
        issues.c.edition == ref.edition, issues.c.date == ref.date.isoformat(), issues.c.lang == ref.lang
    )
    found = (await connection.execute(query.with_for_update() if alone else query)).scalar_one_or_none()
    if found is None:
        raise StorageError(f"there is no issue {ref} to plan")
    return int(found)


async def _erased_until(connection: AsyncConnection, issue_id: int) -> datetime | None:
    """Return by when deliveries of the issue were settled that were erased since, None if none were."""
    query = select(func.max(erased.c.until)).where(erased.c.issue_id == issue_id)
    until: datetime | None = (await connection.execute(query)).scalar()
    return until


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


async def _amend(connection: AsyncConnection, issue_id: int, newest: str, before: datetime, at: datetime) -> int:
    """Plan the issue's posts of other revisions anew; the issue is through once none is on its way as it was.

    What was taken up until ``before`` may be on its way as the issue was.
    """
    count = 0 if newest == WITHDRAWN else await _give_back(connection, issue_id, at)
    posts = and_(deliveries.c.issue_id == issue_id, _is_behind(newest, before))
    await _wake(connection, posts, ("done", "cancelled"), f"brought up to date: {newest[:12]}")
    fresh = {"state": "planned", "amends": True, "priority": AMENDS, "due": at, "attempts": 0, "next_page": 0}
    count += (await connection.execute(update(deliveries).where(posts).values(fresh))).rowcount
    if count:
        now_due = select(deliveries.c.chunk_id).where(deliveries.c.issue_id == issue_id, pieces.PLANNED)
        which = (await connection.execute(now_due.distinct())).scalars().all()
        await connection.run_sync(pieces.tally, which, at)
    on_their_way = (
        exists()
        .where(chunks.c.lease.is_not(None), chunks.c.touched <= before, pieces.INSIDE)
        .where(deliveries.c.issue_id == issue_id, pieces.PLANNED)
    )
    await connection.execute(update(issues).where(issues.c.id == issue_id, ~on_their_way).values(amended=newest))
    return count


async def _give_back(connection: AsyncConnection, issue_id: int, at: datetime) -> int:
    """Plan anew what was left out while the issue was withdrawn, unless it is too late for that; return how many."""
    left_out = and_(
        deliveries.c.issue_id == issue_id,
        deliveries.c.state == "skipped",
        deliveries.c.reason == WITHDRAWN,
        deliveries.c.planned_at > at - WAIT,
        deliveries.c.run_id.not_in(select(runs.c.id).where(runs.c.state == "cancelled")),
    )
    await _wake(connection, left_out, ("done",), "the issue is back")
    again = update(deliveries).where(left_out).values(state="planned", due=at, reason="")
    return (await connection.execute(again)).rowcount


async def _wake(connection: AsyncConnection, which: ColumnElement[bool], over: Sequence[str], note: str) -> None:
    """Let the runs of these deliveries go on that are ``over``."""
    theirs = select(deliveries.c.run_id).where(which)
    again = update(runs).where(runs.c.id.in_(theirs), runs.c.state.in_(over))
    await connection.execute(again.values(state="running", note=note))


def _is_behind(newest: str, before: datetime) -> ColumnElement[bool]:
    """Return the condition for posts that show something else than this revision.

    Those that could not be brought up to an earlier one, until ``before``, are tried again. What is there of a post
    that did not arrive as a whole is taken back with the issue; a revision comes with the rest of it, by a retry.
    """
    over = deliveries.c.state.in_(("failed", "unknown", "skipped"))
    behind = [deliveries.c.state == "sent", and_(over, deliveries.c.amends, deliveries.c.updated_at <= before)]
    if newest == WITHDRAWN:
        shown = exists().where(pages.c.delivery_id == deliveries.c.id, THERE)
        served = exists().where(subscriptions.c.id == deliveries.c.subscription_id, subscriptions.c.ended == "")
        behind.append(and_(over, ~deliveries.c.amends, shown, served))
    return and_(deliveries.c.revision.is_distinct_from(newest), or_(*behind))


async def _count(connection: AsyncConnection, order: Order, issue_id: int, at: datetime) -> dict[str, int]:
    state = case((is_paused(at), "skipped"), else_="planned").label("state")
    waiting = waits(order, issue_id, await _erased_until(connection, issue_id))
    query = select(state, func.count()).where(waiting).group_by(state)
    return {row[0]: row[1] for row in await connection.execute(query)}
