"""Receipts in the database."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from core.delivery.model import PageReceipt, Receipt
from core.storage.schema import EPOCH, MICROSECOND, deliveries, pages
from core.storage.work import DELIVERIES, delivery

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Row, Select

    from core.storage.engine import Database
    from core.target import Target


class SqlReceipts:
    """Satisfies ``core.delivery.port.ReceiptBook`` and ``core.commands.port.Receipts``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def last(self, target: Target) -> Receipt | None:
        """Return the receipt of the newest delivery to this target, None if there was none."""
        return next(iter(await self.of_target(target, limit=1)), None)

    async def of_target(self, target: Target, *, limit: int = 20) -> Sequence[Receipt]:
        """Return the receipts of the target, newest first."""
        query = DELIVERIES.where(deliveries.c.target == target.key).order_by(deliveries.c.id.desc()).limit(limit)
        return await self._receipts(query)

    async def of_run(
        self, run: int, *, states: Sequence[str] = (), limit: int = 100, offset: int = 0
    ) -> Sequence[Receipt]:
        """Return the receipts of the run whose delivery is in one of ``states`` (none: in any), oldest first."""
        order = (deliveries.c.chunk_id, deliveries.c.id)
        query = DELIVERIES.where(deliveries.c.run_id == run).order_by(*order).limit(limit).offset(offset)
        return await self._receipts(query.where(deliveries.c.state.in_(states)) if states else query)

    async def _receipts(self, query: Select[Any]) -> Sequence[Receipt]:
        async with self._database.read() as connection:
            found = (await connection.execute(query)).all()
            theirs = select(pages).where(pages.c.delivery_id.in_([row.id for row in found]))
            by_delivery: dict[int, list[PageReceipt]] = defaultdict(list)
            for row in await connection.execute(theirs.order_by(pages.c.delivery_id, pages.c.page)):
                by_delivery[row.delivery_id].append(
                    PageReceipt(page=row.page, state=row.state, at=row.at, message_id=row.message_id, reason=row.reason)
                )
            for row in found:
                by_delivery[row.id].extend(_on_their_way(row))
        return [
            Receipt(
                delivery=delivery(row),
                planned_at=row.planned_at,
                updated_at=row.updated_at,
                pages=tuple(by_delivery[row.id]),
            )
            for row in found
        ]


def _on_their_way(row: Row[Any]) -> Iterator[PageReceipt]:
    """Give the pages of the row's delivery that are being sent now."""
    for delivered, page, left in json.loads(row.sending or "[]"):
        if delivered == row.id:
            yield PageReceipt(page=page, state="sending", at=EPOCH + MICROSECOND * left)
