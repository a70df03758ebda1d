"""Which issue a round gets, and when."""
# ruff: noqa: E501 - a table is read line by line

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest

from core.digest.model import IssueRef
from core.digest.port import IssueHead
from core.schedule.decide import Decision, decide
from core.schedule.next_run import next_run
from core.schedule.port import Round
from core.subscriptions.model import EVERY_DAY, Slot

SHANGHAI = Slot(time=time(8, 30), zone="Asia/Shanghai")


def local(text: str) -> datetime:
    """Read ``19 08:30``: a day of February 2026 and a time in Shanghai."""
    day, _, clock = text.partition(" ")
    at = datetime.combine(date(2026, 2, 1), time.fromisoformat(clock), tzinfo=UTC)
    return at + timedelta(days=int(day) - 1) - timedelta(hours=8)


def heads(*lines: str, edition: str = "daily") -> list[IssueHead]:
    """Read ``zh 19 18 20:00``: language, date, and when it appeared."""
    return sorted((_head(edition, *line.split(" ", 2)) for line in lines), key=lambda head: head.ref.date, reverse=True)


def _head(edition: str, lang: str, day: str, added: str) -> IssueHead:
    ref = IssueRef(edition=edition, date=date(2026, 2, 1) + timedelta(days=int(day) - 1), lang=lang)
    return IssueHead(ref=ref, title="", revision="", stories=0, added=local(added), updated=local(added))


def due(at: str = "19 08:30", *, planned: int | None = None, edition: str = "daily", days: str = "1234567") -> Round:
    slot = Slot(time=SHANGHAI.time, zone=SHANGHAI.zone, weekdays=frozenset(map(int, days)))
    return Round(
        id=1, slot=slot, edition=edition, lang="zh", due=local(at), planned=date(2026, 2, planned) if planned else None
    )


def said(before: Round, decision: Decision) -> str:
    """Write a decision as ``kind lang day +missed… · settled | waits``."""
    words = []
    if order := decision.order:
        words += [order.kind, order.issue.lang, str(order.issue.date.day), *(f"+{day.day}" for day in order.missed)]
        assert order.round == before
    if decision.after.due == before.due:
        words.append("waits")
    elif decision.after.due == next_run(before.slot, decision.after.due - timedelta(hours=1)):
        words.append(f"until {decision.after.due + timedelta(hours=8):%d}")
    return " ".join(words)


DAILY = ("zh 17 17 07:00", "zh 18 18 07:00")
CASES = {
    "the issue of the day goes out": (due(), "19 08:30", ["zh 19 19 07:00", *DAILY], "regular zh 19 until 20"),
    "it appeared the evening before": (due(), "19 08:30", ["zh 19 18 21:00", *DAILY], "regular zh 19 until 20"),
    "tomorrow's is left for tomorrow": (due(), "19 08:30", ["zh 20 19 08:00", "zh 19 19 07:00"], "regular zh 19 until 20"),
    "without an issue it waits": (due(), "19 08:30", DAILY, "waits"),
    "it still waits before six hours": (due(), "19 14:29", DAILY, "waits"),
    "it appears while we wait": (due(), "19 11:00", ["zh 19 19 10:59", *DAILY], "regular zh 19 until 20"),
    "after six hours newcomers get the newest": (due(), "19 14:30", DAILY, "regular zh 18 until 20"),
    "it appears at the last moment": (due(), "19 14:31", ["zh 19 19 14:29", *DAILY], "regular zh 19 until 20"),
    "an empty archive is waited for": (due(), "19 08:30", [], "waits"),
    "an empty archive is given up": (due(), "19 14:30", [], "until 20"),
    "a publisher west of us": (due(), "19 08:30", ["zh 18 19 07:00", "zh 17 18 07:00"], "regular zh 18 waits"),
    "what was planned is not planned again": (due(planned=18), "19 09:30", ["zh 18 19 07:00"], "waits"),
    "the day's own issue follows": (due(planned=18), "19 09:30", ["zh 19 19 09:25", "zh 18 19 07:00"], "regular zh 19 until 20"),
    "west of us, day over": (due(planned=18), "19 14:30", ["zh 18 19 07:00"], "until 20"),
    "yesterday's that came too late for yesterday": (due(), "19 08:30", ["zh 18 18 16:00"], "regular zh 18 waits"),
    "yesterday's that came in time is old": (due(), "19 08:30", ["zh 18 18 14:00"], "waits"),
    "in another language after waiting": (due(), "19 14:30", ["en 19 19 07:00", *DAILY], "regular en 19 until 20"),
    "in another language only after waiting": (due(), "19 08:30", ["en 19 19 07:00", *DAILY], "waits"),
    "never in this language: at once": (due(), "19 08:30", ["en 19 19 07:00", "zh 1 1 07:00"], "regular en 19 until 20"),
    "an edition at rest": (due(), "19 08:30", ["zh 10 10 07:00", "en 11 11 07:00"], "regular zh 10 waits"),
    "at rest for two days": (due(), "19 08:30", ["zh 17 17 07:00"], "regular zh 17 waits"),
    "old issues that came in just now": (due(), "19 08:30", ["zh 16 19 07:00", "en 18 18 07:00"], "waits"),
    "the issue came in with the restart": (due(), "19 21:00", ["zh 19 19 20:59", *DAILY], "catch-up zh 19 until 20"),
    "an edition at rest, once": (due(planned=10), "19 08:31", ["zh 10 10 07:00"], "waits"),
    "an edition at rest wakes up": (due(planned=10), "19 09:00", ["zh 19 19 08:59", "zh 10 10 07:00"], "regular zh 19 until 20"),
    "a few minutes are not late": (due(), "19 08:40", ["zh 19 19 07:00"], "regular zh 19 until 20"),
    "late after a downtime": (due(), "19 08:41", ["zh 19 19 07:00"], "late zh 19 until 20"),
    "still late": (due(), "19 14:30", ["zh 19 19 07:00"], "late zh 19 until 20"),
    "more than six hours is a catch-up": (due(), "19 14:31", ["zh 19 19 07:00"], "catch-up zh 19 until 20"),
    "days missed become one": (due("16 08:30"), "19 20:00", ["zh 16 16 07:00", "zh 19 19 07:00", *DAILY], "catch-up zh 19 +16 +17 +18 until 20"),
    "back in time for the day's issue": (due("17 08:30"), "19 09:00", ["zh 19 19 07:00", *DAILY], "catch-up zh 19 +17 +18 until 20"),
    "back before the day's issue": (due("17 08:30"), "19 09:00", DAILY, "waits"),
    "the day's issue never came": (due("17 08:30"), "19 14:30", DAILY, "catch-up zh 18 +17 until 20"),
    "shortly before the next hour": (due("17 08:30"), "19 07:00", ["zh 19 19 06:00", *DAILY], "waits"),
    "long before the next hour": (due("17 08:30"), "19 01:00", DAILY, "catch-up zh 18 +17 until 19"),
    "nothing was missed": (due("16 08:30"), "19 09:00", ["zh 19 19 07:00"], "late zh 19 until 20"),
    "weekends are not missed by weekday readers": (
        due("13 08:30", days="12345"), "16 20:00", ["zh 13 13 07:00", "zh 14 14 07:00", "zh 15 15 07:00", "zh 16 16 07:00"], "catch-up zh 16 +13 until 17",
    ),
    "a weekday reader does not get Sunday's": (due("16 08:30", days="12345"), "16 08:30", ["zh 15 15 07:00"], "waits"),
    "a fortnight is the most": (
        due("1 08:30"), "25 08:30", [f"zh {day} {day} 07:00" for day in range(1, 26)],
        "catch-up zh 25 " + " ".join(f"+{day}" for day in range(11, 25)) + " until 26",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("before", "now", "issues", "expected"), CASES.values(), ids=CASES.keys())
def test_a_round_gets(before: Round, now: str, issues: list[str], expected: str) -> None:
    assert said(before, decide(before, heads(*issues), local(now))) == expected


WEEKLY = {
    "this week's": (due(edition="weekly"), "19 08:30", ["zh 16 16 07:00", "zh 9 9 07:00"], "regular zh 16 until 20"),
    "on the last day": (due("22 08:30", edition="weekly"), "22 08:30", ["zh 16 16 07:00"], "regular zh 16 until 23"),
    "last week's is over": (due("23 08:30", edition="weekly"), "23 08:30", ["zh 16 16 07:00"], "waits"),
    "late last week": (due("23 08:30", edition="weekly", days="1"), "23 08:30", ["zh 16 16 16:00"], "regular zh 16 waits"),
    "one day missed is the same week": (due("18 08:30", edition="weekly"), "19 08:31", ["zh 16 16 07:00"], "regular zh 16 until 20"),
}  # fmt: skip


@pytest.mark.parametrize(("before", "now", "issues", "expected"), WEEKLY.values(), ids=WEEKLY.keys())
def test_a_weekly_round_gets(before: Round, now: str, issues: list[str], expected: str) -> None:
    assert said(before, decide(before, heads(*issues, edition="weekly"), local(now))) == expected


@pytest.mark.parametrize("hour", [7, 9, 12, 16, 23])
def test_whenever_the_publisher_appears_each_issue_reaches_a_daily_reader_once(hour: int) -> None:
    """Tick every ten minutes for three weeks; an issue appears each day at ``hour``, dated that day."""
    street, got = due("2 08:30"), []
    for tick in range(20 * 24 * 6):
        now = local("2 00:00") + timedelta(minutes=10 * tick)
        issues = [f"zh {day} {day} {hour:02}:00" for day in range(1, 23) if local(f"{day} {hour:02}:00") <= now]
        while street.due <= now:
            decision = decide(street, heads(*issues), now)
            if decision.order and decision.order.issue.date not in got:
                got.append(decision.order.issue.date)
            if decision.after == street:
                break
            street = decision.after
    days = [day.day for day in got]
    assert days == sorted(days)
    assert set(range(3, 20)) <= set(days)
    assert street.slot.weekdays == EVERY_DAY
