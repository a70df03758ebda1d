"""Markdown as nodes with line numbers. Nothing here knows what an issue is.

Reads CommonMark with tables, strike-through, bare http and mailto links, and emphasis that works next to Chinese.
Raw HTML becomes what it means: ``<b> <i> <s> <a> <br> <img>`` their Markdown counterparts, other elements of prose
vanish around their text, comments vanish, and everything else that looks like a tag (``Vec<T>``, ``<script>``,
``<!channel>``) stays text. Images become links to them with their alternative text. What is nested beyond reason is
read as if it were not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import comrak
import regex
from msgspec import Struct

from core.digest.commonmark import Node, nodes
from core.digest.inlines import Line, join_lines, lines, prose_lines
from core.document import build
from core.document.nodes import Block, CodeBlock, Divider, Heading, Inlines, List, ListItem, Paragraph, Quote, Table
from core.document.text import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

NESTING = 24

_LEVELS: dict[int, Literal[1, 2, 3]] = {1: 1, 2: 2}
_COMMENT = regex.compile(r"<!--.*?-->", regex.DOTALL)
_CELL = regex.compile(r"(?<!\\)\|")


class Placed(Struct, frozen=True):
    """A block with the source line where it begins.

    ``level`` is a heading's own level (1–6); ``underlined`` marks a heading made by a line of hyphens below.
    ``lines`` are those of a paragraph or heading, ``items`` the blocks of a list's items.
    """

    block: Block
    line: int
    level: int = 0
    underlined: bool = False
    lines: tuple[Line, ...] = ()
    items: tuple[tuple[Placed, ...], ...] = ()

    @property
    def text(self) -> str:
        """What a reader reads of the block."""
        return self.lines[0].text if len(self.lines) == 1 else plain(self.block)


def placed(body: str) -> tuple[Placed, ...]:
    """Return the blocks of a tidy Markdown text with their lines."""
    return tuple(_Reader(body.split("\n")).blocks(nodes(body)))


def uncommented(content: str) -> str:
    """Return a block of HTML without its comments."""
    return _COMMENT.sub("", content).strip()


def row_cells(row: str, columns: int) -> list[str]:
    """Return the written cells of a table's row from the last of its ``columns`` on."""
    written = _CELL.split(row.strip(" \t>").removeprefix("|").removesuffix("|"))
    return [cell.strip() for cell in written[columns - 1 :]]


class _Reader:
    """Turns the parser's blocks into ours. ``source`` has the lines, for what the parser leaves out of its nodes."""

    def __init__(self, source: list[str]) -> None:
        self._source = source

    def blocks(self, nodes: Iterable[Node], depth: int = 0) -> Iterator[Placed]:
        for node in nodes:
            line = node.sourcepos.start.line
            match node.node_value:
                case comrak.Paragraph():
                    yield _paragraph(lines(node.children, line, self._source), line)
                case comrak.List() | comrak.BlockQuote():
                    yield from self._container(node, line, depth)
                case comrak.Heading(value=heading):
                    yield self._heading(node, heading, line)
                case comrak.ThematicBreak():
                    yield Placed(block=Divider(), line=line)
                case comrak.CodeBlock(value=code):
                    yield Placed(block=CodeBlock(build.clean(code.literal), _first_word(code.info)), line=line)
                case comrak.Table(value=table):
                    yield self._table(node, table, line)
                case comrak.HtmlBlock(value=block) if content := uncommented(block.literal):
                    yield _paragraph(prose_lines(content, line), line)

    def _heading(self, node: Node, heading: comrak.NodeHeading, line: int) -> Placed:
        found = lines(node.children, line, self._source)
        return Placed(
            block=Heading(_LEVELS.get(heading.level, 3), join_lines(found)),
            line=line,
            level=heading.level,
            underlined=heading.setext and heading.level > 1,
            lines=found,
        )

    def _container(self, node: Node, line: int, depth: int) -> Iterator[Placed]:
        if depth >= NESTING:
            yield from self._flat(node)
        elif isinstance(node.node_value, comrak.List):
            yield self._list(node, node.node_value.value, line, depth)
        else:
            inner = tuple(one.block for one in self.blocks(node.children, depth + 1))
            yield Placed(block=Quote(inner), line=line)

    def _list(self, node: Node, kind: comrak.NodeList, line: int, depth: int) -> Placed:
        items = tuple([tuple(self.blocks(item.children, depth + 1)) for item in node.children])
        found = tuple([ListItem(tuple([inner.block for inner in item])) for item in items])
        start = kind.start if kind.list_type == comrak.ListType.Ordered else None
        return Placed(block=List(found, start), line=line, items=items)

    def _flat(self, node: Node) -> Iterator[Placed]:
        """Yield the blocks within containers that are nested too deeply, as they would stand without them."""
        waiting = [node]
        while waiting:
            inner = waiting.pop()
            if isinstance(inner.node_value, comrak.List | comrak.Item | comrak.BlockQuote):
                waiting.extend(reversed(inner.children))
            else:
                yield from self.blocks((inner,), NESTING)

    def _table(self, node: Node, table: comrak.NodeTable, line: int) -> Placed:
        header, *rows = (self._cells(row, table.num_columns) for row in node.children)
        align = tuple(map(_alignment, table.alignments))
        return Placed(block=Table(header, tuple(rows), align), line=line)

    def _cells(self, row: Node, columns: int) -> tuple[Inlines, ...]:
        """Return the cells of a row; what it has beyond the table's columns goes into the last one."""
        line = row.sourcepos.start.line
        cells = [join_lines(lines(cell.children, line, self._source)) for cell in row.children]
        if len(beyond := row_cells(self._source[line - 1], columns)) > 1:
            cells[-1] = join_lines(prose_lines(" | ".join(beyond), line))
        return tuple(cells)


def _paragraph(found: tuple[Line, ...], line: int) -> Placed:
    return Placed(block=Paragraph(join_lines(found)), line=line, lines=found)


def _first_word(text: str) -> str:
    words = text.split(maxsplit=1)
    return words[0] if words else ""


def _alignment(alignment: comrak.TableAlignment) -> Literal["left", "center", "right"] | None:
    if alignment == comrak.TableAlignment.Left:
        return "left"
    if alignment == comrak.TableAlignment.Right:
        return "right"
    return "center" if alignment == comrak.TableAlignment.Center else None
