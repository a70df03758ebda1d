"""Plain text of nodes: reading it, comparing it, shortening it."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, TypeAlias

import regex

from core.document.nodes import (
    Actions,
    Block,
    Code,
    CodeBlock,
    Divider,
    Emphasis,
    Fold,
    Heading,
    Inline,
    Inlines,
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

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Node: TypeAlias = Block | Inline | ListItem

FRAME = frozenset("|·•◦▪▫‣●○■□☐☑")
"""Characters that renderers and writers put around words, beside white space and invisible characters."""

ELLIPSIS = "…"
_LETTER = r"[[\p{L}\p{N}_]--[\p{Han}\p{Hiragana}\p{Katakana}]]"
_IN_WORD = regex.compile(rf"{_LETTER}|\p{{M}}", regex.V1)
_WORD_AT_END = regex.compile(rf"{_LETTER}(?:{_LETTER}|[\p{{M}}\u200c\u200d])*$", regex.V1)
_INLINES = (Text, Strong, Emphasis, Strike, Code, Link, Time)
_LEAVES = (Text, Code)
_STYLES = (Strong, Emphasis, Strike, Link)


def plain(nodes: Node | Iterable[Node]) -> str:
    """Return what a reader reads, without style.

    Blocks, list items, table rows and hard breaks stand on lines of their own, table cells are divided by " | ",
    items of an ordered list begin with their number, bullets are left out. Buttons and dividers have no text.
    """
    if isinstance(nodes, tuple):
        if (text := _simple(nodes)) is not None:
            return text
    elif isinstance(nodes, _INLINES):
        return _inline(nodes)
    elif isinstance(nodes, ListItem):
        return plain(nodes.blocks)
    elif isinstance(nodes, Block):
        return _block(nodes)
    texts: list[str] = []
    inline = False
    for node in nodes:
        if isinstance(node, _INLINES):
            text = _inline(node)
            texts.append(text if inline or not texts else f"\n{text}")
            inline = True
        elif text := plain(node):
            texts.append(f"\n{text}" if texts else text)
            inline = False
    return "".join(texts)


def _simple(nodes: tuple[Node, ...]) -> str | None:
    """Return the text of texts, codes, styles and links, which is what nearly all is read of; None for the rest."""
    texts: list[str] = []
    for node in nodes:
        if isinstance(node, _LEAVES):
            texts.append(node.value)
        elif isinstance(node, _STYLES):
            texts.append(plain(node.children))
        else:
            return None
    return "".join(texts)


def _inline(node: Inline) -> str:
    if isinstance(node, _LEAVES):
        return node.value
    if isinstance(node, Time):
        return node.text
    return "".join([_inline(child) for child in node.children])


def _block(node: Block) -> str:
    lines: Iterable[str] = ()
    match node:
        case Heading() | Paragraph():
            lines = (plain(node.children),)
        case CodeBlock():
            lines = (node.value.rstrip("\n"),)
        case List():
            lines = (f"{number(node, index)}{plain(item)}" for index, item in enumerate(node.items))
        case Quote() | Item():
            lines = (plain(node.blocks),)
        case Fold():
            lines = (plain(node.summary), plain(node.blocks))
        case Table():
            lines = (" | ".join(map(plain, row)) for row in (node.header, *node.rows) if any(map(plain, row)))
        case Divider() | Actions():
            pass
    return _lines(lines)


def _lines(texts: Iterable[str]) -> str:
    return "\n".join(text for text in texts if text)


def number(items: List, index: int) -> str:
    """Return what stands before the item of an ordered list ("3. "), "" for bullets."""
    return "" if items.start is None else f"{items.start + index}. "


def normalise(text: str) -> str:
    """Return the words alone, for comparing what was written with what is read.

    Dropped are white space, control and format characters (joiners too), lone surrogates and the characters of
    ``FRAME``; nothing is folded, so that a changed letter or punctuation mark is a difference. The rest is in
    Unicode's composed form.
    """
    return unicodedata.normalize("NFC", "".join(character for character in text if not _is_frame(character)))


@cache
def _is_frame(character: str) -> bool:
    return (
        character in FRAME
        or character.isspace()
        or unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp", "Zs"}
    )


def walk(nodes: Node | Iterable[Node]) -> Iterator[Node]:
    """Yield every node in the order in which it is read, parents before children."""
    waiting = [iter(_sequence(nodes))]
    while waiting:
        node = next(waiting[-1], None)
        if node is None:
            waiting.pop()
            continue
        yield node
        waiting.append(iter(_children(node)))


def _sequence(nodes: Node | Iterable[Node]) -> Iterable[Node]:
    return (nodes,) if isinstance(nodes, (*_INLINES, ListItem, Block)) else nodes


def _children(node: Node) -> Iterable[Node]:
    match node:
        case Heading() | Paragraph() | Strong() | Emphasis() | Strike() | Link():
            return node.children
        case Quote() | Item() | ListItem():
            return node.blocks
        case List():
            return node.items
        case Fold():
            return (*node.summary, *node.blocks)
        case Table():
            return (inline for row in (node.header, *node.rows) for cell in row for inline in cell)
        case _:
            return ()


def links(nodes: Node | Iterable[Node]) -> tuple[Link, ...]:
    """Return every link in reading order."""
    found: list[Link] = []
    _gather_links(_sequence(nodes), found)
    return tuple(found)


def _gather_links(nodes: Iterable[Node], found: list[Link]) -> None:
    for node in nodes:
        if isinstance(node, Link):
            found.append(node)
        if not isinstance(node, _LEAVES):
            _gather_links(_children(node), found)


def joined(inlines: Iterable[Inline]) -> Inlines:
    """Return the inlines with neighbouring texts put together and empty ones left out."""
    whole = tuple(inlines)
    if not _is_loose(whole):
        return whole
    kept: list[Inline] = []
    pending: list[str] = []
    for inline in whole:
        if isinstance(inline, Text):
            pending.append(inline.value)
            continue
        if text := "".join(pending):
            kept.append(Text(text))
        pending.clear()
        kept.append(inline)
    if text := "".join(pending):
        kept.append(Text(text))
    return tuple(kept)


def _is_loose(inlines: Inlines) -> bool:
    """Tell whether there are empty texts, or texts side by side."""
    follows = False
    for inline in inlines:
        if not isinstance(inline, Text):
            follows = False
        elif follows or not inline.value:
            return True
        else:
            follows = True
    return False


def cut(inlines: Iterable[Inline], position: int) -> tuple[Inlines, Inlines]:
    """Return what stands before and from ``position``, an offset in the plain text.

    Styles and links that are cut go on on both sides.
    """
    if position <= 0:
        return (), tuple(inlines)
    before: list[Inline] = []
    after: list[Inline] = []
    for inline in inlines:
        length = len(_inline(inline))
        if length <= position and position > 0:
            before.append(inline)
        elif position <= 0:
            after.append(inline)
        else:
            left, right = _cut_one(inline, position)
            before.extend(left)
            after.extend(right)
        position -= length
    return tuple(before), tuple(after)


def _cut_one(inline: Inline, position: int) -> tuple[Inlines, Inlines]:
    match inline:
        case Text():
            return (Text(inline.value[:position]),), (Text(inline.value[position:]),)
        case Code():
            return (Code(inline.value[:position]),), (Code(inline.value[position:]),)
        case Time():
            return (), (inline,)
        case _:
            left, right = cut(inline.children, position)
            return (replace(inline, children=left),), (replace(inline, children=right),)


def stripped(inlines: Iterable[Inline]) -> Inlines:
    """Return the inlines without white space at both ends."""
    whole = joined(inlines)
    if not whole:
        return whole
    first, last = _inline(whole[0]), _inline(whole[-1])
    if first and last and not first[0].isspace() and not last[-1].isspace():
        return whole  # as nearly always, and then nothing needs to be cut
    text = plain(whole)
    _, whole = cut(whole, len(text) - len(text.lstrip()))
    whole, _ = cut(whole, len(text.strip()))
    return joined(whole)


def truncate(inlines: Iterable[Inline], units: int) -> Inlines:
    """Return the inlines if they take at most ``units`` UTF-16 code units, else their beginning with an ellipsis.

    The cut never falls inside a grapheme, and not inside a word unless the word alone is too long. The ellipsis
    counts. Styles and links stay on what remains.
    """
    whole = tuple(inlines)
    text = plain(whole)
    if utf16_length(text) <= units:
        return whole
    end = _fitting(text, max(0, units - 1))
    head, _ = cut(whole, end)
    return (*joined(head), Text(ELLIPSIS))


def utf16_length(text: str) -> int:
    """Return the length of the text in UTF-16 code units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _fitting(text: str, units: int) -> int:
    end = 0
    for grapheme in regex.finditer(r"\X", text):
        units -= utf16_length(grapheme.group())
        if units < 0:
            break
        end = grapheme.end()
    head = text[:end]
    if _IN_WORD.match(text, end):
        word = _WORD_AT_END.search(head)
        head = head[: word.start()] if word and word.start() else head
    return len(head.rstrip(" \t\n,;:，；：、—–-（("))
