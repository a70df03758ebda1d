"""What every test of Telegram's messages asks of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bots.telegram.render import TelegramRenderer
from bots.telegram.rich import TelegramRichRenderer
from core.render.paginate import continuation
from reading import Written, lost, visible
from telegram_rules import problems, read

if TYPE_CHECKING:
    from core.document.nodes import Document
    from core.render.port import Message, Renderer
    from reading import Judge

SCHEMES = {"": ("http", "https"), "rich": ("http", "https", "mailto", "tel")}
LONGEST = {"": 2000, "rich": 16_000}


@pytest.fixture(params=[TelegramRenderer(), TelegramRichRenderer()], ids=["classic", "rich"])
def renderer(request: pytest.FixtureRequest) -> Renderer:
    """Each of the two forms."""
    form: Renderer = request.param
    return form


@pytest.fixture(scope="session")
def judge() -> Judge:
    """Rejected, over a limit, lost, cut where it must not be."""
    return _judge


def _judge(renderer: Renderer, document: Document, messages: tuple[Message, ...]) -> list[str]:
    found = [problem for message in messages for problem in problems(message.method, message.payload)]
    found += [f"{name} {count}" for message in messages for name, count in _over(renderer, message)]
    if found:
        return found
    form = renderer.profile.form
    written = Written(document.blocks, schemes=SCHEMES[form])
    characters = written.characters()
    pages = [read(message.method, message.payload) for message in messages]
    for index, page in enumerate(pages[1:], start=2):
        line = visible(continuation(document.title, index, len(pages)))
        if [character for character, _ in page[: len(line)]] != [character for character, _ in line]:
            found.append(f"page {index} does not say which it is")
        del page[: len(line)]
    if not characters:
        return found if len(pages) == 1 else [*found, "nothing on several pages"]
    found += lost(characters, (character for page in pages for character in page))
    return found + [f"cut inside {text!r}" for text in written.broken([len(page) for page in pages], LONGEST[form])]


def _over(renderer: Renderer, message: Message) -> list[tuple[str, int]]:
    limits = renderer.profile.limits
    return [(name, count) for name, count in message.counts.items() if name in limits and count > limits[name].value]
