"""Text with entities: styles as spans over plain text, counted in UTF-16 code units.

The rules for entities (https://core.telegram.org/bots/api#formatting-options): of two that overlap one contains the
other; bold, italic and strikethrough contain anything but code; quotes do not nest and contain anything; links,
code and times contain none of each other. Where the tree says more than that, links win over code and times, and
code over styles.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import TYPE_CHECKING, Any, TypeAlias

from msgspec import Struct, field

from core.document.build import clean
from core.document.nodes import Code, Emphasis, Link, Strike, Strong, Text, Time

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from core.document.nodes import Inline, Inlines

TIME_FORMATS = {"time": "t", "date": "D", "datetime": "Dt", "relative": "r"}
"""https://core.telegram.org/bots/api#date-time-entity-formatting."""

_WIDE = re.compile("[\U00010000-\U0010ffff]")
_STYLES: dict[type, str] = {Strong: "bold", Emphasis: "italic", Strike: "strikethrough"}
_UNTRIMMED = {"pre", "code", "blockquote", "expandable_blockquote"}
"""Blanks count in code, and a quote may begin or end with code."""


Extra: TypeAlias = "Mapping[str, str | int]"
Span: TypeAlias = "tuple[str, int, int, Extra]"
"""An entity: its kind, from which character of a text to which, counted as Python counts, and what else it says."""


class Styled(Struct):
    """Text that grows, and its spans."""

    text: str = ""
    spans: list[Span] = field(default_factory=list)

    def write(self, inlines: Inlines, *, bold: bool = False) -> None:
        """Append inlines, all in bold if asked for."""
        runs = _Runs(len(self.text))
        runs.read((Strong(inlines),) if bold else inlines)
        self.text += "".join(runs.texts)
        self.spans += runs.spans()

    def append(self, other: Styled) -> None:
        """Append a text with its spans."""
        start = len(self.text)
        self.text += other.text
        self.spans += [(kind, start + first, start + end, extra) for kind, first, end, extra in other.spans]

    def wrap(self, kind: str, start: int, **extra: str | int) -> None:
        """Put everything from ``start`` on into an entity."""
        if len(self.text) > start:
            self.spans.append((kind, start, len(self.text), extra))

    def entities(self) -> tuple[str, list[dict[str, Any]]]:
        """Return the text without blanks at its ends, and the entities in the order that Telegram gives them."""
        text = self.text.rstrip()
        skipped = len(text) - len(text.lstrip())
        text = text[skipped:]
        spans = [trimmed for span in self.spans if (trimmed := _trimmed(span, text, skipped))]
        spans.sort(key=lambda span: (span[1], -span[2], not span[0].endswith("quote")))
        wide = [match.start() for match in _WIDE.finditer(text)]  # these count twice
        return text, [
            {
                "type": kind,
                "offset": (offset := start + bisect_left(wide, start)),
                "length": end + bisect_left(wide, end) - offset,
                **extra,
            }
            for kind, start, end, extra in spans
        ]


def _trimmed(span: Span, text: str, skipped: int) -> Span | None:
    """Return the span in a text that lacks ``skipped`` characters at its beginning, None if nothing is seen of it."""
    kind, start, end, extra = span
    if not skipped and end <= len(text) and not text[start].isspace() and not text[end - 1].isspace():
        return span  # as nearly always
    start, end = max(0, start - skipped), min(len(text), end - skipped)
    said = text[start:end].strip() if start < end else ""
    if not said:
        return None
    if len(said) < end - start and kind not in _UNTRIMMED:
        start = text.index(said, start)
        end = start + len(said)
    return kind, start, end, extra


class _Runs:
    """Reads inlines into texts and spans. A style ends before code and goes on after it."""

    def __init__(self, start: int) -> None:
        self.texts: list[str] = []
        self._position = start
        self._open: list[_Open] = []
        self._read: dict[_Open, None] = {}

    def read(self, inlines: Iterable[Inline]) -> None:
        """Append ``inlines``."""
        before: _Open | None = None
        for inline in inlines:  # the most frequent kinds first; ``match`` would take three times as long
            style, before = before, None
            if isinstance(inline, Text):
                self._add(inline.value, self._open)
            elif isinstance(inline, Link):
                self._within(_Open("text_link", {"url": inline.url}), inline.children)
            elif isinstance(inline, Code):
                self._add_leaf(inline.value, _Open("code", {}))
            elif isinstance(inline, Time):
                extra: Extra = {"unix_time": int(inline.at.timestamp()), "date_time_format": TIME_FORMATS[inline.form]}
                self._add_leaf(inline.text, _Open("date_time", extra), styled=True)
            else:
                kind = _STYLES[type(inline)]
                before = style if style and style.kind == kind else _Open(kind, {})
                self._within(before, inline.children)

    def spans(self) -> list[Span]:
        """Return the spans of everything that was read."""
        return [(mark.kind, start, end, mark.extra) for mark in self._read for start, end in mark.ranges]

    def _within(self, mark: _Open, children: Inlines) -> None:
        if self._open and any(outer.kind == mark.kind for outer in self._open):
            self.read(children)
            return
        self._read[mark] = None
        self._open.append(mark)
        self.read(children)
        self._open.pop()

    def _add_leaf(self, value: str, mark: _Open, *, styled: bool = False) -> None:
        if self._open and any(outer.kind == "text_link" for outer in self._open):
            self._add(value, self._open)
            return
        self._read[mark] = None
        self._add(value, [*(self._open if styled else ()), mark])

    def _add(self, value: str, marks: Iterable[_Open]) -> None:
        value = clean(value).replace("\t", " ")
        if not value:
            return
        start, self._position = self._position, self._position + len(value)
        self.texts.append(value)
        for mark in marks:
            if mark.ranges and mark.ranges[-1][1] == start:
                mark.ranges[-1] = (mark.ranges[-1][0], self._position)
            else:
                mark.ranges.append((start, self._position))


class _Open(Struct, eq=False):
    """A node that becomes an entity, or several if code interrupts it."""

    kind: str
    extra: Extra
    ranges: list[tuple[int, int]] = field(default_factory=list)
