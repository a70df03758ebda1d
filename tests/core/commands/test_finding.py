"""Which issue a reader gets."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest

from core.commands.issues import Wanted, parse_lang, parse_ref, parse_wanted
from core.commands.pause import parse_days
from core.digest.model import IssueRef
from core.document.nodes import Actions
from core.document.text import plain

if TYPE_CHECKING:
    from clock import ManualClock
    from core.commands.services import Services
    from tests.core.commands.conftest import Ask

TODAY = date(2026, 3, 2)
FEB_20 = date(2026, 2, 20)


@pytest.mark.parametrize(
    ("args", "wanted"),
    [
        ("", Wanted()),
        ("2/20", Wanted(day=FEB_20)),
        ("zh", Wanted(lang="zh")),
        ("2/20 zh", Wanted(day=FEB_20, lang="zh")),
        ("中文 2 月 20 日", Wanted(day=FEB_20, lang="zh")),
        ("latest english", Wanted(lang="en")),
        ("last friday", Wanted(day=date(2026, 2, 27))),
        ("models daily/zh/2026-02-20", Wanted(ref=IssueRef(edition="daily", lang="zh", date=FEB_20), rest="models")),
        ("quick links feb 20", Wanted(day=FEB_20, rest="quick links")),
        ("the day before yesterday", Wanted(day=date(2026, 2, 28))),
        ("zh en", Wanted(lang="en", rest="zh")),
        ("2/20 2/21", Wanted(day=date(2026, 2, 21), rest="2/20")),
    ],
)
def test_date_language_and_ref_are_read_off_the_end(args: str, wanted: Wanted) -> None:
    assert parse_wanted(args, TODAY) == wanted


@pytest.mark.parametrize(
    "text", ["", "daily", "daily/zh", "daily/zh/2026-02-30", "/zh/2026-02-20", "daily//2026-02-20", "a/b/c/d"]
)
def test_what_is_no_ref_is_none(text: str) -> None:
    assert parse_ref(text) is None


def test_a_ref_is_read_back_as_written() -> None:
    ref = IssueRef(edition="weekly", lang="en", date=FEB_20)
    assert parse_ref(str(ref)) == ref


@pytest.mark.parametrize(
    ("word", "lang"), [("中文", "zh"), ("Chinese", "zh"), ("zh_CN", "zh"), ("EN", "en"), ("英文", "en"), ("dev", None)]
)
def test_languages_have_many_names(word: str, lang: str | None) -> None:
    assert parse_lang(word) == lang


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("3", 3), ("3天", 3), ("3 天", 3), ("三天", 3), ("3 days", 3), ("3d", 3), ("a day", 1), ("for 2 weeks", 14),
        ("一周", 7), ("两个星期", 14), ("a month", 30), ("week", 7), ("天", 1),
        ("many", None), ("", None), ("-3", None), ("3 years", None),
    ],
)  # fmt: skip
def test_days_are_written_in_many_ways(text: str, days: int | None) -> None:
    assert parse_days(text) == days


async def test_today_is_the_readers_today(ask: Ask, clock: ManualClock) -> None:
    clock.at = datetime(2026, 3, 1, 20, 0, tzinfo=UTC)  # already 2 March in Shanghai, still 1 March in Berlin
    at_home = plain((await ask("/today", zone="Asia/Shanghai", lang="zh")).document.blocks)
    abroad = plain((await ask("/today", zone="Europe/Berlin", lang="zh")).document.blocks)
    assert at_home.startswith("北极星 2")
    assert abroad.startswith("周末读物")


async def test_the_zone_of_the_subscription_wins(ask: Ask, clock: ManualClock) -> None:
    clock.at = datetime(2026, 3, 1, 20, 0, tzinfo=UTC)
    await ask("/subscribe 8:30 Shanghai zh")
    assert plain((await ask("/today", zone="Europe/Berlin", lang="zh")).document.blocks).startswith("北极星 2")


@pytest.mark.parametrize("zone", ["Nowhere/Atlantis", "../etc/passwd", "Europe", "x" * 300])
async def test_a_zone_that_does_not_exist_does_no_harm(zone: str, ask: Ask) -> None:
    assert "Polaris 2" in plain((await ask("/today", zone=zone)).document.blocks)


async def test_a_day_without_issue_shows_the_latest_and_says_so(ask: Ask, clock: ManualClock) -> None:
    clock.at = datetime(2026, 3, 4, 7, 0, tzinfo=UTC)
    said = plain((await ask("/today")).document.blocks)
    assert said.startswith("No issue today yet. This is the latest one, from March 2, 2026.\nPolaris 2")


async def test_before_the_day_of_the_first_issue_there_is_none(ask: Ask, clock: ManualClock) -> None:
    clock.at = datetime(2026, 1, 1, 7, 0, tzinfo=UTC)
    assert "There is no issue in the archive yet" in plain((await ask("/today zh")).document.blocks)


@pytest.mark.parametrize(
    "line",
    ["/today", "/issue 2/19", "/models", "/lesson", "/archive", "/explain MoE", "/search MoE", "ask MoE", "/why"],
)
async def test_an_empty_archive_is_told_plainly(line: str, ask_in_vain: Ask) -> None:
    said = plain((await ask_in_vain(line)).document.blocks)
    assert any(word in said for word in ("no issue", "nothing", "Nothing"))


async def test_a_button_of_a_withdrawn_issue_answers_kindly(ask: Ask, services: Services) -> None:
    await services.archive.withdraw(IssueRef(edition="daily", lang="zh", date=TODAY))
    reply = await ask("section models daily/zh/2026-03-02")
    assert plain(reply.document.blocks).startswith("There is no issue for March 2, 2026.")
    assert isinstance(reply.document.blocks[-1], Actions)
