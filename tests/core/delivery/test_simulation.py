"""A small day in virtual time: the planner's decisions, pacers and retries, over strict platforms with troubles."""

from __future__ import annotations

import pytest

from bench.limits import LIMITS
from bench.simulate import Scenario, bots_day, line, quantile
from core.delivery.model import PRIVATE, SHARED


@pytest.mark.parametrize("limit", LIMITS)
def test_everybody_ends_as_something_and_no_platform_complains(limit: str) -> None:
    day = bots_day(Scenario(subscribers=3_000, bots=1, limit=limit, pages=2), 0)
    assert sum(day.outcomes.values()) == day.planned == pytest.approx(3_000, abs=60)
    assert day.refused == 0
    assert set(day.outcomes) <= {"sent", "failed: gone", "failed: transient", "unknown: unknown"}
    assert day.outcomes["sent"] >= 0.97 * day.planned


def test_channels_go_first_and_the_many_as_quickly_as_the_platform_permits() -> None:
    scenario = Scenario(subscribers=10_000, bots=1, troubles=False)
    day = bots_day(scenario, 0)
    busiest_hour = 10_000 * (0.4 * 0.34 + 0.06 * 0.2)  # eight in Shanghai is nine in Tokyo
    assert quantile(day.late[SHARED], 1) <= 4
    assert 40 <= quantile(day.late[PRIVATE], 1) <= busiest_hour / (0.98 * 30) + 3
    assert line(scenario, day)[0] == "10,000"


def test_the_same_seed_gives_the_same_day() -> None:
    scenario = Scenario(subscribers=1_000, bots=1)
    assert bots_day(scenario, 0) == bots_day(scenario, 0) != bots_day(scenario, 1)
