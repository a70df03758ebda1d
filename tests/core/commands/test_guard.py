from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from core.commands.guard import Bucket, Guard, Rate, take

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
RATE = Rate(burst=3, per_second=0.5)


def seconds(count: float) -> datetime:
    return NOON + timedelta(seconds=count)


def test_a_burst_is_let_through_and_the_next_one_waits() -> None:
    guard = Guard(RATE)
    assert [guard.wait("reader", NOON) for _ in range(4)] == [0, 0, 0, 2.0]


def test_what_waits_is_let_through_after_the_time_that_was_said() -> None:
    guard = Guard(RATE)
    for _ in range(3):
        guard.wait("reader", NOON)
    wait = guard.wait("reader", NOON)
    assert guard.wait("reader", seconds(wait)) == 0


def test_one_reader_does_not_use_up_another_ones_bucket() -> None:
    guard = Guard(RATE)
    for _ in range(9):
        guard.wait("hasty", NOON)
    assert guard.wait("calm", NOON) == 0


def test_only_the_users_who_came_last_are_remembered() -> None:
    guard = Guard(RATE, users=2)
    for user in ("a", "b", "c", "a", "b", "c"):
        guard.wait(user, NOON)
    assert len(guard._buckets) == 2


def test_who_came_last_is_not_forgotten_for_who_came_between() -> None:
    guard = Guard(RATE, users=2)
    for user in ("hasty", "hasty", "hasty", "between", "hasty", "another"):
        guard.wait(user, NOON)
    assert guard.wait("hasty", NOON) > 0


def test_a_clock_that_goes_back_gives_nothing() -> None:
    bucket = Bucket(tokens=0, at=NOON)
    assert take(bucket, seconds(-3600), RATE).bucket == bucket


@given(st.lists(st.floats(min_value=0, max_value=30), min_size=1, max_size=60))
def test_no_more_than_burst_and_rate_allow_is_let_through(gaps: list[float]) -> None:
    guard, now, admitted = Guard(RATE), NOON, 0
    for gap in gaps:
        now += timedelta(seconds=gap)
        admitted += guard.wait("reader", now) == 0
    assert admitted <= RATE.burst + RATE.per_second * sum(gaps) + 1e-3
