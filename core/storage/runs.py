"""Runs in the database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import ColumnElement, and_, func, or_, select, update

from core.delivery.model import Counts, Run
from core.storage.schema import deliveries, runs

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Row

    from core.delivery.model import RunState
    from core.storage.engine import Database

_COLUMN_OF = {"leased": "planned"}


class SqlRuns:
    """Satisfies ``core.delivery.port.Runs``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def newest(self, *, ids: Sequence[int] = (), limit: int = 20) -> Sequence[Run]:
        """Return runs, newest first, with counts but without rate and ETA."""
        query = select(runs).order_by(runs.c.id.desc()).limit(limit)
        async with self._database.read() as connection:
            rows = (await connection.execute(query.where(runs.c.id.in_(ids)) if ids else query)).all()
            counting = (
                select(deliveries.c.run_id, deliveries.c.state, func.count().label("amount"))
                .where(deliveries.c.run_id.in_([row.id for row in rows]))
                .group_by(deliveries.c.run_id, deliveries.c.state)
            )
            counts = (await connection.execute(counting)).all()
        return [_run(row, [count for count in counts if count.run_id == row.id]) for row in rows]

    async def sent_since(self, run: int, since: datetime) -> int:
        """Return how many deliveries of the run were sent at ``since`` or later."""
        sent = and_(deliveries.c.run_id == run, deliveries.c.state == "sent", deliveries.c.updated_at >= since)
        async with self._database.read() as connection:
            return int((await connection.execute(select(func.count()).where(sent))).scalar_one())

    async def change(self, run: int, *, states: Sequence[RunState], to: RunState, note: str, now: datetime) -> bool:
        """Put the run into state ``to`` if it is in one of ``states``; return whether it was."""
        here = and_(runs.c.id == run, runs.c.state.in_(states))
        async with self._database.write() as connection:
            changed = (await connection.execute(update(runs).where(here).values(state=to, note=note))).rowcount == 1
            if changed and to == "cancelled":
                mine = and_(deliveries.c.run_id == run, deliveries.c.state == "planned")
                stays = {"state": "sent", "amends": False, "updated_at": now}
                await connection.execute(update(deliveries).where(mine, deliveries.c.amends).values(stays))
                rest = and_(mine, ~deliveries.c.amends)
                skipped = {"state": "skipped", "reason": "cancelled", "updated_at": now}
                await connection.execute(update(deliveries).where(rest).values(skipped))
        return changed

    async def retry(
        self, run: int, *, states: Sequence[Literal["failed", "unknown"]], reason: str, now: datetime
    ) -> int:
        """Plan anew what failed or is unknown, and whose reason or error class contains ``reason``."""
        again = and_(deliveries.c.run_id == run, deliveries.c.state.in_(states), _because(reason))
        fresh = {"state": "planned", "due": now, "attempts": 0, "kind": "", "reason": "", "updated_at": now}
        async with self._database.write() as connection:
            count = (await connection.execute(update(deliveries).where(again).values(fresh))).rowcount
            if count:
                await connection.execute(update(runs).where(runs.c.id == run).values(state="running", note=""))
        return count


def _because(reason: str) -> ColumnElement[bool]:
    return or_(deliveries.c.kind == reason, deliveries.c.reason.contains(reason, autoescape=True))


def _run(row: Row[Any], counts: Sequence[Row[Any]]) -> Run:
    sums = dict.fromkeys(("planned", "sent", "unknown", "failed", "skipped"), 0)
    for counted in counts:
        sums[_COLUMN_OF.get(counted.state, counted.state)] += counted.amount
    return Run(
        id=row.id,
        edition=row.edition,
        date=row.date,
        state=row.state,
        created_at=row.created_at,
        counts=Counts(**sums),
        kind=row.kind,
        missed=tuple(row.missed),
        note=row.note,
    )
