"""The running text of an issue with its source lines: what is not code."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING

import comrak

from core.digest.commonmark import Node, nodes, prose_nodes
from core.digest.inlines import addresses, attributes
from core.digest.markdown import row_cells, uncommented

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


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
    return tuple(_Walk(body.split("\n")).runs(nodes(body)))


class _Walk:
    """Goes through the parser's nodes in reading order. ``source`` has the lines of the text."""

    def __init__(self, source: list[str]) -> None:
        self._source = source
        self._blocks = count()
        self._block = 0
        self._offset = 0

    def runs(self, top: Iterable[Node]) -> Iterator[Run]:
        waiting = [iter(top)]
        while waiting:
            node = next(waiting[-1], None)
            if node is None:
                waiting.pop()
                continue
            yield from self._run(node)
            waiting.append(iter(node.children))

    def _run(self, node: Node) -> Iterator[Run]:
        line = node.sourcepos.start.line + self._offset
        match node.node_value:
            case comrak.Paragraph() | comrak.Heading() | comrak.TableCell():
                self._block = next(self._blocks)
            case comrak.Text(value=text):
                yield from self._text(text, line)
            case comrak.Code():
                yield Run(line=line, block=self._block, text="`")
            case comrak.Link(value=link) | comrak.Image(value=link):
                yield Run(line=line, block=self._block, url=link.url)
            case comrak.HtmlInline(value=tag) if tag[:2].lower() == "<a" and (url := attributes(tag).get("href")):
                yield Run(line=line, block=self._block, url=url)
            case comrak.HtmlBlock(value=block):
                yield from self._aside(uncommented(block.literal), line)
            case comrak.TableRow():
                for beyond in row_cells(self._source[node.sourcepos.start.line - 1], len(node.children))[1:]:
                    yield from self._aside(beyond, line)

    def _text(self, text: str, line: int) -> Iterator[Run]:
        done = 0
        for start, url in addresses(text):
            yield Run(line=line, block=self._block, text=text[done:start])
            yield Run(line=line, block=self._block, url=url)
            yield Run(line=line, block=self._block, text=url)
            done = start + len(url)
        if done < len(text):
            yield Run(line=line, block=self._block, text=text[done:])

    def _aside(self, text: str, line: int) -> Iterator[Run]:
        """Yield the runs of what the parser did not read, from ``line`` on."""
        self._offset, before = line - 1, self._offset
        yield from self.runs(prose_nodes(text))
        self._offset = before
