"""What becomes of a chunk's deliveries when whoever worked on it stops or dies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, exists, func, select, update

from core.delivery.model import PRIVATE
from core.storage.chunks import PLANNED
from core.storage.dialects import insert_into
from core.storage.schema import EPOCH, MICROSECOND, chunks, deliveries, pages, runs

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection

    from core.delivery.model import Doubts, OnUnknown

CANCELLED = "cancelled"
STOPPED = "the sender stopped before the answer came"


def doubt(connection: Connection, intents: Sequence[Sequence[int]], now: datetime, on_unknown: Doubts) -> None:
    """Call the pages on their way unknown, with what follows. ``intents`` are (delivery, page, when it left)."""
    for delivery, page, left in intents:
        _doubt(connection, delivery, page, EPOCH + MICROSECOND * left, now, on_unknown)


def go_on(connection: Connection, which: Sequence[int], on_unknown: Doubts) -> None:
    """Let the deliveries of these chunks that are not settled go on after the last page that is."""
    theirs = select(chunks.c.run_id).where(chunks.c.id.in_(which))
    inside = and_(deliveries.c.run_id.in_(theirs), deliveries.c.chunk_id.in_(which), PLANNED, ~deliveries.c.amends)
    for answer, these in (
        (on_unknown.private, deliveries.c.priority == PRIVATE),
        (on_unknown.shared, deliveries.c.priority != PRIVATE),
    ):
        counted = pages.c.state.in_(("sent", "unknown") if answer == "skip" else ("sent",))
        settled = and_(pages.c.delivery_id == deliveries.c.id, counted)
        ahead = exists().where(settled, pages.c.page >= deliveries.c.next_page)
        after = select(func.max(pages.c.page) + 1).where(settled).correlate(deliveries).scalar_subquery()
        connection.execute(update(deliveries).where(inside, these, ahead).values(next_page=after))


def skip(connection: Connection, mine: ColumnElement[bool], now: datetime) -> int:
    """Skip what is planned of cancelled runs, posts that would have been changed stay; return how many there were."""
    planned = and_(mine, PLANNED)
    stays = {"state": "sent", "amends": False, "updated_at": now}
    kept = connection.execute(update(deliveries).where(planned, deliveries.c.amends).values(stays)).rowcount
    skipped = {"state": "skipped", "reason": CANCELLED, "updated_at": now}
    return kept + connection.execute(update(deliveries).where(planned).values(skipped)).rowcount


def end(connection: Connection, which: Sequence[int], now: datetime) -> int:
    """Skip what these chunks' cancelled runs have left: nobody comes for it again. Return how many there were."""
    cancelled = select(runs.c.id).where(runs.c.state == "cancelled")
    theirs = select(chunks.c.run_id).where(chunks.c.id.in_(which), chunks.c.run_id.in_(cancelled))
    return skip(connection, and_(deliveries.c.run_id.in_(theirs), deliveries.c.chunk_id.in_(which)), now)


def _doubt(  # facts of one page
    connection: Connection, delivery: int, page: int, left: datetime, now: datetime, on_unknown: Doubts
) -> None:
    query = (
        select(deliveries.c.priority, runs.c.state)
        .join_from(deliveries, runs, deliveries.c.run_id == runs.c.id)
        .where(deliveries.c.id == delivery)
    )
    row = connection.execute(query).one_or_none()
    if row is None:  # forgotten meanwhile
        return
    doubt = {"state": "unknown", "reason": STOPPED, "at": left, "message_id": "", "digest": ""}
    new = insert_into(connection.dialect.name, pages).values(delivery_id=delivery, page=page, **doubt)
    connection.execute(new.on_conflict_do_update(index_elements=["delivery_id", "page"], set_=doubt))
    answer = "ask" if row.state == "cancelled" else on_unknown.of(row.priority)
    outcome = _doubtful(answer, page) | {"kind": "unknown", "reason": STOPPED, "updated_at": now}
    connection.execute(update(deliveries).where(deliveries.c.id == delivery).values(outcome))


def _doubtful(on_unknown: OnUnknown, page: int) -> dict[str, object]:
    match on_unknown:
        case "ask":
            return {"state": "unknown", "next_page": page}
        case "resend":
            return {"state": "planned", "next_page": page, "attempts": deliveries.c.attempts + 1}
        case "skip":
            return {"state": "planned", "next_page": page + 1}
