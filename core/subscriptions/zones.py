"""Time zones as readers name them: cities in Chinese and English, IANA names, offsets.

An offset in whole hours is one of the fixed zones ``Etc/GMT±N``, whose sign is the other way round. An offset with
minutes is a zone that keeps it all the year (``+05:30`` is Asia/Kolkata); where clocks change, none does, and only a
city will do.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING
from zoneinfo import available_timezones

from babel import Locale
from babel.core import get_global

from core.subscriptions.fold import fold

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

EASTERNMOST = 14 * 60
WESTERNMOST = -12 * 60
WITH_MINUTES: Mapping[int, str] = {
    -570: "Pacific/Marquesas",
    210: "Asia/Tehran",
    270: "Asia/Kabul",
    330: "Asia/Kolkata",
    345: "Asia/Kathmandu",
    390: "Asia/Yangon",
    525: "Australia/Eucla",
    570: "Australia/Darwin",
}
NOT_FOR_READERS = frozenset({"localtime", "Factory"})
UTC = "UTC"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cities:
    """``zones`` finds a zone by a folded name; ``titles`` are what a zone is called in a language, best first."""

    zones: Mapping[str, str]
    titles: Mapping[tuple[str, str], tuple[str, ...]]
    longest: int


def read_zone(text: str, at: int) -> tuple[str | None, int] | None:
    """Read a zone from folded ``text`` at ``at``; return its IANA name and where it ends.

    The name is None when an offset stands there that no zone keeps all the year.
    """
    if found := _OFFSET.match(text, at):
        return _at_offset(_minutes(found)), found.end()
    if found := _CHINESE_OFFSET.match(text, at):
        hours = _CHINESE_HOURS.index(found["hours"]) + 1 if not found["hours"].isdecimal() else int(found["hours"])
        return _at_offset(hours * (60 if found["side"] == "东" else -60)), found.end()
    known = cities()
    for end in range(min(len(text), at + known.longest), at, -1):
        if (zone := known.zones.get(text[at:end])) and not _inside_word(text, end):
            return zone, end
    return None


def zone_name(zone: str, lang: str) -> str:
    """Return what readers call the zone: a city in ``lang``, or ``UTC+8``; ``read_zone`` understands it."""
    if (fixed := _FIXED.fullmatch(zone)) is not None:
        return f"UTC{'-' if fixed['sign'] == '+' else '+'}{fixed['hours']}"
    titles = cities().titles.get((zone, lang), ())
    return next((title for title in titles if cities().zones.get(fold(title)) == zone), zone)


@cache
def cities() -> Cities:
    """Read the names of all zones, once: ours, IANA's, and Babel's."""
    zones: dict[str, str] = {}
    titles: dict[tuple[str, str], tuple[str, ...]] = {}
    for lang, title, zone in [*_ours(), *_iana(), *_babel()]:
        for spelling in {
            fold(title),
            fold(title).replace("-", " "),
            re.sub(r"[.']", "", fold(title)),
            fold(title).replace(".", ""),
        }:
            zones.setdefault(spelling, zone)
        if lang:
            titles[zone, lang] = (*titles.get((zone, lang), ()), title)
    return Cities(zones=zones, titles=titles, longest=max(map(len, zones)))


def _ours() -> Iterator[tuple[str, str, str]]:
    with (files(__package__) / "cities.toml").open("rb") as file:
        data = tomllib.load(file)
    for zone, known in data["cities"].items():
        for chinese, english, *others in known:
            yield "zh", chinese, zone
            yield "en", english, zone
            yield from (("", other, zone) for other in others)
    for zone, names in data["short"].items():
        yield from (("", name, zone) for name in names)


def _iana() -> Iterator[tuple[str, str, str]]:
    """Yield whole names first, then last parts, those of zones that are current before those of old links."""
    names = sorted(available_timezones() - NOT_FOR_READERS)
    yield from (("", name, name) for name in names)
    aliases = get_global("zone_aliases")
    for name in sorted(names, key=lambda name: (name in aliases, name.startswith("Etc/"), len(name))):
        yield "en", name.rpartition("/")[2].replace("_", " "), name


def _babel() -> Iterator[tuple[str, str, str]]:
    aliases = get_global("zone_aliases")
    known = available_timezones()
    for lang, tag in (("zh", "zh"), ("", "zh_Hant"), ("", "en")):
        for key, names in Locale.parse(tag).time_zones.items():
            zone = aliases.get(key, key)
            if zone in known and "city" in names:
                yield lang, names["city"], zone


def _minutes(found: re.Match[str]) -> int:
    size = int(found["hours"]) * 60 + int(found["minutes"] or 0)
    return -size if found["sign"] in "-−" else size


def _at_offset(minutes: int) -> str | None:
    if minutes == 0:
        return UTC
    if minutes % 60 or not WESTERNMOST <= minutes <= EASTERNMOST:
        return WITH_MINUTES.get(minutes)
    return f"Etc/GMT{-minutes // 60:+d}"


def _inside_word(text: str, end: int) -> bool:
    return end < len(text) and text[end - 1].isascii() and text[end].isascii() and text[end].isalnum()


_OFFSET = re.compile(
    r"(?:(?:utc|gmt)\s*|(?<!\S)|(?<=\d)(?=\+))(?P<sign>[+\-−])\s*(?P<hours>\d{1,2})(?::?(?P<minutes>\d{2}))?(?![\d:])"
)
_CHINESE_HOURS = ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二")
_CHINESE_OFFSET = re.compile(r"(?P<side>[东西])(?P<hours>十[一二]?|[一二三四五六七八九]|1[0-2]|[1-9])区")
_FIXED = re.compile(r"Etc/GMT(?P<sign>[+-])(?P<hours>[1-9]\d?)")
