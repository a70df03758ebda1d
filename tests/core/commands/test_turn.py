"""Turning the pages of a reply in place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from core.commands.turn import shown
from core.render.port import Message

if TYPE_CHECKING:
    from tests.core.commands.conftest import Ask

REF = "daily/en/2026-03-02"
MESSAGES = [Message(method="send", payload={}, text=str(number), counts={}) for number in (1, 2, 3)]


@pytest.mark.parametrize(
    ("typed", "turn"),
    [
        ("/models", f"section models {REF}"),
        (f"full {REF}", f"full {REF}"),
        ("/lesson", f"lesson {REF}"),
        ("/today", f"issue {REF}"),
        (f"page 2 full {REF}", f"full {REF}"),
    ],
)
async def test_pages_are_turned_within_the_issue_that_was_shown(typed: str, turn: str, ask: Ask) -> None:
    assert (await ask(typed)).document.turn == turn


@pytest.mark.parametrize(("line", "page"), [("page 1", "1"), ("page 3", "3"), ("page 0", "1"), ("page 9", "3")])
async def test_the_page_that_was_asked_for_is_shown_alone(line: str, page: str, ask: Ask) -> None:
    reply = await ask(f"{line} full {REF}")
    assert [message.text for message in shown(reply, MESSAGES)] == [page]


async def test_what_is_not_turned_is_shown_whole(ask: Ask) -> None:
    assert shown(await ask("/help"), MESSAGES) == MESSAGES
