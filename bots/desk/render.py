"""Documents as HTML for the desk's chat: all text escaped, no styles, no scripts."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from bots.desk.profile import DESK
from core.document.build import clean, is_safe
from core.document.nodes import (
    Actions,
    Code,
    CodeBlock,
    Divider,
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
from core.render.buttons import label
from core.render.links import spell_links
from core.render.port import Message

if TYPE_CHECKING:
    from collections.abc import Iterable

    from core.document.nodes import Action, Block, Blocks, Document, Inline, Inlines
    from core.render.profile import Profile

TAGS = {Strong: "strong", Emphasis: "em", Strike: "s"}
DONE = {True: "☑ ", False: "☐ ", None: ""}
LABEL = 200
"""A button's label is cut here: it is a name and not a text."""


class DeskRenderer:
    """Renders documents for the desk's own page.

    The payload is ``{"html", "text", "actions", "lang"}``; ``actions`` are the buttons (``label``, ``data``,
    ``style``) that stand in the HTML as ``<button data-action=…>`` in the same order.
    """

    @property
    def profile(self) -> Profile:
        """HTML."""
        return DESK

    def render(self, document: Document) -> tuple[Message, ...]:
        """Return the document as one page."""
        document = spell_links(document, is_safe)
        html = _blocks(document.blocks)
        text = plain(document.blocks)
        actions = tuple(_actions(document.blocks))
        buttons = [{"label": label(action, LABEL), "data": action.data, "style": action.style} for action in actions]
        payload = {"html": html, "text": text, "actions": buttons, "lang": document.lang}
        counts = {"characters": len(html), "buttons": len(buttons)}
        return (Message(method="page", payload=payload, text=text, counts=counts, actions=actions),)


def _actions(blocks: Iterable[Block]) -> Iterable[Action]:
    for block in blocks:
        match block:
            case Actions(rows):
                yield from (action for row in rows for action in row)
            case Item(inner) | Quote(inner) | Fold(_, inner):
                yield from _actions(inner)
            case List(items):
                yield from (action for item in items for action in _actions(item.blocks))
            case _:
                pass


def _blocks(blocks: Iterable[Block]) -> str:
    return "".join(map(_block, blocks))


def _block(block: Block) -> str:  # noqa: PLR0911, C901  # a table: one line per node
    match block:
        case Heading(level, children):
            return _element(f"h{level + 1}", _inlines(children)) if children else ""
        case Paragraph(children):
            return _element("p", _inlines(children)) if children else ""
        case CodeBlock():
            return _code_block(block)
        case List():
            return _list(block)
        case Quote(inner):
            return _element("blockquote", _blocks(inner))
        case Fold(summary, inner):
            return _element("details", _element("summary", _inlines(summary)) + _blocks(inner))
        case Table():
            return _table(block)
        case Item(inner):
            return f'<div class="item">{_blocks(inner)}</div>'
        case Divider():
            return "<hr>"
        case Actions(rows):
            return "".join(_row(row) for row in rows if row)


def _element(tag: str, content: str) -> str:
    return f"<{tag}>{content}</{tag}>"


def _text(value: str) -> str:
    return escape(clean(value))


def _code_block(block: CodeBlock) -> str:
    language = f' data-language="{_text(block.language)}"' if block.language else ""
    return f"<pre{language}><code>{_text(block.value)}</code></pre>"


def _list(block: List) -> str:
    items = "".join(map(_list_item, block.items))
    if block.start is None:
        return _element("ul", items)
    start = f' start="{block.start}"' if block.start != 1 else ""
    return f"<ol{start}>{items}</ol>"


def _list_item(item: ListItem) -> str:
    """A single paragraph needs no tags of its own."""
    tight: Blocks = item.blocks
    first = ""
    if tight and isinstance(tight[0], Paragraph):
        first, tight = _inlines(tight[0].children), tight[1:]
    return _element("li", DONE[item.done] + first + _blocks(tight))


def _table(table: Table) -> str:
    header = "".join(
        f'<th scope="col"{_align(table, at)}>{_inlines(cell)}</th>' for at, cell in enumerate(table.header)
    )
    head = f"<thead><tr>{header}</tr></thead>" if any(table.header) else ""
    rows = "".join(
        _element("tr", "".join(f"<td{_align(table, at)}>{_inlines(cell)}</td>" for at, cell in enumerate(row)))
        for row in table.rows
    )
    return f'<div class="table"><table>{head}<tbody>{rows}</tbody></table></div>'


def _align(table: Table, column: int) -> str:
    align = table.align[column] if column < len(table.align) else None
    return f' class="{align}"' if align else ""


def _row(row: tuple[Action, ...]) -> str:
    return f'<div class="actions">{"".join(map(_button, row))}</div>'


def _button(action: Action) -> str:
    style = "" if action.style == "normal" else f' class="{action.style}"'
    return f'<button type="button"{style} data-action="{escape(action.data)}">{escape(label(action, LABEL))}</button>'


def _inlines(inlines: Inlines, *, linked: bool = False) -> str:
    return "".join(_inline(inline, linked=linked) for inline in inlines)


def _inline(inline: Inline, *, linked: bool) -> str:
    match inline:
        case Text(value):
            return _text(value).replace("\n", "<br>")
        case Code(value):
            return _element("code", _text(value))
        case Time(at, text):
            return f'<time datetime="{at.isoformat()}" data-form="{inline.form}">{_text(text)}</time>'
        case Link(children, url) if not linked:
            content = _inlines(children, linked=True)
            return f'<a href="{escape(url)}" rel="noopener noreferrer nofollow" target="_blank">{content}</a>'
        case Link(children):
            return _inlines(children, linked=True)
        case Strong(children) | Emphasis(children) | Strike(children):
            return _element(TAGS[type(inline)], _inlines(children, linked=linked))
