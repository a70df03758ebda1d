"""Units of reading, opened where they matter no more: after the pages are cut."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.document.nodes import Item

if TYPE_CHECKING:
    from collections.abc import Iterable

    from core.document.nodes import Block


def opened(blocks: Iterable[Block]) -> list[Block]:
    """Return the blocks with those within an item in its place."""
    blocks = list(blocks)
    if Item not in map(type, blocks):
        return blocks
    found: list[Block] = []
    for block in blocks:
        if isinstance(block, Item):
            found += opened(block.blocks)
        else:
            found.append(block)
    return found
