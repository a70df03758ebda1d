"""What time a question is about: a pure function from its words, today and nothing else.

``昨天``, ``上周三``, ``三月上旬``, ``the last three issues``, ``two weeks ago``, ``in March``, ``2 月 19 日``,
``since Monday``, ``本月`` and ``the 10th`` are understood. Dates are inclusive. What lies in the future of ``today``
only because the year was left out is taken from the year before.
"""

# ruff: noqa: E501 — a pattern reads best on one line
from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import MAXYEAR, date, timedelta
from functools import cache
from typing import TYPE_CHECKING, TypeAlias

import regex

from core.answers import occasions
from core.answers.lookalikes import is_name

if TYPE_CHECKING:
    from collections.abc import Callable

BEGINNING = date(1, 1, 1)
NEVER = date.max, date.min
"""A day that no calendar has, such as February 30: no issue lies between."""
LEAP = 8
"""In so many years every day of a calendar comes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """The days that are asked for. ``issues`` counts the newest issues instead; ``recent`` only prefers new ones.

    ``spans`` are the places in the text, so that what is left can be searched for.
    """

    since: date | None = None
    until: date | None = None
    issues: int = 0
    recent: bool = False
    spans: tuple[tuple[int, int], ...] = ()

    @property
    def bounded(self) -> bool:
        """Whether some days are out of the question."""
        return bool(self.since or self.until or self.issues)


Range: TypeAlias = "tuple[date | None, date | None]"
Read: TypeAlias = "Callable[[regex.Match[str], date], Range | int | None]"

_MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
_DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
_MONTH = "|".join(f"{name[:3]}(?:{name[3:]})?" if name != "may" else "may" for name in _MONTHS) + "|sept"
_DAY = "|".join(f"{name[:3]}(?:{name[3:]})?" for name in _DAYS) + "|tues|thur|thurs"
_NUMBERS = {
    word: number
    for number, words in enumerate(
        (
            "",
            "one a an 一",
            "two couple 二 两 俩",
            "three few 三 几",
            "four 四",
            "five 五",
            "six 六",
            "seven 七",
            "eight 八",
            "nine 九",
            "ten 十",
            "eleven",
            "twelve",
        )
    )
    for word in words.split()
}
_COUNT_EN = (
    r"(?:\d{1,3}|(?:a )?couple(?: of)?|(?:a )?few|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|an?)"
)
_COUNT_ZH = r"(?:\d{1,3}|[一二两俩三四五六七八九十几]{1,3})"
_ZH_DAY = {
    char: number for number, chars in enumerate(("一1", "二2", "三3", "四4", "五5", "六6", "日天末7")) for char in chars
}


def _number(text: str) -> int:
    text = text.strip().lower()
    if text.isdigit():
        return int(text)
    if text in _NUMBERS:
        return _NUMBERS[text]
    if "十" in text:
        tens, _, ones = text.partition("十")
        return (_NUMBERS.get(tens, 1) * 10) + _NUMBERS.get(ones, 0)
    words = [_NUMBERS[word] for word in text.split() if word in _NUMBERS]
    return words[-1] if words else 1


def when(text: str, today: date) -> When:
    """Return the time that ``text`` asks about, seen from ``today``."""
    since: date | None = None
    until: date | None = None
    issues, recent = 0, False
    spans: list[tuple[int, int]] = []
    for pattern, read in rules():
        for match in pattern.finditer(text):
            if any(match.start() < end and start < match.end() for start, end in spans):
                continue
            if is_name(text, *match.span()):
                continue
            try:
                found = read(match, today)
            except (ValueError, OverflowError):
                continue  # a day that no calendar has
            if found is None:
                continue
            spans.append(match.span())
            if isinstance(found, int):
                issues, recent = max(issues, found), recent or not found
                continue
            since = found[0] if since is None or found[0] is None else min(since, found[0])
            until = found[1] if until is None or found[1] is None else max(until, found[1])
    return When(since=since, until=until, issues=issues, recent=recent, spans=tuple(sorted(spans)))


@cache
def rules() -> tuple[tuple[regex.Pattern[str], Read], ...]:
    """Return the patterns and how to read them, in the order in which they are tried.

    Compiling them takes a third of a second, which only who asks a question has to wait for.
    """
    ordered = (*_FIRST, *occasions.RULES, *_RULES)
    return tuple((regex.compile(pattern, regex.IGNORECASE | regex.VERSION0), read) for pattern, read in ordered)


def _one(day: date | None) -> Range:
    return NEVER if day is None else (day, day)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _past(month: int, day: int, today: date) -> date | None:
    """Return the newest such day that is no more than a month ahead."""
    years = (today.year - back for back in range(LEAP + 1))
    days = (found for year in years if (found := _day(year, month, day)))
    return next((found for found in days if found <= today + timedelta(days=31)), None)


def _month(year: int, month: int, first: int = 1, last: int = 31) -> Range:
    return date(year, month, first), date(year, month, min(last, monthrange(year, month)[1]))


def _month_back(today: date, back: int) -> tuple[int, int]:
    count = today.year * 12 + today.month - 1 - back
    return count // 12, count % 12 + 1


def _year_of(month: int, today: date) -> int:
    return today.year if month <= today.month else today.year - 1


def _week_start(today: date, back: int) -> date:
    return today - timedelta(days=today.weekday() + 7 * back)


def _week(today: date, back: int) -> Range:
    return _week_start(today, back), _week_start(today, back) + timedelta(days=6)


def _weekday(name: str) -> int:
    return next(number for number, day in enumerate(_DAYS) if day.startswith(name[:3].lower()))


def _month_number(name: str) -> int:
    return next(number for number, month in enumerate(_MONTHS, 1) if month.startswith(name[:3].lower()))


def _last_weekday(number: int, today: date, *, back: int = 0) -> date:
    """Return the newest such weekday up to ``today``, or before it if it is today."""
    days = (today.weekday() - number) % 7
    return today - timedelta(days=days + 7 * back)


def _third(name: str) -> tuple[int, int]:
    return {"上": (1, 10), "中": (11, 20), "下": (21, 31), "初": (1, 10), "底": (21, 31), "末": (21, 31)}[name]


def _part(name: str) -> tuple[int, int]:
    return {
        "early": (1, 10),
        "mid": (11, 20),
        "middle": (11, 20),
        "late": (21, 31),
        "beginning": (1, 10),
        "start": (1, 10),
    }.get(name, (21, 31))


def _ago(count: int, unit: str, today: date) -> Range | None:
    try:
        if unit in {"day", "天", "日"}:
            return _one(today - timedelta(days=count))
        if unit in {"week", "周", "星期", "礼拜"}:
            return _week(today, count)
        if unit in {"month", "月"}:
            return _month(*_month_back(today, count))
        return date(today.year - count, 1, 1), date(today.year - count, 12, 31)
    except (OverflowError, ValueError):
        return None


def _last(count: int, unit: str, today: date) -> Range | None:
    days = {"day": 1, "天": 1, "日": 1, "week": 7, "周": 7, "星期": 7, "礼拜": 7, "month": 30, "月": 30}.get(unit, 365)
    try:
        return today - timedelta(days=days * count), today
    except OverflowError:
        return None


def _between(first: date | None, second: date | None) -> Range | None:
    if first is None or second is None:
        return None
    return min(first, second), max(first, second)


def _zh_month(text: str) -> int:
    number = _number(text)
    return number if 1 <= number <= len(_MONTHS) else 0


def _zh_weekday(match: regex.Match[str], today: date) -> Range | None:
    back = {"上上": 2, "上": 1, "本": 0, "这": 0, "这个": 0, "上个": 1, "上上个": 2, "当": 0}.get(
        match["which"] or "", -1
    )
    if match["day"] == "末":
        saturday = _last_weekday(5, today) if back < 0 else _week_start(today, back) + timedelta(days=5)
        return saturday, saturday + timedelta(days=1)
    number = _ZH_DAY[match["day"]]
    if back < 0:
        return _one(_last_weekday(number, today))
    return _one(_week_start(today, back) + timedelta(days=number))


def _en_weekday(match: regex.Match[str], today: date) -> Range | None:
    number = _weekday(match["day"])
    which = (match["which"] or "").lower()
    if which == "this":
        return _one(_week_start(today, 0) + timedelta(days=number))
    if which.startswith(("last", "past", "previous")) and number == today.weekday():
        return _one(today - timedelta(days=7))
    return _one(_last_weekday(number, today))


def _full(match: regex.Match[str], _today: date) -> Range | None:
    return _one(_day(int(match["y"]), int(match["m"]), int(match["d"])))


def _named(match: regex.Match[str], today: date) -> Range | None:
    month, day = _month_number(match["m"]), int(match["d"])
    return _one(_day(int(match["y"]), month, day) if match["y"] else _past(month, day, today))


def _named_range(match: regex.Match[str], today: date) -> Range | None:
    month = _month_number(match["m"])
    other = _month_number(match["m2"]) if match["m2"] else month
    if match["y"]:
        return _between(_day(int(match["y"]), month, int(match["d"])), _day(int(match["y"]), other, int(match["d2"])))
    return _between(_past(month, int(match["d"]), today), _past(other, int(match["d2"]), today))


def _zh_date(match: regex.Match[str], today: date) -> Range | None:
    month, day = _zh_month(match["m"]), _number(match["d"])
    year = {"去年": today.year - 1, "今年": today.year, "前年": today.year - 2}.get(match["y"] or "")
    if year is None and match["y"]:
        year = int(regex.sub(r"\D", "", match["y"]))
    return _one(_day(year, month, day) if year else _past(month, day, today))


def _zh_range(match: regex.Match[str], today: date) -> Range | None:
    month = _zh_month(match["m"])
    other = _zh_month(match["m2"]) if match["m2"] else month
    return _between(_past(month, _number(match["d"]), today), _past(other, _number(match["d2"]), today))


def _zh_month_range(match: regex.Match[str], today: date) -> Range | None:
    month = _zh_month(match["m"])
    if not month:
        return None
    named = {"去年": today.year - 1, "今年": today.year, "前年": today.year - 2}.get(match["y"] or "")
    year = named or (int(regex.sub(r"\D", "", match["y"])) if match["y"] else _year_of(month, today))
    return _month(year, month, *(_third(match["part"][0]) if match["part"] else (1, 31)))


def _en_month(match: regex.Match[str], today: date) -> Range | None:
    if match[0].lower() in {"may", "mar"}:
        return None
    month = _month_number(match["m"])
    year = int(match["y"]) if match["y"] else _year_of(month, today)
    return _month(year, month, *(_part(match["part"].lower()) if match["part"] else (1, 31)))


def _nth(match: regex.Match[str], today: date) -> Range | None:
    day = int(match["d"])
    here = _day(today.year, today.month, day)
    if here is None or here > today:
        return _one(_day(*_month_back(today, 1), day))
    return _one(here)


def _bound(side: str) -> Callable[[regex.Match[str], date], Range | None]:
    def read(match: regex.Match[str], today: date) -> Range | None:
        inner = when(match["what"], today)
        if not (inner.since or inner.until):
            return None
        if side == "since":
            return inner.since, today
        if side == "after":
            return (inner.until or today) + timedelta(days=1), today
        if side == "to":
            return BEGINNING, inner.until or today
        last = inner.since or today
        return BEGINNING, last - timedelta(days=1) if last > BEGINNING else last

    return read


def _span(match: regex.Match[str], today: date) -> Range | None:
    first, second = when(match["one"], today), when(match["two"], today)
    if first.since is None or second.until is None or first.since > second.until:
        return None
    return first.since, second.until


def _quarter(match: regex.Match[str], today: date) -> Range:
    number = _number(match["q"])
    year = int(match["y"]) if match["y"] else today.year
    return date(year, 3 * number - 2, 1), _month(year, 3 * number)[1]


def _iso_week(match: regex.Match[str], _today: date) -> Range | None:
    try:
        monday = date.fromisocalendar(int(match["y"]), int(match["w"]), 1)
    except ValueError:
        return None
    return monday, monday + timedelta(days=6)


def _year(match: regex.Match[str], _today: date) -> Range | None:
    year = int(match["y"])
    return (date(year, 1, 1), date(year, 12, 31)) if year < MAXYEAR else None


_Y = r"(?P<y>(?:19|20)\d\d)"
_ZY = r"(?P<y>(?:19|20)\d\d\s?年|去年|今年|前年)?\s?的?\s?"
_ZM = r"(?P<m>1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])"
_ZN = r"3[01]|[12]\d|0?[1-9]|三十一?|二?十[一二三四五六七八九]?|[一二三四五六七八九]"
_EN_D = r"(?P<d>3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?"
_FIRST: tuple[tuple[str, Read], ...] = (
    (r"大前天", lambda _m, t: _one(t - timedelta(days=3))),
    (r"前天|前日|\b(?:the )?day before yesterday\b", lambda _m, t: _one(t - timedelta(days=2))),
    (
        (
            rf"\b(?:on )?(?:{_DAY})\.?,?\s+(?=(?:{_MONTH})\b\.?\s+\d|(?:the )?\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of )?(?:{_MONTH})\b)"
            rf"|(?<=(?:{_MONTH})\.? \d{{1,2}}(?:st|nd|rd|th)?,? (?:a |\()?)(?:{_DAY})\b"
            r"|(?:周|星期|礼拜)[一二三四五六日天](?=\s?[（(，,]?\s?\d{1,2}\s?月\s?\d)|(?<=月\s?\d{1,2}\s?[日号]\s?[（(，,]?\s?)(?:周|星期|礼拜)[一二三四五六日天]"
        ),
        lambda _m, _t: NEVER,
    ),
    (
        r"\bsince\s+(?P<what>(?:the )?(?:start|beginning|middle|end) of (?:the |this |last )?\w+(?: (?:19|20)\d\d)?)\b",
        _bound("since"),
    ),
    (
        r"\b(?:up to|up until|as of)\s+(?P<what>(?:last |this |the )?[\w-]+(?: \d{1,2}(?:st|nd|rd|th)?\b)?(?:,? (?:19|20)\d\d)?)",
        _bound("to"),
    ),
    (
        r"(?:截至|截止到?)\s?(?P<what>[^，。？,?]{2,12}?(?:[日号天]|[周期][一二三四五六日天末]|月)|\d+/\d+)(?:为止)?",
        _bound("to"),
    ),
    (r"(?:直到|到)\s?(?P<what>[^，。？,?到]{2,12}?)\s?为止", _bound("to")),
)
"""Read before the occasions: what they would find is only a part of it. A weekday beside its date adds no day."""
_RULES: tuple[tuple[str, Read], ...] = (
    (
        r"\b(?:between|from)\s+(?P<one>[\w ,.-]{3,24}?)\s+(?:and|to|until|till|through)\s+(?P<two>(?:the )?[\w-]+(?: \d{1,2}(?:st|nd|rd|th)?)?(?:,? (?:19|20)\d\d)?)",
        _span,
    ),
    (
        r"从?(?P<one>[^，。？,?\s从]{2,12}?)\s?(?:到|至)\s?(?P<two>(?:今天|昨天|现在|(?:上|本|这)?(?:周|星期|个月|月)[一二三四五六日天末]?|[\d一二三四五六七八九十]{1,3}\s?月(?:\s?[\d一二三四五六七八九十]{1,3}\s?[日号])?))",
        _span,
    ),
    (
        rf"{_ZM}\s?月\s?(?P<d>{_ZN})\s?[日号]?\s?(?:到|至|和|、|[-–—~～])\s?(?:(?P<m2>1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])\s?月\s?)?(?P<d2>{_ZN})\s?[日号]",
        _zh_range,
    ),
    (
        rf"\b(?:from\s+)?(?P<m>{_MONTH})\.?\s+{_EN_D}\s?(?:to|through|until|[-–—])\s?(?:(?P<m2>{_MONTH})\.?\s+)?(?P<d2>3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?(?:,?\s+{_Y})?\b",
        _named_range,
    ),
    (
        r"\bsince\s+(?P<what>(?:last |the |this )?[\w-]+(?: \d{1,2}(?:st|nd|rd|th)?\b)?(?: ago)?(?:,? (?:19|20)\d\d)?)",
        _bound("since"),
    ),
    (
        r"\bafter\s+(?P<what>(?:last |the )?[\w-]+(?: \d{1,2}(?:st|nd|rd|th)?\b)?(?:,? (?:19|20)\d\d)?)",
        _bound("after"),
    ),
    (
        r"\b(?:before|until|prior to)\s+(?P<what>(?:last |the )?[\w-]+(?: \d{1,2}(?:st|nd|rd|th)?\b)?(?:,? (?:19|20)\d\d)?)",
        _bound("before"),
    ),
    (r"(?:自从?|从)\s?(?P<what>[^，。？,?]{2,12}?)\s?(?:以来|起|开始|至今|以后|之后)", _bound("since")),
    (
        r"(?P<what>[\d一二三四五六七八九十月日号年底初旬上中下本个周星期昨前天去今 ]{2,14}?)\s?(?:以来|至今|起|开始)",
        _bound("since"),
    ),
    (r"(?P<what>[\d一二三四五六七八九十月日号 上周星期]{2,12}?)\s?(?:以后|之后|后)", _bound("after")),
    (r"(?P<what>[\d一二三四五六七八九十月日号年 上周星期]{2,12}?)\s?(?:以前|之前|前)", _bound("before")),
    (rf"(?<!\d){_Y}(?:[-./])(?P<m>1[0-2]|0?[1-9])(?:[-./])(?P<d>3[01]|[12]\d|0?[1-9])(?!\d)", _full),
    (rf"(?<!\d){_Y}-?W(?P<w>[0-5]?\d)\b", _iso_week),
    (rf"(?<!\d){_Y}\s?年\s?第\s?(?P<w>[0-5]?\d)\s?周", _iso_week),
    (rf"{_ZY}(?<![\d第]){_ZM}\s?月\s?(?P<d>{_ZN})\s?[日号]?(?![\d个])", _zh_date),
    (
        r"(?<![\d.])(?!(?:1/[2-9]|2/3|3/4)\s?(?:的|of))(?P<m>1[0-2]|0?[1-9])/(?P<d>3[01]|[12]\d|0?[1-9])(?![\d/])",
        lambda m, t: _one(_past(int(m["m"]), int(m["d"]), t)),
    ),
    (rf"\b(?P<m>{_MONTH})\.?\s+{_EN_D}(?:,?\s+{_Y})?\b(?!\s?(?:stars|likes))", _named),
    (rf"\b(?:the\s+)?{_EN_D}\s+(?:of\s+)?(?P<m>{_MONTH})\b\.?(?:,?\s+{_Y})?", _named),
    (
        rf"{_ZY}(?<![\d第个]){_ZM}\s?月(?:份)?(?:的)?(?P<part>上旬|中旬|下旬|初|底|末)?(?![\d一二三四五六七八九十]|之暗面|亮|活|饼|薪|球|租|费)",
        _zh_month_range,
    ),
    (
        rf"\b(?:(?P<part>early|mid|middle|late|beginning|start|end)(?:\s+of|\s+in)?[\s-]+)?(?:in\s+|during\s+|of\s+)?(?<!\blong )(?P<m>{_MONTH}(?<!\bmay)(?<!\bmar))\b(?! (?:of|towards?|on) (?!20))\.?(?:,?\s+{_Y})?",
        _en_month,
    ),
    (
        rf"\b(?:(?P<part>early|mid|middle|late|beginning|start|end)(?:\s+of|\s+in)?[\s-]+|in\s+|during\s+|of\s+)(?P<m>may|mar)\b(?:,?\s+{_Y})?",
        _en_month,
    ),
    (r"昨[天日晚]?(?=[天日晚的]?)|\byesterday(?:'s|’s)?\b", lambda _m, t: _one(t - timedelta(days=1))),
    (
        r"今[天日早晚晨儿](?!之选|精选|概念|推荐|头条)|\btoday(?:'s|’s)?\b(?!s? pick)|\btonight\b",
        lambda _m, t: _one(t),
    ),
    (r"后天", lambda _m, t: _one(t + timedelta(days=2))),
    (r"明天|明日|\btomorrow\b", lambda _m, t: _one(t + timedelta(days=1))),
    (
        rf"\b(?P<n>{_COUNT_EN})\s+(?P<u>day|week|month|year)s?\s+(?:ago|back|earlier)\b",
        lambda m, t: _ago(_number(m["n"]), m["u"].lower(), t),
    ),
    (
        rf"(?P<n>{_COUNT_ZH})\s?个?(?P<u>天|日|周|星期|礼拜|月|年)(?:以|之)?前(?!的?(?:三|几))",
        lambda m, t: _ago(_number(m["n"]), m["u"], t),
    ),
    (
        rf"\b(?:the\s+)?(?:last|past|latest|previous|most recent|newest)\s+(?P<n>{_COUNT_EN})\s+(?:issues?|editions?|digests?|papers|posts)\b",
        lambda m, _t: _number(m["n"]),
    ),
    (rf"(?:最近|最新|近|过去|前|上)(?:的)?\s?(?P<n>{_COUNT_ZH})\s?期", lambda m, _t: _number(m["n"])),
    (
        r"\b(?:the\s+)?(?:last|latest|newest|most recent|current|previous)\s+(?:issue|edition|digest)(?:'s|’s)?\b|最新一?期|最近一期|上一?期|本期|这一?期",
        lambda _m, _t: 1,
    ),
    (
        rf"\b(?:in\s+|over\s+|during\s+|within\s+)?(?:the\s+)?(?:last|past|previous|recent)\s+(?P<n>{_COUNT_EN})\s+(?P<u>day|week|month|year)s?\b|\b(?:in|over|during|within|of)?\s*the past (?P<u>week|month|year)\b",
        lambda m, t: _last(_number(m["n"] or "1"), m["u"].lower(), t),
    ),
    (
        rf"(?:最近|过去|近|这|前|之前)(?:的)?\s?(?P<n>{_COUNT_ZH})\s?个?(?P<u>天|日|周|星期|礼拜|月|年)(?:内|里|来|以来)?",
        lambda m, t: _last(_number(m["n"]), m["u"], t),
    ),
    (r"(?P<which>上上个?|上个?|这个?|本)?(?:周|星期|礼拜)(?P<day>[一二三四五六日天末1-7])(?!年)", _zh_weekday),
    (rf"\b(?:on\s+)?(?P<which>last|this|past|previous)?\s*(?P<day>{'|'.join(_DAYS)})(?:'s|’s)?\b", _en_weekday),
    (rf"\b(?P<which>on|last|this)\s+(?P<day>{_DAY})\b", _en_weekday),
    (r"\b(?:the\s+)?week before last\b|上上个?(?:周|星期|礼拜)", lambda _m, t: _week(t, 2)),
    (r"\b(?:last|previous|past) week(?:'s|’s)?\b|上个?(?:周|星期|礼拜)|前一?周", lambda _m, t: _week(t, 1)),
    (r"\bthis week(?:'s|’s)?\b|[本这当]一?个?(?:周|星期|礼拜)(?!年)", lambda _m, t: _week(t, 0)),
    (
        r"\b(?:last|this past|over the|on the) weekend\b|(?:上个?)?周末",
        lambda _m, t: (_last_weekday(5, t), _last_weekday(5, t) + timedelta(days=1)),
    ),
    (
        r"\bthis weekend\b",
        lambda _m, t: (_week_start(t, 0) + timedelta(days=5), _week_start(t, 0) + timedelta(days=6)),
    ),
    (r"\bthe month before last\b|上上个?月", lambda _m, t: _month(*_month_back(t, 2))),
    (
        r"\b(?:last|previous) month(?:'s|’s)?\b|上个?月(?P<part>上旬|中旬|下旬|初|底|末)?",
        lambda m, t: _month(*_month_back(t, 1), *(_third(m["part"][0]) if m["part"] else (1, 31))),
    ),
    (
        r"\b(?:this month(?:'s|’s)?|earlier this month)\b|(?:本|这个?|当)月(?P<part>上旬|中旬|下旬|初|底|末)?",
        lambda m, t: _month(t.year, t.month, *(_third(m["part"][0]) if m["part"] else (1, 31))),
    ),
    (r"\bQ(?P<q>[1-4])(?:\s+(?P<y>(?:19|20)\d\d))?\b", _quarter),
    (r"(?:(?P<y>(?:19|20)\d\d)\s?年|今年)?第?(?P<q>[一二三四1-4])季度", _quarter),
    (r"\blast year\b|去年", lambda _m, t: (date(t.year - 1, 1, 1), date(t.year - 1, 12, 31))),
    (r"\bthis year(?:'s|’s)?\b|今年", lambda _m, t: (date(t.year, 1, 1), date(t.year, 12, 31))),
    (rf"\bin\s+{_Y}\b", _year),
    (rf"(?<!\d){_Y}\s?年", _year),
    (r"\b(?:on\s+)?the\s+(?P<d>3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)\b(?!\s+(?:place|most|issue|model))", _nth),
    (r"(?<![\d.月-])(?P<d>3[01]|[12]\d|0?[1-9])\s?[号日](?![\d本机线楼舱院])", _nth),
    (
        r"\b(?:recent(?:ly)?|latest|lately|newest|these days|nowadays)\b|\bthe other day\b|最近|近期|近来|最新|近日|这几天|这两天|[这前]一?阵子|这段时间|前段时间",
        lambda _m, _t: 0,
    ),
)
