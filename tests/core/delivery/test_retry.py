from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.delivery.model import PRIVATE, SHARED, Doubts
from core.delivery.retry import Decision, Policy, Trouble, backoff, decide

if TYPE_CHECKING:
    from core.delivery.model import ErrorClass

POLICY = Policy()
SECOND = timedelta(seconds=1)
WEEK = timedelta(days=7)


def trouble(kind: ErrorClass, **facts: Any) -> Trouble:  # noqa: ANN401  # a test names the facts that it sets
    return Trouble(kind=kind, name="key", **facts)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (trouble("gone"), Decision(outcome="failed", subscription="end")),
        (trouble("move"), Decision(outcome="again", counts=True, subscription="move")),
        (trouble("move", attempts=7), Decision(outcome="failed", counts=True)),
        (trouble("pause"), Decision(outcome="failed", subscription="pause", pause=WEEK)),
        (trouble("config"), Decision(outcome="failed", subscription="strike")),
        (trouble("config", failures=2), Decision(outcome="failed", subscription="pause", pause=WEEK, notice=True)),
        (trouble("wait", retry_after=9 * SECOND), Decision(outcome="again", wait=9 * SECOND, hold="limit")),
        (trouble("wait", retry_after=SECOND, attempts=99), Decision(outcome="again", wait=SECOND, hold="limit")),
        (
            trouble("transient", retry_after=60 * SECOND),
            Decision(outcome="again", wait=60 * SECOND, counts=True),
        ),
        (trouble("transient", attempts=7), Decision(outcome="failed", counts=True)),
        (trouble("unknown"), Decision(outcome="unknown")),
        (trouble("content", plainer=True), Decision(outcome="again", plainer=True)),
        (trouble("content"), Decision(outcome="failed")),
        (trouble("fatal"), Decision(outcome="again", wait=300 * SECOND, hold="account", notice=True)),
        (trouble("fatal", attempts=99), Decision(outcome="again", wait=300 * SECOND, hold="account", notice=True)),
    ],
)
def test_each_class_of_error_has_its_consequence(found: Trouble, expected: Decision) -> None:
    assert decide(found, POLICY) == expected


def test_the_setting_says_what_becomes_of_a_page_that_may_have_been_sent() -> None:
    found = trouble("unknown", attempts=1)
    assert decide(found, Policy(on_unknown=Doubts.always("skip"))) == Decision(outcome="sent")
    resend = decide(found, Policy(on_unknown=Doubts.always("resend")))
    assert (resend.outcome, resend.counts, resend.wait > SECOND) == ("again", True, True)
    assert decide(trouble("unknown", attempts=7), Policy(on_unknown=Doubts.always("resend"))).outcome == "unknown"


@given(st.integers(0, 1000), st.text(max_size=8))
def test_waits_double_stay_near_their_middle_and_are_the_same_each_time(attempts: int, name: str) -> None:
    found = Trouble(kind="transient", name=name, attempts=attempts)
    middle = min(POLICY.longest_wait, POLICY.first_wait * (1 << min(attempts, 20)))
    assert middle * 0.75 <= backoff(found, POLICY) <= middle * 1.25
    assert backoff(found, POLICY) == backoff(found, POLICY)


def test_waits_of_many_deliveries_are_spread() -> None:
    waits = {backoff(Trouble(kind="transient", name=str(number)), POLICY) for number in range(100)}
    assert len(waits) > 90


def test_a_reader_sees_a_page_twice_rather_than_miss_it_and_for_a_group_somebody_is_asked() -> None:
    assert decide(trouble("unknown", priority=PRIVATE), POLICY).outcome == "again"
    assert decide(trouble("unknown", priority=SHARED), POLICY).outcome == "unknown"
