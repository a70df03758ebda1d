"""Days of the week as readers write them: ``mon-fri``, ``weekends``, ``周一到周五``, ``一三五``, ``每天``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from babel.dates import get_day_names
from babel.lists import format_list

from core.i18n import texts
from core.subscriptions.model import EVERY_DAY

if TYPE_CHECKING:
    from collections.abc import Mapping

WEEKDAYS = frozenset(range(1, 6))
WEEKEND = frozenset({6, 7})
WORTH_A_RANGE = 3
NAMED: Mapping[str, frozenset[int]] = {
    **dict.fromkeys(("every day", "everyday", "each day", "all days", "daily", "每天", "每日", "天天"), EVERY_DAY),
    **dict.fromkeys(("weekdays", "weekday", "workdays", "workday", "working days", "business days"), WEEKDAYS),
    **dict.fromkeys(("工作日", "平日", "上班日"), WEEKDAYS),
    **dict.fromkeys(
        ("m-f", "no weekends", "not on weekends", "except weekends", "周末除外", "除周末", "除了周末"), WEEKDAYS
    ),
    **dict.fromkeys(("weekends", "weekend", "周末", "週末", "双休日", "雙休日"), WEEKEND),
}
CHINESE = {day: number for number, day in enumerate("一二三四五六日", 1)} | {"天": 7}
ENGLISH = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def read_days(text: str, at: int) -> tuple[frozenset[int], int] | None:
    """Read days from folded ``text`` at ``at``; return their ISO numbers and where they end."""
    if found := _NAMED.match(text, at):
        return NAMED[found["days"]], found.end()
    for pattern in _RANGES:
        if found := pattern.match(text, at):
            return _from_to(_day(found["first"]), _day(found["last"])), found.end()
    for pattern in _LISTS:
        if found := pattern.match(text, at):
            return frozenset(_day(day) for day in _ONE.findall(found[0])), found.end()
    return None


def days_name(weekdays: frozenset[int], lang: str) -> str:
    """Name the days for a sentence that goes on with a time."""
    _ = texts(lang)
    named = {EVERY_DAY: _("every day"), WEEKDAYS: _("weekdays"), WEEKEND: _("weekends")}
    if weekdays in named:
        return named[weekdays]
    names = get_day_names("abbreviated", locale=_.lang)
    first, last = min(weekdays), max(weekdays)
    if len(weekdays) >= WORTH_A_RANGE and weekdays == _from_to(first, last):
        return _("{first} to {last}", first=names[first - 1], last=names[last - 1])
    return format_list([names[day - 1] for day in sorted(weekdays)], locale=_.lang)


def _from_to(first: int, last: int) -> frozenset[int]:
    """Return the days from ``first`` to ``last``, over the end of the week if need be."""
    return frozenset((first + offset - 1) % 7 + 1 for offset in range((last - first) % 7 + 1))


def _day(text: str) -> int:
    if text.isdecimal():
        return int(text)
    return CHINESE.get(text) or ENGLISH.index(text[:3]) + 1


_WEEK = r"(?:[每逢]?(?:周|週|星期|礼拜|禮拜))"
_CN = r"[一二三四五六日天](?![点點时時十])"
_EN = r"(?:mon(?:days?)?|tue(?:s(?:days?)?)?|wed(?:s|nesdays?)?|thu(?:rs?(?:days?)?)?|fri(?:days?)?|sat(?:urdays?)?|sun(?:days?)?)(?![a-z])"  # noqa: E501 - one alternative per day
_NAMED = re.compile(rf"(?P<days>{'|'.join(sorted(NAMED, key=len, reverse=True))})(?![a-z])")
_RANGES = (
    re.compile(rf"{_WEEK}\s*(?P<first>{_CN}|[1-7])\s*(?:到|至|-|~|—|–)\s*{_WEEK}?\s*(?P<last>{_CN}|[1-7](?!\d))"),
    re.compile(rf"(?P<first>{_CN})(?:到|至|-|~|—|–)(?P<last>{_CN})"),
    re.compile(rf"(?P<first>{_EN})\s*(?:-|~|—|–|to|through|thru|till|until)\s*(?P<last>{_EN})"),
)
_LISTS = (
    re.compile(rf"{_WEEK}\s*(?:{_CN}|[1-7](?!\d))(?:[、,和及\s]*{_CN})*"),
    re.compile(rf"{_CN}(?:[、,]?{_CN})+"),
    re.compile(_EN),
)
_ONE = re.compile(rf"{_CN}|[1-7]|{_EN}")
