"""Inlines as a flat row of runs, for platforms whose text is flat or whose marks must not touch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from core.document.build import clean
from core.document.nodes import Code, Emphasis, Link, Strike, Strong, Text, Time

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

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
    joined: list[Run] = []
    for run in _Flattening().read(inlines, _PLAIN, "", 0):
        if not run.text:
            continue
        if joined and _alike(joined[-1], run):
            joined[-1] = run._replace(text=joined[-1].text + run.text)
        else:
            joined.append(run)
    return tuple(joined)


def _alike(left: Run, right: Run) -> bool:
    return (
        left.link == right.link
        and left.code == right.code
        and left.styles == right.styles
        and left.time is None
        and right.time is None
    )


class _Flattening:
    def __init__(self) -> None:
        self._links = 0

    def read(self, inlines: Iterable[Inline], styles: frozenset[Style], url: str, link: int) -> Iterator[Run]:
        for inline in inlines:
            match inline:
                case Text(value):
                    yield Run(clean(value), styles, url=url, link=link)
                case Code(value):
                    yield Run(clean(value), styles, code=True, url=url, link=link)
                case Time(_, text):
                    yield Run(clean(text), styles, url=url, link=link, time=inline)
                case Link(children, target):
                    self._links += 1
                    around = (url, link) if url else (target, self._links)
                    yield from self.read(children, styles, *around)
                case Strong(children):
                    yield from self.read(children, styles | {"strong"}, url, link)
                case Emphasis(children):
                    yield from self.read(children, styles | {"emphasis"}, url, link)
                case Strike(children):
                    yield from self.read(children, styles | {"strike"}, url, link)
