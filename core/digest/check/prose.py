"""The running text of an issue with its source lines: what is not code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.digest.markdown import tokens

if TYPE_CHECKING:
    from collections.abc import Iterator

    from markdown_it.token import Token


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A piece of running text on one source line.

    ``url`` is None for plain text, else the address that a link at this place goes to ("" for an empty one).
    The link's own text follows in runs of its own. ``block`` counts paragraphs, cells and headings.
    """

    line: int
    block: int
    text: str = ""
    url: str | None = None


def prose(body: str) -> tuple[Run, ...]:
    """Return the runs of a tidy Markdown text in order."""
    return tuple(_runs(tokens(body)))


def _runs(stream: list[Token]) -> Iterator[Run]:
    for block, token in enumerate(stream):
        if token.type == "inline":
            yield from _inline(token.children or [], token.map[0] + 1 if token.map else 1, block)


def _inline(children: list[Token], line: int, block: int) -> Iterator[Run]:
    for child in children:
        if child.type == "text":
            yield Run(line=line, block=block, text=child.content)
        elif child.type == "code_inline":
            yield Run(line=line, block=block, text="`")
        elif child.type == "link_open" and (child.attrs.get("href") or child.markup != "html"):
            yield Run(line=line, block=block, url=str(child.attrs.get("href", "")))
        elif child.type in {"softbreak", "hardbreak"}:
            line += child.markup != "html"
