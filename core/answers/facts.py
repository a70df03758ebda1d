"""Numbers and dates of a text, however they are written, so that they can be compared. Pure."""

# ruff: noqa: E501 — a pattern reads best on one line
from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, TypeAlias

import regex

if TYPE_CHECKING:
    from collections.abc import Iterator

Day: TypeAlias = tuple[int | None, int, int]
"""Year (None if it is not said), month, day."""

_MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december")  # fmt: skip
_MONTH = "|".join(f"{name}|{name[:3]}" for name in _MONTHS)
_DATES = tuple(
    regex.compile(pattern, regex.IGNORECASE)
    for pattern in (
        r"(?<!\d)(?P<y>(?:19|20)\d\d)\s?[-/.年]\s?(?P<m>1[0-2]|0?[1-9])\s?[-/.月]\s?(?P<d>3[01]|[12]\d|0?[1-9])(?!\d)\s?[日号]?",
        r"(?<!\d)(?P<m>1[0-2]|0?[1-9])\s?月\s?(?P<d>3[01]|[12]\d|0?[1-9])\s?[日号]",
        rf"\b(?P<name>{_MONTH})\b\.?\s+(?P<d>3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?\b(?:,?\s+(?P<y>(?:19|20)\d\d))?",
        rf"\b(?P<d>3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<name>{_MONTH})\b(?:,?\s+(?P<y>(?:19|20)\d\d))?",
    )
)
_UNITS = {
    "千": 1000, "万": 10_000, "百万": 10**6, "千万": 10**7, "亿": 10**8, "万亿": 10**12,
    "k": 1000, "thousand": 1000, "m": 10**6, "mn": 10**6, "million": 10**6,
    "b": 10**9, "bn": 10**9, "billion": 10**9, "t": 10**12, "trillion": 10**12, "hundred": 100, "dozen": 12,
}  # fmt: skip
_NUMBER = regex.compile(
    r"(?P<digits>\d+(?:[,，]\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)(?:\s?(?P<zh>万亿|百万|千万|[千万亿])|\s?(?P<unit>thousand|million|billion|trillion|mn|bn|[kmbt])\b)?",
    regex.IGNORECASE,
)
_COUNTABLE = {
    "downloads": r"downloads?\b|下载", "likes": r"likes?\b|hearts?\b|❤|点?赞|喜欢", "stars": r"stars?\b|⭐|星标",
    "reposts": r"reposts?\b|retweets?\b|RTs?\b|转发",
}  # fmt: skip
_KIND = "|".join(f"(?P<{name}>{pattern})" for name, pattern in _COUNTABLE.items())
_COUNTED = regex.compile(rf"{_NUMBER.pattern}\s?(?:多?[次个颗]的?)?\s?(?:{_KIND})", regex.IGNORECASE)
_COUNTS = regex.compile(rf"(?:{_KIND})(?:次数|[量数])?[已约达到有为是过超了:：]*\s?{_NUMBER.pattern}", regex.IGNORECASE)
_SPELLED = {
    "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12,
    "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19,
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
_WORDS = regex.compile(
    rf"\b(?P<word>{'|'.join(_SPELLED)})\b(?:[\s-](?P<unit>hundred|thousand|million|billion|trillion)\b)?",
    regex.IGNORECASE,
)
_FEW = {"one": 1, "two": 2, "three": 3}
_FEW_OF_MANY = regex.compile(
    rf"\b(?P<word>{'|'.join(_FEW)})\s(?P<unit>hundred|thousand|million|billion|trillion)\b", regex.IGNORECASE
)
_ZH_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
_ZH = regex.compile(r"[一二两三四五六七八九十百千万亿零〇]{2,}")
_NO_NUMBERS = frozenset(
    {"一一", "万一", "千万", "十分", "一百", "万千", "百万", "亿万", "千百", "一千", "一万", "一亿"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A date and where it stands."""

    day: Day
    start: int
    end: int


def dates_in(text: str) -> list[Found]:
    """Return the whole dates of a normalised text, without overlaps."""
    found: list[Found] = []
    for pattern in _DATES:
        for match in pattern.finditer(text):
            if any(match.start() < other.end and other.start < match.end() for other in found):
                continue
            groups = match.groupdict()
            month = int(groups["m"]) if groups.get("m") else _month(groups["name"])
            year = int(groups["y"]) if groups.get("y") else None
            found.append(Found(day=(year, month, int(groups["d"])), start=match.start(), end=match.end()))
    return found


def _month(name: str) -> int:
    return next(number for number, month in enumerate(_MONTHS, 1) if month.startswith(name[:3].lower()))


def numbers_in(text: str) -> Iterator[tuple[str, Decimal]]:
    """Yield the numbers of a normalised text as they stand and what they amount to.

    One to three spelled out are none, unless they count hundreds or more.
    """
    for match in _NUMBER.finditer(text):
        yield match.group().strip(), _amount(match)
    for match in _FEW_OF_MANY.finditer(text):
        value = Decimal(_FEW[match["word"].lower()] * _UNITS[match["unit"].lower()])
        yield match.group(), value.normalize()
    for match in _WORDS.finditer(text):
        value = Decimal(_SPELLED[match["word"].lower()] * _UNITS.get((match["unit"] or "").lower(), 1))
        yield match.group(), value.normalize()
    for match in _ZH.finditer(text):
        if match.group() not in _NO_NUMBERS and (spoken := _spoken(match.group())) is not None:
            yield match.group(), Decimal(spoken).normalize()


def counts_in(text: str) -> Iterator[tuple[str, Decimal, str]]:
    """Yield how often something was downloaded, liked or passed on: as it stands, what it amounts to, and which."""
    for pattern in (_COUNTED, _COUNTS):
        for match in pattern.finditer(text):
            kind = next(name for name in _COUNTABLE if match[name])
            yield match.group().strip(), _amount(match), kind


def _amount(number: regex.Match[str]) -> Decimal:
    unit = number["zh"] or (number["unit"] or "").lower()
    return (Decimal(regex.sub("[,，]", "", number["digits"])) * _UNITS.get(unit, 1)).normalize()


def _spoken(said: str) -> int | None:
    """Return what a number in Chinese characters amounts to, None if it is none."""
    if not any(char in _ZH_DIGITS or char == "十" for char in said):
        return None
    total = part = digit = 0
    for char in said:
        if char in _ZH_DIGITS:
            digit = _ZH_DIGITS[char]
        elif char in "十百千":
            part += (digit or 1) * {"十": 10, "百": 100, "千": 1000}[char]
            digit = 0
        else:
            total = (total + part + digit) * {"万": 10_000, "亿": 10**8}[char]
            part = digit = 0
    return total + part + digit
