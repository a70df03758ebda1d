"""Dates as editors write them."""

from __future__ import annotations

from datetime import date

import pytest

from core.digest.dates import find_date


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-02-19", "2026-02-19"),
        ("2026 年 2 月 19 日", "2026-02-19"),
        ("2026年3月18日 · 第24期", "2026-03-18"),
        ("March 30, 2026 · Issue #14", "2026-03-30"),
        ("Mar. 3rd, 2026", "2026-03-03"),
        ("19 February 2026", "2026-02-19"),
        ("2026-03-09 至 2026-03-13", "2026-03-09"),
        ("March 9–13, 2026", "2026-03-09"),
        ("Mar 30 – Apr 3, 2026", "2026-03-30"),
        ("Evening paper — 2026.02.23", "2026-02-23"),
        ("#026 | March 23, 2026", "2026-03-23"),
        ("2026-03-26-draft", "2026-03-26"),
        ("20260326", "2026-03-26"),
        ("2026-02-30, no, 2026-03-01", "2026-03-01"),
        ("2026-02-30", None),
        ("version 2026.1", None),
        ("12026-01-011", None),
        ("nothing", None),
    ],
)
def test_dates_are_found(text: str, expected: str | None) -> None:
    found = find_date(text)
    assert (found.day.isoformat() if found else None) == expected


@pytest.mark.parametrize(
    ("text", "monday"), [("#2026-W13", "2026-03-23"), ("2026-W10", "2026-03-02"), ("2026 年第 10 周", "2026-03-02")]
)
def test_a_week_is_its_monday(text: str, monday: str) -> None:
    found = find_date(text)
    assert found is not None
    assert found.week
    assert found.day == date.fromisoformat(monday)


def test_a_week_that_the_year_does_not_have_is_none() -> None:
    assert find_date("2025-W53") is None
