"""The Markdown parser, made safe for any text: comrak's nodes, in time and stack that the text's size bounds.

The dialect is CommonMark with tables, strike-through, and emphasis that works next to Chinese
(https://github.com/tats-u/markdown-cjk-friendly). ``docs/decisions/0001-comrak.md`` tells why it is this parser.
"""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeAlias

import comrak
import regex

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

Node: TypeAlias = comrak.AstNode

MOST_COLUMNS = 64
SHALLOW = 1000
"""So many nested nodes fit every thread's stack: half a megabyte takes 1,600 (measured with comrak-ext 0.2.8)."""
DEEPEST = 100_000
DEEP_STACK = 64 << 20
"""Bytes in which ``DEEPEST`` nested nodes fit."""

_OPTIONS = comrak.ExtensionOptions(cjk_friendly_emphasis=True, table=True, strikethrough=True)
_NESTING = ">*_~["
_ESCAPED = str.maketrans({mark: f"\\{mark}" for mark in _NESTING})
_DEEP_INDENT = regex.compile(r"[ \t]{200}")
_DEEP_SPACES = " " * 200
_FENCE = regex.compile(r"^[ \t>]*(`{3,}(?=[^`]*$)|~{3,})")
_MARKERS = r"^(?:[ \t>]|[-*+](?=[ \t])|\d{1,9}[.)](?=[ \t]))*"
_DEFINITION = regex.compile(
    rf"({_MARKERS})(?=\[(?:[^\[\]\\]|\\.){{1,999}}\]:)(?!\[[^\]\n]+\]:\s*(?:<|https?:|mailto:|tel:|www\.|[./#]))",
    regex.MULTILINE | regex.DOTALL,
)
_COLUMNS = regex.compile(r"[ \t>]*\|?(?:[ \t]*:?-+:?[ \t]*\|)+[ \t]*:?-*:?[ \t]*")
_stack_size = threading.Lock()


def nodes(body: str) -> Sequence[Node]:
    """Return the blocks of a tidy Markdown text.

    Definitions of anything but addresses are text, since they would vanish; tables of more than ``MOST_COLUMNS``
    columns are text, since their empty cells alone could fill the memory.
    """
    rules: list[Callable[[str], str]] = []
    if "]:" in body:
        rules.append(_keep_definitions)
    if body.count("|") > MOST_COLUMNS:
        rules.append(_keep_columns)
    if rules:
        body = "\n".join(_outside_code(body.split("\n"), rules))
    return _parse(f"{body}\n")  # the parser misses a definition that no line end follows


def prose_nodes(text: str) -> Sequence[Node]:
    """Return the paragraphs of a text in which no line begins a block."""
    # An invisible character before each line keeps its first mark from opening a block.
    blocks = _parse("\u2060" + text.strip().replace("\n", "\n\u2060"))
    return [node for node in blocks if type(node.node_value) is comrak.Paragraph]


def _parse(source: str) -> Sequence[Node]:
    """Parse with stack enough: the parser recurses, and would end the process where the stack ends."""
    depth = sum(map(source.count, _NESTING))
    if depth > DEEPEST:
        source = source.translate(_ESCAPED)
    indented = _DEEP_SPACES in source or ("\t" in source and _DEEP_INDENT.search(source) is not None)
    if depth <= SHALLOW and not indented:
        return comrak.parse_document(source, _OPTIONS).children
    with _stack_size, ThreadPoolExecutor(1) as pool:
        usual = threading.stack_size(DEEP_STACK)
        try:
            parsed = pool.submit(comrak.parse_document, source, _OPTIONS)
        finally:
            threading.stack_size(usual)
        return parsed.result().children


def _outside_code(lines: Iterable[str], rules: Sequence[Callable[[str], str]]) -> Iterator[str]:
    """Yield the lines, with the rules applied to those between fences, several lines at once."""
    fence = ""
    prose: list[str] = []
    for line in lines:
        match = _FENCE.match(line)
        if match and (not fence or match[1].startswith(fence)):
            fence = "" if fence else match[1]
            yield from _ruled(prose, rules)
            yield line
        elif fence:
            yield line
        else:
            prose.append(line)
    yield from _ruled(prose, rules)


def _ruled(prose: list[str], rules: Sequence[Callable[[str], str]]) -> Iterator[str]:
    if prose:
        text = "\n".join(prose)
        prose.clear()
        for rule in rules:
            text = rule(text)
        yield text


def _keep_definitions(text: str) -> str:
    return _DEFINITION.sub(r"\1\\", text)


def _keep_columns(text: str) -> str:
    return "\n".join(map(_keep_line, text.split("\n")))


def _keep_line(line: str) -> str:
    return line.replace("|", "\\|", 1) if line.count("|") > MOST_COLUMNS and _COLUMNS.fullmatch(line) else line
