"""Documents as rich Telegram messages: HTML of Bot API 10.1.

Tags, attributes and limits: https://core.telegram.org/bots/api#rich-message-formatting-options.
"""

from __future__ import annotations

from dataclasses import replace
from html import escape
from typing import TYPE_CHECKING, Any

from msgspec import structs

from bots.telegram.entities import TIME_FORMATS
from bots.telegram.keyboard import actions_of, keyboard
from bots.telegram.profiles import RICH
from core.document.build import clean, is_safe
from core.document.nodes import (
    Actions,
    Code,
    CodeBlock,
    Divider,
    Document,
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
from core.document.text import plain, walk
from core.render.links import spell_links
from core.render.lower import lower, table_as_list
from core.render.paginate import continuation, paginate
from core.render.port import Message

if TYPE_CHECKING:
    from core.document.nodes import Block, Blocks, Inline, Inlines
    from core.render.port import Cost
    from core.render.profile import Profile

NOTHING = "…"
LEVELS_OF_TEXT = 6
"""A paragraph, and each kind of style once."""

_FLAT = replace(RICH, features=RICH.features - {"list", "quote", "nested_quote", "fold", "table"})
_TAGS = {Strong: "b", Emphasis: "i", Strike: "s"}


class TelegramRichRenderer:
    """Renders documents for ``sendRichMessage``. Payloads lack only ``chat_id``."""

    @property
    def profile(self) -> Profile:
        """Rich messages."""
        return RICH

    def render(self, document: Document) -> tuple[Message, ...]:
        """Return the messages of ``document``: one, unless it is longer than an issue ever is."""
        room = RICH.limits["depth"].value - LEVELS_OF_TEXT
        lowered = lower(spell_links(document, is_safe), RICH)
        shallow = structs.replace(lowered, blocks=_shallow(lowered.blocks, room))
        pages = paginate(shallow, _Layout())
        return tuple(_message(page, index + 1, len(pages)) for index, page in enumerate(pages))


class _Layout:
    budget: Cost = (RICH.limits["text"].value, RICH.limits["blocks"].value)

    def cost(self, block: Block) -> Cost:
        """Count characters and blocks, with list items and rows."""
        return len(clean(plain(block))), _count(block)

    def continuation(self, title: str) -> Cost:
        """Count the paragraph in italics."""
        return len(continuation(title, 999, 999)), 1


def _count(block: Block) -> int:
    count = 0
    for node in walk(block):
        match node:
            case Table(_, rows):
                count += len(rows) + 2
            case Fold():
                count += 2
            case Heading() | Paragraph() | CodeBlock() | List() | ListItem() | Quote() | Divider():
                count += 1
    return count


def _shallow(blocks: Blocks, room: int) -> Blocks:
    """Rewrite what is nested deeper than ``room`` levels, or too wide, into what is flat."""
    return tuple(shallow for block in blocks for shallow in _shallow_block(block, room))


def _shallow_block(block: Block, room: int) -> Blocks:
    match block:
        case List() | Quote() | Fold() | Table() if room < 2:  # noqa: PLR2004  # a list takes two levels
            return _flat(block)
        case List(items):
            return (
                structs.replace(
                    block, items=tuple(structs.replace(item, blocks=_shallow(item.blocks, room - 2)) for item in items)
                ),
            )
        case Quote(blocks) | Fold(_, blocks):
            return (structs.replace(block, blocks=_shallow(blocks, room - 1)),)
        case Item(blocks):
            return (Item(_shallow(blocks, room)),)
        case Table(header) if len(header) > RICH.limits["columns"].value:
            return (table_as_list(block),)
        case _:
            return (block,)


def _flat(block: Block) -> Blocks:
    return lower(Document(blocks=(block,), title=""), _FLAT).blocks


def _message(page: Document, number: int, pages: int) -> Message:
    line = continuation(page.title, number, pages) if number > 1 else ""
    text = clean(plain(page.blocks)).strip()
    title = " ".join(clean(page.title).split()) or NOTHING
    body = _html(page.blocks) if text else f"<p>{_text(title)}</p>"
    text = text or title
    rows = actions_of(page.blocks)
    head = f"<p><i>{_text(line)}</i></p>" if line else ""
    payload: dict[str, Any] = {"rich_message": {"html": head + body, "skip_entity_detection": True}}
    if rows:
        payload["reply_markup"] = keyboard(rows)
    characters, blocks = (
        zip(*(_Layout().cost(block) for block in page.blocks), strict=True) if page.blocks else ((), ())
    )
    counts = {
        "text": sum(characters) + len(line),
        "blocks": sum(blocks) + bool(line),
        "buttons": sum(map(len, rows)),
    }
    actions = tuple(action for row in rows for action in row)
    return Message(
        method="sendRichMessage",
        payload=payload,
        text=f"{line}\n{text}" if line else text,
        counts=counts,
        actions=actions,
    )


def _html(blocks: Blocks) -> str:
    return "".join(map(_block, blocks))


def _block(block: Block) -> str:  # noqa: PLR0911, C901  # a table: one line per node
    match block:
        case Heading(level, children):
            return _tag(f"h{level}", _inlines(children))
        case Paragraph(children):
            return _tag("p", _inlines(children))
        case CodeBlock():
            return _code(block)
        case List():
            return _list(block)
        case Quote(blocks):
            return _tag("blockquote", _html(blocks))
        case Fold(summary, blocks):
            head = _tag("summary", _inlines(summary))
            return f"<details>{head}{_html(blocks)}</details>" if head else _tag("blockquote", _html(blocks))
        case Table():
            return _table(block)
        case Item(blocks):
            return _html(blocks)
        case Divider():
            return "<hr/>"
        case Actions():
            return ""


def _tag(name: str, inner: str) -> str:
    return f"<{name}>{inner}</{name}>" if inner else ""


def _code(block: CodeBlock) -> str:
    value = escape(clean(block.value).strip("\n"))
    if not block.language:
        return _tag("pre", value)
    return f'<pre><code class="language-{escape(block.language)}">{value}</code></pre>' if value else ""


def _list(block: List) -> str:
    items = "".join(f"<li>{_check(item)}{_item(item.blocks)}</li>" for item in block.items)
    if block.start is None:
        return _tag("ul", items)
    start = "" if block.start == 1 else f' start="{block.start}"'
    return f"<ol{start}>{items}</ol>"


def _check(item: ListItem) -> str:
    if item.done is None:
        return ""
    return '<input type="checkbox" checked>' if item.done else '<input type="checkbox">'


def _item(blocks: Blocks) -> str:
    """Write an item; its only paragraph, or the one before a nested list, needs no tag."""
    match blocks:
        case (Paragraph(children), *rest) if not any(isinstance(block, Paragraph) for block in rest):
            return _inlines(children) + _html(tuple(rest))
        case _:
            return _html(blocks)


def _table(table: Table) -> str:
    header = _row("th", table, table.header) if any(table.header) else ""
    return _tag("table", header + "".join(_row("td", table, row) for row in table.rows))


def _row(name: str, table: Table, cells: tuple[Inlines, ...]) -> str:
    aligns = [*table.align, *[None] * len(cells)]
    return _tag(
        "tr",
        "".join(
            f"<{name}{_align(align)}>{_inlines(cell)}</{name}>" for cell, align in zip(cells, aligns, strict=False)
        ),
    )


def _align(align: str | None) -> str:
    return f' align="{align}"' if align else ""


def _inlines(inlines: Inlines, around: tuple[str, ...] = ()) -> str:
    return "".join(_inline(inline, around) for inline in inlines)


def _inline(inline: Inline, around: tuple[str, ...]) -> str:
    match inline:
        case Text(value):
            return _text(value)
        case Code(value):
            return _tag("code", _text(value))
        case Time(at, text, form):
            if "a" in around:
                return _text(text)
            return f'<tg-time unix="{int(at.timestamp())}" format="{TIME_FORMATS[form]}">{_text(text)}</tg-time>'
        case Link(children, url):
            inner = _inlines(children, (*around, "a"))
            return inner if "a" in around or not inner else f'<a href="{escape(url)}">{inner}</a>'
        case Strong(children) | Emphasis(children) | Strike(children):
            tag = _TAGS[type(inline)]
            inner = _inlines(children, (*around, tag))
            return inner if tag in around else _tag(tag, inner)


def _text(value: str) -> str:
    return escape(clean(value)).replace("\n", "<br>")
