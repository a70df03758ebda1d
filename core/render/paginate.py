"""Cutting a document into pages.

The document becomes a row of units (blocks; where needed list items, table rows, sentences, words, graphemes), each
with what it costs on a page and how much one would dislike a cut before it. Units are made finer only as long as
that saves pages. The least number of pages is found by filling them one after the other; then the cuts are moved,
within the room that is left, to where they are liked best.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from operator import le, sub
from typing import TYPE_CHECKING

from msgspec.structs import replace

from core.document.build import clean
from core.document.nodes import Action, Actions, Divider, Document
from core.document.text import plain
from core.render.breaks import choose_breaks
from core.render.cut import head
from core.render.once import once
from core.render.units import Detail, assemble, divides_more, flatten

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from core.document.nodes import Block, Blocks
    from core.render.breaks import Breaks
    from core.render.port import Cost, Layout
    from core.render.units import Frames, Unit

MOST_PAGES = 999
TITLE_LENGTH = 60
"""How many characters of the title a continuation line carries at most."""


def paginate(document: Document, layout: Layout) -> tuple[Document, ...]:
    """Cut ``document`` into pages that each fit ``layout``; a document that fits comes back as one page.

    The pages have the least number that cuts between sentences allow, and among those the best cuts: between
    sections, items, blocks, list items and rows, sentences, in this order. Words, links and graphemes are cut only
    if a single one is longer than a page. A heading stays with what follows it, ``Actions`` stand on the last page;
    where pages are turned in place, on every page, with the buttons that turn below them.
    The continuation line is not part of the pages: a renderer puts ``continuation`` before each but the first.
    """
    layout = _Bounded(layout.budget, once(layout.cost), layout.continuation)
    blocks = with_actions_last(document.blocks)
    costs = [layout.cost(block) for block in blocks]
    if _fits(_total(costs, layout.budget), layout.budget):
        return (replace(document, blocks=blocks),)
    if document.turn:
        return _turned(document, layout)
    return tuple(replace(document, blocks=page) for page in _pages(blocks, costs, layout, document.title))


def turning(line: str, page: int, pages: int) -> tuple[Action, ...]:
    """Return the buttons that turn page ``page`` (counted from 1) of the document that ``line`` gives."""
    back = (Action("‹", "page", f"{page - 1} {line}"),) if page > 1 else ()
    on = (Action("›", "page", f"{page + 1} {line}"),) if page < pages else ()
    return (*back, Action(f"{page}/{pages}", "page", f"{page} {line}"), *on)


def continuation(title: str, page: int, pages: int) -> str:
    """Return the line that page ``page`` (counted from 1) of ``pages`` begins with: "title · 2/3"."""
    line = " ".join(clean(title).split())
    short = line if len(line) <= TITLE_LENGTH else f"{head(line, TITLE_LENGTH - 1)}…"
    return f"{short} · {page}/{pages}" if short else f"{page}/{pages}"


def _turned(document: Document, layout: Layout) -> tuple[Document, ...]:
    rows = tuple(row for block in document.blocks if isinstance(block, Actions) for row in block.rows)
    text = tuple(block for block in document.blocks if not isinstance(block, Actions))
    reserved = layout.cost(Actions((*rows, turning(document.turn, MOST_PAGES - 1, MOST_PAGES))))
    narrowed = _Bounded(tuple(map(sub, layout.budget, reserved)), layout.cost, layout.continuation)
    pages = _pages(text, [layout.cost(block) for block in text], narrowed, document.title)
    return tuple(
        replace(document, blocks=(*page, Actions((*rows, turning(document.turn, number, len(pages))))))
        for number, page in enumerate(pages, 1)
    )


def _pages(blocks: Blocks, costs: Sequence[Cost], layout: Layout, title: str) -> list[Blocks]:
    """Cut with less than the budget if pieces turn out to cost more together than they do one by one."""
    later = layout.continuation(title)
    pages: list[Blocks] = []
    for percent in (100, 95, 85, 70):
        budget = tuple(limit * percent // 100 for limit in layout.budget)
        least = _least_pages(costs, budget, later)
        pages = _cut(blocks, _Bounded(budget, layout.cost, layout.continuation), later, least)
        limits = [layout.budget, *[tuple(map(sub, layout.budget, later))] * len(pages[1:])]
        if all(
            _fits(_total([layout.cost(block) for block in page], limit), limit)
            for page, limit in zip(pages, limits, strict=True)
        ):
            break
    return pages


@dataclass(frozen=True, slots=True)
class _Bounded:
    """A layout with another budget, or another way to its costs."""

    budget: Cost
    cost: Callable[[Block], Cost]
    continuation: Callable[[str], Cost]


def _cut(blocks: Blocks, layout: Layout, later: Cost, least: int) -> list[Blocks]:
    frames: Frames = {}
    units, breaks = _attempt(blocks, layout, later, Detail.BLOCKS, frames)
    for detail in (Detail.PARTS, Detail.SENTENCES, Detail.WORDS):
        if not breaks.forced and (len(breaks.starts) <= least or detail == Detail.WORDS):
            break
        if not divides_more(units, layout, later, detail):
            continue
        finer = _attempt(blocks, layout, later, detail, frames)
        if _rank(finer[1]) < _rank(breaks):
            units, breaks = finer
    pages = assemble(units[start:end] for start, end in pairwise([*breaks.starts, len(units)]))
    trimmed = [_trim(page) for page in pages]
    return [page for page in trimmed if _says_something(page)] or trimmed[:1]


def _says_something(page: Blocks) -> bool:
    return any(isinstance(block, Actions) or clean(plain(block)).strip() for block in page)


def _attempt(blocks: Blocks, layout: Layout, later: Cost, detail: Detail, frames: Frames) -> tuple[list[Unit], Breaks]:
    units = flatten(blocks, layout, later, detail, frames)
    return units, choose_breaks([unit.weight for unit in units], layout.budget, later)


def _rank(breaks: Breaks) -> tuple[int, int]:
    return breaks.forced, len(breaks.starts)


def _least_pages(costs: Sequence[Cost], budget: Cost, later: Cost) -> int:
    """Return a number of pages that no way of cutting can go below."""
    pages = 1
    for amount, limit, lost in zip(_total(costs, budget), budget, later, strict=True):
        pages = max(pages, 1 + -(-(amount - limit) // max(1, limit - lost)))
    return pages


def with_actions_last(blocks: Blocks) -> Blocks:
    """Return the blocks with the buttons below all the others."""
    if Actions not in map(type, blocks[:-1]):
        return blocks
    return (
        *(block for block in blocks if not isinstance(block, Actions)),
        *(block for block in blocks if isinstance(block, Actions)),
    )


def _trim(page: Blocks) -> Blocks:
    """Drop dividers at the borders of a page: the border divides enough."""
    start, end = 0, len(page)
    while start < end and isinstance(page[start], Divider):
        start += 1
    while end > start and isinstance(page[end - 1], Divider):
        end -= 1
    return page[start:end]


def _total(costs: Sequence[Cost], like: Cost) -> Cost:
    return tuple(sum(amounts) for amounts in zip(*costs, strict=True)) if costs else (0,) * len(like)


def _fits(cost: Cost, budget: Cost) -> bool:
    return all(map(le, cost, budget))
