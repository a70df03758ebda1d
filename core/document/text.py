"""Plain text of nodes: reading it, comparing it, shortening it."""

from __future__ import annotations

import unicodedata
from functools import cache
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Any, TypeAlias

import regex
from msgspec.structs import replace

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
    from collections.abc import Callable, Iterable, Iterator

Node: TypeAlias = Block | Inline | ListItem

FRAME = frozenset("|·•◦▪▫‣●○■□☐☑")
"""Characters that renderers and writers put around words, beside white space and invisible characters."""

ELLIPSIS = "…"
_LETTER = r"[[\p{L}\p{N}_]--[\p{Han}\p{Hiragana}\p{Katakana}]]"
_IN_WORD = regex.compile(rf"{_LETTER}|\p{{M}}", regex.V1)
_WORD_AT_END = regex.compile(rf"{_LETTER}(?:{_LETTER}|[\p{{M}}\u200c\u200d])*$", regex.V1)
SURROGATES = regex.compile("[\ud800-\udfff]")
_INLINES = frozenset({Text, Strong, Emphasis, Strike, Code, Link, Time})


def plain(nodes: Node | Iterable[Node]) -> str:
    """Return what a reader reads, without style.

    Blocks, list items, table rows and hard breaks stand on lines of their own, table cells are divided by " | ",
    items of an ordered list begin with their number, bullets are left out. Buttons and dividers have no text.
    """
    if type(nodes) is tuple:
        return _read_all(nodes)
    if read := _READ.get(type(nodes)):
        return read(nodes)
    return _read_all(tuple(nodes))  # type: ignore[arg-type]  # what is no node is many


def _read_all(nodes: tuple[Node, ...]) -> str:
    if len(nodes) == 1:
        node = nodes[0]
        return node.value if type(node) is Text else _READ[type(node)](node)
    texts: list[str] = []
    after_inline = True
    for node in nodes:
        kind = type(node)
        if kind is Text:
            text, inline = node.value, True  # type: ignore[union-attr]  # told by its type, which is quicker to ask
        else:
            text, inline = _READ[kind](node), kind in _INLINES
            if not inline and not text:
                continue
        if texts and not (inline and after_inline):
            texts.append("\n")
        texts.append(text)
        after_inline = inline
    return "".join(texts)


def _read_inlines(inlines: Inlines) -> str:
    return "".join([inline.value if type(inline) is Text else _READ[type(inline)](inline) for inline in inlines])


def _read_children(node: Heading | Paragraph | Strong | Emphasis | Strike | Link) -> str:
    children = node.children
    if len(children) == 1 and type(children[0]) is Text:
        return children[0].value  # as nearly always
    return _read_inlines(children)


def _read_list(node: List) -> str:
    items = (f"{number(node, index)}{_read_all(item.blocks)}" for index, item in enumerate(node.items))
    return "\n".join(filter(None, items))


def _read_table(node: Table) -> str:
    rows = (tuple(map(_read_inlines, row)) for row in (node.header, *node.rows))
    return "\n".join(" | ".join(row) for row in rows if any(row))


def _read_fold(node: Fold) -> str:
    return "\n".join(filter(None, (_read_inlines(node.summary), _read_all(node.blocks))))


_value = attrgetter("value")
_READ: dict[type, Callable[[Any], str]] = {
    Text: _value,
    Code: _value,
    Time: attrgetter("text"),
    **dict.fromkeys((Strong, Emphasis, Strike, Link, Heading, Paragraph), _read_children),
    **dict.fromkeys((Quote, Item, ListItem), lambda node: _read_all(node.blocks)),
    CodeBlock: lambda node: node.value.rstrip("\n"),
    List: _read_list,
    Table: _read_table,
    Fold: _read_fold,
    **dict.fromkeys((Divider, Actions), lambda _: ""),
}


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


def storable(text: str) -> str:
    """Return the text with U+FFFD for what neither files nor databases take: NUL and lone surrogates.

    https://www.postgresql.org/docs/current/datatype-character.html, https://sqlite.org/nulinstr.html
    """
    if "\0" in text:
        text = text.replace("\0", "\ufffd")
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return SURROGATES.sub("\ufffd", text)
    return text


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
        for node in waiting[-1]:
            yield node
            if within := _WITHIN.get(type(node)):
                waiting.append(iter(within(node)))
                break
        else:
            waiting.pop()


def _sequence(nodes: Node | Iterable[Node]) -> Iterable[Node]:
    return (nodes,) if type(nodes) in _READ else nodes  # type: ignore[return-value]  # what is no node is many


_WITHIN: dict[type, Callable[[Any], Iterable[Node]]] = {
    **dict.fromkeys((Heading, Paragraph, Strong, Emphasis, Strike, Link), attrgetter("children")),
    **dict.fromkeys((Quote, Item, ListItem), attrgetter("blocks")),
    List: attrgetter("items"),
    Fold: lambda node: (*node.summary, *node.blocks),
    Table: lambda node: (inline for row in (node.header, *node.rows) for cell in row for inline in cell),
}


def links(nodes: Node | Iterable[Node]) -> tuple[Link, ...]:
    """Return every link in reading order."""
    found: list[Link] = []
    _gather_links(_sequence(nodes), found)
    return tuple(found)


def _gather_links(nodes: Iterable[Node], found: list[Link]) -> None:
    for node in nodes:
        if type(node) is Text:
            continue
        if type(node) is Link:
            found.append(node)
        if within := _WITHIN.get(type(node)):
            _gather_links(within(node), found)


def joined(inlines: Iterable[Inline]) -> Inlines:
    """Return the inlines with neighbouring texts put together and empty ones left out."""
    whole = tuple(inlines)
    if len(whole) == 1 and (type(whole[0]) is not Text or whole[0].value):
        return whole
    follows = False
    for inline in whole:
        if type(inline) is not Text:
            follows = False
        elif follows or not inline.value:
            return tuple(_joined(whole))
        else:
            follows = True
    return whole  # as nearly always


def _joined(inlines: Inlines) -> Iterator[Inline]:
    for is_text, group in groupby(inlines, key=lambda inline: type(inline) is Text):
        if not is_text:
            yield from group
        elif text := "".join([inline.value for inline in group if type(inline) is Text]):
            yield Text(text)


def cut(inlines: Iterable[Inline], position: int) -> tuple[Inlines, Inlines]:
    """Return what stands before and from ``position``, an offset in the plain text.

    Styles and links that are cut go on on both sides.
    """
    whole = tuple(inlines)
    if position <= 0:
        return (), whole
    for index, inline in enumerate(whole):
        length = len(inline.value) if type(inline) is Text else len(plain(inline))
        if length > position:
            left, right = _cut_one(inline, position)
            return (*whole[:index], *left), (*right, *whole[index + 1 :])
        position -= length
        if not position:
            return whole[: index + 1], whole[index + 1 :]
    return whole, ()


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
    first = _READ[type(whole[0])](whole[0])
    last = first if len(whole) == 1 else _READ[type(whole[-1])](whole[-1])
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
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


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
