"""A document as a row of units that pages are made of, and pages made of units."""

from __future__ import annotations

from enum import IntEnum
from functools import cached_property
from operator import add, le
from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from core.document.nodes import (
    Actions,
    CodeBlock,
    Fold,
    Heading,
    Item,
    List,
    ListItem,
    Paragraph,
    Quote,
    Strong,
    Table,
    Text,
)
from core.document.text import plain
from core.render.breaks import Weight
from core.render.cut import Grain, Piece, boundaries, join, split
from core.render.lower import table_as_list

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from core.document.nodes import Block, Blocks, Inlines
    from core.render.port import Cost, Layout


class Detail(IntEnum):
    """How fine the units are. What is longer than a page is always divided further."""

    BLOCKS = 0
    PARTS = 1
    SENTENCES = 2
    WORDS = 3


class Dislike(IntEnum):
    """How much one would rather not cut before a unit."""

    SECTION = 0
    ITEM = 1
    BLOCK = 4
    ROW = 16
    SENTENCE = 64
    CLAUSE = 256
    WORD = 1024
    GRAPHEME = 4096


INSIDE_ITEM = 4
"""How much worse a cut is within an item than outside."""

UNITS_PER_PAGE = 64
"""Sentences and words are gathered into units of at least this part of a page."""

PSEUDO_HEADING = 120
"""A paragraph of bold text up to this length announces what follows, as a heading does."""

PROSE = tuple(grain for grain in Grain if grain != Grain.LINE)
CODE = (Grain.LINE, Grain.WORD, Grain.TOKEN, Grain.GRAPHEME, Grain.CHARACTER)

DISLIKES = {
    Grain.LINE: Dislike.ROW,
    Grain.SENTENCE: Dislike.SENTENCE,
    Grain.CLAUSE: Dislike.CLAUSE,
    Grain.WORD: Dislike.WORD,
    Grain.WORD_IN_LINK: Dislike.WORD,
    Grain.TOKEN: Dislike.GRAPHEME,
    Grain.TOKEN_IN_LINK: Dislike.GRAPHEME,
    Grain.WORD_IN_CODE: Dislike.WORD,
    Grain.TOKEN_IN_CODE: Dislike.GRAPHEME,
    Grain.GRAPHEME: Dislike.GRAPHEME,
    Grain.CHARACTER: Dislike.GRAPHEME,
}

Row: TypeAlias = "tuple[Inlines, ...]"
Content: TypeAlias = "Block | ListItem | Row | Piece"
Container: TypeAlias = Item | Quote | Fold | List | ListItem | Table | Paragraph | Heading | CodeBlock

NO_BLOCK = (Piece, ListItem, tuple)
"""What may stand in a container without being a block."""
PROBE = Paragraph((Text("x"),))


class Frame:
    """A container that has been opened: its children are units, or frames, of their own."""

    def __init__(self, node: Container, parent: Frame | None, index: int, layout: Layout) -> None:
        self.node = node
        self.parent = parent
        self.index = index
        self.path: tuple[Frame, ...] = (*(parent.path if parent else ()), self)
        self._layout = layout

    @cached_property
    def one(self) -> Cost:
        """What a page costs that holds nothing but the smallest child of this container."""
        return self.cost([(0, probe(self.node))])

    @cached_property
    def shell(self) -> Cost:
        """What the containers around a child cost on such a page."""
        sample = probe(self.node)
        two = self.cost([(0, sample), (1, sample)])
        return tuple(max(0, 2 * a - b) for a, b in zip(self.one, two, strict=True))

    def cost(self, parts: Sequence[tuple[int, Content]], *, fresh: bool = False) -> Cost:
        """Return what a page costs that holds nothing but these children, in all their containers."""
        built = self.close(parts, fresh=fresh or isinstance(self.node, ListItem))
        if self.parent is None:
            costs = [self._layout.cost(block) for block in built if not isinstance(block, ListItem)]
            return tuple(sum(amounts) for amounts in zip(*costs, strict=True))
        return self.parent.cost([(self.index, block) for block in built], fresh=fresh and self.index == 0)

    def close(self, parts: Sequence[tuple[int, Content]], *, fresh: bool) -> list[Block | ListItem]:
        """Build the node with these children; ``fresh`` if the first of them is the node's first."""
        match self.node:
            case Paragraph() | Heading():
                inlines = join(part for _, part in parts if isinstance(part, Piece))
                return [replace(self.node, children=inlines)]
            case CodeBlock():
                value = plain(join(part for _, part in parts if isinstance(part, Piece)))
                return [replace(self.node, value=value.removesuffix("\n"))]
            case Table(header):
                rows = tuple(part for _, part in parts if isinstance(part, tuple))
                return [replace(self.node, header=header if fresh else ((),) * len(header), rows=rows)]
            case List():
                return _close_list(self.node, parts)
            case _:
                blocks = tuple(part for _, part in parts if not isinstance(part, NO_BLOCK))
                return _close_container(self.node, blocks, fresh=fresh)


def _close_container(node: Item | Quote | Fold | ListItem, blocks: Blocks, *, fresh: bool) -> list[Block | ListItem]:
    match node:
        case ListItem():
            return [ListItem(blocks, node.done)] if fresh else list(blocks)
        case Fold(summary):
            return [replace(node, summary=summary if fresh else (), blocks=blocks)]
        case _:
            return [replace(node, blocks=blocks)]


def _close_list(node: List, parts: Sequence[tuple[int, Content]]) -> list[Block | ListItem]:
    """What is left of an item that began on the page before stands in front of the list, without a bullet."""
    rest = [part for _, part in parts if not isinstance(part, NO_BLOCK)]
    items = [(index, part) for index, part in parts if isinstance(part, ListItem)]
    if not items:
        return [*rest]
    start = None if node.start is None else node.start + items[0][0]
    return [*rest, List(tuple(item for _, item in items), start)]


def probe(node: Container) -> Content:
    """Return the smallest child that such a container can have, to measure the container with."""
    match node:
        case Paragraph() | Heading():
            return Piece((Text("x"),))
        case CodeBlock():
            return Piece((Text("x\n"),))
        case Table(header):
            return ((Text("x"),),) * len(header)
        case List():
            return ListItem((PROBE,))
        case _:
            return PROBE


class Unit(Struct, frozen=True):
    """A piece of a document: whole ``content``, the ``place``-th child of ``frame`` (None: of the document)."""

    content: Content
    frame: Frame | None
    place: int
    weight: Weight


def assemble(pages: Iterable[Sequence[Unit]]) -> list[Blocks]:
    """Build the blocks of each page."""
    seen: set[Frame] = set()
    return [_assemble_page(page, seen) for page in pages]


def _assemble_page(page: Sequence[Unit], seen: set[Frame]) -> Blocks:
    stack: list[tuple[Frame | None, list[tuple[int, Content]]]] = [(None, [])]
    fresh = {frame for unit in page if unit.frame for frame in unit.frame.path} - seen
    seen |= fresh

    def close() -> None:
        frame, parts = stack.pop()
        if frame:
            stack[-1][1].extend((frame.index, block) for block in frame.close(parts, fresh=frame in fresh))

    for unit in page:
        path = unit.frame.path if unit.frame else ()
        while len(stack) > 1 and (len(stack) - 1 > len(path) or stack[-1][0] is not path[len(stack) - 2]):
            close()
        stack.extend((frame, []) for frame in path[len(stack) - 1 :])
        stack[-1][1].append((unit.place, unit.content))
    while len(stack) > 1:
        close()
    return tuple(part for _, part in stack[0][1] if not isinstance(part, NO_BLOCK))


Frames: TypeAlias = "dict[tuple[Frame | None, int], Frame]"
"""The containers that were opened, by the one around them and their place in it."""


def flatten(blocks: Blocks, layout: Layout, later: Cost, detail: Detail, frames: Frames) -> list[Unit]:
    """Return the units of ``blocks``; each fits a page that begins with ``later`` if it can be divided at all.

    ``frames`` are kept from one attempt to the next, so that no container is measured twice.
    """
    flattening = _Flattening(layout, later, detail, frames)
    before: Block | None = None
    for index, block in enumerate(blocks):
        flattening.add(block, None, index, _between_blocks(before, block) if before else Dislike.SECTION)
        before = block
    return flattening.units


def divides_more(units: Iterable[Unit], layout: Layout, later: Cost, detail: Detail) -> bool:
    """Tell whether ``flatten`` would divide any of these units at this detail."""
    granule = _granule(layout, later)
    return any(
        _divides(unit.content, detail, granule, fits=True)
        or (detail == Detail.WORDS and isinstance(unit.content, Piece))
        for unit in units
    )


def _granule(layout: Layout, later: Cost) -> int:
    """Return how many characters of a text are at least a unit, as long as that fits a page."""
    return max(1, (layout.budget[0] - later[0]) // UNITS_PER_PAGE)


class _Flattening:
    def __init__(self, layout: Layout, later: Cost, detail: Detail, frames: Frames) -> None:
        self.units: list[Unit] = []
        self._layout = layout
        self._room = tuple(limit - lost for limit, lost in zip(layout.budget, later, strict=True))
        self._nothing: Cost = (0,) * len(self._room)
        self._granule = _granule(layout, later)
        self._detail = detail
        self._frames = frames

    def add(self, content: Content, frame: Frame | None, index: int, dislike: int) -> None:
        """Append ``content``, divided as the detail asks for, or as its size does."""
        if _divides(content, self._detail, self._granule, fits=True):  # whatever it costs
            self._open(self._frame(content, frame, index), dislike)
            return
        own = self._own_cost(content, frame, index)
        if not self._fits(own, frame) and _divides(content, self._detail, self._granule, fits=False):
            self._open(self._frame(content, frame, index), dislike)
        else:
            self._append(content, frame, index, dislike, own)

    def _frame(self, content: Content, parent: Frame | None, index: int) -> Frame:
        known = self._frames.get((parent, index))
        if known is None or known.node is not content:
            known = self._frames[parent, index] = Frame(content, parent, index, self._layout)  # type: ignore[arg-type]  # containers only
        return known

    def _open(self, frame: Frame, dislike: int) -> None:
        match frame.node:
            case Paragraph(children) | Heading(_, children):
                grains = PROSE[PROSE.index(Grain.WORD) :] if self._detail == Detail.WORDS else PROSE
                self._add_flow(Piece(children), frame, dislike, grains)
            case CodeBlock(value):
                self._add_flow(Piece((Text(value),)), frame, dislike, CODE)
            case Table(_, rows) if not rows or not self._rows_fit(frame, rows):
                self.add(table_as_list(frame.node), frame.parent, frame.index, dislike)
            case Table(_, rows):
                self._add_all(rows, frame, dislike, _between_rows)
            case List(items):
                self._add_all(items, frame, dislike, _between_rows)
            case Fold(summary, blocks) if not self._fits(frame.cost([(0, PROBE)], fresh=True), None):
                self.add(Quote((Paragraph(summary), *blocks)), frame.parent, frame.index, dislike)
            case Item(blocks) | Quote(blocks) | Fold(_, blocks) | ListItem(blocks):
                self._add_all(blocks, frame, dislike, _between_blocks)

    def _add_all(
        self, parts: Sequence[Content], frame: Frame, dislike: int, between: Callable[[Content, Content], int]
    ) -> None:
        factor = INSIDE_ITEM if any(isinstance(outer.node, Item) for outer in frame.path) else 1
        for index, part in enumerate(parts):
            self.add(part, frame, index, between(parts[index - 1], part) * factor if index else dislike)

    def _add_flow(
        self, piece: Piece, frame: Frame, dislike: int, grains: Sequence[Grain], granule: int | None = None
    ) -> None:
        """Append a text in pieces of at least ``granule`` characters, finer ones where those do not fit."""
        size = self._granule if granule is None else granule
        factor = INSIDE_ITEM if any(isinstance(outer.node, Item) for outer in frame.path) else 1
        offsets = boundaries(piece.inlines, grains[0])
        pieces = split(piece.inlines, _gathered(offsets, size))
        for number, part in enumerate([replace(pieces[0], open=piece.open), *pieces[1:]]):
            own = self._own_cost(part, frame, 0)
            rank = factor * DISLIKES[grains[0]] if number else dislike
            if self._fits(own, frame):
                self._append(part, frame, 0, rank, own)
            elif size > 1 and offsets:
                self._add_flow(part, frame, rank, grains, granule=1)
            elif len(grains) > 1:
                self._add_flow(part, frame, rank, grains[1:])
            else:
                self._append(part, frame, 0, rank, own)

    def _rows_fit(self, frame: Frame, rows: tuple[Row, ...]) -> bool:
        return all(self._fits(self._own_cost(row, frame, index), frame) for index, row in enumerate(rows))

    def _own_cost(self, content: Content, frame: Frame | None, index: int) -> Cost:
        """Return what the content adds to a page on which its container is open already."""
        if frame is None:
            return self._layout.cost(content)  # type: ignore[arg-type]  # only blocks stand in no container
        before = self.units[-1].content if self.units and self.units[-1].frame is frame else None
        if isinstance(content, Piece) and isinstance(before, Piece):
            start = Piece(before.inlines)
            return _minus(frame.cost([(0, start), (0, content)]), frame.cost([(0, start)]))
        if index == 0:
            return _minus(frame.cost([(0, content)], fresh=True), frame.shell)
        return _minus(frame.cost([(index, probe(frame.node)), (index + 1, content)]), frame.one)

    def _fits(self, own: Cost, frame: Frame | None) -> bool:
        alone = _plus(own, frame.shell) if frame else own
        return all(map(le, alone, self._room))

    def _append(self, content: Content, frame: Frame | None, index: int, dislike: int, own: Cost) -> None:
        before = self.units[-1] if self.units else None
        cost, reopening = own, self._nothing
        if frame:
            shared = _shared(before.frame, frame) if before else None
            reopening = shared.shell if shared else self._nothing
            cost = _plus(own, _minus(frame.shell, reopening))
        together = isinstance(content, Actions) or (before is not None and _announces(before, frame))
        weight = Weight(cost=cost, reopening=reopening, dislike=dislike, together=together)
        self.units.append(Unit(content=content, frame=frame, place=index, weight=weight))


def _divides(content: Content, detail: Detail, granule: int, *, fits: bool) -> bool:
    if fits and detail == Detail.BLOCKS:
        return False
    match content:
        case Item(parts) | Quote(parts) | Fold(_, parts) | List(parts) | ListItem(parts) | Table(_, parts):
            return not fits or bool(parts)
        case CodeBlock():
            return True
        case Paragraph():
            return not fits or (detail >= Detail.SENTENCES and len(plain(content)) > granule)
        case Heading():
            return not fits
        case _:
            return False


def _between_rows(_before: Content, _after: Content) -> int:
    return Dislike.ROW


def _between_blocks(before: Content, after: Content) -> int:
    match before, after:
        case _, Heading(1 | 2):
            return Dislike.SECTION
        case (Item(), _) | (_, Item()) | (_, Heading(3)):
            return Dislike.ITEM
        case _:
            return Dislike.BLOCK


def _gathered(offsets: Sequence[int], size: int) -> list[int]:
    chosen: list[int] = []
    for offset in offsets:
        if offset - (chosen[-1] if chosen else 0) >= size:
            chosen.append(offset)
    return chosen


def _shared(left: Frame | None, right: Frame | None) -> Frame | None:
    """Return the innermost container that both are in."""
    shared = None
    for one, other in zip(left.path if left else (), right.path if right else (), strict=False):
        if one is not other:
            break
        shared = one
    return shared


def _announces(unit: Unit, following: Frame | None) -> bool:
    """Tell whether a unit only makes sense with what follows it."""
    content = unit.content
    if not isinstance(content, Piece):
        return _block_announces(content)
    if unit.frame is None or unit.frame is following:
        return False
    node = unit.frame.node
    return isinstance(node, Heading) or (isinstance(node, Paragraph) and _is_label(content.inlines))


def _block_announces(content: Content) -> bool:
    match content:
        case Paragraph():
            return _is_label(content.children)
        case Item() | Quote() | Fold() | ListItem():
            return bool(content.blocks) and _block_announces(content.blocks[-1])
        case _:
            return isinstance(content, Heading)


def _is_label(inlines: Inlines) -> bool:
    end = plain(inlines[-1:]).rstrip() or plain(inlines).rstrip()
    if end.endswith((":", "：")):
        return True
    bold = all(
        isinstance(inline, Strong) or (isinstance(inline, Text) and not inline.value.strip()) for inline in inlines
    )
    return bold and 0 < len(plain(inlines).rstrip()) <= PSEUDO_HEADING


def _plus(left: Cost, right: Cost) -> Cost:
    return tuple(map(add, left, right))


def _minus(left: Cost, right: Cost) -> Cost:
    return tuple([max(0, a - b) for a, b in zip(left, right, strict=True)])
