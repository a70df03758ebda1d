"""Inlines as a flat row of runs, for platforms whose text is flat or whose marks must not touch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from msgspec import Struct

from core.document.build import clean
from core.document.nodes import Code, Emphasis, Link, Strike, Strong, Text, Time

if TYPE_CHECKING:
    from collections.abc import Iterable

    from core.document.nodes import Inline

Style: TypeAlias = Literal["strong", "emphasis", "strike"]

_PLAIN: frozenset[Style] = frozenset()
_STYLES: dict[type, frozenset[Style]] = {
    Strong: frozenset({"strong"}),
    Emphasis: frozenset({"emphasis"}),
    Strike: frozenset({"strike"}),
}


class Run(Struct, frozen=True, gc=False):
    """A text with all that is said about it. Runs of one link have the same ``link``, a number, and its ``url``."""

    text: str
    styles: frozenset[Style] = frozenset()
    code: bool = False
    url: str = ""
    link: int = 0
    time: Time | None = None


def runs(inlines: Iterable[Inline]) -> tuple[Run, ...]:
    """Return the inlines as runs without empty ones, neighbours that differ in nothing but their text put together.

    Texts are clean (``core.document.build.clean``). The inner of two nested links is dropped.
    """
    flattening = _Flattening()
    flattening.read(inlines, _PLAIN, "", 0)
    flattening.end()
    return tuple(flattening.runs)


class _Flattening:
    def __init__(self) -> None:
        self.runs: list[Run] = []
        self._text = ""
        self._about: tuple[frozenset[Style], bool, str, int] = (_PLAIN, False, "", 0)
        self._links = 0

    def read(self, inlines: Iterable[Inline], styles: frozenset[Style], url: str, link: int) -> None:
        for inline in inlines:  # told by their types, the most frequent first; ``match`` would take three times as long
            kind = type(inline)
            if kind is Text or kind is Code:
                self._add(inline.value, (styles, kind is Code, url, link))  # type: ignore[union-attr]
            elif kind is Link:
                self._links += 1
                around = (url, link) if url else (inline.url, self._links)  # type: ignore[union-attr]
                self.read(inline.children, styles, *around)  # type: ignore[union-attr]
            elif kind is Time:
                self._time(inline, styles, url, link)  # type: ignore[arg-type]
            else:
                self.read(inline.children, styles | _STYLES[kind], url, link)  # type: ignore[union-attr]

    def end(self) -> None:
        """Close the run that is open."""
        if self._text:
            self.runs.append(Run(self._text, *self._about))
            self._text = ""

    def _add(self, value: str, about: tuple[frozenset[Style], bool, str, int]) -> None:
        text = clean(value)
        if about == self._about:
            self._text += text
        elif text:
            self.end()
            self._text, self._about = text, about

    def _time(self, time: Time, styles: frozenset[Style], url: str, link: int) -> None:
        if text := clean(time.text):
            self.end()
            self.runs.append(Run(text, styles, url=url, link=link, time=time))
