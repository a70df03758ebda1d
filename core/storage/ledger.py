"""The ledger of deliveries in the database.

A claim is one row of ``leases``, and its number is the fence: every write locks the lease rows that it comes under,
and whoever takes a lease away deletes its row first. So a courier that was frozen and wakes up late finds its lease
gone and changes nothing, without a check for each delivery.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import ColumnElement, and_, delete, exists, func, insert, literal_column, select, update

from core.delivery.model import PRIVATE
from core.delivery.port import Shown
from core.delivery.runs import RESUMED, TELLING, is_hopeless
from core.storage.dialects import insert_into
from core.storage.effects import apply
from core.storage.schema import deliveries, leases, pages, runs
from core.storage.work import WORK, work

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

    from core.delivery.model import Doubts, OnUnknown
    from core.delivery.port import Account, Entry, Settled, Work
    from core.storage.engine import Database

_Row = TypeVar("_Row")
ROWS_AT_ONCE = 1000
STOPPED = "the sender stopped before the answer came"

# Written out, not bound: partial indexes are used only for conditions known when the query is planned.
PLANNED = deliveries.c.state == literal_column("'planned'")
LEASED = deliveries.c.state == literal_column("'leased'")
RUNNING = runs.c.state == literal_column("'running'")


class SqlLedger:
    """Satisfies ``core.delivery.port.Ledger``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def claim(
        self, account: Account, owner: str, *, now: datetime, until: datetime, limit: int
    ) -> Sequence[Work]:
        """Lease up to ``limit`` deliveries of running runs that are due, all under one lease."""
        async with self._database.read() as connection:
            waiting = await _runs_with_work(connection, account, now)
        if not waiting:
            return ()
        async with self._database.write() as connection:
            new = insert(leases).values(owner=owner, until=until).returning(leases.c.id)
            lease = (await connection.execute(new)).scalar_one()
            await _lease(connection, account, lease, waiting, now, limit)
            mine = WORK.where(LEASED, deliveries.c.lease == lease).order_by(deliveries.c.priority, deliveries.c.id)
            rows = (await connection.execute(mine)).all()
            shown = await _shown(connection, [row.id for row in rows if row.amends])
            claimed = [work(row, now, tuple(shown[row.id])) for row in rows]
            if not claimed:
                await connection.execute(delete(leases).where(leases.c.id == lease))
        return claimed

    async def record(self, entries: Sequence[Entry]) -> frozenset[int]:
        """Write all entries in one durable commit; return the leases among theirs that are no longer held."""
        async with self._database.write() as connection:
            named = {entry.lease for entry in entries}
            held = await _hold(connection, named)
            valid = [entry for entry in entries if entry.lease in held]
            await _write_pages(connection, valid)
            await _settle(connection, valid)
            for entry in valid:
                await apply(connection, entry)
            telling = [entry.delivery for entry in valid if entry.settled and _tells(entry.settled)]
            if telling:
                await _stop_hopeless(connection, telling)
        return frozenset(named - held)

    async def renew(self, leases_held: Sequence[int], *, until: datetime) -> None:
        """Prolong leases that are still held."""
        async with self._database.write() as connection:
            await connection.execute(update(leases).where(leases.c.id.in_(leases_held)).values(until=until))

    async def release(self, leases_held: Sequence[int], *, now: datetime, on_unknown: Doubts) -> None:
        """Give leases back, with whatever was not settled under them; runs with nothing left to do are done."""
        async with self._database.write() as connection:
            gone = delete(leases).where(leases.c.id.in_(leases_held)).returning(leases.c.id)
            await _reclaim(connection, (await connection.execute(gone)).scalars().all(), now, on_unknown)
            await _finish_runs(connection)

    async def recover(self, *, now: datetime, on_unknown: Doubts) -> int:
        """Release every lease that ended before ``now``; return how many there were."""
        async with self._database.write() as connection:
            gone = delete(leases).where(leases.c.until < now).returning(leases.c.id)
            over = (await connection.execute(gone)).scalars().all()
            await _reclaim(connection, over, now, on_unknown)
            await _finish_runs(connection)
        return len(over)


def _due(account: Account, now: datetime) -> ColumnElement[bool]:
    return and_(
        PLANNED,
        deliveries.c.platform == account.platform,
        deliveries.c.account == account.account,
        deliveries.c.due <= now,
    )


async def _runs_with_work(connection: AsyncConnection, account: Account, now: datetime) -> list[tuple[int, int]]:
    """Return (priority, run) pairs, most urgent first."""
    first = (
        select(deliveries.c.priority)
        .where(deliveries.c.run_id == runs.c.id, _due(account, now))
        .order_by(deliveries.c.priority)
        .limit(1)
        .correlate(runs)
        .scalar_subquery()
    )
    rows = await connection.execute(select(first.label("priority"), runs.c.id).where(RUNNING).order_by(runs.c.id))
    return sorted((row.priority, row.id) for row in rows if row.priority is not None)


async def _lease(
    connection: AsyncConnection,
    account: Account,
    lease: int,
    waiting: Iterable[tuple[int, int]],
    now: datetime,
    limit: int,
) -> None:
    for _, run in waiting:
        chosen = (
            select(deliveries.c.id)
            .where(deliveries.c.run_id == run, _due(account, now))
            .order_by(deliveries.c.priority, deliveries.c.due)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        change = update(deliveries).where(deliveries.c.id.in_(chosen)).values(state="leased", lease=lease)
        limit -= (await connection.execute(change)).rowcount
        if limit <= 0:
            return


async def _shown(connection: AsyncConnection, amended: Sequence[int]) -> dict[int, list[Shown]]:
    """Return the pages that are there, by delivery."""
    found: dict[int, list[Shown]] = defaultdict(list)
    for some in _slices(amended):
        there = and_(pages.c.delivery_id.in_(some), pages.c.state.in_(("sent", "edited")), pages.c.message_id != "")
        for row in await connection.execute(select(pages).where(there).order_by(pages.c.page)):
            found[row.delivery_id].append(Shown(page=row.page, message_id=row.message_id, digest=row.digest))
    return found


async def _hold(connection: AsyncConnection, named: Iterable[int]) -> set[int]:
    query = select(leases.c.id).where(leases.c.id.in_(sorted(named))).with_for_update(read=True)
    return set((await connection.execute(query)).scalars())


async def _write_pages(connection: AsyncConnection, entries: Sequence[Entry]) -> None:
    rows = {(entry.delivery, entry.page.page): _page_row(entry) for entry in entries if entry.page}
    if rows:
        new = insert_into(connection, pages)
        changed = {name: new.excluded[name] for name in ("state", "message_id", "digest", "revision", "reason", "at")}
        written = new.on_conflict_do_update(index_elements=["delivery_id", "page"], set_=changed)
        await connection.execute(written, list(rows.values()))


def _page_row(entry: Entry) -> dict[str, object]:
    page = entry.page
    if page is None:
        return {}
    return {
        "delivery_id": entry.delivery,
        "page": page.page,
        "state": page.state,
        "message_id": page.message_id,
        "digest": entry.digest,
        "revision": entry.revision,
        "reason": page.reason,
        "at": page.at,
    }


async def _settle(connection: AsyncConnection, entries: Sequence[Entry]) -> None:
    alike: dict[tuple[Settled, str], list[Entry]] = defaultdict(list)
    for entry in entries:
        if entry.settled:
            alike[replace(entry.settled, effect=None), entry.revision].append(entry)
    for (settled, revision), group in alike.items():
        done = {"revision": revision, "amends": False} if settled.state == "sent" else {}
        for some in _slices(group):
            values = _settled_row(settled) | {"updated_at": max(entry.at for entry in some)} | done
            change = update(deliveries).where(
                deliveries.c.id.in_([entry.delivery for entry in some]),
                deliveries.c.lease.in_({entry.lease for entry in some}),
                LEASED,
            )
            await connection.execute(change.values(values))


def _tells(settled: Settled) -> bool:
    return settled.state == "failed" and settled.kind in TELLING


async def _stop_hopeless(connection: AsyncConnection, telling: Sequence[int]) -> None:
    """Pause the runs of these failed deliveries of which too many failed, and note why."""
    theirs = select(deliveries.c.run_id).where(deliveries.c.id.in_(telling[:ROWS_AT_ONCE]))
    failures = (
        select(deliveries.c.run_id, deliveries.c.kind, func.count().label("failed"), func.max(deliveries.c.reason))
        .join_from(deliveries, runs, deliveries.c.run_id == runs.c.id)
        .where(runs.c.id.in_(theirs), RUNNING, runs.c.note != RESUMED)
        .where(deliveries.c.state == "failed", deliveries.c.kind.in_(TELLING))
        .group_by(deliveries.c.run_id, deliveries.c.kind)
    )
    for run, kind, failed, reason in (await connection.execute(failures)).all():
        some = select(deliveries.c.id).where(deliveries.c.run_id == run, deliveries.c.state == "sent").limit(failed)
        sent = (await connection.execute(select(func.count()).select_from(some.subquery()))).scalar_one()
        if is_hopeless(failed, sent):
            note = f"stopped, {failed} deliveries failed: {kind}, {reason}"
            await connection.execute(update(runs).where(runs.c.id == run).values(state="paused", note=note))


def _settled_row(settled: Settled) -> dict[str, object]:
    row: dict[str, object] = {
        "state": settled.state,
        "lease": None,
        "next_page": settled.next_page,
        "attempts": settled.attempts,
        "kind": settled.kind,
        "reason": settled.reason,
    }
    return row | ({"due": settled.due} if settled.due else {})


async def _reclaim(connection: AsyncConnection, over: Sequence[int], now: datetime, on_unknown: Doubts) -> None:
    if not over:
        return
    mine = and_(LEASED, deliveries.c.lease.in_(over))
    in_flight = (
        select(deliveries.c.id, deliveries.c.priority, pages.c.page)
        .join_from(deliveries, pages, pages.c.delivery_id == deliveries.c.id)
        .where(mine, pages.c.state == "sending")
    )
    for row in (await connection.execute(in_flight)).all():
        this_page = and_(pages.c.delivery_id == row.id, pages.c.page == row.page)
        await connection.execute(update(pages).where(this_page).values(state="unknown", reason=STOPPED))
        answer = on_unknown.of(row.priority)
        outcome = _doubtful(answer, row.page) | {"kind": "unknown", "reason": STOPPED, "updated_at": now}
        await connection.execute(update(deliveries).where(deliveries.c.id == row.id).values(outcome | {"lease": None}))
    for answer, these in (
        (on_unknown.private, deliveries.c.priority == PRIVATE),
        (on_unknown.shared, deliveries.c.priority != PRIVATE),
    ):
        counted = pages.c.state.in_(("sent", "unknown") if answer == "skip" else ("sent",))
        sent = select(func.max(pages.c.page) + 1).where(pages.c.delivery_id == deliveries.c.id, counted)
        back = {"state": "planned", "lease": None, "next_page": func.coalesce(sent.scalar_subquery(), 0)}
        await connection.execute(update(deliveries).where(mine, these).values(back))


def _doubtful(on_unknown: OnUnknown, page: int) -> dict[str, object]:
    match on_unknown:
        case "ask":
            return {"state": "unknown", "next_page": page}
        case "resend":
            return {"state": "planned", "next_page": page, "attempts": deliveries.c.attempts + 1}
        case "skip":
            return {"state": "planned", "next_page": page + 1}


async def _finish_runs(connection: AsyncConnection) -> None:
    open_ones = exists().where(deliveries.c.run_id == runs.c.id, deliveries.c.state.in_(("planned", "leased")))
    await connection.execute(update(runs).where(RUNNING, ~open_ones).values(state="done"))


def _slices(rows: Sequence[_Row]) -> Iterator[Sequence[_Row]]:
    for start in range(0, len(rows), ROWS_AT_ONCE):
        yield rows[start : start + ROWS_AT_ONCE]
