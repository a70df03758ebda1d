"""The lines of a paragraph, from the parser's inline nodes to ours."""

from __future__ import annotations

import html
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import comrak
import regex
from msgspec import Struct

from core.digest.commonmark import Node, prose_nodes
from core.document import build
from core.document.nodes import Emphasis, Inline, Inlines, Strike, Strong, Text
from core.document.text import joined, plain, stripped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

NESTING = 12

_SOFT = "\u2028"
"""Stands for a line's end within a style until its neighbours are known; texts never contain it."""

_LETTER = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}\u3000-\u303f\uff00-\uffef"
_CJK = regex.compile(rf"[{_LETTER}]")
_ADDRESS = regex.compile(rf"(?<![A-Za-z0-9@])(?:https?://|mailto:)[^\s<>\"`|\\^{{}}{_LETTER}“”‘’…—]+", regex.IGNORECASE)
_MAY_LINK = regex.compile("://|mailto:", regex.IGNORECASE)
"""Is in every address, and found much faster."""
_AFTER_SENTENCE = ".,;:!?'*_~"
_OPENING = {")": "(", "]": "["}
_TAG = regex.compile(r"<(?P<close>/?)(?P<name>[A-Za-z][A-Za-z0-9-]*)")
_ATTRIBUTE = regex.compile(r"([A-Za-z-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))")
_ELEMENTS = {
    "b": "strong", "strong": "strong", "i": "em", "em": "em", "s": "s", "del": "s", "strike": "s", "a": "link",
}  # fmt: skip
_MEANING: dict[str, Callable[[Inlines], Inline]] = {"strong": Strong, "em": Emphasis, "s": Strike}
_STYLES: dict[type, Callable[[Inlines], Inline]] = {
    comrak.Strong: Strong,
    comrak.Emph: Emphasis,
    comrak.Strikethrough: Strike,
}
_BLOCK_NAMES = (
    "address article aside blockquote br center dd details div dl dt figcaption figure footer h1 h2 h3 h4 h5 h6 header "
    "hr li main nav ol p section summary table tbody tfoot thead tr ul"
)
_PROSE_NAMES = (
    "abbr big bdi bdo cite code dfn font ins kbd label mark picture q rp rt ruby samp small source span sub sup td th "
    "time tt u var wbr"
)
_BREAKS = frozenset(_BLOCK_NAMES.split())
_PROSE = frozenset(_PROSE_NAMES.split())


class Line(Struct, frozen=True, gc=False):
    """A line of a paragraph and its plain ``text``. ``number`` is its 1-based source line.

    ``hard`` says that a hard break ends it.
    """

    children: Inlines
    text: str
    number: int
    hard: bool = False


def line(inlines: Iterable[Inline], number: int, *, hard: bool = False) -> Line:
    """Return a line of these inlines, without white space at its ends."""
    return _line(joined(inlines), number, hard=hard)


def _line(children: Inlines, number: int, *, hard: bool = False) -> Line:
    text = plain(children)
    if text and (text[0].isspace() or text[-1].isspace()):
        children, text = stripped(children), text.strip()
    return Line(children, text, number, hard)


def lines(nodes: Sequence[Node], number: int, source: Sequence[str]) -> tuple[Line, ...]:
    """Return the lines of a paragraph that begins on the source line ``number``; ``source`` has all of them."""
    run = _Run(source)
    found: list[Line] = []
    for node in nodes:
        value = node.node_value
        if type(value) not in _MAY_END or run.is_open or not (end := _line_end(value)):
            run.add(node, value)
            continue
        found.append(_line(run.close(), number, hard=end.hard))
        number += run.breaks + end.written
        run = _Run(source)
    found.append(_line(run.close(), number))
    return tuple(found)


def prose_lines(text: str, number: int) -> tuple[Line, ...]:
    """Return the lines of a text in which nothing opens a block, such as HTML."""
    source = text.split("\n")
    return tuple(one for node in prose_nodes(text) for one in lines(node.children, number, source))


def join_lines(lines: Sequence[Line]) -> Inlines:
    """Return the lines as one run of inlines: Chinese is joined without a space, hard breaks stay."""
    if len(lines) < 2:  # noqa: PLR2004  # as nearly always, and then there is nothing to join
        return lines[0].children if lines else ()
    whole: list[Inline] = []
    hard = False
    end = ""
    for one in lines:
        if whole and one.children:
            whole.append(Text("\n" if hard else _glue(end, one.text[:1])))
        whole.extend(one.children)
        end = one.text[-1:] or end
        hard = one.hard or (hard and not one.children)
    return joined(whole)


def addresses(text: str) -> Iterator[tuple[int, str]]:
    """Yield place and text of every bare address; they end where Chinese or a sentence's punctuation begins."""
    for match in _ADDRESS.finditer(text):
        url = match.group().rstrip(_AFTER_SENTENCE)
        while url.endswith((")", "]")) and url.count(_OPENING[url[-1]]) < url.count(url[-1]):
            url = url[:-1].rstrip(_AFTER_SENTENCE)
        yield match.start(), url


def attributes(tag: str) -> dict[str, str]:
    """Return the attributes of an HTML tag, their names in small letters."""
    return {key.lower(): html.unescape(a or b or c) for key, a, b, c in _ATTRIBUTE.findall(tag)}


class _End(NamedTuple):
    """What ends a line: whether for the reader too, and whether a line of the source ends with it."""

    hard: bool
    written: bool


_ENDS = {comrak.SoftBreak: _End(hard=False, written=True), comrak.LineBreak: _End(hard=True, written=True)}
_MAY_END = frozenset({*_ENDS, comrak.HtmlInline})
_TAG_END = _End(hard=True, written=False)


def _line_end(value: Any) -> _End | None:  # noqa: ANN401  # one of the parser's kinds, told by its type
    kind = type(value)
    if kind is comrak.HtmlInline and (match := _TAG.match(value.value)) and match["name"].lower() in _BREAKS:
        return _TAG_END
    return _ENDS.get(kind)


def _glue(before: str, after: str) -> str:
    return "" if _CJK.match(before) and _CJK.match(after) else " "


class _Run:
    """Collects the inlines of one line, with the HTML elements that are open in it."""

    def __init__(self, source: Sequence[str], depth: int = 0, *, linked: bool = False) -> None:
        self.breaks = 0
        self._source = source
        self._depth = depth
        self._linked = linked
        self._found: list[Inline] = []
        self._open: list[tuple[str, str, list[Inline]]] = []
        """Elements: what they mean, where they lead, and what was found before them."""

    @property
    def is_open(self) -> bool:
        return bool(self._open)

    def add(self, node: Node, value: Any) -> None:  # noqa: ANN401  # as above
        kind = type(value)
        if kind is comrak.Text:
            self._found += _read(value.value, linked=self._linked)
        elif kind in _STYLES:
            self._style(node, kind)
        elif kind is comrak.Link:
            inner = self._inner(node, linked=True)
            self._found += inner if self._linked else build.safe_link(inner, value.value.url)
        elif kind is comrak.SoftBreak:
            self._break(_SOFT)
        elif kind is comrak.LineBreak:
            self._break("\n")
        elif kind is comrak.Code:
            self._found += build.code(value.value.literal)
        elif kind is comrak.Image:
            self._image(_alternative(node), value.value.url)
        elif kind is comrak.HtmlInline:
            self._html(value.value)
        else:
            self._found += self._inner(node)

    def close(self) -> Inlines:
        """Return what was collected; elements that were never closed vanish around their text."""
        while self._open:
            _, _, before = self._open.pop()
            self._found = before + self._found
        whole = joined(self._found)
        return tuple(map(_glued, whole)) if self.breaks else whole

    def _break(self, text: str) -> None:
        self.breaks += 1
        self._found.append(Text(text))

    def _style(self, node: Node, kind: type) -> None:
        inner = self._inner(node)
        if not plain(inner).strip():
            self._found += inner
        elif kind is not comrak.Strikethrough or self._is_doubled(node):
            self._found.append(_STYLES[kind](inner))
        else:
            self._found += (Text("~"), *inner, Text("~"))

    def _image(self, alternative: str, url: str) -> None:
        text = build.text(alternative)
        self._found += text if self._linked else build.safe_link(text, url)

    def _inner(self, node: Node, *, linked: bool = False) -> Inlines:
        if self._depth >= NESTING:
            return build.text(_alternative(node))
        linked = linked or self._linked
        children = [(child, child.node_value) for child in node.children]
        if len(children) == 1 and type(only := children[0][1]) is comrak.Text:  # as nearly always
            return _read(only.value, linked=linked)
        run = _Run(self._source, self._depth + 1, linked=linked)
        for child, value in children:
            run.add(child, value)
        self.breaks += run.breaks
        return run.close()

    def _is_doubled(self, node: Node) -> bool:
        """Tell whether a strike-through is written with two tildes: one alone means "about" in prose."""
        start = node.sourcepos.start
        return self._source[start.line - 1].encode()[start.column - 1 : start.column + 1] == b"~~"

    def _html(self, tag: str) -> None:
        match = _TAG.match(tag)
        name = match["name"].lower() if match else ""
        if name in _ELEMENTS:
            self._element(_ELEMENTS[name], tag, closes=bool(match and match["close"]))
        elif name == "img":
            found = attributes(tag)
            self._image(found.get("alt", ""), found.get("src", ""))
        elif name in _BREAKS:
            self._found.append(Text("\n"))
        elif name in {"td", "th"}:
            self._found.append(Text(" "))
        elif name not in _PROSE and not tag.startswith("<!--"):
            self._found += build.text(tag)

    def _element(self, kind: str, tag: str, *, closes: bool) -> None:
        if not closes:
            if self._depth + len(self._open) < NESTING:
                self._open.append((kind, attributes(tag).get("href", ""), self._found))
                self._found = []
        elif self._open and self._open[-1][0] == kind:
            whole = joined(self._found)
            _, url, self._found = self._open.pop()
            if kind == "link":
                self._found += whole if self._linked else build.safe_link(whole, url)
            else:
                self._found += (_MEANING[kind](whole),) if plain(whole).strip() else whole


def _glued(inline: Inline) -> Inline:
    if not isinstance(inline, Text) or _SOFT not in inline.value:
        return inline
    parts = inline.value.split(_SOFT)
    whole = [parts[0]]
    for before, part in pairwise(parts):
        whole.extend((_glue(before[-1:], part[:1]), part))
    return Text("".join(whole))


def _read(text: str, *, linked: bool) -> Inlines:
    """Return a text with its bare addresses as links, unless it is ``linked`` itself."""
    if linked or ":" not in text or not _MAY_LINK.search(text):
        return build.text(text)
    found: list[Inline] = []
    done = 0
    for start, url in addresses(text):
        found.extend(build.text(text[done:start]))
        found.extend(build.safe_link(build.text(url), url))
        done = start + len(url)
    return (*found, *build.text(text[done:]))


def _alternative(node: Node) -> str:
    """Return the plain text within a node."""
    found: list[str] = []
    waiting = [node]
    while waiting:
        inner = waiting.pop()
        match inner.node_value:
            case comrak.Text(value=text):
                found.append(text)
            case comrak.Code(value=code):
                found.append(code.literal)
            case comrak.SoftBreak() | comrak.LineBreak():
                found.append(" ")
        waiting.extend(reversed(inner.children))
    return "".join(found)
