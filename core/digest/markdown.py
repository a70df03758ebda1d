"""Markdown as tokens and as nodes with line numbers. Nothing here knows what an issue is.

``tokens`` reads CommonMark with tables, strike-through, bare http and mailto links, and emphasis that works next to
Chinese. Raw HTML becomes what it means: ``<b> <i> <s> <a> <br> <img> <code>`` their Markdown counterparts, other
elements of prose vanish around their text, comments vanish, and everything else that looks like a tag
(``Vec<T>``, ``<script>``, ``<!channel>``) stays text. Images become links to them with their alternative text.
Reading is linear in the size of the source: very long paragraphs are read in portions.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from linkify_it import LinkifyIt
from markdown_it import MarkdownIt
from markdown_it.parser_block import ParserBlock
from markdown_it.rules_block import reference, table
from markdown_it.rules_block.table import escapedSplit
from markdown_it.token import Token
from mdit_py_cjk_friendly import cjk_friendly, is_cjk

from core.document import build
from core.document.nodes import (
    Block,
    CodeBlock,
    Divider,
    Emphasis,
    Heading,
    Inline,
    Inlines,
    List,
    ListItem,
    Paragraph,
    Quote,
    Strike,
    Strong,
    Table,
    Text,
)
from core.document.text import joined, plain, stripped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from linkify_it.main import Match
    from markdown_it.rules_block import StateBlock
    from markdown_it.rules_core import StateCore

BLOCK_NESTING = 24
INLINE_NESTING = 12
PORTION = 10_000
MOST_COLUMNS = 64

_DEFINITION = re.compile(r"\[[^\]]+\]:\s*(?:<|https?:|mailto:|tel:|www\.|[./#]|$)")
_FOREIGN = re.compile("[\u2010-\u2027\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]")
_GLUED = re.compile(r"(?<=[\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef])https?://", re.IGNORECASE)
_TAG = re.compile(r"<(?P<close>/?)(?P<name>[A-Za-z][A-Za-z0-9-]*)")
_ATTRIBUTE = re.compile(r"([A-Za-z-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))")
_STYLES = {"b": "strong", "strong": "strong", "i": "em", "em": "em", "s": "s", "del": "s", "strike": "s", "a": "link"}
_BREAKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "br",
        "center",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
        "figcaption",
        "figure",
        "footer",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "section",
        "summary",
        "table",
        "tbody",
        "tfoot",
        "thead",
        "tr",
        "ul",
    ]
)
_PROSE = frozenset(
    [
        "abbr",
        "big",
        "bdi",
        "bdo",
        "cite",
        "code",
        "dfn",
        "font",
        "ins",
        "kbd",
        "label",
        "mark",
        "picture",
        "q",
        "rp",
        "rt",
        "ruby",
        "samp",
        "small",
        "source",
        "span",
        "sub",
        "sup",
        "td",
        "th",
        "time",
        "tt",
        "u",
        "var",
        "wbr",
    ]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of a paragraph. ``number`` is its 1-based source line, ``hard`` says that a hard break ends it."""

    children: Inlines
    number: int
    hard: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A block with the source line where it begins.

    ``level`` is a heading's own level (1–6); ``underlined`` marks a heading made by a line of hyphens below.
    ``lines`` are those of a paragraph or heading, ``items`` the blocks of a list's items.
    """

    block: Block
    line: int
    level: int = 0
    underlined: bool = False
    lines: tuple[Line, ...] = ()
    items: tuple[tuple[Placed, ...], ...] = ()


class _Blocks(ParserBlock):
    """Reads blocks that are nested too deeply as paragraphs, where the original drops them."""

    def __init__(self) -> None:
        super().__init__()
        self._flat = ParserBlock()
        self._flat.ruler.disable(["blockquote", "list"])

    def tokenize(self, state: StateBlock, startLine: int, endLine: int) -> None:  # noqa: N803 — the base class's names
        if state.level < BLOCK_NESTING:
            super().tokenize(state, startLine, endLine)
        else:
            self._flat.tokenize(state, startLine, endLine)


class _Addresses(LinkifyIt):  # type: ignore[misc]
    """Finds http, https and mailto addresses in text; they end where Chinese begins."""

    def __init__(self) -> None:
        super().__init__(options={"fuzzy_link": False, "fuzzy_email": False})
        self.add("ftp:", None)
        self.add("//", None)

    def test(self, text: str) -> bool:
        return "://" in text or "mailto:" in text

    def match(self, text: str) -> list[Match] | None:
        found = [_ended(match) for match in super().match(text) or ()]
        ends = {match.index: match.last_index for match in found}
        for glued in _GLUED.finditer(text):
            at = glued.start()
            if any(start <= at < end for start, end in ends.items()):
                continue
            if match := self.match_at_start(text[at:]):
                match.index, match.last_index = match.index + at, match.last_index + at
                found.append(match)
        return sorted(found, key=lambda match: match.index) or None

    def match_at_start(self, text: str) -> Match | None:
        found = super().match_at_start(text)
        return _ended(found) if found else None


def _ended(match: Match) -> Match:
    foreign = _FOREIGN.search(match.raw)
    if foreign:
        kept = match.raw[: foreign.start()].rstrip(".,;:!?")
        match.last_index -= len(match.raw) - len(kept)
        match.raw = match.text = match.url = kept
    return match


def _reference(state: StateBlock, start: int, end: int, silent: bool) -> bool:  # noqa: FBT001 — a rule's signature
    """Read definitions of addresses only, and look no further than three lines: the original reads to the end."""
    line = state.src[state.bMarks[start] + state.tShift[start] : state.eMarks[start]]
    if not _DEFINITION.match(line):
        return False
    last = state.lineMax
    state.lineMax = min(last, start + 3)
    try:
        return reference(state, start, end, silent)
    finally:
        state.lineMax = last


def _table(state: StateBlock, start: int, end: int, silent: bool) -> bool:  # noqa: FBT001 — a rule's signature
    """Leave tables of very many columns as text: their empty cells alone could fill the memory."""
    return state.src.count("|", state.bMarks[start], state.eMarks[start]) <= MOST_COLUMNS and table(
        state, start, end, silent
    )


def _keep_cells(state: StateCore) -> None:
    """Put what a row has beyond the table's columns into its last cell: the table rule drops it."""
    lines = state.src.split("\n")
    columns = 0
    for index, token in enumerate(state.tokens):
        if token.type == "thead_open":
            columns = 0
        elif token.type == "th_open":
            columns += 1
        elif token.type == "tr_open" and token.map and columns:
            cells = escapedSplit(lines[token.map[0]].strip())
            cells = cells[1:] if cells and not cells[0].strip(" \t>") else cells
            cells = cells[:-1] if cells and not cells[-1] else cells
            if len(cells) > columns:
                state.tokens[index + 3 * columns - 1].content = " | ".join(map(str.strip, cells[columns - 1 :]))


def _open_html(state: StateCore) -> None:
    """Make paragraphs of HTML blocks, without their comments, so that their tags are read one by one."""
    tokens: list[Token] = []
    for token in state.tokens:
        if token.type != "html_block":
            tokens.append(token)
            continue
        content = _uncommented(token.content).strip()
        inline = Token("inline", "", 0, content=content, map=token.map, children=[])
        if content:
            tokens.extend((Token("paragraph_open", "p", 1, map=token.map), inline, Token("paragraph_close", "p", -1)))
    state.tokens = tokens


def _uncommented(content: str) -> str:
    kept: list[str] = []
    at = 0
    while (start := content.find("<!--", at)) >= 0 and (end := content.find("-->", start)) >= 0:
        kept.append(content[at:start])
        at = end + len("-->")
    return "".join((*kept, content[at:]))


def _portion(state: StateCore) -> None:
    """Divide very long paragraphs, since emphasis is matched in more than linear time."""
    tokens: list[Token] = []
    for token in state.tokens:
        if token.type != "inline" or len(token.content) <= PORTION:
            tokens.append(token)
            continue
        line = token.map[0] if token.map else 0
        for content in _portions(token.content):
            tokens.append(Token("inline", "", 0, content=content, map=[line, line + 1], children=[]))
            line += content.count("\n")
    state.tokens = tokens


def _portions(content: str) -> Iterator[str]:
    start = 0
    while start < len(content):
        end = start + PORTION
        if end < len(content):
            end = max(content.rfind("\n", start + PORTION // 2, end), content.rfind(" ", start + PORTION // 2, end)) + 1
        end = end or start + PORTION
        yield content[start:end]
        start = end


def _mean_html(state: StateCore) -> None:
    for token in state.tokens:
        if token.type == "inline":
            token.children = _balanced(_meant(token.children or []))


def _meant(children: Sequence[Token]) -> Iterator[Token]:
    """Replace HTML tags and images by the tokens that they mean; tags that mean nothing in prose become text."""
    for token in children:
        if token.type == "html_inline":
            yield from _tag(token.content)
        elif token.type == "image":
            yield from _picture(_alternative(token.children or []), str(token.attrs.get("src", "")))
        else:
            yield token


def _tag(content: str) -> Iterator[Token]:
    match = _TAG.match(content)
    name = match["name"].lower() if match else ""
    attributes = {key.lower(): html.unescape(a or b or c) for key, a, b, c in _ATTRIBUTE.findall(content)}
    if content.startswith("<!--"):
        return
    if match and name in _STYLES:
        nesting: Literal[1, -1] = -1 if match["close"] else 1
        kind = f"{_STYLES[name]}_{'close' if match['close'] else 'open'}"
        yield Token(kind, name, nesting, attrs={"href": attributes.get("href", "")}, markup="html")
    elif name == "img":
        yield from _picture(attributes.get("alt", ""), attributes.get("src", ""))
    elif name in _BREAKS:
        yield Token("hardbreak", "br", 0, markup="html")
    elif name in _PROSE:
        yield Token("text", "", 0, content=" " if name in {"td", "th"} else "")
    else:
        yield Token("text", "", 0, content=content)


def _picture(alternative: str, source: str) -> Iterator[Token]:
    yield Token("link_open", "img", 1, attrs={"href": source}, markup="image")
    yield Token("text", "", 0, content=alternative)
    yield Token("link_close", "img", -1, markup="image")


def _alternative(children: Sequence[Token]) -> str:
    return "".join(
        _alternative(token.children or [])
        if token.type == "image"
        else token.content or " " * (token.type == "softbreak")
        for token in children
        if token.type != "html_inline"
    )


@dataclass(slots=True)
class _Open:
    """An open style: its type, whether HTML opened it, and where its token stands (None: the token is left out)."""

    type: str
    html: bool
    at: int | None


def _balanced(children: Iterator[Token]) -> list[Token]:
    """Drop HTML tags without their counterpart, links within links, and styles that are nested too deeply."""
    kept: list[Token | None] = []
    opened: list[_Open] = []
    for token in children:
        if token.nesting == 1:
            opened.append(_opening(token, opened, len(kept)))
            kept.extend([token] if opened[-1].at is not None else [])
        elif token.nesting == -1:
            kept.extend(_closing(token, opened, kept))
        else:
            kept.append(token)
    for left in opened:
        _leave_out(left, kept)
    return [token for token in kept if token is not None]


def _opening(token: Token, opened: list[_Open], at: int) -> _Open:
    kind = token.type.removesuffix("_open")
    useless = len(opened) >= INLINE_NESTING or (kind == "link" and any(other.type == "link" for other in opened))
    return _Open(kind, token.markup == "html", None if useless else at)


def _closing(token: Token, opened: list[_Open], kept: list[Token | None]) -> list[Token]:
    kind = token.type.removesuffix("_close")
    from_html = token.markup == "html"
    if from_html and not (opened and opened[-1].html and opened[-1].type == kind):
        return []
    while opened and opened[-1].html and not from_html:
        _leave_out(opened.pop(), kept)
    return [token] if opened and opened.pop().at is not None else []


def _leave_out(left: _Open, kept: list[Token | None]) -> None:
    if left.at is not None and left.html:
        kept[left.at] = None


def _reader() -> MarkdownIt:
    options = {"maxNesting": 4 * BLOCK_NESTING, "linkify": True}
    reader = MarkdownIt("commonmark")
    reader.block = _Blocks()
    reader.linkify = _Addresses()
    reader.configure("commonmark", options)
    reader.enable(["table", "strikethrough", "linkify"]).use(cjk_friendly)
    reader.block.ruler.at("reference", _reference)
    reader.block.ruler.at("table", _table, {"alt": ["paragraph", "reference"]})
    for rule in (_keep_cells, _open_html, _portion):
        reader.core.ruler.before("inline", rule.__name__, rule)
    reader.core.ruler.push(_mean_html.__name__, _mean_html)
    return reader


_READER = _reader()
_PLAIN_READER = MarkdownIt("zero")


def tokens(body: str) -> list[Token]:
    """Return the tokens of a tidy Markdown text.

    Children of inline tokens are text, code_inline, soft and hard breaks, and balanced strong, em, s and link tokens;
    no HTML and no images are left. What is nested beyond reason is read as plain paragraphs.
    """
    try:
        return _READER.parse(body)
    except RecursionError:
        return _PLAIN_READER.parse(body)


def placed(body: str) -> tuple[Placed, ...]:
    """Return the blocks of a tidy Markdown text with their lines."""
    return tuple(_until(iter(tokens(body)), ""))


_Stream: TypeAlias = "Iterator[Token]"


def _until(stream: _Stream, close: str) -> Iterator[Placed]:
    for token in stream:
        if token.type == close:
            return
        if read := _READ.get(token.type):
            yield read(stream, token)


def _line(token: Token) -> int:
    return token.map[0] + 1 if token.map else 0


def _read_paragraph(stream: _Stream, token: Token) -> Placed:
    lines = tuple(_lines(stream, "paragraph_close"))
    return Placed(block=Paragraph(join_lines(lines)), line=_line(token), lines=lines)


def _read_heading(stream: _Stream, token: Token) -> Placed:
    lines = tuple(_lines(stream, "heading_close"))
    own = int(token.tag[1:])
    level: Literal[1, 2, 3] = 1 if own == 1 else 2 if own == 2 else 3  # noqa: PLR2004 — heading levels
    return Placed(
        block=Heading(level, join_lines(lines)),
        line=_line(token),
        level=own,
        underlined=token.markup == "-",
        lines=lines,
    )


def _read_list(stream: _Stream, token: Token) -> Placed:
    ordered = token.type == "ordered_list_open"
    items: list[tuple[Placed, ...]] = []
    for child in stream:
        if child.type == "list_item_open":
            items.append(tuple(_until(stream, "list_item_close")))
        else:
            break
    start = int(token.attrs.get("start", 1)) if ordered else None
    nodes = tuple(ListItem(tuple(inner.block for inner in item)) for item in items)
    return Placed(block=List(nodes, start), line=_line(token), items=tuple(items))


def _read_quote(stream: _Stream, token: Token) -> Placed:
    return Placed(
        block=Quote(tuple(inner.block for inner in _until(stream, "blockquote_close"))),
        line=_line(token),
    )


def _read_table(stream: _Stream, token: Token) -> Placed:
    rows: list[tuple[Inlines, ...]] = []
    align: list[Literal["left", "center", "right"] | None] = []
    for child in stream:
        if child.type == "table_close":
            break
        if child.type == "tr_open":
            rows.append(tuple(_cells(stream, align if not rows else [])))
    return Placed(block=Table(rows[0], tuple(rows[1:]), tuple(align)), line=_line(token))


_ALIGN: dict[str, Literal["left", "center", "right"]] = {"left": "left", "center": "center", "right": "right"}


def _cells(stream: _Stream, align: list[Literal["left", "center", "right"] | None]) -> Iterator[Inlines]:
    for token in stream:
        if token.type == "tr_close":
            return
        if token.type in {"th_open", "td_open"}:
            align.append(_ALIGN.get(str(token.attrs.get("style", "")).removeprefix("text-align:")))
            yield join_lines(_lines(stream, token.type.replace("open", "close")))


def _read_code(_stream: _Stream, token: Token) -> Placed:
    language = token.info.split(maxsplit=1)[0] if token.info.split() else ""
    return Placed(block=CodeBlock(build.clean(token.content), language), line=_line(token))


def _read_divider(_stream: _Stream, token: Token) -> Placed:
    return Placed(block=Divider(), line=_line(token))


_READ: dict[str, Callable[[_Stream, Token], Placed]] = {
    "paragraph_open": _read_paragraph,
    "heading_open": _read_heading,
    "bullet_list_open": _read_list,
    "ordered_list_open": _read_list,
    "blockquote_open": _read_quote,
    "table_open": _read_table,
    "fence": _read_code,
    "code_block": _read_code,
    "hr": _read_divider,
}


def _lines(stream: _Stream, close: str) -> Iterator[Line]:
    for token in stream:
        if token.type == close:
            return
        number = _line(token)
        waiting: list[Token] = []
        depth = 0
        for child in token.children or []:
            depth += child.nesting
            if depth or child.type not in {"softbreak", "hardbreak"}:
                waiting.append(child)
                continue
            yield Line(children=_inlines(waiting), number=number, hard=child.type == "hardbreak")
            number += sum(_is_source_break(inner) for inner in (*waiting, child))
            waiting = []
        yield Line(children=_inlines(waiting), number=number)


def _is_source_break(token: Token) -> bool:
    return token.type in {"softbreak", "hardbreak"} and token.markup != "html"


def join_lines(lines: Iterable[Line]) -> Inlines:
    """Return the lines as one run of inlines: Chinese is joined without a space, hard breaks stay."""
    whole: list[Inline] = []
    hard = False
    for line in lines:
        children = stripped(line.children)
        if whole and children:
            whole.append(Text("\n" if hard else _glue(plain(whole[-1:])[-1:], plain(children)[:1])))
        whole.extend(children)
        hard = line.hard or (hard and not children)
    return joined(whole)


def _glue(before: str, after: str) -> str:
    return "" if is_cjk(before) and is_cjk(after) else " "


def _inlines(children: Sequence[Token]) -> Inlines:
    stack: list[list[Inline]] = [[]]
    opened: list[Token] = []
    for index, token in enumerate(children):
        if token.nesting == 1:
            opened.append(token)
            stack.append([])
        elif token.nesting == -1:
            inner = joined(stack.pop())
            stack[-1].extend(_styled(opened.pop(), inner))
        else:
            stack[-1].extend(_leaf(token, children[index - 1 : index], children[index + 1 : index + 2]))
    return joined(stack[0])


def _leaf(token: Token, before: Sequence[Token], after: Sequence[Token]) -> Inlines:
    if token.type == "code_inline":
        return build.code(token.content)
    if token.type == "hardbreak":
        return (Text("\n"),)
    if token.type == "softbreak":
        return build.text(_glue("".join(t.content for t in before)[-1:], "".join(t.content for t in after)[:1]))
    return build.text(token.content)


def _styled(token: Token, children: Inlines) -> Inlines:
    if token.type == "link_open":
        return build.safe_link(children, str(token.attrs.get("href", "")))
    if not plain(children).strip():
        return children
    if token.type == "strong_open":
        return (Strong(children),)
    return (Emphasis(children),) if token.type == "em_open" else (Strike(children),)
