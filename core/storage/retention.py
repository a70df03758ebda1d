"""Receipts are kept for a time: then the deliveries of runs that are over are erased, and only their number stays.

What may still go out is never erased: deliveries that wait or are under way, those that may have arrived and about
which somebody may decide, and everything of a run that is not over. An issue whose deliveries are gone is nobody's who
may have had it: see ``core.storage.planning.waits``.
"""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

import structlog
from sqlalchemy import and_, case, delete, exists, func, or_, select

from core.storage import chunks as pieces
from core.storage.chunks import COUNTED
from core.storage.dialects import insert_into
from core.storage.schema import TALLIED, chunks, deliveries, erased, issues, pages, runs

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection

    from core.clock import Clock
    from core.storage.engine import Database

RUNS_AT_ONCE = 500
CHUNKS_AT_ONCE = 4
"""So many are erased in one transaction: 2,000 deliveries. On SQLite nobody else writes meanwhile."""
PAUSE = timedelta(milliseconds=100)
"""How long others have the database to themselves after each transaction."""
AT_MOST = timedelta(seconds=20)
"""How long erasing goes on at a time: a program that is to stop waits for it."""
SETTLED = ("sent", "failed", "skipped")

log = structlog.get_logger(__name__)


class SqlRetention:
    """Erases receipts in small transactions."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def erase(self, keep: timedelta) -> int:
        """Erase what is settled of runs that are over and in which nothing has happened for ``keep``.

        Return how many deliveries that was. What is not done within ``AT_MOST`` is left to the next call.
        """
        now = self._clock.now()
        count = await self._erase(now - keep, until=now + AT_MOST)
        if count:
            log.info("old receipts are erased", deliveries=count)
        return count

    async def _erase(self, before: datetime, *, until: datetime) -> int:
        count = 0
        for run in await self._old_runs(before):
            while some := await self._database.commit(partial(_erase_some, run=run, before=before)):
                count += some
                if self._clock.now() >= until:
                    return count
                await self._clock.sleep(PAUSE)
        return count

    async def _old_runs(self, before: datetime) -> Sequence[int]:
        """Return runs that something can be erased of, the oldest first."""
        query = (
            select(chunks.c.run_id)
            .join(runs, chunks.c.run_id == runs.c.id)
            .where(_is_over())
            .group_by(chunks.c.run_id)
            .having(
                func.max(chunks.c.touched) <= before,
                func.count(chunks.c.lease) + func.count(chunks.c.due) == 0,
                func.sum(chunks.c.deliveries - chunks.c.unknown) > 0,
            )
            .order_by(chunks.c.run_id)
            .limit(RUNS_AT_ONCE)
        )
        async with self._database.read() as connection:
            return (await connection.execute(query)).scalars().all()


def _is_over() -> ColumnElement[bool]:
    return runs.c.state.in_(("done", "cancelled"))


def _erase_some(connection: Connection, run: int, before: datetime) -> int:
    """Erase what is settled in some of the run's chunks, if the run is still old; return how many deliveries."""
    issue = connection.execute(select(deliveries.c.issue_id).where(deliveries.c.run_id == run).limit(1)).scalar()
    if issue is None or not _lock(connection, run, issue, before):
        return 0
    settled = select(chunks.c.id).where(chunks.c.run_id == run, chunks.c.deliveries > chunks.c.unknown)
    which = connection.execute(settled.order_by(chunks.c.number).limit(CHUNKS_AT_ONCE)).scalars().all()
    if not which:
        return 0
    mine = and_(deliveries.c.run_id == run, deliveries.c.chunk_id.in_(which), deliveries.c.state.in_(SETTLED))
    _remember(connection, run, issue, before, mine)
    connection.execute(delete(pages).where(pages.c.delivery_id.in_(select(deliveries.c.id).where(mine))))
    count = connection.execute(delete(deliveries).where(mine)).rowcount
    connection.execute(delete(chunks).where(chunks.c.id.in_(which), ~exists().where(pieces.INSIDE)))
    pieces.tally(connection, which, None)
    return count


def _lock(connection: Connection, run: int, issue: int, before: datetime) -> bool:
    """Keep the issue from being planned or corrected and the run from being retried; return whether it still is old."""
    connection.execute(select(issues.c.id).where(issues.c.id == issue).with_for_update())
    lively = or_(chunks.c.touched > before, chunks.c.lease.is_not(None), chunks.c.due.is_not(None))
    is_lively = exists().where(chunks.c.run_id == runs.c.id, lively)
    old = select(runs.c.id).where(runs.c.id == run, _is_over(), ~is_lively).with_for_update()
    return connection.execute(old).first() is not None


def _remember(connection: Connection, run: int, issue: int, until: datetime, which: ColumnElement[bool]) -> None:
    """Count what these deliveries are, beside what was erased of the run before."""
    counted = connection.execute(select(*(COUNTED[name].label(name) for name in TALLIED)).where(which)).one()
    new = insert_into(connection.dialect.name, erased).values(
        run_id=run, issue_id=issue, until=until, **counted._asdict()
    )
    sums = {name: erased.c[name] + new.excluded[name] for name in TALLIED}
    later = case((erased.c.until > new.excluded.until, erased.c.until), else_=new.excluded.until)
    connection.execute(new.on_conflict_do_update(index_elements=["run_id"], set_={"until": later} | sums))
