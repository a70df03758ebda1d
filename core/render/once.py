"""What is made of a block, made once however often it is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.document.nodes import Block

Made = TypeVar("Made")


def once(make: Callable[[Block], Made]) -> Callable[[Block], Made]:
    """Return ``make`` with a memory: called once for each block, by identity, as long as the result is in use.

    A block is measured at every attempt at cutting pages, and written when they are cut.
    """
    known: dict[int, tuple[Block, Made]] = {}

    def made(block: Block) -> Made:
        found = known.get(id(block))
        if found is None:
            found = known[id(block)] = (block, make(block))  # the block is kept, so that no other gets its identity
        return found[1]

    return made
