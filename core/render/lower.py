"""Rewriting what a platform cannot show into what it can. One small function per node; no text is lost or doubled."""

from __future__ import annotations

from functools import cache
from operator import is_
from typing import TYPE_CHECKING

from msgspec.structs import replace

from core.document.nodes import (
    Actions,
    Code,
    CodeBlock,
    Divider,
    Emphasis,
    Fold,
    Heading,
    Item,
    Link,
    List,
    ListItem,
    Paragraph,
    Quote,
    Strike,
    Strong,
    Table,
    Text,
    Time,
)
from core.render.width import width

if TYPE_CHECKING:
    from collections.abc import Iterator

    from core.document.nodes import Block, Blocks, Document, Inline, Inlines
    from core.render.profile import Feature, Profile

NARROW = 36
"""A table of plain text that is at most this many columns wide (a telephone's) becomes preformatted text."""

GAP = "  "
BULLET = "• "
INDENT = "   "
CELL = " | "


def lower(document: Document, profile: Profile) -> Document:
    """Rewrite the nodes of ``document`` that are not among ``profile.features``.

    Tables become preformatted text where that is plain and narrow, else lists with one row an item; folds their
    summary and their blocks, in a quote if there are quotes; headings bold paragraphs; lists paragraphs with
    bullets; quotes their blocks; times their text. Dividers and strikes leave nothing. Items and text stay.
    """
    blocks = _lowering(profile.features).blocks(document.blocks)
    return document if blocks is document.blocks else replace(document, blocks=blocks)


def table_as_list(table: Table) -> List:
    """Return the rows, the header's first and in bold, as the items of a list: "cell | cell"."""
    rows = [_row(row) for row in table.rows]
    header = _row(table.header)
    lines = [(Strong(header),), *rows] if header else rows
    return List(tuple(ListItem((Paragraph(line),)) for line in lines if line))


def table_as_code(table: Table) -> CodeBlock | None:
    """Return the table as preformatted text in columns, or None if it is styled, linked or too wide for that."""
    rows = [[_plain(cell) for cell in row] for row in (table.header, *table.rows)]
    cells = [[cell for cell in row if cell is not None] for row in rows]
    if any(len(kept) != len(row) or any("\n" in cell for cell in kept) for kept, row in zip(cells, rows, strict=True)):
        return None
    widths = [max(width(cell) for cell in column) for column in zip(*cells, strict=False)]
    if not widths or sum(widths) + len(GAP) * (len(widths) - 1) > NARROW:
        return None
    right = [align == "right" for align in table.align] + [False] * len(widths)
    lines = [GAP.join(map(_pad, row, widths, right)).rstrip() for row in cells]
    return CodeBlock("\n".join(line for line in lines if line))


def _pad(cell: str, columns: int, right: bool) -> str:  # noqa: FBT001  # mapped over columns
    space = " " * (columns - width(cell))
    return space + cell if right else cell + space


def _plain(cell: Inlines) -> str | None:
    """Return the text of a cell that is nothing but text."""
    texts = [inline.value for inline in cell if isinstance(inline, Text)]
    return "".join(texts).strip() if len(texts) == len(cell) else None


def _row(cells: tuple[Inlines, ...]) -> Inlines:
    line: list[Inline] = []
    for cell in cells:
        if cell and line:
            line.append(Text(CELL))
        line += cell
    return tuple(line)


def _kinds_shown(features: frozenset[Feature]) -> Iterator[type]:
    """Yield the kinds of blocks without blocks inside that need no rewriting."""
    if "divider" in features:
        yield Divider
    if "actions" in features:
        yield Actions
    if {"time", "strike"} <= features:
        yield Paragraph
        if "heading" in features:
            yield Heading
    if "code_block" in features:
        yield CodeBlock


class _Lowering:
    def __init__(self, features: frozenset[Feature], *, quoted: bool = False) -> None:
        self._features = features
        self._quoted = quoted
        self._lacks_inlines = not {"time", "strike"} <= features
        self._shown = frozenset(_kinds_shown(features))

    def blocks(self, blocks: Blocks) -> Blocks:
        if self._shows(blocks):
            return blocks
        lowered: list[Block] = []
        for block in blocks:
            if type(block) in self._shown:
                lowered.append(block)
            else:
                lowered += self._block(block)
        same = len(lowered) == len(blocks) and all(map(is_, lowered, blocks))
        return blocks if same else tuple(lowered)

    def _shows(self, blocks: Blocks) -> bool:
        """Tell whether none of the blocks needs rewriting, as in nearly all issues."""
        shown = self._shown
        return all(type(block) in shown or (type(block) is Item and self._shows(block.blocks)) for block in blocks)

    def _block(self, block: Block) -> Blocks:  # noqa: PLR0911, C901  # a table: one line per node
        match block:
            case Item():
                inner = self.blocks(block.blocks)
                return (block if inner is block.blocks else Item(inner),)
            case Heading():
                return self._heading(block)
            case Paragraph(children):
                inlines = self._inlines(children)
                return (block if inlines is children else Paragraph(inlines),)
            case CodeBlock(value):
                return (block,) if "code_block" in self._features else (Paragraph((Text(value),)),)
            case List():
                return self._list(block)
            case Quote():
                return self._quote(block)
            case Fold():
                return self._fold(block)
            case Table():
                return self._table(block)
            case Divider():
                return (block,) if "divider" in self._features else ()
            case Actions():
                return (block,) if "actions" in self._features else ()

    def _heading(self, heading: Heading) -> Blocks:
        children = self._inlines(heading.children)
        return (Heading(heading.level, children),) if "heading" in self._features else (Paragraph((Strong(children),)),)

    def _list(self, node: List) -> Blocks:
        items = tuple(ListItem(self.blocks(item.blocks), item.done) for item in node.items)
        if "list" in self._features:
            return (List(items, node.start),)
        return tuple(
            line for number, item in enumerate(items) for line in _marked(item, _marker(node.start, number, item.done))
        )

    def _quote(self, quote: Quote) -> Blocks:
        inner = self._inside_quote().blocks(quote.blocks)
        return (Quote(inner),) if self._may_quote() else inner

    def _fold(self, fold: Fold) -> Blocks:
        summary = self._inlines(fold.summary)
        inner = self._inside_quote().blocks(fold.blocks)
        if "fold" in self._features and self._may_quote("fold"):
            return (Fold(summary, inner),)
        label = (Paragraph((Strong(summary),)),) if summary else ()
        return (*label, Quote(inner)) if self._may_quote() else (*label, *inner)

    def _table(self, table: Table) -> Blocks:
        if "table" in self._features:
            rows = tuple(tuple(self._inlines(cell) for cell in row) for row in table.rows)
            return (replace(table, header=tuple(self._inlines(cell) for cell in table.header), rows=rows),)
        code = table_as_code(table) if "code_block" in self._features else None
        return (code,) if code else self._list(table_as_list(table))

    def _may_quote(self, feature: Feature = "quote") -> bool:
        return feature in self._features and (not self._quoted or "nested_quote" in self._features)

    def _inside_quote(self) -> _Lowering:
        return _lowering(self._features, quoted=True)

    def _inlines(self, inlines: Inlines) -> Inlines:
        if not self._lacks_inlines:
            return inlines
        return tuple(lowered for inline in inlines for lowered in self._inline(inline))

    def _inline(self, inline: Inline) -> Inlines:
        match inline:
            case Text() | Code():
                return (inline,)
            case Time(_, text):
                return (inline,) if "time" in self._features else (Text(text),)
            case Strike(children) if "strike" not in self._features:
                return self._inlines(children)
            case Strong(children) | Emphasis(children) | Strike(children):
                return (type(inline)(self._inlines(children)),)
            case Link(children, url):
                return (Link(self._inlines(children), url),)


_lowering = cache(_Lowering)


def _marker(start: int | None, number: int, done: bool | None) -> str:  # noqa: FBT001  # the item's own field
    box = "" if done is None else ("☑ " if done else "☐ ")
    if start is not None:
        return f"{start + number}. {box}"
    return box or BULLET


def _marked(item: ListItem, marker: str) -> Blocks:
    """Return the blocks of an item, the first line with its marker, what follows indented under it."""
    first, *rest = item.blocks or (Paragraph(()),)
    if isinstance(first, Paragraph):
        return (Paragraph((Text(marker), *first.children)), *map(_indented, rest))
    return (Paragraph((Text(marker.rstrip()),)), *map(_indented, item.blocks))


def _indented(block: Block) -> Block:
    return Paragraph((Text(INDENT), *block.children)) if isinstance(block, Paragraph) else block
