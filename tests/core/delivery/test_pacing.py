from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from core.delivery.pacing import Pace, Pacer

START = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
NONE = timedelta(0)


@given(st.integers(1, 50), st.lists(st.integers(0, 200), min_size=1, max_size=80))
def test_pages_are_evenly_spaced_and_none_waits_without_reason(rate: int, pauses: list[int]) -> None:
    pacer, now, sent = Pacer(Pace(per_second=rate)), START, list[datetime]()
    for pause in pauses:
        asked = now + timedelta(milliseconds=pause)
        now = asked
        while wait := pacer.wait("chat", now):
            now += wait
        assert now == asked or now - sent[-1] == timedelta(seconds=1 / rate)
        sent.append(now)
    gaps = [later - earlier for earlier, later in pairwise(sent)]
    assert all(gap >= timedelta(seconds=1 / rate) for gap in gaps)


def test_an_unlimited_account_never_waits() -> None:
    pacer = Pacer(Pace())
    assert {pacer.wait("chat", START) for _ in range(1000)} == {NONE}


def test_a_chat_rests_after_each_answer_while_others_go_on() -> None:
    pacer = Pacer(Pace(chat_gap=SECOND))
    assert pacer.wait("slow", START) == NONE
    pacer.answered("slow", START + 2 * SECOND)
    assert pacer.wait("slow", START + 2 * SECOND) == SECOND
    assert pacer.wait("other", START + 2 * SECOND) == NONE
    assert pacer.wait("slow", START + 3 * SECOND) == NONE


def test_a_hold_of_a_chat_holds_only_the_chat_and_one_of_the_account_everybody() -> None:
    pacer = Pacer(Pace())
    pacer.hold(START + 5 * SECOND, chat="limited")
    assert pacer.wait("limited", START) == 5 * SECOND
    assert pacer.wait("other", START) == NONE
    pacer.hold(START + 9 * SECOND)
    pacer.hold(START + SECOND)
    assert pacer.wait("other", START) == 9 * SECOND
    assert pacer.wait("other", START + 9 * SECOND) == NONE


def test_waiting_for_a_chat_takes_no_place_of_the_account() -> None:
    pacer = Pacer(Pace(per_second=1))
    pacer.hold(START + 5 * SECOND, chat="limited")
    assert pacer.wait("limited", START) == 5 * SECOND
    assert pacer.wait("other", START) == NONE
