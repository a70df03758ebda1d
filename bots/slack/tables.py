"""Sections that are mostly numbers as Slack's own tables. https://docs.slack.dev/reference/block-kit/blocks/table-block."""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING, Any, TypeAlias

from msgspec.structs import replace

from bots.slack.rich_text import inline_elements
from core.document.nodes import Heading, Item, Paragraph, Strong, Table, Text
from core.document.text import plain, walk

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.document.nodes import Block, Blocks, Document, Inline, Inlines

Json: TypeAlias = dict[str, Any]
Cells: TypeAlias = "tuple[Inlines, ...]"

MOST_ROWS, MOST_COLUMNS = 100, 20
FEWEST_ROWS = 2
ROW, CELL = " | ", " · "
"""How the digest writes a row of a table as a story: its title, a bar, the other cells between dots."""
_NUMBER = re.compile(r"[~≈<>≤≥+−-]?\s?[$€£¥]?\d[\d\s.,:/]*\s?[%×x]?\s?[KMBTkmb万亿千]?\s?[a-zA-Z]{0,3}")


def with_table(document: Document) -> Document | None:
    """Return the document with its rows of numbers as one table, None if it has none that Slack would show in order.

    Slack may show a table below everything else, and takes one a message: so only the last section's is one.
    """
    for begin, end in _runs(document.blocks):
        table = _table(document.blocks[begin - 1 : begin], document.blocks[begin:end])
        rest = document.blocks[end:]
        if table and not any(isinstance(block, Heading | Item) for block in rest):
            if any(isinstance(node, Table) for node in walk(document.blocks)):
                return None
            before = document.blocks[: begin - 1 if table.header else begin]
            return replace(document, blocks=(*before, table, *rest))
    return None


def table_block(table: Table) -> Json:
    """Return a table as Slack's block: numbers stand at the right."""
    columns = list(zip(*table.rows, strict=True))
    rows = [table.header, *table.rows] if table.header else table.rows
    return {
        "type": "table",
        "column_settings": [_column(column) for column in columns],
        "rows": [[_cell(cell) for cell in row] for row in rows],
    }


def _runs(blocks: Blocks) -> list[tuple[int, int]]:
    """Return where stories that were rows follow on each other, as ranges; the last one first."""
    rows = [number for number, block in enumerate(blocks) if _cells(block)]
    together = groupby(enumerate(rows), key=lambda pair: pair[1] - pair[0])
    runs = [[number for _, number in group] for _, group in together]
    return [(run[0], run[-1] + 1) for run in reversed(runs)]


def _table(before: Sequence[Block], items: Sequence[Block]) -> Table | None:
    rows = tuple(_cells(item) for item in items)
    width = len(rows[0])
    fits = FEWEST_ROWS <= len(rows) < MOST_ROWS and 1 < width <= MOST_COLUMNS
    if not fits or any(len(row) != width or not all(map(_shown, row)) for row in rows):
        return None
    numbers = [bool(_NUMBER.fullmatch(plain(cell).strip())) for row in rows for cell in row[1:]]
    if sum(numbers) * 2 <= len(numbers):
        return None
    header = _split(before[0].children) if before and isinstance(before[0], Paragraph) else ()
    right = len(header) == width and all(map(_shown, header))
    return Table(header if right else (), rows)


def _cells(block: Block) -> Cells:
    """Return the cells of a story that was a row, none of any other block."""
    match block:
        case Item((Paragraph((Strong() as title, Text(value), *_) as inlines),)) if value == ROW:
            return ((title,), *_split(inlines[2:]))
        case _:
            return ()


def _split(inlines: Inlines) -> Cells:
    """Return the cells that stand between dots."""
    cells: list[list[Inline]] = [[]]
    for inline in inlines:
        if not isinstance(inline, Text):
            cells[-1].append(inline)
            continue
        first, *others = inline.value.split(CELL)
        cells[-1] += [Text(first)] if first else []
        cells += [[Text(part)] if part else [] for part in others]
    return tuple(map(tuple, cells))


def _shown(cell: Inlines) -> bool:
    return bool(plain(cell).strip())


def _column(cells: Sequence[Inlines]) -> Json:
    numbers = all(_NUMBER.fullmatch(plain(cell).strip()) for cell in cells)
    return {"align": "right"} if numbers else {"is_wrapped": True}


def _cell(cell: Inlines) -> Json:
    if all(isinstance(inline, Text) for inline in cell):
        return {"type": "raw_text", "text": plain(cell)}
    section = {"type": "rich_text_section", "elements": inline_elements(cell)}
    return {"type": "rich_text", "elements": [section]}
