"""When a slot comes next."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from datetime import date

    from core.subscriptions.model import Slot

DAYS_TO_LOOK_AT = 15
"""A week to the weekday, and a second one in case today's run is over or a zone leaves out that day."""


def next_run(slot: Slot, after: datetime) -> datetime:
    """Return the first instant of ``slot`` strictly after the aware instant ``after``, in UTC.

    A slot comes once on each local date that is one of its weekdays. Where clocks go forward over its time, it comes
    at the first instant after the gap; or, if that is on the next date (America/Nuuk, each March), at the last minute
    before it. Where they go back over it, it comes the first time that they show it. Only a date that a zone leaves
    out altogether (Pacific/Apia, 30 December 2011) has no run.
    """
    zone = ZoneInfo(slot.zone)
    today = after.astimezone(zone).date()
    days = (today + timedelta(days=offset) for offset in range(DAYS_TO_LOOK_AT))
    runs = (_instant(slot, day, zone) for day in days if day.isoweekday() in slot.weekdays)
    return next(run for run in runs if run is not None and run > after)


def local_date(slot: Slot, at: datetime) -> date:
    """Return the date that the slot's zone has at the aware instant ``at``."""
    return at.astimezone(ZoneInfo(slot.zone)).date()


def _instant(slot: Slot, day: date, zone: ZoneInfo) -> datetime | None:
    wall = datetime.combine(day, slot.time, tzinfo=zone)
    instant = wall.astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) == wall.replace(tzinfo=None):
        return instant
    opened = _end_of_gap(wall, zone)
    around = (opened, opened - timedelta(minutes=1))
    return next((at for at in around if at.astimezone(zone).date() == day), None)


def _end_of_gap(wall: datetime, zone: ZoneInfo) -> datetime:
    """Return the first instant at which the clocks show a later time than ``wall``, which they skip.

    PEP 495: in a gap ``fold=0`` reads the time with the offset before it and ``fold=1`` with the one after it, so
    that the change lies between the two instants.
    """
    late = wall.replace(fold=0).astimezone(UTC)
    early = wall.replace(fold=1).astimezone(UTC)
    target = wall.replace(tzinfo=None)
    while late - early > timedelta(seconds=1):
        middle = early + (late - early) // 2
        if middle.astimezone(zone).replace(tzinfo=None) > target:
            late = middle
        else:
            early = middle
    return late.replace(microsecond=0)
