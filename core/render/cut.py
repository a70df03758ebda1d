"""Where a text may be cut, and how inlines are cut there."""

from __future__ import annotations

import unicodedata
from enum import IntEnum
from itertools import accumulate, chain
from typing import TYPE_CHECKING, TypeAlias

import regex
from msgspec import Struct
from msgspec.structs import replace

from core.document.nodes import Code, Emphasis, Link, Strike, Strong, Text, Time

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from core.document.nodes import Inline, Inlines


class Grain(IntEnum):
    """How fine a cut within a text is. Links, code and times stay whole up to ``WORD``."""

    LINE = 0
    SENTENCE = 1
    CLAUSE = 2
    WORD = 3
    TOKEN = 4
    WORD_IN_LINK = 5
    TOKEN_IN_LINK = 6
    WORD_IN_CODE = 7
    TOKEN_IN_CODE = 8
    GRAPHEME = 9
    CHARACTER = 10


_LINE_END = regex.compile(r"(?P<end>\n++)")
_SENTENCE_END = regex.compile(
    r"(?P<end>[。！？…]++[\p{Pe}\p{Pf}\"']*+\s*+)|[.!?]++[\p{Pe}\p{Pf}\"']*+(?P<space>\s++)?|(?P<line>\n++)"
)
_CLAUSE_END = regex.compile(r"(?P<end>[，、；：]++[\p{Pe}\p{Pf}]*+\s*+)|[,;:]++[\p{Pe}\p{Pf}\"']*+(?P<space>\s++)?")
_CJK = r"\p{Han}\p{Hiragana}\p{Katakana}"
_WORD = regex.compile(rf"[{_CJK}](?:[^\s\w\p{{Ps}}\p{{Pi}}]|[\p{{M}}\u200c\u200d])*+\s*+|[^\s{_CJK}]++\s*+|\s++")
_GRAPHEME = regex.compile(r"\X")
_TOKEN = regex.compile(r"[\w\p{M}\u200c\u200d]++|.", regex.DOTALL)
_OPENING = frozenset({"Ps", "Pi"})


def boundaries(inlines: Inlines, grain: Grain) -> list[int]:
    """Return the offsets into the text of ``inlines``, ascending, at which it may be cut at this grain.

    Neither 0 nor the length is among them. No cut divides a grapheme or leaves nothing but blanks of a link's label on
    one side (but at ``CHARACTER``): a link without words shows its address instead.
    """
    flow = _Flow()
    flow.read(inlines)
    text = "".join(flow.texts)
    last = len(text)
    kept = [*flow.times]
    kept += flow.links if grain < Grain.WORD_IN_LINK else ()
    kept += flow.codes if grain < Grain.WORD_IN_CODE else ()
    blank = [] if grain is Grain.CHARACTER else [*chain.from_iterable(_blank_ends(text, link) for link in flow.links)]
    offsets = _offsets(text, grain)
    if not kept and not blank:
        return [offset for offset in offsets if 0 < offset < last]
    inside = bytearray(last + 1)
    for start, end in kept:
        inside[start + 1 : end] = b"\1" * max(0, end - start - 1)
    for offset in blank:
        inside[offset] = 1
    if Grain.TOKEN <= grain < Grain.GRAPHEME:
        offsets = sorted({*offsets, *chain.from_iterable(kept)})
    return [offset for offset in offsets if 0 < offset < last and not inside[offset]]


def _blank_ends(text: str, label: tuple[int, int]) -> Iterable[int]:
    """Return the offsets within a label at which one side would be blank."""
    start, end = label
    said = text[start:end]
    return chain(range(start + 1, end - len(said.lstrip()) + 1), range(max(start + len(said.rstrip()), start + 1), end))


class _Flow:
    """The text of inlines, and where in it links, codes and times are."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.links: list[tuple[int, int]] = []
        self.codes: list[tuple[int, int]] = []
        self.times: list[tuple[int, int]] = []
        self._position = 0

    def read(self, inlines: Inlines) -> None:
        """Append ``inlines``."""
        for inline in inlines:
            start = self._position
            match inline:
                case Text():
                    self._add(inline.value)
                case Code():
                    self._add(inline.value)
                    self.codes.append((start, self._position))
                case Time():
                    self._add(inline.text)
                    self.times.append((start, self._position))
                case Link():
                    self.read(inline.children)
                    self.links.append((start, self._position))
                case Strong() | Emphasis() | Strike():
                    self.read(inline.children)

    def _add(self, value: str) -> None:
        self.texts.append(value)
        self._position += len(value)


_PATTERNS = {Grain.LINE: _LINE_END, Grain.SENTENCE: _SENTENCE_END, Grain.CLAUSE: _CLAUSE_END}


def _offsets(text: str, grain: Grain) -> Iterable[int]:
    """Return the offsets, ascending, at which a text that is nothing but text may be cut at this grain."""
    match grain:
        case Grain.WORD | Grain.WORD_IN_LINK | Grain.WORD_IN_CODE:
            return _words(text)
        case Grain.TOKEN | Grain.TOKEN_IN_LINK | Grain.TOKEN_IN_CODE:
            tokens = accumulate(map(len, _TOKEN.findall(text)))
            return tokens if _is_simple(text) else filter(set(_graphemes(text)).__contains__, tokens)
        case Grain.GRAPHEME:
            return _graphemes(text)
        case Grain.CHARACTER:
            return range(len(text))
        case _:
            return _ends(_PATTERNS[grain], text)


def _graphemes(text: str) -> Iterable[int]:
    return range(1, len(text) + 1) if _is_simple(text) else accumulate(map(len, _GRAPHEME.findall(text)))


def _is_simple(text: str) -> bool:
    """Tell whether every character is a grapheme."""
    return text.isascii() and "\r" not in text


def _ends(pattern: regex.Pattern[str], text: str) -> Iterator[int]:
    for match in pattern.finditer(text):
        end = match.end()
        if match.lastgroup and (end == len(text) or not _joins(text[end])):
            yield end


def _words(text: str) -> Iterator[int]:
    for match in _WORD.finditer(text):
        end = match.end()
        if unicodedata.category(text[end - 1]) not in _OPENING and (end == len(text) or not _joins(text[end])):
            yield end


def _joins(character: str) -> bool:
    """Tell whether a character may belong to the grapheme before it."""
    return unicodedata.category(character) in {"Mn", "Mc", "Me"} or character == "\u200d"


class Piece(Struct, frozen=True):
    """A part of inlines. ``open`` counts the nodes that the cut before it went through."""

    inlines: Inlines
    open: int = 0


def split(inlines: Inlines, offsets: Sequence[int]) -> list[Piece]:
    """Cut ``inlines`` at ``offsets`` (ascending) into one piece more than there are offsets.

    Spans that are cut open again in the next piece: both pieces of a link are links.
    """
    pieces = _Splitter(offsets).run(inlines)
    pieces += [([], 0)] * (len(offsets) + 1 - len(pieces))
    return [Piece(tuple(nodes), depth) for nodes, depth in pieces]


def join(pieces: Iterable[Piece]) -> Inlines:
    """Put pieces that ``split`` made, and that follow each other, together again."""
    joined: list[Inline] = []
    for piece in pieces:
        if piece.open and joined and piece.inlines:
            joined[-1:] = [_fuse(joined[-1], piece.inlines[0], piece.open - 1), *piece.inlines[1:]]
        else:
            joined += piece.inlines
    return tuple(joined)


def _fuse(left: Inline, right: Inline, depth: int) -> Inline:
    match left, right:
        case Text(start), Text(end):
            return Text(start + end)
        case Code(start), Code(end):
            return Code(start + end)
        case (Strong() | Emphasis() | Strike() | Link(), Strong() | Emphasis() | Strike() | Link()):
            return replace(left, children=join([Piece(left.children), Piece(right.children, depth)]))
        case _:
            raise AssertionError("pieces that do not follow each other")


_Parts: TypeAlias = "list[tuple[list[Inline], int]]"


class _Splitter:
    def __init__(self, offsets: Sequence[int]) -> None:
        self._offsets = offsets
        self._next = 0
        self._position = 0

    def run(self, inlines: Inlines) -> _Parts:
        """Return the parts of ``inlines`` and how many nodes the cut before each went through."""
        parts: _Parts = [([], 0)]
        for inline in inlines:
            for number, (node, depth) in enumerate(self._cut(inline)):
                if number:
                    parts.append(([], depth if parts[-1][0] else 0))
                if not _empty(node):
                    parts[-1][0].append(node)
        return parts

    def _cut(self, inline: Inline) -> list[tuple[Inline, int]]:
        match inline:
            case Text(value) | Code(value):
                values = self._values(value)
                return [(replace(inline, value=part), 1 if values[0] or n > 1 else 0) for n, part in enumerate(values)]
            case Time(_, text):
                return [*[(Text(""), 0)] * (len(self._values(text)) - 1), (inline, 0)]
            case _:
                parts = self.run(inline.children)
                return [
                    (replace(inline, children=tuple(nodes)), depth + 1 if parts[0][0] or n > 1 else 0)
                    for n, (nodes, depth) in enumerate(parts)
                ]

    def _values(self, value: str) -> list[str]:
        values: list[str] = []
        start, end = self._position, self._position + len(value)
        cut = start
        while self._next < len(self._offsets) and self._offsets[self._next] < end:
            values.append(value[cut - start : self._offsets[self._next] - start])
            cut = self._offsets[self._next]
            self._next += 1
        values.append(value[cut - start :])
        self._position = end
        return values


def head(text: str, length: int) -> str:
    """Return as many whole graphemes of the beginning of ``text`` as have ``length`` characters together."""
    if _is_simple(text[: length + 1]):
        return text[:length]
    end = 0
    for match in _GRAPHEME.finditer(text):
        if match.end() > length:
            break
        end = match.end()
    return text[:end]


def _empty(inline: Inline) -> bool:
    match inline:
        case Text(value) | Code(value):
            return not value
        case Time():
            return False
        case _:
            return not inline.children
