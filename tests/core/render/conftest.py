"""A platform that counts characters and spans."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from core.document.nodes import Code, CodeBlock, Emphasis, Fold, Link, Quote, Strike, Strong
from core.document.text import plain, walk

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.document.nodes import Block
    from core.render.port import Cost

SPANS = (Code, CodeBlock, Emphasis, Fold, Link, Quote, Strike, Strong)


@dataclass(frozen=True)
class PlainLayout:
    """Costs are (characters with one for the border, spans)."""

    budget: Cost = (400, 20)
    line: Cost = (20, 0)

    def cost(self, block: Block) -> Cost:
        return len(plain(block)) + 1, sum(isinstance(node, SPANS) for node in walk(block))

    def continuation(self, title: str) -> Cost:  # noqa: ARG002  # the same line whatever the title
        return self.line


@pytest.fixture
def layout() -> Callable[..., PlainLayout]:
    """Make a layout with a budget."""
    return PlainLayout
