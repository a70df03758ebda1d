"""Times of the day as readers write them: ``8:30``, ``8pm``, ``0830``, ``nine thirty``, ``noon``, ``晚上 9 点一刻``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import time
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Half: TypeAlias = Literal["am", "noon", "pm", "night", "late"]

HALVES: Mapping[str, Half] = {
    **dict.fromkeys(("am", "a.m.", "a.m", "morning"), "am"),
    **dict.fromkeys(("凌晨", "清晨", "早上", "早晨", "上午", "早"), "am"),
    **dict.fromkeys(("中午", "正午"), "noon"),
    **dict.fromkeys(("pm", "p.m.", "p.m", "afternoon", "下午", "午后", "午後", "傍晚"), "pm"),
    **dict.fromkeys(("evening", "tonight", "晚上", "晚间", "晚間", "今晚", "晚"), "night"),
    **dict.fromkeys(("night", "midnight", "午夜", "夜里", "夜裡", "深夜", "半夜", "夜间", "夜間"), "late"),
}
NAMED: Mapping[str, time] = {
    **dict.fromkeys(("morning", "早上", "早晨"), time(8)),
    **dict.fromkeys(("noon", "midday", "中午", "正午"), time(12)),
    **dict.fromkeys(("evening", "晚上"), time(20)),
    **dict.fromkeys(("midnight", "午夜", "半夜"), time(0)),
}
SPOKEN = (
    *("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("fifteen", "twenty", "thirty", "forty", "fifty"),
)
NUMBERS = dict(zip(SPOKEN, (*range(1, 13), 15, 20, 30, 40, 50), strict=True))
DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "兩": 2}
NOON = 12
MIDNIGHT = 24
FIRST_OF_EVENING = 5
"""An hour from here to noon, said of the night, is before midnight; a smaller one after it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """Hour and minute as they were written, before anything says which half of the day is meant."""

    hour: int
    minute: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """A time that was read, and where it ends.

    ``time`` is None when what stands there looks like a time and is not on the clock (``25:00``). ``ends_the_day``
    tells that it belongs to the night after the day that is named with it: ``24:00``, ``晚上12点``.
    """

    time: time | None
    end: int
    ends_the_day: bool = False


def read_time(text: str, at: int) -> Read | None:
    """Read a time from folded ``text`` at ``at``; return None if there is none."""
    for pattern, clock in _FORMS:
        if found := pattern.match(text, at):
            halves = found.groupdict()
            half = halves.get("before") or halves.get("after")
            return _on_the_clock(clock(found), HALVES[half] if half else None, found.end())
    if found := _NAMED.match(text, at):
        named = NAMED[found[0]]
        return Read(time=named, end=found.end(), ends_the_day=named == time(0))
    return None


def _on_the_clock(clock: Clock, half: Half | None, end: int) -> Read:
    hour = _hour(clock.hour, half) if half and clock.hour <= NOON else clock.hour
    minutes = hour * 60 + clock.minute
    if clock.minute > 59 or not 0 <= minutes <= MIDNIGHT * 60:  # noqa: PLR2004 - minutes of an hour
        return Read(time=None, end=end)
    is_late = hour == MIDNIGHT or (half in {"night", "late"} and hour < FIRST_OF_EVENING)
    return Read(time=time(minutes // 60 % MIDNIGHT, minutes % 60), end=end, ends_the_day=is_late)


def _hour(hour: int, half: Half) -> int:
    match half:
        case "am":
            return hour % NOON
        case "noon":
            return hour if hour > NOON - 3 else hour + NOON
        case "pm":
            return hour % NOON + NOON
        case "night" | "late":
            before_midnight = FIRST_OF_EVENING <= hour < NOON
            return hour + NOON if before_midnight else hour % NOON


def _number(text: str) -> int:
    """Read a number from 0 to 99 in digits, Chinese characters or English words."""
    if text.isdecimal():
        return int(text)
    if text.isascii():
        return sum(NUMBERS[word] for word in re.findall("[a-z]+", text))
    tens, ten, ones = text.rpartition("十")
    return (DIGITS[tens] if tens else 1) * 10 * bool(ten) + (DIGITS[ones[-1]] if ones else 0)


def _plain(found: re.Match[str]) -> Clock:
    return Clock(hour=_number(found["hour"]), minute=_number(found["minute"] or found["spoken"] or "0"))


def _compact(found: re.Match[str]) -> Clock:
    return Clock(hour=int(found["digits"][:-2]), minute=int(found["digits"][-2:]))


def _chinese(found: re.Match[str]) -> Clock:
    if found["half"]:
        minute = 30
    elif found["quarters"]:
        minute = 15 * _number(found["quarters"])
    else:
        minute = _number(found["minute"]) if found["minute"] else 0
    return Clock(hour=_number(found["hour"]), minute=minute)


def _spoken(found: re.Match[str]) -> Clock:
    minute = 30 if found["part"] == "half" else 15
    hour = _number(found["hour"])
    return Clock(hour=hour, minute=minute) if found["side"] == "past" else Clock(hour=hour, minute=-minute)


def _any(words: Mapping[str, object]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


_NUMBER = r"(?:\d{1,2}|[零〇一二两兩三四五六七八九十]{1,3})"
_HOUR = rf"(?:\d{{1,2}}|{'|'.join(SPOKEN[:12])})"
_MINUTE = r"(?:ten|fifteen|(?:twenty|thirty|forty|fifty)(?:[ -]five)?)"
_BEFORE = rf"(?:(?:in the )?(?P<before>{_any(HALVES)})(?: at)?\s*)?"
_AFTER = rf"(?:\s*(?:in the |at |every |each )?(?P<after>{_any({word: 0 for word in HALVES if word.isascii()})}))?"
_END = r"(?![a-z\d_:])"
_FORMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Clock]], ...] = (
    (
        re.compile(
            rf"{_BEFORE}(?P<hour>{_NUMBER})\s*[点點时時]"
            rf"(?:\s*(?:(?P<half>半)|(?P<quarters>[一三123])刻|[过過]?(?P<minute>{_NUMBER})(?:分|(?![点點时時:]))|[钟鐘整]))?"
        ),
        _chinese,
    ),
    (re.compile(rf"(?P<part>half|quarter) (?P<side>past|to) (?P<hour>{_HOUR}){_AFTER}{_END}"), _spoken),
    (re.compile(rf"{_BEFORE}(?P<digits>\d{{3,4}})(?:\s*(?:h|hrs|hours))?{_AFTER}{_END}"), _compact),
    (
        re.compile(
            rf"{_BEFORE}(?P<hour>{_HOUR})(?:[:.h](?P<minute>\d{{2}})|h|\s*o'?clock|\s(?P<spoken>{_MINUTE}))?"
            rf"{_AFTER}(?:(?<=[\d.])|{_END})(?![a-z\d:])"
        ),
        _plain,
    ),
)
_NAMED = re.compile(rf"(?:{_any(NAMED)})(?![a-z])")
