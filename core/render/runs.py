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
        for inline in inlines:
            match inline:
                case Text(value):
                    self._add(Run(clean(value), styles, False, url, link))  # noqa: FBT003  # by place is quicker
                case Code(value):
                    self._add(Run(clean(value), styles, True, url, link))  # noqa: FBT003  # as above
                case Time(_, text):
                    self._add(Run(clean(text), styles, url=url, link=link, time=inline))
                case Link(children, target):
                    self._links += 1
                    around = (url, link) if url else (target, self._links)
                    self.read(children, styles, *around)
                case Strong(children):
                    self.read(children, styles | {"strong"}, url, link)
                case Emphasis(children):
                    self.read(children, styles | {"emphasis"}, url, link)
                case Strike(children):
                    self.read(children, styles | {"strike"}, url, link)

    def _add(self, run: Run) -> None:
        if not run.text:
            return
        if self.runs and _alike(self.runs[-1], run):
            run = run._replace(text=self.runs.pop().text + run.text)
        self.runs.append(run)


def _alike(left: Run, right: Run) -> bool:
    return (
        left.link == right.link
        and left.code == right.code
        and left.styles == right.styles
        and left.time is None
        and right.time is None
    )
