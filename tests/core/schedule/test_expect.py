"""What a reader is told to expect is what the planner does."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING

import pytest

from core.schedule.expect import expected
from core.subscriptions.model import EVERY_DAY, Slot, Subscription
from core.target import Target

if TYPE_CHECKING:
    from collections.abc import Collection

SECOND, THIRD = date(2026, 3, 2), date(2026, 3, 3)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=UTC)


def reader(at: str, zone: str = "UTC", *, edition: str = "daily", days: Collection[int] = EVERY_DAY) -> Subscription:
    return Subscription(
        id=1,
        target=Target(platform="paper", account="bot", chat="reader"),
        edition=edition,
        lang="en",
        slot=Slot(time=time.fromisoformat(at), zone=zone, weekdays=frozenset(days)),
        created_at=utc("03-01 00:00"),
    )


@pytest.mark.parametrize(
    ("subscription", "now", "due", "had", "awaited", "at"),
    [
        pytest.param(reader("08:30"), "03-02 07:00", "03-02 08:30", None, None, "03-02 08:30", id="nothing yet"),
        pytest.param(reader("08:30"), "03-02 09:00", "03-03 08:30", SECOND, None, "03-03 08:30", id="delivered"),
        pytest.param(reader("12:00"), "03-02 09:00", "03-02 12:00", SECOND, None, "03-03 12:00", id="hour changed"),
        pytest.param(reader("08:30"), "03-02 09:00", "03-02 08:30", None, SECOND, "03-03 08:30", id="late"),
        pytest.param(
            reader("08:30"), "03-03 09:00", "03-03 08:30", SECOND, THIRD, "03-04 08:30", id="only yesterday's"
        ),
        pytest.param(
            reader("08:30"), "03-02 09:00", "03-02 08:30", SECOND, None, "03-03 08:30", id="pushed while it waits"
        ),
        pytest.param(reader("08:30"), "03-02 20:00", "03-03 08:30", THIRD, None, "03-04 08:30", id="pushed the eve"),
        pytest.param(
            reader("08:30"), "03-02 20:00", "03-03 08:30", date(2062, 3, 2), None, "03-03 08:30", id="wrong year"
        ),
        pytest.param(
            reader("09:00", edition="weekly"), "03-04 10:00", "03-05 09:00", SECOND, None, "03-09 09:00", id="weekly"
        ),
        pytest.param(
            reader("12:00", days={1, 5}), "03-02 09:00", "03-02 12:00", SECOND, None, "03-06 12:00", id="two days"
        ),
        pytest.param(
            reader("00:00", "Europe/Berlin"),
            "03-28 12:00",
            "03-28 23:00",
            date(2026, 3, 29),
            None,
            "03-29 22:00",
            id="midnight after clocks went forward",
        ),
        pytest.param(
            reader("23:00", "America/New_York"),
            "03-03 06:00",
            "03-03 04:00",
            None,
            SECOND,
            "03-04 04:00",
            id="late, and named by the reader's own date",
        ),
    ],
)
def test_what_comes_next(
    subscription: Subscription, now: str, due: str, had: date | None, awaited: date | None, at: str
) -> None:
    found = expected(subscription, due=utc(due), had=had, now=utc(now))
    assert (found.awaited, found.at) == (awaited, utc(at))


def test_during_a_pause_nothing_is_waited_for_and_the_first_issue_after_it_is_next() -> None:
    paused = replace(reader("08:30"), paused_until=utc("03-05 09:00"))
    found = expected(paused, due=utc("03-02 08:30"), had=None, now=utc("03-02 09:00"))
    assert (found.awaited, found.at) == (None, utc("03-06 08:30"))
