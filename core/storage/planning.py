"""Deliveries for all readers of an order: counted once, then inserted into chunks of a known size, without a sort.

What a group of readers has in common is a constant of its insert: the chunk that a delivery belongs to follows from a
counter, and what a chunk holds is known before anything is in it. A million readers take one pass to count and one to
insert.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Any

from sqlalchemy import ARRAY, BigInteger, ColumnElement, and_, case, exists, func, insert, literal, or_, select, true

from core.delivery.model import PRIVATE, SHARED
from core.storage import chunks as pieces
from core.storage.chunks import PER_CHUNK
from core.storage.dialects import insert_into
from core.storage.schema import Instant, chunks, deliveries, subscriptions

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

    from core.schedule.port import Canary, Order
    from core.storage.dialects import Insert

BY = ("platform", "account", "priority", "wave", "is_paused")
"""What the readers of a group have in common."""


def priority_of(shared: Mapping[str, Sequence[str]]) -> ColumnElement[int]:
    """Return the priority of a subscription's chat, whose key is ``platform:account:chat``."""
    many = [
        and_(subscriptions.c.platform == platform, subscriptions.c.chat.like(f"{platform}:%:{beginning}%"))
        for platform, beginnings in shared.items()
        for beginning in beginnings
    ]
    return case((or_(*many), SHARED), else_=PRIVATE) if many else literal(PRIVATE)


def is_paused(at: datetime) -> ColumnElement[bool]:
    """Return the condition for subscriptions that are paused then."""
    return func.coalesce(subscriptions.c.paused_until > at, literal(value=False))


def waits(order: Order, issue_id: int, erased_until: datetime | None) -> ColumnElement[bool]:
    """Return the condition for subscriptions that the order is for and that have no delivery of its issue yet.

    Where deliveries of it were erased, nobody who had subscribed by ``erased_until`` is taken for one who had none.
    """
    has_one = exists().where(deliveries.c.issue_id == issue_id, deliveries.c.target == subscriptions.c.target)
    if order.round:
        whose: ColumnElement[bool] = subscriptions.c.round_id == order.round.id
    else:
        whose = and_(subscriptions.c.edition == order.issue.edition, subscriptions.c.lang.in_(order.langs))
    has_had_none = true() if erased_until is None else subscriptions.c.created_at > erased_until
    return and_(whose, subscriptions.c.ended == "", ~has_one, has_had_none)


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Readers of one account and priority who get the issue together: all in the first wave or not, paused or not."""

    platform: str
    account: str
    priority: int
    wave: int
    is_paused: bool
    amount: int


class Readers:
    """Those of whom ``waiting`` is true get the issue, in groups."""

    def __init__(
        self,
        waiting: ColumnElement[bool],
        issue_id: int,
        at: datetime,
        priority: ColumnElement[int],
        canary: Canary | None,
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
                is_paused(at).label("is_paused"),
                priority.label("priority"),
                self._wave(place).label("wave"),
            )
            .where(waiting)
            .subquery("ranked")
        )

    def _wave(self, place: ColumnElement[int]) -> ColumnElement[int]:
        """Return 0 for those who get it first, 1 for the rest."""
        if self._canary is None:
            return literal(0)
        if self._canary.users:
            by = subscriptions.c.platform + ":" + subscriptions.c.created_by
            return case((by.in_(sorted(self._canary.users)), 0), else_=1)
        return case((place % self._canary.one_in == 1, 0), else_=1)

    async def groups(self, connection: AsyncConnection) -> Sequence[Group]:
        """Count the readers."""
        by = [self._ranked.c[name] for name in BY]
        query = select(*by, func.count().label("amount")).group_by(*by).order_by(*by)
        return [
            Group(
                platform=row.platform,
                account=row.account,
                priority=row.priority,
                wave=row.wave,
                is_paused=bool(row.is_paused),
                amount=row.amount,
            )
            for row in await connection.execute(query)
        ]

    async def put_in_chunks(self, connection: AsyncConnection, group: Group, run: int, number: int) -> int:
        """Insert the group's deliveries in chunks that are counted from ``number``; return how many there are.

        Who subscribes or is served by somebody else between the count and the insert makes the chunks hold other than
        what they were made for; then they are counted.
        """
        which = await self._make_chunks(connection, group, run, number)
        new = self._deliver(connection.dialect.name, group, run, which)
        inserted = (await connection.execute(new.execution_options(preserve_rowcount=True))).rowcount
        if inserted != group.amount:
            await connection.run_sync(pieces.tally, which, self._at)
        return inserted

    async def _make_chunks(self, connection: AsyncConnection, group: Group, run: int, number: int) -> Sequence[int]:
        rows = []
        for first in range(0, group.amount, PER_CHUNK):
            size = min(PER_CHUNK, group.amount - first)
            rows.append(
                {
                    "run_id": run,
                    "platform": group.platform,
                    "account": group.account,
                    "priority": group.priority,
                    "number": number + first // PER_CHUNK,
                    "touched": self._at,
                    "due": None if group.is_paused else self._due(group),
                    "deliveries": size,
                    "skipped": size if group.is_paused else 0,
                }
            )
        await connection.execute(insert(chunks), rows)
        mine = select(chunks.c.id).where(chunks.c.run_id == run, chunks.c.number >= number).order_by(chunks.c.id)
        return (await connection.execute(mine)).scalars().all()

    def _due(self, group: Group) -> datetime:
        return self._at + self._canary.pause if self._canary and group.wave else self._at

    def _deliver(self, dialect: str, group: Group, run: int, which: Sequence[int]) -> Insert:
        """Insert the group's deliveries. Those of the first wave are there when the rest come: whoever is left."""
        ranked = self._ranked.c
        mine = and_(*(ranked[name] == getattr(group, name) for name in BY if name != "wave" or group.wave == 0))
        place = func.row_number().over().label("place")  # in any order: sorting a million costs more than counting
        total = func.count().over().label("total")
        reader = select(ranked.id, ranked.target, place, total).where(mine).subquery("numbered").c
        columns: dict[str, Any] = {
            "run_id": literal(run),
            "chunk_id": _chunk_at(dialect, which, reader.place),
            "issue_id": literal(self._issue_id),
            "target": reader.target,
            "platform": literal(group.platform),
            "account": literal(group.account),
            "subscription_id": reader.id,
            "state": literal("skipped" if group.is_paused else "planned"),
            "priority": literal(group.priority),
            "due": literal(self._due(group), Instant),
            "next_page": literal(0),
            "attempts": literal(0),
            "kind": literal(""),
            "reason": literal("paused" if group.is_paused else ""),
            "planned_at": literal(self._at, Instant),
            "updated_at": literal(self._at, Instant),
        }
        # The total makes PostgreSQL read all readers first: else it looks for each through what it has just inserted.
        # SQLite would keep them all in memory for it; but it takes the ON of the conflict for a join's without a WHERE.
        there = reader.place <= reader.total if dialect == "postgresql" else reader.place > 0
        chosen = select(*(value.label(name) for name, value in columns.items())).where(there)
        return insert_into(dialect, deliveries).from_select(list(columns), chosen).on_conflict_do_nothing()


def chunks_of(group: Group) -> int:
    """Return how many chunks the group takes."""
    return ceil(group.amount / PER_CHUNK)


def _chunk_at(dialect: str, which: Sequence[int], place: ColumnElement[int]) -> ColumnElement[int]:
    """Return the chunk for the reader at this place, counted from 1; the last one takes all who are left.

    SQLite's numbers are in a row, since it has one writer; PostgreSQL's may be mixed with those of other planners.
    """
    last = len(which) - 1
    index = case((place > last * PER_CHUNK, last), else_=(place - 1) // PER_CHUNK)
    if dialect == "sqlite":
        return literal(which[0]) + index
    found: ColumnElement[int] = select(literal(list(which), ARRAY(BigInteger))).scalar_subquery()[index + 1]
    return found
