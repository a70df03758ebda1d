"""The ledger of deliveries in the database.

A chunk is held under one row of ``leases``, and its number is the fence: every write locks the lease rows that it comes
under, and whoever takes a lease away deletes its row first. So a courier that was frozen and wakes up late finds its
lease gone and changes nothing, without a check for each delivery. The same rows hold the intents, so that announcing
some hundred pages is one small update. See decisions 0004 and 0012.

Rows are locked in one order, so that nobody waits in a circle: budgets, leases, runs, deliveries, chunks.
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cache, partial
from itertools import compress
from typing import TYPE_CHECKING, Any

import structlog
from sqlalchemy import (
    BigInteger,
    Integer,
    Text,
    and_,
    bindparam,
    case,
    delete,
    exists,
    func,
    insert,
    literal,
    literal_column,
    or_,
    select,
    update,
)

from core.delivery.port import Account, Chunk
from core.delivery.runs import RESUMED, TELLING, is_hopeless
from core.storage import chunks as pieces
from core.storage.budgets import hold, is_holding, let_go, lock, over
from core.storage.chunks import RUNNING
from core.storage.dialects import insert_into
from core.storage.effects import apply
from core.storage.reclaim import doubt, end, go_on
from core.storage.rows import incoming, packed
from core.storage.schema import EPOCH, MICROSECOND, Instant, budgets, chunks, deliveries, issues, leases, pages, runs
from core.storage.work import works

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection, Select, Update

    from core.delivery.model import Doubts
    from core.delivery.port import Entry, Settled, Work
    from core.storage.dialects import Insert
    from core.storage.engine import Database

ROWS_AT_ONCE = 1000
WAITING_PER_LANE = 64

log = structlog.get_logger(__name__)


@dataclass(slots=True, kw_only=True)
class _Held:
    """A lease whose row is locked: the intents under it, and whether its run goes on as it was."""

    goes_on: bool
    sending: dict[tuple[int, int], int] = field(default_factory=dict)


class SqlLedger:
    """Satisfies ``core.delivery.port.Ledger``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def waiting(self, *, now: datetime, account: Account | None = None) -> Sequence[Chunk]:
        """Return chunks that are due and that nobody alive holds, of each account the most urgent ones."""
        async with self._database.read() as connection:
            rows = await connection.execute(_waiting(account), {"now": now})
            return [
                Chunk(id=row.id, account=Account(platform=row.platform, account=row.account), priority=row.priority)
                for row in rows
            ]

    async def hold(
        self,
        account: Account,
        owner: str,
        *,
        now: datetime,
        until: datetime,
        on_unknown: Doubts,
        shares: int = 1,
        per_second: float | None = None,
    ) -> bool:
        """Hold the account's budget, or one of its shares, until then; free what owners left whose time is over."""

        def write(connection: Connection) -> bool:
            if gone := over(connection, account, now, owner):
                _release(connection, leases.c.owner.in_(gone), now, on_unknown)
            return hold(connection, account, owner, now=now, until=until, shares=shares, per_second=per_second)

        return await self._database.commit(write)

    async def claim(self, chunk: int, owner: str, *, now: datetime) -> Sequence[Work]:
        """Lease the chunk, if its run goes on, it is due and free, and ``owner`` holds a budget of its account."""
        return await self._database.commit(partial(_claim, chunk=chunk, owner=owner, now=now))

    async def record(self, entries: Sequence[Entry]) -> Sequence[bool]:
        """Write what is allowed in one durable commit; return for each entry whether it was."""
        return await self._database.commit(partial(_record, entries=entries))

    async def release(
        self, owner: str, *, now: datetime, on_unknown: Doubts, held: Sequence[int] | None = None
    ) -> None:
        """Put down the chunks of these leases, or (None) everything that the owner holds, its budgets included."""
        mine = leases.c.owner == owner

        def write(connection: Connection) -> None:
            if held is None:
                lock(connection, owner)
                _release(connection, mine, now, on_unknown)
                let_go(connection, owner, now)
            else:
                _release(connection, and_(mine, leases.c.id.in_(held)), now, on_unknown)

        await self._database.commit(write)


@cache
def _waiting(account: Account | None) -> Any:  # noqa: ANN401  # a Select of this shape
    now = bindparam("now", type_=Instant)
    dead = exists().where(leases.c.id == chunks.c.lease, leases.c.owner == budgets.c.owner, budgets.c.until <= now)
    place = func.row_number().over(
        partition_by=(chunks.c.platform, chunks.c.account, chunks.c.priority), order_by=(chunks.c.due, chunks.c.id)
    )
    found = (
        select(chunks.c.id, chunks.c.platform, chunks.c.account, chunks.c.priority, place.label("place"))
        .join(runs, chunks.c.run_id == runs.c.id)
        .where(RUNNING, chunks.c.due <= now, or_(chunks.c.lease.is_(None), dead))
    )
    if account:
        found = found.where(chunks.c.platform == account.platform, chunks.c.account == account.account)
    some = found.subquery("found")
    return select(some).where(some.c.place <= WAITING_PER_LANE).order_by(some.c.priority, some.c.place)


def _claim(connection: Connection, chunk: int, owner: str, now: datetime) -> Sequence[Work]:
    if not is_holding(connection, chunk, owner, now):
        return ()
    lease = connection.execute(insert(leases).values(owner=owner, chunk_id=chunk).returning(leases.c.id)).scalar_one()
    goes_on = chunks.c.run_id.in_(select(runs.c.id).where(RUNNING))
    free = and_(chunks.c.id == chunk, chunks.c.lease.is_(None), chunks.c.due <= now, goes_on)
    taken = connection.execute(update(chunks).where(free).values(lease=lease, touched=_not_before(now))).rowcount == 1
    claimed = works(connection, chunk, lease, now) if taken else ()
    if not claimed:
        connection.execute(delete(leases).where(leases.c.id == lease))
    if taken and not claimed:
        pieces.tally(connection, [chunk], now, put_down=True)
    return claimed


def _not_before(now: datetime) -> ColumnElement[datetime]:
    """Return now, or when the chunk's issue changed last where another clock is ahead: it is taken up as it is then."""
    theirs = and_(issues.c.edition == runs.c.edition, issues.c.date == runs.c.date, runs.c.id == chunks.c.run_id)
    changed = select(func.max(issues.c.updated_at)).where(theirs).scalar_subquery()
    at = literal(now, Instant)
    return case((changed > at, changed), else_=at)


def _record(connection: Connection, entries: Sequence[Entry]) -> Sequence[bool]:
    held = _lock(connection, {entry.lease for entry in entries})
    kept = [_keep(entry, held) for entry in entries]
    if valid := list(compress(entries, kept)):
        _intend(connection, valid, held)
        _write_pages(connection, valid)
        _settle(connection, valid)
        _follow(connection, valid)
    return kept


def _release(connection: Connection, which: Any, now: datetime, on_unknown: Doubts) -> None:  # noqa: ANN401  # a condition
    locked = select(leases.c.id).where(which).order_by(leases.c.id).with_for_update()
    ended = delete(leases).where(leases.c.id.in_(locked)).returning(leases.c.chunk_id, leases.c.sending)
    rows = connection.execute(ended).all()
    if not rows:
        return
    intents = [intent for row in rows for intent in json.loads(row.sending)]
    touched = [row.chunk_id for row in rows]
    pieces.lock_runs(connection, touched)
    doubt(connection, intents, now, on_unknown)
    left = pieces.tally(connection, touched, now, put_down=True)
    if left and end(connection, left, now):
        left = pieces.tally(connection, touched, now)
    if left:
        go_on(connection, left, on_unknown)
    if len(left) < len(touched):
        _tell(connection, pieces.finish(connection, touched))


def _tell(connection: Connection, finished: Sequence[int]) -> None:
    for run in pieces.count(connection, finished) if finished else ():
        amounts = {name: getattr(run, name) for name in ("sent", "again", "failed", "unknown", "skipped")}
        log.info("a run is done", run=run.run_id, **amounts)


def _lock(connection: Connection, named: Iterable[int]) -> dict[int, _Held]:
    return {
        row.id: _Held(
            goes_on=bool(row.goes_on), sending={(delivery, page): at for delivery, page, at in json.loads(row.sending)}
        )
        for row in connection.execute(_locked(), {"named": sorted(named)})
    }


@cache
def _locked() -> Select[Any]:
    """Select leases; a run whose issue changed since a chunk was taken up goes on once that is taken up anew."""
    changed = exists().where(
        issues.c.edition == runs.c.edition, issues.c.date == runs.c.date, issues.c.updated_at > chunks.c.touched
    )
    return (
        select(leases.c.id, leases.c.sending, and_(RUNNING, ~changed).label("goes_on"))
        .join_from(leases, chunks, leases.c.chunk_id == chunks.c.id)
        .join(runs, chunks.c.run_id == runs.c.id)
        .where(leases.c.id.in_(bindparam("named", expanding=True)))
        .order_by(leases.c.id)
        .with_for_update(of=leases)
    )


def _keep(entry: Entry, held: dict[int, _Held]) -> bool:
    """Return whether the entry counts: its lease is held, and nothing new begins while the run does not go on."""
    lease = held.get(entry.lease)
    if lease is None or entry.page is None:
        return lease is not None
    return lease.goes_on or entry.page.state != "sending" or entry.page.page > 0


def _intend(connection: Connection, entries: Sequence[Entry], held: dict[int, _Held]) -> None:
    """Write down which pages are on their way now."""
    for entry in entries:
        if entry.page and entry.page.state == "sending":
            held[entry.lease].sending[entry.delivery, entry.page.page] = _micros(entry.at)
        elif entry.page:
            held[entry.lease].sending.pop((entry.delivery, entry.page.page), None)
        elif entry.settled:
            sending = held[entry.lease].sending
            for page in [page for page in sending if page[0] == entry.delivery]:
                del sending[page]
    rows = [
        [lease, json.dumps([[*page, at] for page, at in held[lease].sending.items()], separators=(",", ":"))]
        for lease in sorted({entry.lease for entry in entries})
    ]
    if rows:
        connection.execute(_intents(connection.dialect.name), packed(connection.dialect.name, rows))


@cache
def _intents(dialect: str) -> Update:
    new = incoming(dialect, {"id": BigInteger(), "sending": Text()})
    return update(leases).where(leases.c.id == new.c.id).values(sending=new.c.sending)


def _write_pages(connection: Connection, entries: Sequence[Entry]) -> None:
    alike = defaultdict[tuple[int, str, str], dict[int, tuple[object, ...]]](dict)
    for entry in entries:
        page = entry.page
        if page and page.state != "sending":
            row = (entry.delivery, page.message_id, page.reason, _micros(page.at))
            alike[page.page, page.state, entry.digest][entry.delivery] = row
    dialect = connection.dialect.name
    for (number, state, digest), rows in alike.items():
        common = {"number": number, "became": state, "shown": digest}
        connection.execute(_outcomes(dialect), common | packed(dialect, list(rows.values())))


@cache
def _outcomes(dialect: str) -> Insert:
    """Return the insert of pages whose number, state and content are the same."""
    found = incoming(dialect, {"delivery_id": BigInteger(), "message_id": Text(), "reason": Text(), "at": Instant()})
    common = {
        "page": bindparam("number", type_=Integer),
        "state": bindparam("became", type_=Text),
        "digest": bindparam("shown", type_=Text),
    }
    # SQLite takes the ON of the conflict for that of a join unless there is a WHERE between.
    chosen = select(*found.c, *common.values()).where(literal_column("1") == literal_column("1"))
    new = insert_into(dialect, pages).from_select([*found.c.keys(), *common], chosen)
    changed = {name: new.excluded[name] for name in ("state", "message_id", "digest", "reason", "at")}
    return new.on_conflict_do_update(index_elements=["delivery_id", "page"], set_=changed)


def _settle(connection: Connection, entries: Sequence[Entry]) -> None:
    sent = defaultdict[tuple[int, int, str], dict[int, int]](dict)
    others = {}
    for entry in entries:
        settled = entry.settled
        if settled and settled.state == "sent":
            sent[settled.next_page, settled.attempts, entry.revision][entry.delivery] = _micros(entry.at)
        elif settled:
            others[entry.delivery] = _settled(entry, settled)
    dialect = connection.dialect.name
    for (next_page, attempts, revision), rows in sent.items():
        alike = {"pages": next_page, "tries": attempts, "shown": revision}
        changed = connection.execute(_arrivals(dialect), alike | packed(dialect, list(rows.items())))
        _leave_nothing(connection, rows, changed.rowcount)
    if others:
        changed = connection.execute(_settlements(dialect), packed(dialect, list(others.values())))
        _leave_nothing(connection, others, changed.rowcount)


def _leave_nothing(connection: Connection, settled: Collection[int], found: int) -> None:
    """Erase the pages of those that are not there any more: the chat was forgotten while they were on their way."""
    if found < len(settled):
        theirs = and_(pages.c.delivery_id.in_(settled), ~exists().where(deliveries.c.id == pages.c.delivery_id))
        connection.execute(delete(pages).where(theirs))


@cache
def _arrivals(dialect: str) -> Update:
    """Return the change of deliveries that were sent: nearly all, and all alike but for the instant."""
    new = incoming(dialect, {"id": BigInteger(), "updated_at": Instant()})
    was_in_doubt = deliveries.c.kind == literal_column("'unknown'")
    values = {
        "state": "sent",
        "next_page": bindparam("pages"),
        "attempts": bindparam("tries"),
        "kind": case((was_in_doubt, deliveries.c.kind), else_=""),
        "reason": case((was_in_doubt, deliveries.c.reason), else_=""),
        "updated_at": new.c.updated_at,
        "revision": bindparam("shown"),
        "amends": False,
    }
    return update(deliveries).where(deliveries.c.id == new.c.id).values(values)


def _settled(entry: Entry, settled: Settled) -> tuple[object, ...]:
    return (
        entry.delivery,
        settled.state,
        settled.next_page,
        settled.attempts,
        settled.kind,
        settled.reason,
        _micros(settled.due) if settled.due else None,
        _micros(entry.at),
    )


@cache
def _settlements(dialect: str) -> Update:
    new = incoming(
        dialect,
        {
            "id": BigInteger(),
            "state": Text(),
            "next_page": Integer(),
            "attempts": Integer(),
            "kind": Text(),
            "reason": Text(),
            "due": Instant(),
            "updated_at": Instant(),
        },
    )
    values: dict[str, Any] = {
        name: new.c[name] for name in ("state", "next_page", "attempts", "kind", "reason", "updated_at")
    }
    values["due"] = func.coalesce(new.c.due, deliveries.c.due)
    return update(deliveries).where(deliveries.c.id == new.c.id).values(values)


def _follow(connection: Connection, entries: Sequence[Entry]) -> None:
    """Write down what else follows from these entries, for subscriptions and runs."""
    for entry in entries:
        if entry.settled and entry.settled.effect:
            apply(connection, entry, entry.settled, entry.settled.effect)
    if telling := [entry.delivery for entry in entries if entry.settled and _tells(entry.settled)]:
        _stop_hopeless(connection, telling)


def _tells(settled: Settled) -> bool:
    return settled.state == "failed" and settled.kind in TELLING


def _stop_hopeless(connection: Connection, telling: Sequence[int]) -> None:
    """Pause the runs of these failed deliveries of which too many failed, and note why."""
    theirs = select(deliveries.c.run_id).where(deliveries.c.id.in_(telling[:ROWS_AT_ONCE]))
    query = select(runs.c.id, runs.c.canary_until).where(runs.c.id.in_(theirs), RUNNING, runs.c.note != RESUMED)
    watched = {row.id: row.canary_until for row in connection.execute(query)}
    about = (deliveries.c.run_id, deliveries.c.kind, deliveries.c.reason, deliveries.c.updated_at, deliveries.c.amends)
    newest = select(*about).where(deliveries.c.id.in_(telling[:ROWS_AT_ONCE]), deliveries.c.run_id.in_(list(watched)))
    last = {(row.run_id, row.kind): row for row in connection.execute(newest)}
    for counted in pieces.count(connection, list(watched)) if watched else ():
        for kind, ever in (("content", counted.content), ("config", counted.config)):
            row = last.get((counted.run_id, kind))
            if row is None:
                continue
            canary = watched[counted.run_id]
            failed = ever
            if row.amends and is_hopeless(ever, counted.sent):
                failed = connection.execute(_failed_corrections(counted.run_id, kind)).scalar_one()
            if is_hopeless(failed, counted.sent):
                note = f"stopped, {failed} deliveries failed: {kind}, {row.reason}"
            elif kind == "content" and canary and row.updated_at < canary:
                note = f"stopped, the first few were refused: {row.reason}"
            else:
                continue
            connection.execute(update(runs).where(runs.c.id == counted.run_id).values(state="paused", note=note))
            log.error("a run stopped itself", run=counted.run_id, note=note)


def _failed_corrections(run: int, kind: str) -> Select[Any]:
    """Count the posts that could not be corrected: those that failed before say nothing about the correction."""
    failed = and_(deliveries.c.state == "failed", deliveries.c.kind == kind, deliveries.c.amends)
    return select(func.count()).where(deliveries.c.run_id == run, failed)


def _micros(at: datetime) -> int:
    return (at - EPOCH) // MICROSECOND
