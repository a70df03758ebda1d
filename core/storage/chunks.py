"""Chunks of deliveries: putting them down, and counting what is in them."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    Integer,
    and_,
    bindparam,
    case,
    cast,
    exists,
    func,
    literal,
    literal_column,
    null,
    select,
    union_all,
    update,
)

from core.storage.schema import TALLIED, Instant, chunks, deliveries, erased, runs

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection, Row, Select
    from sqlalchemy.sql.dml import ReturningUpdate

PER_CHUNK = 500
CHUNKS_AT_ONCE = 500

# Written out, not bound: partial indexes are used only for conditions known when the query is planned.
RUNNING = runs.c.state == literal_column("'running'")
PAUSED = runs.c.state == literal_column("'paused'")
PLANNED = deliveries.c.state == literal_column("'planned'")
INSIDE = and_(deliveries.c.run_id == chunks.c.run_id, deliveries.c.chunk_id == chunks.c.id)


def _how_many(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return cast(func.coalesce(func.sum(case((condition, 1), else_=0)), 0), Integer)


_FAILED = deliveries.c.state == "failed"
_AGAIN = and_(deliveries.c.state == "sent", deliveries.c.kind == "unknown")
COUNTED: dict[str, ColumnElement[int]] = {
    "deliveries": func.count(deliveries.c.id),
    **{name: _how_many(deliveries.c.state == name) for name in ("sent", "unknown", "failed", "skipped")},
    **{name: _how_many(and_(_FAILED, deliveries.c.kind == name)) for name in ("content", "config")},
    "again": _how_many(_AGAIN),
}
_DUE = func.min(case((PLANNED, deliveries.c.due)))
_PRIORITY = func.min(case((PLANNED, deliveries.c.priority)))


def of_run(connection: Connection, run: int) -> Sequence[int]:
    """Return the numbers of the run's chunks."""
    return connection.execute(select(chunks.c.id).where(chunks.c.run_id == run)).scalars().all()


def tally(
    connection: Connection, which: Sequence[int], now: datetime | None, *, put_down: bool = False
) -> Sequence[int]:
    """Count what is in these chunks and note when something in them is due; ``put_down``: they are not held any more.

    Everybody who changes the state of a delivery which may be in a chunk that nobody holds calls this afterwards; or
    who takes one out, without a ``now``, since nothing happened to the others. Return the chunks in which something is
    left to do.
    """
    left: list[int] = []
    for start in range(0, len(which), CHUNKS_AT_ONCE):
        changed = connection.execute(
            _tallied(put_down=put_down), {"which": which[start : start + CHUNKS_AT_ONCE], "now": now}
        )
        left += [row.id for row in changed if row.due is not None]
    return left


@cache
def _tallied(*, put_down: bool) -> ReturningUpdate[Any]:
    counted = _counted().subquery("counted")
    values: dict[str, Any] = {name: counted.c[name] for name in TALLIED}
    now = func.coalesce(bindparam("now", type_=Instant), chunks.c.touched)
    values |= {"due": counted.c.due, "priority": counted.c.priority}
    values["touched"] = now if put_down else case((chunks.c.lease.is_(None), now), else_=chunks.c.touched)
    if put_down:
        values["lease"] = None
    change = update(chunks).where(chunks.c.id == counted.c.id).values(values)
    return change.returning(chunks.c.id, chunks.c.due)


def _counted() -> Select[Any]:
    counts = [count.label(name) for name, count in COUNTED.items()]
    priority = func.coalesce(_PRIORITY, func.max(chunks.c.priority)).label("priority")
    return (
        select(chunks.c.id, _DUE.label("due"), priority, *counts)
        .select_from(chunks.outerjoin(deliveries, INSIDE))
        .where(chunks.c.id.in_(bindparam("which", expanding=True)))
        .group_by(chunks.c.id)
    )


def lock_runs(connection: Connection, which: Sequence[int]) -> None:
    """Put down these chunks after everybody else who puts down some of their runs: the last one sees that it is."""
    theirs = select(chunks.c.run_id).where(chunks.c.id.in_(which))
    connection.execute(select(runs.c.id).where(runs.c.id.in_(theirs)).order_by(runs.c.id).with_for_update())


def finish(connection: Connection, which: Sequence[int]) -> Sequence[int]:
    """Call the runs of these chunks, which are locked, done if they have nothing left to do; return which are."""
    theirs = select(chunks.c.run_id).where(chunks.c.id.in_(which))
    left = exists().where(chunks.c.run_id == runs.c.id, chunks.c.due.is_not(None))
    done = update(runs).where(runs.c.id.in_(theirs), RUNNING, ~left).values(state="done")
    return connection.execute(done.returning(runs.c.id)).scalars().all()


def count(connection: Connection, which: Sequence[int]) -> Sequence[Row[Any]]:
    """Return for each of these runs ``run_id``, the columns of ``TALLIED``, and ``due``: when the oldest is due.

    What was erased counts as what it was.
    """
    rest = select(chunks.c.run_id, *(chunks.c[name] for name in TALLIED), chunks.c.due).where(
        chunks.c.run_id.in_(which), chunks.c.lease.is_(None)
    )
    held = (
        select(chunks.c.run_id, *(count.label(name) for name, count in COUNTED.items()), _DUE.label("due"))
        .join_from(chunks, deliveries, INSIDE)
        .where(chunks.c.run_id.in_(which), chunks.c.lease.is_not(None))
        .group_by(chunks.c.run_id)
    )
    gone = select(erased.c.run_id, *(erased.c[name] for name in TALLIED), null()).where(erased.c.run_id.in_(which))
    every = union_all(rest, held, gone).subquery("every")
    sums = [cast(func.sum(every.c[name]), Integer).label(name) for name in TALLIED]
    query = select(every.c.run_id, *sums, func.min(every.c.due).label("due")).group_by(every.c.run_id)
    return connection.execute(query).all()


def held_or_touched(run: int, since: datetime) -> ColumnElement[bool]:
    """Return the condition for chunks of the run in which something may have happened at ``since`` or later."""
    return and_(chunks.c.run_id == literal(run), chunks.c.lease.is_not(None) | (chunks.c.touched >= since))
