"""Dates as editors write them: ``2026-02-19``, ``2026 年 2 月 19 日``, ``February 19, 2026``, ``2026-W10``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_MONTHS = {
    name: month
    for month, names in enumerate(
        (
            "january jan",
            "february feb",
            "march mar",
            "april apr",
            "may",
            "june jun",
            "july jul",
            "august aug",
            "september sept sep",
            "october oct",
            "november nov",
            "december dec",
        ),
        start=1,
    )
    for name in names.split()
}
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_YEAR = r"(?P<year>(?:19|20)\d\d)(?<!\d.{4})"
"""Looks last at what stands before it: a pattern that begins with given digits is found much faster."""
_ANY_YEAR = re.compile(r"(?:19|20)\d\d")
_DAY = r"(?P<day>3[01]|[12]\d|0?[1-9])"
_ORDINAL = r"(?:st|nd|rd|th)?"
_NUMBER = r"(?P<month>1[0-2]|0?[1-9])"
_RANGE = rf"(?:\s?[-–—]\s?(?:(?:{_MONTH})\b\.?\s+)?\d{{1,2}}{_ORDINAL})"
_VOWELS = "aeouAEOU"
"""One of them is in every month's name."""
_FORMS = tuple(
    (marks, re.compile(form, re.IGNORECASE))
    for marks, form in (
        ("wW", rf"{_YEAR}\s?-?\s?W(?P<week>5[0-3]|[0-4]?\d)(?!\d)"),
        ("周", rf"{_YEAR}\s?年\s?第\s?(?P<week>5[0-3]|[0-4]?\d)\s?周"),
        ("月", rf"{_YEAR}\s?年\s?{_NUMBER}\s?月\s?{_DAY}\s?[日号]?"),
        ("-./_", rf"{_YEAR}(?P<sep>[-./_]){_NUMBER}(?P=sep){_DAY}(?!\d)"),
        (_VOWELS, rf"\b(?P<name>{_MONTH})\b\.?\s+{_DAY}{_ORDINAL}{_RANGE}?,?\s+{_YEAR}\b"),
        (_VOWELS, rf"(?<!\d){_DAY}{_ORDINAL}\s+(?P<name>{_MONTH})\b\.?,?\s+{_YEAR}\b"),
        ("019", rf"{_YEAR}(?P<month>0[1-9]|1[0-2])(?P<day>0[1-9]|[12]\d|3[01])(?!\d)"),
    )
)
"""Each with characters of which at least one is in all that it finds: looking for them is much cheaper."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundDate:
    """A date in a text: the day (a range's or week's first), whether it names a week, and where it stands."""

    day: date
    week: bool = False
    start: int = 0
    end: int = 0


def find_date(text: str) -> FoundDate | None:
    """Return the first date of the text in any of the forms, None if there is none or only impossible ones."""
    if not _ANY_YEAR.search(text):
        return None
    return min(_dates(text), key=lambda found: (found.start, -found.end), default=None)


def _dates(text: str) -> Iterator[FoundDate]:
    for marks, form in _FORMS:
        if not any([mark in text for mark in marks]):  # noqa: C419  # a list is quicker for so few
            continue
        for match in form.finditer(text):
            parts = match.groupdict()
            if (day := _day(parts)) is not None:
                yield FoundDate(day=day, week="week" in parts, start=match.start(), end=match.end())
                break


def _day(parts: dict[str, str | None]) -> date | None:
    year = int(parts["year"] or 0)
    try:
        if week := parts.get("week"):
            return date.fromisocalendar(year, int(week), 1)
        name = parts.get("name")
        month = _MONTHS[name.casefold()] if name else int(parts["month"] or 0)
        return date(year, month, int(parts["day"] or 0))
    except ValueError:
        return None
