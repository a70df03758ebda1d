from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from core.delivery.model import Counts, Run
from core.delivery.runs import forecast, is_hopeless


@pytest.mark.parametrize(
    ("failed", "sent", "hopeless"), [(24, 0, False), (25, 0, True), (30, 29, True), (30, 30, False), (500, 9000, False)]
)
def test_a_run_is_hopeless_once_many_failed_and_fewer_arrived(failed: int, sent: int, *, hopeless: bool) -> None:
    assert is_hopeless(failed, sent) is hopeless


NOW = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
RUN = Run(id=1, edition="daily", date="2026-03-02", state="running", created_at=NOW, counts=Counts())


@pytest.mark.parametrize(
    ("planned", "sent", "window", "rate", "eta"),
    [
        (90, 60, 60 * SECOND, 1.0, NOW + 90 * SECOND),
        (100, 200, 4 * SECOND, 50.0, NOW + 2 * SECOND),
        (0, 10, SECOND, 10.0, NOW),
        (90, 0, 60 * SECOND, None, None),
        (90, 5, 0 * SECOND, None, None),
    ],
)
def test_rate_and_end_follow_from_what_was_sent_lately(
    planned: int, sent: int, window: timedelta, rate: float | None, eta: datetime | None
) -> None:
    run = replace(RUN, counts=Counts(planned=planned), oldest=NOW)
    found = forecast(run, sent, window, NOW)
    assert (found.rate, found.eta) == (rate, eta)


def test_no_end_is_foretold_while_all_that_is_left_has_to_wait() -> None:
    found = forecast(replace(RUN, counts=Counts(planned=99)), 1, SECOND, NOW)
    assert (found.rate, found.eta) == (1.0, None)
