"""Tells what is wrong with Telegram's messages: rejected, over a limit, lost, cut where it must not be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reading import Written, lost, over, without_continuations
from telegram_rules import problems, read

if TYPE_CHECKING:
    from core.document.nodes import Document
    from core.render.port import Message, Renderer

SCHEMES = {"": ("http", "https"), "rich": ("http", "https", "mailto", "tel")}
LONGEST = {"": 2000, "rich": 16_000}


def judge(renderer: Renderer, document: Document, messages: tuple[Message, ...]) -> list[str]:
    found = [problem for message in messages for problem in problems(message.method, message.payload)]
    found += over(renderer, messages)
    if found:
        return found
    form = renderer.profile.form
    written = Written(document.blocks, schemes=SCHEMES[form])
    expected = written.characters()
    pages = [read(message.method, message.payload) for message in messages]
    found = without_continuations(pages, document.title)
    if not expected:
        return found if len(pages) == 1 else [*found, "nothing on several pages"]
    found += lost(expected, (character for page in pages for character in page))
    return found + [f"cut inside {text!r}" for text in written.broken([len(page) for page in pages], LONGEST[form])]
