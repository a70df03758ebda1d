"""Inlines as a flat row of runs, for platforms whose text is flat or whose marks must not touch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from core.document.build import clean
from core.document.nodes import Code, Emphasis, Link, Strike, Strong, Text, Time

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from core.document.nodes import Inline

Style: TypeAlias = Literal["strong", "emphasis", "strike"]


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
    for run in _Flattening().read(inlines, Run(text="")):
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

    def read(self, inlines: Iterable[Inline], around: Run) -> Iterator[Run]:
        for inline in inlines:
            match inline:
                case Text(value):
                    yield around._replace(text=clean(value))
                case Code(value):
                    yield around._replace(text=clean(value), code=True)
                case Time(_, text):
                    yield around._replace(text=clean(text), time=inline)
                case Link(children, url):
                    self._links += 1
                    yield from self.read(children, around if around.url else around._replace(url=url, link=self._links))
                case Strong(children):
                    yield from self.read(children, _styled(around, "strong"))
                case Emphasis(children):
                    yield from self.read(children, _styled(around, "emphasis"))
                case Strike(children):
                    yield from self.read(children, _styled(around, "strike"))


def _styled(run: Run, style: Style) -> Run:
    return run._replace(styles=run.styles | {style})
