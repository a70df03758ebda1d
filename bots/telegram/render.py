"""Documents as classic Telegram messages: text with entities, an inline keyboard, one link preview."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bots.telegram.entities import Styled
from bots.telegram.keyboard import actions_of, keyboard
from bots.telegram.profiles import CLASSIC
from core.document.build import clean
from core.document.nodes import (
    Actions,
    CodeBlock,
    Divider,
    Emphasis,
    Fold,
    Heading,
    Item,
    List,
    ListItem,
    Paragraph,
    Quote,
    Table,
    Text,
)
from core.document.text import number, utf16_length
from core.render.links import spell_links
from core.render.lower import lower
from core.render.once import once
from core.render.paginate import continuation, paginate
from core.render.port import Message
from core.render.whole import on_one_page

if TYPE_CHECKING:
    from core.document.nodes import Block, Blocks, Document
    from core.render.port import Cost
    from core.render.profile import Profile

GAP = "\n\n"
BULLET = "• "
DONE = {True: "☑ ", False: "☐ ", None: ""}
INDENT = "    "
DEEPEST_INDENT = 4
TAB = "    "
NOTHING = "…"
"""The text of a message that would have none: Telegram demands some."""


class TelegramRenderer:
    """Renders documents for ``sendMessage``. Payloads lack only ``chat_id``."""

    @property
    def profile(self) -> Profile:
        """Classic messages."""
        return CLASSIC

    def render(self, document: Document) -> tuple[Message, ...]:
        """Return the messages of ``document``, each within Telegram's limits; the last one carries the buttons.

        Words that look like links, mentions, hashtags or commands are left to the server, which makes them
        clickable without counting them: a mention of a stranger notifies nobody, and links stay usable.
        """
        lowered = lower(spell_links(document, is_web), CLASSIC)
        layout = _Layout()
        if whole := on_one_page(lowered, CLASSIC, layout.budget[0], lambda page, _: _message(page, layout)):
            return whole
        pages = paginate(lowered, layout)
        return tuple(_message(page, layout, index + 1, len(pages)) for index, page in enumerate(pages))


class _Layout:
    budget: Cost = (CLASSIC.limits["text"].value, CLASSIC.limits["entities"].value)

    def __init__(self) -> None:
        self.written = once(_written)

    def cost(self, block: Block) -> Cost:
        """Count UTF-16 code units and entities."""
        styled = self.written(block)
        return utf16_length(styled.text) + len(GAP), len(styled.spans)

    def continuation(self, title: str) -> Cost:
        """Count the line in italics."""
        return utf16_length(continuation(title, 999, 999)) + len(GAP), 1


def _message(page: Document, layout: _Layout, number_: int = 1, pages: int = 1) -> Message:
    styled = Styled()
    if number_ > 1:
        styled.write((Emphasis((Text(continuation(page.title, number_, pages)),)),))
        styled.text += GAP
    before: Block | None = None
    for block in page.blocks:
        if (written := layout.written(block)).text:
            styled.text += _gap(before, block, 0)
            styled.append(written)
            before = block
    text, entities = styled.entities()
    text = text or " ".join(clean(page.title).split()) or NOTHING
    rows = actions_of(page.blocks)
    payload: dict[str, Any] = {"text": text, "link_preview_options": _preview(page, number_)}
    if entities:
        payload["entities"] = entities
    if rows:
        payload["reply_markup"] = keyboard(rows)
    counts = {"text": utf16_length(text), "entities": len(entities), "buttons": sum(map(len, rows))}
    actions = tuple(action for row in rows for action in row)
    return Message(method="sendMessage", payload=payload, text=text, counts=counts, actions=actions)


def is_web(url: str) -> bool:
    """Tell whether a ``text_link`` may lead to ``url``: the server drops links of other schemes."""
    return url.lower().startswith(("http://", "https://"))


def _preview(page: Document, number_: int) -> dict[str, Any]:
    if number_ == 1 and page.preview and is_web(page.preview):
        return {"url": page.preview, "prefer_small_media": True}
    return {"is_disabled": True}


def _written(block: Block) -> Styled:
    """Return a block that stands in no other."""
    styled = Styled()
    _write_block(styled, block, 0)
    return styled


def _write(styled: Styled, blocks: Blocks, depth: int) -> None:
    """Append blocks, each on lines of its own, with the distances between them."""
    before: Block | None = None
    for block in blocks:
        start = len(styled.text)
        gap = _gap(before, block, depth)
        styled.text += gap
        _write_block(styled, block, depth)
        if len(styled.text) > start + len(gap):
            before = block
        else:
            styled.text = styled.text[:start]


def _gap(before: Block | None, block: Block, depth: int) -> str:
    if before is None:
        return ""
    below_heading = isinstance(before, Heading) and before.level > 2  # noqa: PLR2004  # a story's
    list_below_text = isinstance(block, List) and isinstance(before, (Heading, Paragraph))
    tight = depth > 0 or below_heading or list_below_text
    return "\n" if tight else GAP


def _write_block(styled: Styled, block: Block, depth: int) -> None:
    match block:
        case Paragraph():
            styled.write(block.children)
        case Heading():
            styled.write(block.children, bold=True)
        case Item():
            _write(styled, block.blocks, depth)
        case List():
            _write_list(styled, block, depth)
        case CodeBlock():
            _write_code(styled, block)
        case Quote():
            _write_quote(styled, block.blocks, "blockquote")
        case Fold():
            _write_fold(styled, block)
        case Table() | Divider() | Actions():
            pass


def _write_code(styled: Styled, block: CodeBlock) -> None:
    start = len(styled.text)
    styled.text += clean(block.value).expandtabs(len(TAB)).strip("\n").rstrip()
    styled.wrap("pre", start, **({"language": block.language} if block.language else {}))


def _write_list(styled: Styled, items: List, depth: int) -> None:
    for index, item in enumerate(items.items):
        if index:
            styled.text += "\n"
        _write_item(styled, item, f"{INDENT * min(depth, DEEPEST_INDENT)}{number(items, index) or BULLET}", depth)


def _write_item(styled: Styled, item: ListItem, marker: str, depth: int) -> None:
    styled.text += marker + DONE[item.done]
    first, rest = item.blocks[:1], item.blocks[1:]
    if first and not isinstance(first[0], Paragraph | Heading):
        styled.text = styled.text.rstrip(" ") + "\n"
    _write(styled, first, depth + 1)
    for block in rest:
        indent = INDENT * min(depth + 1, DEEPEST_INDENT) if isinstance(block, Paragraph | Heading) else ""
        styled.text += f"\n{indent}"
        _write(styled, (block,), depth + 1)


def _write_quote(styled: Styled, blocks: Blocks, kind: str) -> None:
    start = len(styled.text)
    _write(styled, blocks, 0)
    styled.wrap(kind, start)


def _write_fold(styled: Styled, fold: Fold) -> None:
    start = len(styled.text)
    styled.write(fold.summary, bold=True)
    if len(styled.text) > start:
        styled.text += "\n"
    _write_quote(styled, fold.blocks, "expandable_blockquote")
