"""Units of reading, opened where they matter no more: after the pages are cut."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.document.nodes import Item

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from core.document.nodes import Block


def opened(blocks: Iterable[Block]) -> Iterator[Block]:
    """Yield the blocks with those within an item in its place."""
    for block in blocks:
        if isinstance(block, Item):
            yield from opened(block.blocks)
        else:
            yield block
