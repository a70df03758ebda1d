from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.limits import LIMITS, simulate
from core.delivery.pacing import CATCH_UP, COUNTED_AFTER, MARGIN, SHARE, Pace, Pacer, Passage, Window

START = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
NONE = timedelta(0)
GROUP = Window(most=20, per=60 * SECOND, each="chat", of="-")


def passed(pacer: Pacer, chat: str, now: datetime) -> datetime:
    """Wait until a page may leave, let it leave and be answered at once; return when."""
    while wait := max(pacer.wait(now), pacer.own_wait(chat, now)):
        now += wait
    pacer.arrive(pacer.leave(chat, now), now)
    return now


@pytest.mark.parametrize("limit", LIMITS)
@pytest.mark.parametrize("latency", [30, 80])
@pytest.mark.parametrize(("jitter", "share"), [(0, 0.98), (10, 0.98), (40, 0.95)])
def test_a_strict_platform_takes_nearly_all_that_it_permits_and_never_complains(
    limit: str, latency: int, jitter: int, share: float
) -> None:
    found = simulate(Pace(per_second=30, in_flight=64), limit, latency=latency, jitter=jitter, seconds=30)
    assert found.refused == 0
    assert found.taken / 30 >= share * 30


@pytest.mark.parametrize("limit", LIMITS)
def test_a_paid_account_is_used_as_fully(limit: str) -> None:
    found = simulate(Pace(per_second=1000, in_flight=500), limit, latency=80, jitter=5, seconds=4)
    assert found.refused == 0
    assert found.taken / 4 >= 0.98 * 1000 * (4 - 0.08) / 4  # the first page is still on its way


@pytest.mark.parametrize("limit", LIMITS)
@pytest.mark.parametrize(("rate", "seconds"), [(30, 30), (1000, 4)])
def test_a_strict_platform_never_complains_though_writing_down_takes_now_longer_now_shorter(
    limit: str, rate: int, seconds: int
) -> None:
    pace = Pace(per_second=rate, in_flight=500)
    found = simulate(pace, limit, latency=30, jitter=5, seconds=seconds, preparing=60)
    assert found.refused == 0
    assert found.taken / seconds >= 0.93 * rate


@pytest.mark.parametrize("limit", LIMITS)
def test_the_limit_models_refuse_who_sends_faster(limit: str) -> None:
    assert simulate(Pace(per_second=45, in_flight=64), limit, latency=30, jitter=0, seconds=20, permitted=30).refused


@given(
    st.integers(0, 200), st.lists(st.tuples(st.integers(0, 900), st.integers(0, 1200)), max_size=30), st.integers(1, 9)
)
def test_no_window_at_the_platform_holds_more_than_it_permits_however_late_answers_come(
    quickest: int, more: list[tuple[int, int]], rate: int
) -> None:
    """Pages take ``quickest`` to be counted and some of them longer; answers are on their way as well."""
    pacer, now = Pacer(Pace(per_second=rate)), START
    earliest, latest = list[datetime](), list[datetime]()
    answers = list[tuple[Passage, datetime]]()
    for there, back in [(0, 0), *more]:
        while wait := pacer.wait(now):
            now += wait
            for passage, at in [one for one in answers if one[1] <= now]:
                pacer.arrive(passage, at)
                answers.remove((passage, at))
        passage = pacer.leave("chat", now)
        counted = now + timedelta(milliseconds=quickest + there)
        earliest.append(now + timedelta(milliseconds=quickest))
        latest.append(min(counted, now + COUNTED_AFTER))
        answers.append((passage, counted + timedelta(milliseconds=back)))
    for number, arrival in enumerate(earliest):
        assert sum(before > arrival - SECOND for before in latest[:number]) < rate


@given(st.integers(1, 50), st.lists(st.integers(0, 200), min_size=1, max_size=80))
def test_a_little_lateness_is_made_up_for_and_a_rest_is_not(rate: int, pauses: list[int]) -> None:
    pacer, now, gap = Pacer(Pace(per_second=rate)), START, SECOND / (rate * SHARE)
    sent = list[datetime]()
    for pause in pauses:
        now = passed(pacer, "chat", now + timedelta(milliseconds=pause))
        sent.append(now)
    assert sent[-1] - sent[0] >= (len(sent) - 1) * gap - CATCH_UP - timedelta(milliseconds=1)
    rested = sent[-1] + CATCH_UP + max(gap, SECOND)
    assert passed(pacer, "chat", rested) == rested
    assert passed(pacer, "chat", rested) >= rested + gap - timedelta(milliseconds=1)


def test_an_unlimited_account_never_waits() -> None:
    pacer = Pacer(Pace())
    assert {passed(pacer, "chat", START) for _ in range(1000)} == {START}


def test_a_chat_rests_after_each_answer_while_others_go_on() -> None:
    pacer = Pacer(Pace(chat_gap=SECOND))
    passage = pacer.leave("slow", START)
    pacer.arrive(passage, START + 2 * SECOND)
    assert pacer.own_wait("slow", START + 2 * SECOND) == SECOND
    assert pacer.own_wait("other", START + 2 * SECOND) == pacer.wait(START + 2 * SECOND) == NONE
    assert pacer.own_wait("slow", START + 3 * SECOND) == NONE


def test_a_group_takes_twenty_pages_a_minute_and_private_chats_as_many_as_come() -> None:
    pacer = Pacer(Pace(windows=(GROUP,)))
    times = [passed(pacer, "-100", START) for _ in range(41)]
    minute = 60 * SECOND + MARGIN
    assert times == [START] * 20 + [START + minute] * 20 + [START + 2 * minute]
    assert {passed(pacer, "100", START) for _ in range(41)} == {START}
    assert passed(pacer, "-200", START) == START


def test_a_verb_has_a_window_of_its_own() -> None:
    pacer = Pacer(Pace(windows=(Window(most=2, per=60 * SECOND, each="verb", of="edit"),)))
    for _ in range(2):
        pacer.arrive(pacer.leave("chat", START, "edit"), START)
    assert pacer.own_wait("chat", START, "edit") == 60 * SECOND + MARGIN
    assert pacer.own_wait("chat", START, "send") == NONE


def test_a_page_that_was_let_leave_ahead_is_held_back_until_its_instant() -> None:
    pacer = Pacer(Pace(per_second=10), ahead=SECOND)
    first, second = pacer.leave("a", START), pacer.leave("b", START)
    assert pacer.late_wait(first, START) == NONE
    gap = SECOND / (10 * SHARE)
    assert pacer.late_wait(second, START) == gap
    assert pacer.wait(START) == NONE, "the third one is due within a second"
    pacer.hold(START + 3 * SECOND)
    assert pacer.late_wait(second, START) == 3 * SECOND, "the platform asked for a rest meanwhile"
    assert pacer.wait(START) == 2 * SECOND


def test_a_hold_reaches_as_far_as_the_platform_said() -> None:
    pacer = Pacer(Pace())
    pacer.hold(START + 5 * SECOND, chat="limited")
    pacer.hold(START + 7 * SECOND, verb="edit")
    assert pacer.own_wait("limited", START) == 5 * SECOND
    assert pacer.own_wait("other", START) == NONE
    assert pacer.own_wait("other", START, "edit") == 7 * SECOND
    assert pacer.wait(START) == NONE
    pacer.hold(START + 9 * SECOND)
    pacer.hold(START + SECOND)
    assert pacer.wait(START) == 9 * SECOND
    assert pacer.wait(START + 9 * SECOND) == NONE
