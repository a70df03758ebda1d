"""What a reader gets, character by character: the text, and the styles that are on each character.

Renderers are judged by comparing what stands in the document with what an independent reader finds in the payload::

    written = Written(document.blocks, schemes=("http", "https"))
    pages: list[list[Character]] = ...                      # read from the payloads, continuation lines apart
    assert lost(written.characters(), [c for page in pages for c in page]) == []
    assert written.broken([len(page) for page in pages], longest=1000) == []
"""

from __future__ import annotations

from bisect import bisect_right
from functools import cache
from operator import itemgetter
from typing import TYPE_CHECKING, TypeAlias

import regex

from core.document.build import clean, spelled_out
from core.document.nodes import (
    Code,
    CodeBlock,
    Emphasis,
    Fold,
    Heading,
    Item,
    Link,
    List,
    Paragraph,
    Quote,
    Strike,
    Strong,
    Table,
    Text,
    Time,
)
from core.document.text import normalise, number, plain, walk
from core.render.paginate import continuation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from core.document.nodes import Block, Blocks, Document, Inline, Inlines
    from core.render.port import Message, Renderer

Style: TypeAlias = str
"""``strong``, ``emphasis``, ``strike``, ``code`` or ``link URL``."""

Character: TypeAlias = tuple[str, frozenset[Style]]

Judge: TypeAlias = "Callable[[Renderer, Document, tuple[Message, ...]], list[str]]"
"""Tells what is wrong with the messages that a renderer made of a document."""

PLAIN: frozenset[Style] = frozenset()
_STYLES: dict[type, Style] = {Strong: "strong", Emphasis: "emphasis", Strike: "strike"}
_WORD = regex.compile(r"[\p{Latin}\p{Cyrillic}\p{Hangul}\p{Nd}_]+")
_GRAPHEME = regex.compile(r"\X")


def visible(text: str, styles: frozenset[Style] = PLAIN) -> list[Character]:
    """Return the characters of ``text`` that are no frame, with their styles."""
    return [(character, styles) for character in clean(text) if _is_read(character)]


@cache
def _is_read(character: str) -> bool:
    return bool(normalise(character))


class Written:
    """Blocks as they are to be read. ``schemes`` are those that the platform makes links of; others are spelled out."""

    def __init__(self, blocks: Blocks, *, schemes: tuple[str, ...] = ("http", "https", "mailto", "tel")) -> None:
        self._schemes = schemes
        self._runs: list[tuple[str, frozenset[Style]]] = []
        self._wholes: list[tuple[int, int]] = []
        self._length = 0
        self._blocks(blocks)

    def characters(self) -> list[Character]:
        """Return every visible character with its styles."""
        return [character for text, styles in self._runs for character in visible(text, styles)]

    def broken(self, lengths: Sequence[int], longest: int) -> list[str]:
        """Return the words, graphemes, links and codes that a border between pages goes through.

        ``lengths`` count the visible characters of each page. What is longer than ``longest`` may be cut.
        """
        if len(lengths) < 2:
            return []
        text = "".join(text for text, _ in self._runs)
        seen = [index for index, character in enumerate(text) if _is_read(character)]
        borders: set[int] = set()
        total = 0
        for length in lengths[:-1]:
            total += length
            if 0 < total < len(seen):
                borders.add(total)
        cuts = [(seen[border - 1] + 1, seen[border]) for border in sorted(borders)]
        edges = {edge for whole in self._wholes for edge in whole}
        within = [cut for cut in cuts if edges.isdisjoint(cut)]  # a long link may begin a page in the middle of a word
        found = [whole for whole in self._wholes if _crossed(whole, cuts)]
        found += [match.span() for match in _WORD.finditer(text) if _crossed(match.span(), within)]
        graphemes = (match.span() for match in _GRAPHEME.finditer(text))
        found += [(start, end) for start, end in graphemes if end - start > 1 and _crossed((start, end), cuts)]
        return [text[start:end][:40] for start, end in found if end - start <= longest]

    def _add(self, text: str, styles: frozenset[Style] = PLAIN) -> None:
        text = clean(text)
        self._runs.append((text, styles))
        self._length += len(text)

    def _blocks(self, blocks: Blocks) -> None:
        for block in blocks:
            self._block(block)
            self._add("\n")

    def _block(self, block: Block) -> None:
        match block:
            case Heading(_, children) | Paragraph(children):
                self._inlines(children, PLAIN)
            case CodeBlock(value):
                self._add(value, frozenset({"code"}))
            case List(items):
                for index, item in enumerate(items):
                    self._add(number(block, index))
                    self._blocks(item.blocks)
            case Quote(blocks) | Item(blocks):
                self._blocks(blocks)
            case Fold(summary, blocks):
                self._inlines(summary, PLAIN)
                self._add("\n")
                self._blocks(blocks)
            case Table(header, rows):
                for cell in (cell for row in (header, *rows) for cell in row):
                    self._inlines(cell, PLAIN)
                    self._add("\n")
            case _:
                pass

    def _inlines(self, inlines: Inlines, styles: frozenset[Style]) -> None:
        for inline in inlines:
            self._inline(inline, styles)

    def _inline(self, inline: Inline, styles: frozenset[Style]) -> None:
        start = self._length
        match inline:
            case Text(value):
                self._add(value, styles)
            case Code(value):
                self._add(value, styles | {"code"})
                self._wholes.append((start, self._length))
            case Time(_, text):
                self._add(text, styles)
                self._wholes.append((start, self._length))
            case Link():
                self._link(inline, styles)
                if inline.url.partition(":")[0] in self._schemes:
                    self._wholes.append((start, self._length))
            case _:
                self._inlines(inline.children, styles | {_STYLES[type(inline)]})

    def _link(self, link: Link, styles: frozenset[Style]) -> None:
        scheme, _, address = link.url.partition(":")
        if any(style.startswith("link ") for style in styles):
            self._inlines(link.children, styles)
        elif scheme in self._schemes:
            label = link.children if plain(link.children).strip() else (Text(link.url),)
            self._inlines(label, styles | {f"link {link.url}"})
        else:
            self._inlines(link.children, styles)
            self._add(spelled_out(plain(link.children), address), styles)


def _crossed(span: tuple[int, int], cuts: Sequence[tuple[int, int]]) -> bool:
    """Tell whether one of the cuts, which are in order, lies within the span."""
    first = bisect_right(cuts, span[0], key=itemgetter(0))
    return first < len(cuts) and cuts[first][1] < span[1]


def lost(written: Sequence[Character], read: Iterable[Character]) -> list[str]:
    """Return what is missing in ``read``: text, emphasis, code, links.

    Code in links, and styles on code, may give way.
    """
    found = list(read)
    if (ours := "".join(c for c, _ in written)) != (theirs := "".join(c for c, _ in found)):
        pairs = enumerate(zip(ours, theirs, strict=False))
        at = next((index for index, (one, other) in pairs if one != other), min(len(ours), len(theirs)))
        start = max(0, at - 20)
        return [f"text differs at {at}: {ours[start : at + 20]!r} became {theirs[start : at + 20]!r}"]
    missing: list[str] = []
    for (character, wanted), (_, styles) in zip(written, found, strict=True):
        if wanted <= styles:
            continue
        links = {style for style in wanted if style.startswith("link ")}
        gone = set(links - styles)
        if "code" in wanted:
            gone |= {"code"} - styles if not links else set()
        elif "code" not in styles:
            gone |= wanted - links - styles
        if gone:
            missing.append(f"{character!r} lost {sorted(gone)}")
    return missing[:5]


def gained(written: Sequence[Character], read: Sequence[Character], document: Document) -> list[str]:
    """Return what ``read`` has too much: styles, apart from those that platforms without tables or titles make do with.

    Heads of tables, summaries and headings may become bold, narrow tables preformatted.
    """
    titles = any(isinstance(node, Table | Fold | Heading) for node in walk(document.blocks))
    fine: set[Style] = {"strong", "code"} if titles else set()
    gains = ((one[0], other[1] - one[1] - fine) for one, other in zip(written, read, strict=True))
    return [f"{character!r} gained {sorted(gain)}" for character, gain in gains if gain][:5]


def over(renderer: Renderer, messages: Iterable[Message]) -> list[str]:
    """Return the counts of messages that are over a limit of the platform."""
    limits = {name: limit.value for name, limit in renderer.profile.limits.items()}
    counts = (count for message in messages for count in message.counts.items())
    return [f"{name} {count}" for name, count in counts if count > limits.get(name, count)]


def without_continuations(pages: Sequence[list[Character]], title: str) -> list[str]:
    """Take the line that says which page it is off each page but the first; return what is wrong with those lines."""
    found: list[str] = []
    for index, page in enumerate(pages[1:], start=2):
        line = visible(continuation(" ".join(clean(title).split()), index, len(pages)))
        if [character for character, _ in page[: len(line)]] != [character for character, _ in line]:
            found.append(f"page {index} does not say which it is")
        del page[: len(line)]
    return found
