"""When a reader wants the paper, read from a line in any order and written back in words.

``8:30 上海 工作日``, ``8pm Berlin weekdays``, ``周一到周五 早上8点 北京``, ``20``, ``Tokyo`` and nothing at all are
understood; what is left out comes from the defaults.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from core.errors import UsageError
from core.i18n import texts
from core.subscriptions.days import days_name, read_days
from core.subscriptions.fold import fold_with_origins
from core.subscriptions.hours import read_time
from core.subscriptions.model import EVERY_DAY, Slot
from core.subscriptions.zones import read_zone, zone_name

if TYPE_CHECKING:
    from datetime import time

LONGEST_WORD_SHOWN = 40


def parse_when(
    text: str,
    *,
    default_zone: str,
    default_time: time,
    default_weekdays: frozenset[int] = EVERY_DAY,
    lang: str | None = None,
) -> Slot:
    """Read a time, a zone and weekdays from ``text``, in any order; several mentions of days add up.

    Midnight at the end of a day, as in ``Friday 24:00`` and ``周五晚上12点``, is that of the day after.

    Raises ``UsageError`` in the language ``lang``, naming the word that is not understood and an example.
    """
    reader = _Reader(text, lang)
    reader.read()
    return Slot(
        time=default_time if reader.time is None else reader.time,
        zone=reader.zone or default_zone,
        weekdays=reader.weekdays or default_weekdays,
    )


def describe(slot: Slot, lang: str) -> str:
    """Say when the slot is: ``every day at 08:30 (Berlin)``, ``每天 08:30（柏林）``; ``parse_when`` understands it."""
    _ = texts(lang)
    return _(
        "{days} at {time} ({zone})",
        days=days_name(slot.weekdays, _.lang),
        time=f"{slot.time:%H:%M}",
        zone=zone_name(slot.zone, _.lang),
    )


class _Reader:
    """Goes through the text once; ``at`` is where it stands."""

    def __init__(self, text: str, lang: str | None) -> None:
        self._original = text
        self._text, self._origins = fold_with_origins(text)
        self._lang = lang
        self.time: time | None = None
        self.zone: str | None = None
        self.weekdays: frozenset[int] = frozenset()
        self._ends_the_day = False

    def read(self) -> None:
        at = self._skip(0)
        while at < len(self._text):
            at = self._skip(self._days(at) or self._time(at) or self._zone(at) or self._filler(at))
        if self._ends_the_day:
            self.weekdays = frozenset(day % 7 + 1 for day in self.weekdays)

    def _skip(self, at: int) -> int:
        found = _BETWEEN.match(self._text, at)
        return found.end() if found else at

    def _days(self, at: int) -> int | None:
        if (found := read_days(self._text, at)) is None:
            return None
        self.weekdays |= found[0]
        return found[1]

    def _time(self, at: int) -> int | None:
        if (found := read_time(self._text, at)) is None:
            return None
        said, end = found.time, found.end
        _ = texts(self._lang)
        if said is None:
            word = self._said(at, end)
            raise UsageError(_("“{word}” is not on the clock. Try: {example}", word=word, example=_example(self._lang)))
        if self.time not in {None, said}:
            raise UsageError(_("Only one time, please. Try: {example}", example=_example(self._lang)))
        self.time, self._ends_the_day = said, found.ends_the_day
        return end

    def _zone(self, at: int) -> int | None:
        if (found := read_zone(self._text, at)) is None:
            return None
        said, end = found
        _ = texts(self._lang)
        if said is None:
            word = self._said(at, end)
            raise UsageError(
                _(
                    "No zone keeps {offset} all year. Name a city instead, as in: {example}",
                    offset=word,
                    example=_example(self._lang),
                )
            )
        if self.zone not in {None, said}:
            raise UsageError(_("Only one city or zone, please. Try: {example}", example=_example(self._lang)))
        self.zone = said
        return end

    def _filler(self, at: int) -> int:
        if found := _FILLER.match(self._text, at):
            return found.end()
        _ = texts(self._lang)
        end = _WORD.match(self._text, at).end()  # type: ignore[union-attr]  # it matches any character
        raise UsageError(
            _(
                "“{word}” is neither a time nor a city, a zone or days of the week. Try: {example}",
                word=self._said(at, end),
                example=_example(self._lang),
            )
        )

    def _said(self, at: int, end: int) -> str:
        return self._original[self._origins[at] : self._origins[end]].strip()[:LONGEST_WORD_SHOWN]


def _example(lang: str | None) -> str:
    return texts(lang)("8:30 Berlin weekdays")


_BETWEEN = re.compile(r"[\s,;、。()·&|@/]*")
_FILLER = re.compile(
    r"(?:at|on|in|every|each|and|the|time|timezone|zone|please|from|to|by|about|around|local)(?![a-z'])"
    r"|改[到成为為]|[换換][到成]|[当當本]地|时区|時區|时间|時間|左右|市|在|于|於|的|和|及|与|每|请|請|[-–—]"
)
_WORD = re.compile(r".[^\s,;、。()]*", re.DOTALL)
