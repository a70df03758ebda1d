"""Times that are named in a roundabout way: parts of years, weeks of months, holidays, hours. Pure."""

# ruff: noqa: E501 — a pattern reads best on one line
from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from typing import TYPE_CHECKING, TypeAlias

import regex

if TYPE_CHECKING:
    from collections.abc import Callable

Span: TypeAlias = "tuple[date, date] | None"
Match: TypeAlias = "regex.Match[str]"
MONTHS = {name: number for number, names in enumerate(("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1) for name in [names]}  # fmt: skip
WEEKDAYS = {name: number for number, name in enumerate(("mon", "tue", "wed", "thu", "fri", "sat", "sun"))}
DIGITS = {char: number for number, char in enumerate("零一二三四五六七八九十")} | {"两": 2}
ORDINALS = {
    "first": 1,
    "1st": 1,
    "second": 2,
    "2nd": 2,
    "third": 3,
    "3rd": 3,
    "fourth": 4,
    "4th": 4,
    "last": 5,
    "fifth": 5,
}
COUNTS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
NEW_YEARS = {2024: (2, 10), 2025: (1, 29), 2026: (2, 17), 2027: (2, 6), 2028: (1, 26), 2029: (2, 13), 2030: (2, 3)}
"""First days of the Chinese calendar's years."""
DRAGON_BOATS = {2024: (6, 10), 2025: (5, 31), 2026: (6, 19), 2027: (6, 9), 2028: (5, 28), 2029: (6, 16), 2030: (6, 5)}
MID_AUTUMNS = {2024: (9, 17), 2025: (10, 6), 2026: (9, 25), 2027: (9, 15), 2028: (10, 3), 2029: (9, 22), 2030: (9, 12)}
SEASONS = {"spring": 3, "春": 3, "summer": 6, "夏": 6, "autumn": 9, "fall": 9, "秋": 9, "winter": 12, "冬": 12}
"""The month in which they begin."""
HOLIDAYS = (
    (r"国庆节?|十一(?=期间|假期|长假)|National Day", 10, 1, 7),
    (r"元旦节?|New Year(?:'s|’s)?(?: Day)?", 1, 1, 1),
    (r"五一(?:劳动节|(?=期间|假期|小长假))|劳动节|Labou?r Day", 5, 1, 5),
    (r"情人节|Valentine(?:'s|’s)?(?: Day)?", 2, 14, 1),
    (r"圣诞节?|Christmas(?: Day)?", 12, 25, 1),
    (r"双十一|双11|Singles(?:'|’)? Day", 11, 11, 1),
    (r"平安夜|Christmas Eve", 12, 24, 1),
    (r"New Year(?:'s|’s) Eve", 12, 31, 1),
    (r"三八(?:妇女)?节|妇女节|(?:International )?Women(?:'s|’s) Day", 3, 8, 1),
    (r"(?:六一)?儿童节", 6, 1, 1),
    (r"清明节?", 4, 4, 3),
    (r"万圣节|Halloween", 10, 31, 1),
    (r"Independence Day", 7, 4, 1),
    (r"教师节|Teachers(?:'|’)? Day", 9, 10, 1),
    (r"愚人节|April Fools?(?:'|’)?s?(?: Day)?", 4, 1, 1),
    (r"Earth Day|世界地球日", 4, 22, 1),
)
_STANDS_ALONE = r"(?=\s*(?:$|[?？!！,，。、]|有(?!奖)|的|那|发|前|后|放|出了|新闻|消息|news\b|issue|edition|stories\b))"
"""What follows a holiday that is a time and no topic: "元旦有什么", not "元旦红包"."""
WEEK = 7
HALF = 6
HALF_YEAR = 183
FEW = 5
"""So many days are a few, at a month's beginning or end."""


def _number(text: str) -> int:
    if text.isdigit():
        return int(text)
    tens, ten, ones = text.partition("十")
    return (DIGITS.get(tens, 1) * 10 if ten else 0) + DIGITS.get(ones or ("零" if ten else text), 0)


def _month(year: int, month: int, first: int = 1, last: int = 31) -> tuple[date, date]:
    end = monthrange(year, month)[1]
    return date(year, month, min(first, end)), date(year, month, min(last, end))


def _back(today: date, months: int) -> tuple[int, int]:
    count = today.year * 12 + today.month - 1 - months
    return count // 12, count % 12 + 1


def _passed(month: int, today: date) -> int:
    """Return the year in which this month began last."""
    return today.year if month <= today.month else today.year - 1


def _week(day: date) -> tuple[date, date]:
    monday = day - timedelta(days=day.weekday())
    return monday, monday + timedelta(days=6)


def _year(match: Match, today: date) -> int | None:
    said = (match["y"] or "").strip().lower()
    if said in {"去年", "last year"}:
        return today.year - 1
    if said in {"今年", "this year", "the year"}:
        return today.year
    digits = regex.sub(r"\D", "", said)
    return int(digits) if digits else None


def _end_of_year(match: Match, today: date) -> Span:
    early = match["part"].lower() in {"初", "start", "beginning"}
    month = 1 if early else 12
    return _month(_year(match, today) or _passed(month, today), month)


def _half(match: Match, today: date) -> Span:
    first = match["half"].lower() in {"上", "first", "1"}
    year = _year(match, today) or (today.year if first or today.month > HALF else today.year - 1)
    return (date(year, 1, 1), date(year, 6, 30)) if first else (date(year, 7, 1), date(year, 12, 31))


def _third_of_year(match: Match, _today: date) -> Span:
    first, last = {"early": (1, 3), "mid": (5, 8), "late": (10, 12)}[match["part"].lower()]
    return date(int(match["y"]), first, 1), _month(int(match["y"]), last)[1]


def _part_of_month(match: Match, today: date) -> Span:
    said = match["part"].lower()
    first, last = (1, 10) if said in {"初", "early", "start", "beginning"} else (11, 20) if said in {"中", "mid", "middle"} else (21, 31)  # fmt: skip
    back = 1 if (match["which"] or "").lower().startswith(("last", "上")) else 0
    return _month(*_back(today, back), first, last)


def _day_of_month(match: Match, today: date) -> Span:
    back = {"上上": 2, "上": 1}.get(match["which"].removesuffix("个"), 0)
    return _month(*_back(today, back), _number(match["d"]), _number(match["d"]))


def _week_of(match: Match, today: date) -> Span:
    month, day = MONTHS[(match["m"] or match["m2"])[:3].lower()], int(match["d"] or match["d2"])
    return _week(date(_passed(month, today), month, day))


def _numbered_week(match: Match, today: date) -> Span:
    monday = date.fromisocalendar(int(match["y"] or today.year), int(match["w"]), 1)
    return monday, monday + timedelta(days=6)


def _quarter(match: Match, today: date) -> Span:
    said = (match["which"] or "").lower()
    at = today.year * 4 + (today.month - 1) // 3
    if said in {"上", "上个", "上一", "last", "previous", "the last"}:
        at -= 1
    elif match["n"]:
        at = (int(match["y"] or today.year)) * 4 + ORDINALS[match["n"].lower()] - 1
    year, quarter = divmod(at, 4)
    return date(year, 3 * quarter + 1, 1), _month(year, 3 * quarter + 3)[1]


def _hours(match: Match, today: date) -> Span:
    return today - timedelta(days=-(-_number(match["h"]) // 24)), today


def _weekday_of_week(match: Match, today: date) -> Span:
    said = match["week"].lower()
    back = 2 if "two" in said or "before" in said else 0 if said.startswith("this") else 1
    return _weekday_in_week(match["day"], today - timedelta(days=WEEK * back))


def _weekday_number(said: str) -> int:
    return (
        "一二三四五六日".index(said.replace("天", "日")) if said in "一二三四五六日天" else WEEKDAYS[said[:3].lower()]
    )


def _weekday_in_week(said: str, day: date) -> Span:
    found = day + timedelta(days=_weekday_number(said) - day.weekday())
    return found, found


def _weekday_weeks_ago(match: Match, today: date) -> Span:
    count = COUNTS.get(match["n"].lower()) or _number(match["n"])
    return _weekday_in_week(match["day"], today - timedelta(days=WEEK * count))


def _weekday_ago(said: str, today: date, weeks: int) -> Span:
    """Return such a weekday, counted from the newest one before today."""
    back = (today.weekday() - _weekday_number(said) - 1) % WEEK + 1
    found = today - timedelta(days=back + WEEK * weeks)
    return found, found


def _holiday(month: int, day: int, length: int) -> Callable[[Match, date], Span]:
    def read(_match: Match, today: date) -> Span:
        year = today.year if date(today.year, month, day) <= today else today.year - 1
        first = date(year, month, day)
        return first, first + timedelta(days=length - 1)

    return read


def _festival(days: dict[int, tuple[int, int]], after: int = 0) -> Callable[[Match, date], Span]:
    """Return what reads a feast of the Chinese calendar; ``after`` counts the days since the one that is known."""

    def read(_match: Match, today: date) -> Span:
        known = [date(year, *day) + timedelta(days=after) for year, day in days.items()]
        found = max((day for day in known if day <= today), default=None)
        return (found, found) if found else None

    return read


def _season(match: Match, today: date) -> Span:
    first = SEASONS[match["season"].lower()]
    said = match["which"].lower()
    year = today.year if (first <= today.month and said not in {"去年", "去"}) else today.year - 1
    if said.startswith("last") and date(year, first, 1) + timedelta(days=92) > today:
        year -= 1
    start = date(year, first, 1)
    return start, _month(*_back(start, -2))[1]


def _part_of_week(match: Match, today: date) -> Span:
    said = match.groupdict()
    which = (said["zw"] or said["w"] or "").lower()
    back = 1 if which.startswith(("上", "last")) else 0
    monday = today - timedelta(days=today.weekday() + WEEK * back)
    part = (said["zp"] or said["p"] or "").lower()
    first, last = (0, 1) if part in {"初", "start", "beginning"} else (0, 3) if part.startswith(("前", "first")) else (3, 6)  # fmt: skip
    return monday + timedelta(days=first), monday + timedelta(days=last)


def _in_month(match: Match, today: date) -> tuple[int, int]:
    """Return the year and month that a match names, or how far back it counts: "二月", "上个月", "this month"."""
    said = match.groupdict()
    if said.get("zm"):
        return _passed(_number(said["zm"]), today), _number(said["zm"])
    if said.get("m"):
        month = MONTHS[said["m"][:3].lower()]
        return _passed(month, today), month
    return _back(today, 1 if (said.get("rel") or "").lower().startswith(("last", "上")) else 0)


def _piece_of_month(match: Match, today: date) -> Span:
    """Read halves, weeks, first and last days of a month."""
    year, month = _in_month(match, today)
    end, said = monthrange(year, month)[1], match["piece"].lower()
    if "半" in said or "half" in said:
        return _month(year, month, *((1, end // 2) if said.startswith(("上", "前", "first")) else (end // 2 + 1, end)))
    if "周" in said or "星期" in said or "礼拜" in said or "week" in said:
        english = next((ORDINALS[word] for word in said.split() if word in ORDINALS), 0)
        number = english or (5 if "最后" in said else _number(said.removeprefix("第")[:1]))
        first = min(WEEK * number - 6, end - 6)
        return _month(year, month, first, first + 6)
    few = 10 if regex.search(r"十|10|ten", said) else FEW if regex.search(r"几|few", said) else 1
    ends = said.startswith(("最后", "last", "末", "后"))
    return _month(year, month, end - few + 1, end) if ends else _month(year, month, 1, few)


def _days_back(match: Match, today: date) -> Span:
    """Read a count that is no exact one: "两三天前", "十来天前", "一个多星期前"."""
    said = match.groupdict()
    if said["n1"]:
        near, far = sorted((_number(said["n1"]), _number(said["n2"])))
    elif said["some"]:
        near, far = _number(said["some"]) - 2, _number(said["some"]) + 4
    else:
        near, far = WEEK, 2 * WEEK - 1
    if said["u"] and said["u"] not in {"天", "日"}:
        near, far = near * WEEK, far * WEEK + 6
    return today - timedelta(days=far), today - timedelta(days=near)


def _day_back_then(match: Match, today: date) -> Span:
    """Read "去年今天", "this day last week", "上个月的今天"."""
    said = match[0].lower()
    if "周" in said or "星期" in said or "week" in said:
        day = today - timedelta(days=WEEK)
    else:
        year, month = (today.year - 1, today.month) if "年" in said or "year" in said else _back(today, 1)
        day = date(year, month, min(today.day, monthrange(year, month)[1]))
    return day, day


def _weekday_with_date(match: Match, today: date) -> Span:
    """Read "Tuesday the 3rd": the weekday says nothing more."""
    day = int(match["d"])
    year, month = _back(today, 0 if day <= today.day else 1)
    return _month(year, month, day, day)


def _two_days(match: Match, today: date) -> Span:
    said = match.groupdict()
    first, last = int(said["d"]), int(said["d2"])
    month = MONTHS[said["m"][:3].lower()] if said.get("m") else 0
    year, month = (_passed(month, today), month) if month else _back(today, 0 if last <= today.day else 1)
    return date(year, month, first), date(year, month, last)


def _day_first(match: Match, _today: date) -> Span:
    day = date(int(match["y"]), int(match["m"]), int(match["d"]))
    return day, day


def _to_date(match: Match, today: date) -> Span:
    said = match[0].lower()
    return (date(today.year, 1, 1) if "year" in said else today.replace(day=1)), today


def _last_few(match: Match, today: date) -> Span:
    days = {"天": 1, "日": 1, "月": 30}.get(match["u"], WEEK)
    return today - timedelta(days=days * _number(match["n"])), today


def _spring_festival(_match: Match, today: date) -> Span:
    known = [date(year, *day) for year, day in NEW_YEARS.items()]
    first = max((day for day in known if day - timedelta(days=1) <= today), default=None)
    return (first - timedelta(days=1), first + timedelta(days=6)) if first else None


def _compact(match: Match, _today: date) -> Span:
    day = date(int(match["y"]), int(match["m"]), int(match["d"]))
    return day, day


def _days_of(match: Match, today: date) -> Span:
    month = MONTHS[match["m"][:3].lower()]
    year = _passed(month, today)
    return date(year, month, int(match["d"])), date(year, month, int(match["d2"]))


def _ago(days: int) -> Callable[[Match, date], Span]:
    return lambda _match, today: (today - timedelta(days=days), today - timedelta(days=days))


_MONTH = r"jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
_DAY = r"mon(?:day)?|tue(?:s|sday)?|wed(?:nesday)?|thu(?:rs|rsday)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?"
_D = r"3[01]|[12]\d|0?[1-9]"
_NTH = r"(?:st|nd|rd|th)?"
_ZN = r"[\d一二三四五六七八九十]{1,3}"
_ZY = r"(?P<y>(?:19|20)\d\d\s?年?|去年|今年)?"
_REL_ZH = r"(?P<rel>上个?月|这个?月|本月|当月)|(?<![\d第])(?P<zm>1[0-2]|[1-9]|十[一二]?|[一二三四五六七八九])\s?月份?"
_PIECE_ZH = r"(?:[上下]半月|[前后]半个?月|最后一个?(?:周|星期|礼拜)|第?[一二三四五1-5]个?(?:周|星期|礼拜)(?![一二三四五六日天末])|最后[一几]天|头几天|前几天|前十天|头十天|第一天)"
_PIECE_EN = r"(?:(?:first|second|last) half|(?:first|1st|second|2nd|third|3rd|fourth|4th|last) week|(?:first|last) (?:few|ten|10) days|(?:first|last) day)"
RULES: tuple[tuple[str, Callable[[Match, date], Span]], ...] = (
    (r"去年的?今[天日]|上个?月的?今天|上个?(?:周|星期)的?今天|\b(?:this|the same) (?:day|time) last (?:week|month|year)\b", _day_back_then),
    (rf"(?:{_REL_ZH})的?(?P<piece>{_PIECE_ZH})", _piece_of_month),
    (rf"\b(?:in |over |during )?(?:the )?(?P<piece>{_PIECE_EN}) (?:of|in) (?:(?P<rel>this|last) month|the month|(?P<m>{_MONTH}))\b", _piece_of_month),
    (rf"\b(?:on )?(?:{_DAY}),? the (?P<d>{_D})(?:st|nd|rd|th)\b(?! of)", _weekday_with_date),
    (rf"(?<![\d.])(?P<d>{_D}){_NTH}\s?(?:[-–—]|and|to|&)\s?(?P<d2>{_D}){_NTH} (?:of )?(?P<m>{_MONTH})\b", _two_days),
    (rf"\bthe (?P<d>{_D})(?:st|nd|rd|th) (?:and|or|to) (?:the )?(?P<d2>{_D})(?:st|nd|rd|th)\b(?! of)|(?<![\d月.])(?P<d>{_D})[、和或到至-](?P<d2>{_D})[号日]", _two_days),
    (rf"(?<![\d.])(?P<d>{_D})\.(?P<m>1[0-2]|0?[1-9])\.(?P<y>20\d\d)(?!\d)", _day_first),
    (r"\b(?:year|month)[ -]to[ -]date\b", _to_date),
    (r"(?:^|[，,。\s])(?P<n>\d{1,3}|十[一二三四五六七八九]?|[一二两三四五六七八九](?:十[一二三四五六七八九]?)?)\s?个?(?P<u>天|日|周|星期|月)(?:之|以)?内(?=的|有|发|$)", _last_few),
    (r"(?P<n1>[一二两三四五六七八])(?P<n2>[二两三四五六七八九])\s?个?(?P<u>天|日|周|星期|礼拜)(?:以|之)?前|(?P<some>十)(?:来|几|多)天(?:以|之)?前|一个多(?:星期|礼拜|周)(?:以|之)?前", _days_back),
    (r"(?P<zw>上个?|本|这个?)?(?:周|星期|礼拜)(?P<zp>初|[前后]半(?:周|段)?)|\b(?:at |in )?the (?P<p>start|beginning|first half|second half) of (?P<w>this week|last week|the week)\b", _part_of_week),
    (r"\b(?P<which>last|this) (?P<season>spring|summer|autumn|fall|winter)\b|(?P<which>去年|今年)的?(?P<season>[春夏秋冬])[天季]", _season),
    (r"\b(?P<n>two|three|four) (?P<day>mon|tues|wednes|thurs|fri|satur|sun)days ago\b", lambda match, today: _weekday_ago(match["day"], today, COUNTS[match["n"].lower()] - 1)),
    (r"(?:元宵节?)(?:期间|当天|那天|前后)|元宵节" + _STANDS_ALONE + r"|\b(?:on|over|during|around) (?:the )?lantern festival\b", _festival(NEW_YEARS, after=14)),
    (r"端午节?(?:期间|假期|当天|那天|前后|小长假)|端午节?" + _STANDS_ALONE + r"|\b(?:on|over|during|around) (?:the )?dragon boat (?:festival|day)\b", _festival(DRAGON_BOATS)),
    (r"中秋节?(?:期间|假期|当天|那天|前后|小长假)|中秋节?" + _STANDS_ALONE + r"|\b(?:on|over|during|around) (?:the )?mid-?autumn (?:festival|day)\b", _festival(MID_AUTUMNS)),
    (r"(?<!\d)(?P<y>20\d\d)(?P<m>0[1-9]|1[0-2])(?P<d>[0-2]\d|3[01])(?!\d)", _compact),
    (rf"(?<![\d/])(?P<m>1[0-2]|0?[1-9])/(?P<d>{_D})/(?P<y>20\d\d)(?!\d)", _compact),
    (rf"\b(?:(?P<day>{_DAY})(?: (?:of|in))? (?P<week>last week|this week|two weeks ago|the week before last)\b)", _weekday_of_week),
    (rf"\b(?P<n>two|three|four|five|six|[2-9]) weeks ago,? (?:on )?(?P<day>{_DAY})\b|\b(?P<day>{_DAY}) (?P<n>two|three|four|five|six|[2-9]) weeks ago\b|(?P<n>[一二两三四五六2-9])\s?个?(?:周|星期|礼拜)(?:以|之)?前的?(?:周|星期|礼拜)(?P<day>[一二三四五六日天])", _weekday_weeks_ago),
    (rf"\bthe (?P<day>{_DAY}) before last\b", lambda match, today: _weekday_ago(match["day"], today, 1)),
    (rf"\bnext (?P<day>{_DAY})\b|下个?(?:周|星期|礼拜)(?P<day>[一二三四五六日天])", lambda match, today: _weekday_in_week(match["day"], today + timedelta(days=WEEK))),
    (r"\bnext month\b|下个?月", lambda _match, today: _month(*_back(today, -1))),
    (r"(?:最近|过去|近|这)半年|\b(?:last|past) half (?:a )?year\b", lambda _match, today: (today - timedelta(days=HALF_YEAR), today)),
    (r"半年(?:以|之)?前|\bhalf a year ago\b", lambda _match, today: _month(*_back(today, HALF))),
    (r"\b(?:a|one) week ago today\b", _ago(7)),
    (rf"\b(?P<week>last week|this week)(?:'s|’s)? (?P<day>{_DAY})\b", _weekday_of_week),
    (rf"\b(?:from|between) the (?P<d>{_D}){_NTH} (?:to|until|and|through) (?:the )?(?P<d2>{_D}){_NTH} (?:of )?(?P<m>{_MONTH})\b", _days_of),
    (rf"\b(?P<m>{_MONTH})\.? (?P<d>{_D}){_NTH} (?:and|&) (?P<d2>{_D}){_NTH}\b(?! (?:likes|stars|models|{_MONTH}))", _days_of),
    (rf"\b(?:the )?week (?:of|from|starting) (?:(?P<m>{_MONTH})\.? (?P<d>{_D}){_NTH}|(?:the )?(?P<d2>{_D}){_NTH} (?:of )?(?P<m2>{_MONTH}))\b", _week_of),
    (r"(?<!\d)(?:(?P<y>20\d\d)[- ]?)?\bW(?P<w>[0-5]\d)\b|\b(?:(?P<y>20\d\d) )?week (?:no\.? ?)?(?P<w>[1-5]?\d)\b(?! (?:of|in|course|free))(?: (?:of )?(?P<y>20\d\d))?|(?<![年月\d]\s?)第\s?(?P<w>[1-5]?\d)\s?周(?!年)", _numbered_week),
    (rf"(?P<which>上上个?|上个?|本|这个|当)月(?P<d>{_ZN})\s?[号日]", _day_of_month),
    (r"(?<![\d一二三四五六七八九十上本这个当]\s?)(?P<which>)月(?P<part>初|中旬?|底|末)(?!国)", _part_of_month),
    (r"\b(?P<part>early|mid|late|beginning|start|middle|end)(?: of| in)?[ -](?P<which>last|this|the) month\b", _part_of_month),
    (rf"{_ZY}年(?P<part>初|底|末|尾)|(?P<y>去年|今年)(?P<part>初|底|末)|\b(?:at |by |in )?(?:the )?(?P<part>start|beginning|end) of (?P<y>the year|this year|last year|20\d\d)\b", _end_of_year),
    (rf"{_ZY}(?P<half>上|下)半年|\b(?:the )?(?P<half>first|second) half of (?P<y>this year|last year|the year|20\d\d)\b|\bH(?P<half>[12])(?: (?P<y>20\d\d))?\b(?!\d)", _half),
    (r"\b(?P<part>early|mid|late)[ -](?P<y>20\d\d)\b", _third_of_year),
    (r"(?:今年)?(?P<which>上个?|上一|本|这个?)季度(?P<n>)(?P<y>)|\b(?:(?P<which>last|previous|this) quarter|(?:the )?(?P<n>first|second|third|fourth) quarter(?: of (?P<y>20\d\d))?)\b", _quarter),
    (r"\b(?:last|past|previous)(?: (?P<h>\d{1,3}))? hours?\b|(?:最近|过去|近)\s?(?P<h>\d{1,3})\s?个?小时", _hours),
    (r"\b(?:last|past) fortnight\b|(?:最近|过去|近|这)半个月", lambda _match, today: (today - timedelta(days=14), today)),
    (r"\b(?:a|one) fortnight ago\b|半个月前", lambda _match, today: _week(today - timedelta(days=14))),
    (r"\bday before yesterday\b|前晚", _ago(2)),
    (r"\blast night\b", _ago(1)),
    (r"\b(?:this (?:morning|afternoon|evening)|earlier today)\b", _ago(0)),
    (r"大上个?(?:周|星期|礼拜)(?![一二三四五六日天末])", lambda _match, today: _week(today - timedelta(days=14))),
    (r"下个?(?:周|星期|礼拜)(?![一二三四五六日天末])|\bnext week\b(?! model)", lambda _match, today: _week(today + timedelta(days=7))),
    (r"(?:春节|过年|除夕)(?:期间|假期|当天|那天|前后|长假)|春节" + _STANDS_ALONE + r"|\b(?:on|over|during|around) (?:the )?(?:chinese new year|lunar new year|spring festival)(?! gala)", _spring_festival),
    *((rf"(?:{names})(?:(?:小长|长)?假期?|期间|当天|那天|这天|前后)|\b(?:on|over|during|around) (?:the )?(?:{names})\b(?! (?:eve|party))|(?<![\p{{L}}\d])(?:{names}){_STANDS_ALONE}", _holiday(month, day, length)) for names, month, day, length in HOLIDAYS),
)  # fmt: skip
