"""Documents as Slack messages made of blocks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bots.slack.buttons import action_blocks
from bots.slack.profile import SLACK, TABLED
from bots.slack.rich_text import GAP, RichText
from bots.slack.tables import table_block, with_table
from core.document.build import clean
from core.document.nodes import Actions, Divider, Heading, Paragraph, Table, Text
from core.document.text import plain, truncate, utf16_length, walk
from core.render.items import opened
from core.render.links import spell_links
from core.render.lower import lower
from core.render.paginate import continuation, paginate
from core.render.port import Message
from core.render.whole import on_one_page

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bots.slack.buttons import Block as SlackBlock
    from core.document.nodes import Block, Document
    from core.render.port import Cost
    from core.render.profile import Profile

NOTHING = "…"
"""The text of a message that would have none."""
HEADER_LEVEL = 2
"""Headings down to this level are headers, if that does not take more messages; others are bold lines."""
_COUNTED = frozenset({"text", "url", "fallback", "format"})
BESIDE = 2
"""Blocks that a page has besides: the line that names it, and the text before its first header."""


class SlackRenderer:
    """Renders documents for ``chat.postMessage``. Payloads lack only ``channel`` (and ``thread_ts``).

    ``tables`` tells whether rows of numbers may become tables: messages show them, modals and homes do not.
    """

    def __init__(self, *, tables: bool = True) -> None:
        self._tables = tables

    @property
    def profile(self) -> Profile:
        """Messages made of blocks."""
        return SLACK

    def render(self, document: Document) -> tuple[Message, ...]:
        """Return the messages of the document, each within Slack's limits; the last one carries the buttons."""
        tabled = with_table(document) if self._tables else None
        lowered = lower(spell_links(tabled or document, _follows), TABLED if tabled else SLACK)
        layout = _Layout(lang=document.lang, headers=HEADER_LEVEL)
        if whole := on_one_page(
            lowered, SLACK, layout.budget[0], lambda page, said: _message(page, said, layout, 1, 1)
        ):
            return whole
        pages = paginate(lowered, layout)
        if len(pages) > 1 and any(isinstance(node, Heading) and node.level > 1 for node in walk(lowered.blocks)):
            compact = _Layout(lang=document.lang, headers=1)
            if len(fewer := paginate(lowered, compact)) < len(pages):
                pages, layout = fewer, compact
        return tuple(_message(page, page.text, layout, index + 1, len(pages)) for index, page in enumerate(pages))


def _follows(url: str) -> bool:
    return len(url) <= SLACK.limits["address"].value


@dataclass(frozen=True, slots=True, kw_only=True)
class _Layout:
    lang: str
    headers: int

    @property
    def budget(self) -> Cost:
        """Characters and blocks."""
        return SLACK.limits["characters"].value, SLACK.limits["blocks"].value - BESIDE

    def cost(self, block: Block) -> Cost:
        """Count characters of text and addresses, and blocks apart from the page's first rich text."""
        blocks = list(self.blocks(opened((block,))))
        breaks = sum(made["type"] != "rich_text" for made in blocks)
        after = sum(made["type"] in {"header", "divider"} for made in blocks)
        return _characters(blocks) + len(GAP), breaks + after

    def continuation(self, title: str) -> Cost:
        """Count the line that names the page."""
        return utf16_length(continuation(title, 999, 999)), 0

    def blocks(self, blocks: Iterable[Block]) -> Iterator[SlackBlock]:
        """Yield the blocks, which are no items, as Slack's, neighbouring texts in one."""
        text = RichText()
        for block in blocks:
            made = self._apart(block)
            if made is None:
                text.add(block)
                continue
            yield from _rich_text(text)
            yield from made
            text = RichText()
        yield from _rich_text(text)

    def _apart(self, block: Block) -> list[SlackBlock] | None:
        """Return what is a block of its own, None for text."""
        match block:
            case Paragraph():
                return None
            case Divider():
                return [{"type": "divider"}]
            case Actions():
                return action_blocks((block,), self.lang)
            case Table():
                return [table_block(block)]
            case Heading() if block.level <= self.headers:
                return _header(block)
            case _:
                return None


def _header(heading: Heading) -> list[SlackBlock] | None:
    """Return a header if it can say all that the heading does."""
    text = " ".join(clean(plain(heading.children)).split())
    bare = all(isinstance(child, Text) for child in heading.children)
    if not text or not bare or utf16_length(text) > SLACK.limits["header"].value:
        return None
    return [{"type": "header", "text": _plain(text)}]


def _rich_text(text: RichText) -> Iterator[SlackBlock]:
    if text.elements:
        yield {"type": "rich_text", "elements": text.elements}


def _message(page: Document, said: str, layout: _Layout, number: int, pages: int) -> Message:
    content = opened(page.blocks)
    actions = [block for block in content if isinstance(block, Actions)]
    blocks = list(layout.blocks(block for block in content if not isinstance(block, Actions)))
    title = " ".join(clean(page.title).split())
    if number > 1:
        title = continuation(title, number, pages)
        blocks.insert(0, {"type": "context", "elements": [_plain(title)]})
    blocks = blocks or [{"type": "context", "elements": [_plain(title or NOTHING)]}]
    blocks += action_blocks(actions, page.lang)
    payload = {
        "text": _fallback(title or " ".join(said.split())),
        "blocks": blocks,
        "unfurl_links": False,
        "unfurl_media": False,
    }
    counts = {"characters": _characters(blocks), "blocks": len(blocks)}
    buttons = tuple(action for block in actions for row in block.rows for action in row)
    return Message(method="chat.postMessage", payload=payload, text=said, counts=counts, actions=buttons)


def _fallback(text: str) -> str:
    """Return what notifications show: mrkdwn, in which three characters have a meaning."""
    return escape(plain(truncate((Text(clean(text)),), SLACK.limits["header"].value)) or NOTHING)


def escape(text: str) -> str:
    """Return text as Slack reads it. https://docs.slack.dev/messaging/formatting-message-text#escaping."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _plain(text: str) -> SlackBlock:
    return {"type": "plain_text", "text": text, "emoji": False}


def _characters(blocks: Iterable[SlackBlock]) -> int:
    """Count the texts and addresses in blocks."""
    texts: list[str] = []
    waiting: list[Any] = list(blocks)
    while waiting:
        one = waiting.pop()
        if type(one) is list:  # the cells of a table's row
            waiting += one
            continue
        for key, value in one.items():
            if type(value) is str:  # as most are
                if key in _COUNTED:
                    texts.append(value)
            elif type(value) is list:
                waiting += value
            elif type(value) is dict:
                waiting.append(value)
    return utf16_length("".join(texts))
