"""Links that a platform cannot follow or show, written out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from core.document.build import spelled_out
from core.document.nodes import (
    Code,
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
from core.document.text import plain

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.document.nodes import Block, Blocks, Document, Inline, Inlines

_LEAVES = frozenset({Text, Code, Time})


def spell_links(document: Document, follows: Callable[[str], bool]) -> Document:
    """Return the document with every link whose address ``follows`` refuses as its label and " (address)".

    A link within a link is only its text. Mail addresses and telephone numbers are written without their scheme.
    A link that has no label shows its address.
    """
    if all(map(_is_simple, document.links)) and all([follows(link.url) for link in document.links]):  # noqa: C419  # as below
        return document  # as nearly always
    return replace(document, blocks=_Spelling(follows).blocks(document.blocks))


def _is_simple(link: Link) -> bool:
    """Tell whether a link's label is text and nothing else, so that nothing has to be done about it."""
    is_text = all([type(child) in _LEAVES for child in link.children])  # noqa: C419  # a list is quicker for so few
    return is_text and bool(plain(link.children).strip())


class _Spelling:
    def __init__(self, follows: Callable[[str], bool]) -> None:
        self._follows = follows

    def blocks(self, blocks: Blocks) -> Blocks:
        return tuple(map(self._block, blocks))

    def _block(self, block: Block) -> Block:  # noqa: PLR0911  # a table: one line per node
        match block:
            case Paragraph(children):
                inlines = self._inlines(children)
                return block if inlines is children else Paragraph(inlines)
            case Heading(level, children):
                return Heading(level, self._inlines(children))
            case Quote(inner) | Item(inner):
                return type(block)(self.blocks(inner))
            case Fold(summary, inner):
                return replace(block, summary=self._inlines(summary), blocks=self.blocks(inner))
            case List(items, start):
                return List(tuple(ListItem(self.blocks(item.blocks), item.done) for item in items), start)
            case Table(header, rows):
                return replace(block, header=self._row(header), rows=tuple(map(self._row, rows)))
            case _:
                return block

    def _row(self, cells: tuple[Inlines, ...]) -> tuple[Inlines, ...]:
        return tuple(map(self._inlines, cells))

    def _inlines(self, inlines: Inlines, *, linked: bool = False) -> Inlines:
        if all([type(inline) in _LEAVES for inline in inlines]):  # noqa: C419  # a list is quicker for so few
            return inlines
        return tuple(spelled for inline in inlines for spelled in self._inline(inline, linked=linked))

    def _inline(self, inline: Inline, *, linked: bool) -> Inlines:
        match inline:
            case Link(children) if linked:
                return self._inlines(children, linked=True)
            case Link(children, url) if not self._follows(url):
                return (*self._inlines(children), Text(spelled_out(plain(children), _written(url))))
            case Link(children, url) if not plain(children).strip():
                return (Link((Text(url),), url),)
            case Strong(children) | Emphasis(children) | Strike(children) | Link(children):
                inside = linked or isinstance(inline, Link)
                inlines = self._inlines(children, linked=inside)
                return (inline if inlines is children else replace(inline, children=inlines),)
            case _:
                return (inline,)


def _written(url: str) -> str:
    scheme, _, rest = url.partition(":")
    return rest if scheme.lower() in {"mailto", "tel"} else url
