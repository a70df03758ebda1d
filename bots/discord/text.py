"""Blocks as the text of Discord's text displays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import regex

from bots.discord.markdown import heading_line, lines
from core.document.build import clean
from core.document.nodes import (
    CodeBlock,
    Heading,
    Item,
    List,
    Paragraph,
    Quote,
    Strong,
)
from core.document.text import number
from core.render.items import opened

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from core.document.nodes import Block, Blocks, ListItem

GAP = "\n\n"
DONE = {True: "☑ ", False: "☐ ", None: ""}
INDENT = "  "
DEEPEST_INDENT = 8
FENCE = "```"
_FENCE_INSIDE = regex.compile(r"(?<=``)`")
_LANGUAGE = regex.compile(r"[a-z0-9_+\-.#]++", regex.IGNORECASE)


def part(block: Block) -> str:
    """Return one block as Markdown; dividers and buttons have none. Begins and ends without a line break."""
    return "\n".join(_lines(block, 0)).strip("\n")


def text(blocks: Iterable[Block], part: Callable[[Block], str] = part) -> str:
    """Return the blocks, which are no items, as one Markdown text of what ``part`` makes of each."""
    written: list[str] = []
    before: Block | None = None
    for block in blocks:
        markdown = part(block)
        if markdown and not markdown.isspace():
            written += (_gap(before, block), markdown) if before else (markdown,)
            before = block
    return "".join(written)


def _gap(before: Block, after: Block) -> str:
    """A list goes on until an empty line; a heading belongs to what follows."""
    tight = isinstance(before, Heading) or (isinstance(before, Paragraph) and isinstance(after, List))
    return "\n" if tight else GAP


def _lines(block: Block, depth: int) -> list[str]:  # noqa: PLR0911  # a table: one line per node
    match block:
        case Paragraph():
            return lines(block.children)
        case Heading():
            line = heading_line(block.children)
            return [f"{'#' * block.level} {line}"] if line.strip() else []
        case CodeBlock():
            return _code(block)
        case List(items):
            return [line for at, item in enumerate(items) for line in _item(item, number(block, at), depth)]
        case Quote(blocks):
            return [f"> {line}" for line in text(opened(blocks)).split("\n")]
        case Item(blocks):
            return text(opened(blocks)).split("\n")
        case _:
            return []


def _code(block: CodeBlock) -> list[str]:
    value = _FENCE_INSIDE.sub("\u200b`", clean(block.value)).strip("\n")
    language = block.language if _LANGUAGE.fullmatch(block.language) else ""
    return [f"{FENCE}{language}", *value.split("\n"), FENCE] if value.strip() else []


def _item(item: ListItem, marker: str, depth: int) -> list[str]:
    indent = INDENT * min(depth, DEEPEST_INDENT)
    blocks = _in_list(item.blocks)
    first = lines(blocks[0].children) if blocks and isinstance(blocks[0], Paragraph) else []
    rest = blocks[1:] if first else blocks
    written: list[str] = []
    if any(line.strip() for line in first):
        head, *more = first
        written = [f"{indent}{marker or '- '}{DONE[item.done]}{head}", *(f"{indent}{INDENT}{line}" for line in more)]
    elif marker or item.done is not None:
        written = [f"{indent}{marker.replace('.', chr(92) + '.')}{DONE[item.done]}".rstrip()]
    for block in rest:
        written += _in_item(block, depth)
    return written


def _in_list(blocks: Blocks) -> list[Block]:
    """Headings do not work within a list."""
    return [Paragraph((Strong(block.children),)) if isinstance(block, Heading) else block for block in opened(blocks)]


def _in_item(block: Block, depth: int) -> list[str]:
    """What indentation would break (code, quotes) interrupts the list, at the left margin between empty lines."""
    match block:
        case List():
            return _lines(block, depth + 1)
        case Paragraph():
            indent = INDENT * (min(depth, DEEPEST_INDENT) + 1)
            return [f"{indent}{line}" for line in _lines(block, depth) if line.strip()]
        case _:
            inner = _lines(block, depth)
            return ["", *inner, ""] if inner else []
