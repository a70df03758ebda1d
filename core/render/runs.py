"""Inlines as a flat row of runs, for platforms whose text is flat or whose marks must not touch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

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


class Run(NamedTuple):
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
    return tuple(flattening.runs)


class _Flattening:
    def __init__(self) -> None:
        self.runs: list[Run] = []
        self._links = 0

    def read(self, inlines: Iterable[Inline], styles: frozenset[Style], url: str, link: int) -> None:
        for inline in inlines:  # the most frequent kinds first; ``match`` would take three times as long
            if isinstance(inline, Text):
                self._add(inline.value, styles, False, url, link)  # noqa: FBT003  # by place is quicker
            elif isinstance(inline, Link):
                self._links += 1
                around = (url, link) if url else (inline.url, self._links)
                self.read(inline.children, styles, *around)
            elif isinstance(inline, Code):
                self._add(inline.value, styles, True, url, link)  # noqa: FBT003  # as above
            elif isinstance(inline, Time):
                if text := clean(inline.text):
                    self.runs.append(Run(text, styles, url=url, link=link, time=inline))
            else:
                self.read(inline.children, styles | _STYLES[type(inline)], url, link)

    def _add(self, value: str, styles: frozenset[Style], code: bool, url: str, link: int) -> None:  # noqa: FBT001
        text = clean(value)
        if not text:
            return
        if self.runs and self.runs[-1][1:] == (styles, code, url, link, None):
            text = self.runs.pop().text + text
        self.runs.append(Run(text, styles, code, url, link))
