from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.commands.dates import parse_date

TODAY = date(2026, 3, 4)  # a Wednesday


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-02-19", "2026-02-19"),
        ("2026/2/19", "2026-02-19"),
        ("2026.02.19", "2026-02-19"),
        ("20260219", "2026-02-19"),
        ("2026 年 2 月 19 日", "2026-02-19"),
        ("2026年2月19号", "2026-02-19"),
        ("２０２６－０２－１９", "2026-02-19"),
        ("2/19", "2026-02-19"),
        ("02-19", "2026-02-19"),
        ("19/2", "2026-02-19"),
        ("2月19日", "2026-02-19"),
        ("2 月 19", "2026-02-19"),
        ("二月十九日", "2026-02-19"),
        ("二月十九", "2026-02-19"),
        ("Feb 19", "2026-02-19"),
        ("feb. 19th", "2026-02-19"),
        ("February 19, 2025", "2025-02-19"),
        ("19 February 2025", "2025-02-19"),
        ("19th of Feb", "2026-02-19"),
        ("sept 3", "2025-09-03"),
        ("12/24", "2025-12-24"),
        ("3/5", "2026-03-05"),
        ("3/6", "2025-03-06"),
        ("29/2", "2024-02-29"),
        ("19", "2026-02-19"),
        ("the 3rd", "2026-03-03"),
        ("31", "2026-01-31"),
        ("19 号", "2026-02-19"),
        ("十号", "2026-02-10"),
        ("today", "2026-03-04"),
        ("今天", "2026-03-04"),
        ("Yesterday", "2026-03-03"),
        ("昨天", "2026-03-03"),
        ("前天", "2026-03-02"),
        ("大前天", "2026-03-01"),
        ("the day before yesterday", "2026-03-02"),
        ("tomorrow", "2026-03-05"),
        ("3 days ago", "2026-03-01"),
        ("a week ago", "2026-02-25"),
        ("两周前", "2026-02-18"),
        ("三天前", "2026-03-01"),
        ("3 天以前", "2026-03-01"),
        ("一个星期前", "2026-02-25"),
        ("friday", "2026-02-27"),
        ("Wed", "2026-03-04"),
        ("last friday", "2026-02-27"),
        ("last wednesday", "2026-02-25"),
        ("this friday", "2026-03-06"),
        ("on Monday", "2026-03-02"),
        ("周五", "2026-02-27"),
        ("上周五", "2026-02-27"),
        ("上周三", "2026-02-25"),
        ("上上周一", "2026-02-16"),
        ("本周一", "2026-03-02"),
        ("这周日", "2026-03-08"),
        ("星期天", "2026-03-01"),
        ("上个礼拜六", "2026-02-28"),
        ("星期7", "2026-03-01"),
    ],
)
def test_a_reader_may_write_a_date_like_this(text: str, day: str) -> None:
    assert parse_date(text, TODAY) == date.fromisoformat(day)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "models",
        "2/30",
        "2026-13-01",
        "32",
        "mark 3",
        "month",
        "marble",
        "5.4.1.2",
        "last",
        "9" * 50,
        "周八",
        "0/0",
        "99999 days ago",
    ],
)
def test_other_words_are_no_date(text: str) -> None:
    assert parse_date(text, TODAY) is None


def test_a_day_count_that_leaves_the_calendar_is_no_date() -> None:
    assert parse_date("9999 weeks ago", date(100, 1, 1)) is None


@given(st.text(max_size=40))
def test_any_text_is_a_date_or_none(text: str) -> None:
    assert parse_date(text, TODAY) is None or isinstance(parse_date(text, TODAY), date)


@given(st.dates(min_value=date(2019, 1, 1), max_value=TODAY + timedelta(days=1)))
def test_a_date_without_year_is_the_latest_such_day(day: date) -> None:
    found = parse_date(f"{day.month}/{day.day}", TODAY)
    assert found is not None
    assert day <= found <= TODAY + timedelta(days=1)
