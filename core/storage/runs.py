"""Runs in the database."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, and_, exists, false, func, or_, select, update

from core.delivery.model import Counts, Run
from core.storage import chunks as pieces
from core.storage import reclaim
from core.storage.chunks import PAUSED, RUNNING
from core.storage.schema import budgets, chunks, deliveries, erased, issues, leases, pages, runs

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Row, Select
    from sqlalchemy.ext.asyncio import AsyncConnection

    from core.delivery.model import Again, RunState
    from core.storage.engine import Database


class SqlRuns:
    """Satisfies ``core.delivery.port.Runs``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def newest(self, *, ids: Sequence[int] = (), limit: int = 20) -> Sequence[Run]:
        """Return runs, those first that are not over, each part newest first, with counts but without rate and ETA."""
        query = select(runs, _lang()).order_by(runs.c.id.desc()).limit(limit)
        async with self._database.read() as connection:
            if ids:
                rows = (await connection.execute(query.where(runs.c.id.in_(ids)))).all()
            else:
                open_runs = (await connection.execute(query.where(or_(RUNNING, PAUSED)))).all()
                others = query.where(runs.c.id.not_in([row.id for row in open_runs]))
                rows = [*open_runs, *(await connection.execute(others)).all()][:limit]
            ids = [row.id for row in rows]
            counts = {counted.run_id: counted for counted in await connection.run_sync(pieces.count, ids)}
            gone = {row.run_id: row for row in await connection.execute(select(erased).where(erased.c.run_id.in_(ids)))}
            permitted = {row.run_id: row.per_second for row in await connection.execute(_permitted(ids))}
        return [_run(row, counts.get(row.id), gone.get(row.id), permitted.get(row.id)) for row in rows]

    async def sent_since(self, run: int, since: datetime) -> int:
        """Return how many deliveries of the run were sent at ``since`` or later."""
        sent = and_(deliveries.c.state == "sent", deliveries.c.updated_at >= since)
        query = (
            select(func.count())
            .select_from(chunks.join(deliveries, pieces.INSIDE))
            .where(pieces.held_or_touched(run, since), sent)
        )
        async with self._database.read() as connection:
            return int((await connection.execute(query)).scalar_one())

    async def change(self, run: int, *, states: Sequence[RunState], to: RunState, note: str, now: datetime) -> bool:
        """Put the run into state ``to`` if it is in one of ``states``; return whether it was."""
        here = and_(runs.c.id == run, runs.c.state.in_(states))
        async with self._database.write() as connection:
            begun = await _on_their_way(connection, run) if to == "cancelled" else set()
            changed = (await connection.execute(update(runs).where(here).values(state=to, note=note))).rowcount == 1
            if changed and to == "cancelled":
                await _skip_the_rest(connection, run, begun, now)
        return changed

    async def retry(self, run: int, *, states: Sequence[Again], reason: str, now: datetime) -> int:
        """Plan anew what is in these states, and whose reason or error class contains ``reason``."""
        again = and_(deliveries.c.run_id == run, _is_in(states), _because(reason))
        fresh = {"state": "planned", "due": now, "attempts": 0, "kind": "", "reason": "", "updated_at": now}
        async with self._database.write() as connection:
            await connection.execute(select(runs.c.id).where(runs.c.id == run).with_for_update())
            count = (await connection.execute(update(deliveries).where(again).values(fresh))).rowcount
            if count:
                still = false() if "cancelled" in states and not reason else runs.c.left_out
                goes_on = {"state": "running", "note": "", "left_out": still}
                await connection.execute(update(runs).where(runs.c.id == run).values(goes_on))
                await connection.run_sync(pieces.tally, await connection.run_sync(pieces.of_run, run), now)
        return count


async def _on_their_way(connection: AsyncConnection, run: int) -> set[int]:
    """Return the deliveries of which a page is being sent; no other page of the run begins before the commit."""
    query = select(leases.c.sending).join_from(leases, chunks, leases.c.chunk_id == chunks.c.id)
    rows = await connection.execute(
        query.where(chunks.c.run_id == run).order_by(leases.c.id).with_for_update(of=leases)
    )
    return {delivery for row in rows for delivery, _, _ in json.loads(row.sending)}


async def _skip_the_rest(connection: AsyncConnection, run: int, begun: set[int], now: datetime) -> None:
    posts = exists().where(deliveries.c.run_id == run, pieces.PLANNED, ~deliveries.c.amends)
    await connection.execute(update(runs).where(runs.c.id == run, posts).values(left_out=True))
    await _look_again(connection, run, posts)
    half_done = exists().where(pages.c.delivery_id == deliveries.c.id)
    held = exists().where(chunks.c.id == deliveries.c.chunk_id, chunks.c.lease.is_not(None))
    free = or_(deliveries.c.amends, ~and_(half_done, held))
    mine = and_(deliveries.c.run_id == run, deliveries.c.id.not_in(begun), free)
    await connection.run_sync(reclaim.skip, mine, now)
    await connection.run_sync(pieces.tally, await connection.run_sync(pieces.of_run, run), now)


async def _look_again(connection: AsyncConnection, run: int, posts: ColumnElement[bool]) -> None:
    """Have the posts of a run that ends early corrected later: only who cancels nothing but corrections means these."""
    mine = deliveries.c.run_id == run
    theirs = select(deliveries.c.issue_id).where(mine, pieces.PLANNED, deliveries.c.amends)
    await connection.execute(update(issues).where(issues.c.id.in_(theirs), posts).values(amended=None))


def _lang() -> ColumnElement[str]:
    """Select the language of a run's issue, which all of its deliveries share."""
    of = [
        select(issues.c.lang).join(table, table.c.issue_id == issues.c.id).where(table.c.run_id == runs.c.id).limit(1)
        for table in (deliveries, erased)
    ]
    return func.coalesce(*(one.scalar_subquery() for one in of)).label("lang")


def _permitted(ids: Sequence[int]) -> Select[Any]:
    """Select what the accounts of each run may send in a second, as far as couriers hold their budgets."""
    theirs = select(chunks.c.run_id, chunks.c.platform, chunks.c.account).where(chunks.c.run_id.in_(ids)).distinct()
    used = theirs.subquery("used")
    same = and_(budgets.c.platform == used.c.platform, budgets.c.account == used.c.account)
    total = func.sum(budgets.c.per_second).label("per_second")
    return select(used.c.run_id, total).join(budgets, same).group_by(used.c.run_id)


def _is_in(states: Sequence[Again]) -> ColumnElement[bool]:
    cancelled = and_(deliveries.c.state == "skipped", deliveries.c.reason == reclaim.CANCELLED)
    return or_(deliveries.c.state.in_(states), cancelled if "cancelled" in states else false())


def _because(reason: str) -> ColumnElement[bool]:
    return or_(deliveries.c.kind == reason, deliveries.c.reason.contains(reason, autoescape=True))


def _counts(counted: Row[Any] | None) -> Counts:
    if counted is None:
        return Counts()
    ended = {name: int(getattr(counted, name)) for name in ("sent", "unknown", "failed", "skipped")}
    return Counts(planned=int(counted.deliveries) - sum(ended.values()), **ended)


def _run(row: Row[Any], counted: Row[Any] | None, gone: Row[Any] | None, permitted: float | None) -> Run:
    counts = _counts(counted)
    return Run(
        id=row.id,
        edition=row.edition,
        date=row.date,
        state=row.state,
        created_at=row.created_at,
        counts=counts,
        erased=_counts(gone),
        kind=row.kind,
        missed=tuple(row.missed),
        note=row.note,
        permitted=permitted,
        oldest=counted.due if counted and counts.planned else None,
        again=int(counted.again) if counted else 0,
        lang=row.lang or "",
        left_out=row.left_out,
    )
