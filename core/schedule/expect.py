"""When a reader gets an issue next, by the rules of ``core.schedule.decide``. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from core.schedule.decide import cadence_of
from core.schedule.next_run import local_date, next_run

if TYPE_CHECKING:
    from datetime import date

    from core.subscriptions.model import Subscription


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """``awaited`` is the date of an issue that comes as soon as it is out, None if none is waited for.

    ``at`` is the next instant at which the slot brings an issue that the reader does not have, in UTC.
    """

    awaited: date | None
    at: datetime


def expected(subscription: Subscription, *, due: datetime, had: date | None, now: datetime) -> Expected:
    """Return what the reader of an active subscription can expect.

    ``due`` is the instant that the subscription's round is worked on next, over while it waits for its issue; ``had``
    the date of the newest issue that was planned for the reader, which does not come a second time.
    """
    slot, cadence = subscription.slot, cadence_of(subscription.edition)

    def is_had(at: datetime) -> bool:
        return had is not None and timedelta(0) <= local_date(slot, at) - had < cadence

    free = max(now, subscription.paused_until or now)
    at = next_run(slot, free)
    if had is not None and is_had(at):
        over = datetime.combine(had + cadence, time.min, tzinfo=ZoneInfo(slot.zone))
        at = next_run(slot, max(free, over - timedelta(seconds=1)))
    waits = due <= now == free and not is_had(due)
    return Expected(awaited=local_date(slot, due) if waits else None, at=at)
