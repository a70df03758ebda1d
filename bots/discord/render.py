"""Documents as Discord messages made of components (version 2)."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from bots.discord.buttons import Component, action_rows, count
from bots.discord.markdown import escaped, follows
from bots.discord.profile import DISCORD
from bots.discord.text import GAP, part, text
from core.document.build import clean
from core.document.nodes import Actions, Divider, Item
from core.document.text import utf16_length
from core.render.items import opened
from core.render.links import spell_links
from core.render.lower import lower
from core.render.once import once
from core.render.paginate import continuation, paginate
from core.render.port import Message
from core.render.whole import on_one_page

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from core.document.nodes import Block, Document
    from core.render.port import Cost
    from core.render.profile import Profile

IS_COMPONENTS_V2 = 1 << 15
TEXT_DISPLAY, SEPARATOR, CONTAINER = 10, 14, 17
ACCENT = 0xD9772B
NOTHING = "…"
"""The text of a message that would have none."""

_APART = frozenset({Divider, Actions, Item})
"""What within an item does not become text."""

MARGIN = 32
"""Characters that stay free, since escapes depend on what stands beside them when a paragraph is cut."""


class DiscordRenderer:
    """Renders documents for create-message. Payloads are the JSON body."""

    @property
    def profile(self) -> Profile:
        """Messages made of components."""
        return DISCORD

    def render(self, document: Document) -> tuple[Message, ...]:
        """Return the messages of the document, each within Discord's limits; the last one carries the buttons."""
        lowered = lower(spell_links(document, follows), DISCORD)
        layout = _Layout(document.lang)
        if whole := on_one_page(lowered, DISCORD, layout.budget[0], lambda page, said: _message(page, said, layout)):
            return whole
        pages = paginate(lowered, layout)
        return tuple(_message(page, page.text, layout, index + 1, len(pages)) for index, page in enumerate(pages))


class _Layout:
    budget: Cost = (DISCORD.limits["characters"].value - MARGIN, DISCORD.limits["components"].value - 2)

    def __init__(self, lang: str) -> None:
        self.lang = lang
        self.part = once(part)

    def cost(self, block: Block) -> Cost:
        """Count UTF-16 code units and components, the container and the first text display apart."""
        match block:
            case Divider():
                return 0, 2
            case Actions():
                return 0, count(action_rows((block,), self.lang))
            case Item() if not _APART.isdisjoint(map(type, block.blocks)):
                costs = [self.cost(inner) for inner in block.blocks]
                return sum(cost[0] for cost in costs), sum(cost[1] for cost in costs)
            case _:
                return utf16_length(text(opened((block,)), self.part)) + len(GAP), 0

    def continuation(self, title: str) -> Cost:
        """Count the line in small print."""
        return utf16_length(_continuation(title, 999, 999)) + len(GAP), 0


def _message(page: Document, said: str, layout: _Layout, number: int = 1, pages: int = 1) -> Message:
    blocks = opened(page.blocks)
    buttons = [block for block in blocks if type(block) is Actions]
    rows = action_rows(buttons, page.lang)
    head = f"{_continuation(page.title, number, pages)}\n" if number > 1 else ""
    children = list(_children(blocks, head, layout))
    if not children:
        children = [_display(head.strip() or escaped(clean(page.title).strip()) or NOTHING)]
    container = {"type": CONTAINER, "accent_color": ACCENT, "components": [*children, *rows]}
    payload = {"flags": IS_COMPONENTS_V2, "components": [container], "allowed_mentions": {"parse": []}}
    counts = {
        "characters": sum(utf16_length(child.get("content", "")) for child in children),
        "components": 1 + len(children) + count(rows),
    }
    actions = tuple(action for block in buttons for row in block.rows for action in row)
    return Message(method="messages", payload=payload, text=said, counts=counts, actions=actions)


def _children(blocks: Iterable[Block], head: str, layout: _Layout) -> Iterator[Component]:
    """Yield a text display for the text between two dividers; ``head`` begins the first."""
    divided = False
    for divider, group in groupby(blocks, key=lambda block: type(block) is Divider):
        written = "" if divider else text(group, layout.part)
        if written and divided:
            yield {"type": SEPARATOR}
        if written:
            yield _display(head + written)
            head, divided = "", False
        divided = divided or (divider and not head)


def _display(content: str) -> Component:
    return {"type": TEXT_DISPLAY, "content": content}


def _continuation(title: str, number: int, pages: int) -> str:
    return f"-# {escaped(continuation(' '.join(clean(title).split()), number, pages))}"
