"""A greeting is no question."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from core.document.text import plain

if TYPE_CHECKING:
    from tests.core.commands.conftest import Ask


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("Hi!", "I bring the daily issue"),
        ("你好～", "I bring the daily issue"),
        ("Thank you 🙏", "You're welcome"),
        ("谢谢！", "You're welcome"),
        ("help", "I bring the daily issue"),
        ("你是谁？", "I bring the daily issue"),
        ("What can you do?", "I bring the daily issue"),
        ("Hello Kitty in the news?", "archive"),
        ("👍", "What would you like to know?"),
        ("？", "What would you like to know?"),
    ],
)
async def test_courtesies_are_returned_and_questions_are_asked(ask: Ask, said: str, answer: str) -> None:
    assert answer in plain((await ask(f"ask {said}", lang="en")).document.blocks)
