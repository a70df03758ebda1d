"""Tells what is wrong with Slack's messages: rejected, over a limit, lost, gained, cut where it must not be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reading import Written, gained, lost, over, without_continuations
from slack_rules import problems, read

if TYPE_CHECKING:
    from core.document.nodes import Document
    from core.render.port import Message, Renderer

LONGEST = 4500
"""What is longer than this may be cut."""


def judge(renderer: Renderer, document: Document, messages: tuple[Message, ...]) -> list[str]:
    found = [problem for message in messages for problem in problems(message.payload)] + over(renderer, messages)
    if found:
        return found
    written = Written(document.blocks)
    expected = written.characters()
    pages = [read(message.payload) for message in messages]
    found = without_continuations(pages, document.title)
    if not expected:
        return found if len(pages) == 1 else [*found, "nothing on several pages"]
    shown = [character for page in pages for character in page]
    found += lost(expected, shown)
    if not found:
        found += gained(expected, shown, document)
    return found + [f"cut inside {text!r}" for text in written.broken([len(page) for page in pages], LONGEST)]
