"""Reading the date that a reader asks for: "2/19", "yesterday", "上周五", "Feb 19", "19 号"."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final
from unicodedata import normalize

if TYPE_CHECKING:
    from collections.abc import Callable

_WORDS: Final = {
    "today": 0, "今天": 0, "今日": 0, "tonight": 0,
    "yesterday": 1, "昨天": 1, "昨日": 1, "昨晚": 1,
    "the day before yesterday": 2, "day before yesterday": 2, "前天": 2, "前日": 2, "大前天": 3,
    "tomorrow": -1, "明天": -1, "明日": -1,
}  # fmt: skip
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_HAN_DIGITS: Final = dict(zip("零〇一二两三四五六七八九", (0, 0, 1, 2, 2, 3, 4, 5, 6, 7, 8, 9), strict=True))
_HAN_NUMBER: Final = re.compile(r"[零〇一二两三四五六七八九十]{1,8}(?=\s*(?:月|日|号|天|周|个|$))")
_UNITS: Final = {"day": 1, "天": 1, "日": 1, "week": 7, "周": 7, "星期": 7, "个星期": 7, "礼拜": 7, "个礼拜": 7}

_MONTH: Final = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_DAY: Final = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_YEAR: Final = r"(?:\s*,?\s+(?P<year>\d{4}))?"
_WEEKDAY: Final = (
    r"(?P<weekday>mon(?:day)?|tue(?:s(?:day)?)?|wed(?:nesday)?|thu(?:r?s?(?:day)?)?|fri(?:day)?|sat(?:urday)?"
    r"|sun(?:day)?)\.?"
)


def parse_date(text: str, today: date) -> date | None:
    """Return the day that ``text`` names, seen from ``today``; None if it names none.

    A date without year is the latest such day that is not later than tomorrow; a bare day of the month or weekday
    is the latest one up to today; "last friday" is before today, "上周五" in the week before this one. In "2/3"
    the month comes first, unless it cannot be one.
    """
    said = " ".join(arabic(normalize("NFKC", text)).casefold().replace("，", ",").split())
    if said in _WORDS:
        return today - timedelta(days=_WORDS[said])
    for pattern, read in _FORMS:
        if match := pattern.fullmatch(said):
            try:
                return read(match, today)
            except (ValueError, OverflowError):
                return None
    return None


def arabic(text: str) -> str:
    """Return the text with Chinese numbers below a hundred in digits, where a unit follows or the text ends."""
    return _HAN_NUMBER.sub(lambda match: str(_number(match[0])), text)


def _number(han: str) -> int:
    tens, ten, ones = han.partition("十")
    if not ten:
        return int("".join(str(_HAN_DIGITS[digit]) for digit in han))
    return _HAN_DIGITS.get(tens, 1) * 10 + _HAN_DIGITS.get(ones, 0)


def _full(match: re.Match[str], today: date) -> date:  # noqa: ARG001  every form is read the same way
    return date(int(match["year"]), int(match["month"]), int(match["day"]))


def _month_and_day(match: re.Match[str], today: date) -> date:
    month, day = int(match["month"]), int(match["day"])
    if month > len(_MONTHS):
        month, day = day, month
    return _latest_year(month, day, today)


def _named_month(match: re.Match[str], today: date) -> date:
    month, day = _MONTHS.index(match["month"][:3]) + 1, int(match["day"])
    return date(int(match["year"]), month, day) if match["year"] else _latest_year(month, day, today)


def _latest_year(month: int, day: int, today: date) -> date:
    for year in range(today.year + 1, today.year - 8, -1):  # eight years: a 29 February is among them
        try:
            found = date(year, month, day)
        except ValueError:
            continue
        if found <= today + timedelta(days=1):
            return found
    raise ValueError("no such day")


def _day_of_month(match: re.Match[str], today: date) -> date:
    day = int(match["day"])
    start = today.replace(day=1)
    for _month in range(3):  # two months in a row that lack the day do not exist
        try:
            found = start.replace(day=day)
        except ValueError:
            pass
        else:
            if found <= today:
                return found
        start = (start - timedelta(days=1)).replace(day=1)
    raise ValueError("no such day")


def _ago(match: re.Match[str], today: date) -> date:
    count = 1 if match["count"] in {"a", "one"} else int(match["count"])
    return today - timedelta(days=count * _UNITS[match["unit"]])


def _weekday(match: re.Match[str], today: date) -> date:
    weekday = _WEEKDAYS.index(match["weekday"][:3])
    back = (today.weekday() - weekday) % 7
    if match["which"] == "last":
        return today - timedelta(days=back or 7)
    if match["which"] == "this":
        return today - timedelta(days=today.weekday() - weekday)
    return today - timedelta(days=back)


def _han_weekday(match: re.Match[str], today: date) -> date:
    weekday = "一二三四五六日".find(match["weekday"].replace("天", "日").replace("7", "日"))
    weekday = int(match["weekday"]) - 1 if weekday < 0 else weekday
    if not match["which"]:
        return today - timedelta(days=(today.weekday() - weekday) % 7)
    weeks = match["which"].count("上")
    return today - timedelta(days=today.weekday() - weekday + 7 * weeks)


_FORMS: Final[tuple[tuple[re.Pattern[str], Callable[[re.Match[str], date], date]], ...]] = tuple(
    (re.compile(pattern), read)
    for pattern, read in (
        (r"(?P<year>\d{4})\s?[-/.年]\s?(?P<month>\d{1,2})\s?[-/.月]\s?(?P<day>\d{1,2})\s?[日号]?", _full),
        (r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})", _full),
        (r"(?P<month>\d{1,2})\s?[-/.]\s?(?P<day>\d{1,2})", _month_and_day),
        (r"(?P<month>\d{1,2})\s?月\s?(?P<day>\d{1,2})\s?[日号]?", _month_and_day),
        (rf"{_MONTH}\s*{_DAY}{_YEAR}", _named_month),
        (rf"{_DAY}(?:\s+of)?\s*{_MONTH}{_YEAR}", _named_month),
        (r"(?:the\s+)?(?P<day>\d{1,2})(?:st|nd|rd|th|\s?[日号])?", _day_of_month),
        (r"(?P<count>\d{1,4}|a|one)\s?(?P<unit>day|week)s?\s+ago", _ago),
        (r"(?P<count>\d{1,4})\s?(?P<unit>天|日|个?星期|个?礼拜|周)\s?[之以]?前", _ago),
        (rf"(?:(?P<which>last|this|on)\s+)?{_WEEKDAY}", _weekday),
        (r"(?P<which>上+个?|这个?|本)?(?:周|星期|礼拜)(?P<weekday>[一二三四五六日天1-7])", _han_weekday),
    )
)
