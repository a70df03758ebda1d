"""A conversation ends when a reader says so, and what is kept is erased when they say so twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from core.commands.model import Context
from core.document.nodes import Actions
from core.target import Target

if TYPE_CHECKING:
    from core.commands.services import Services
    from tests.core.commands.conftest import Ask

CHAT = Target(platform="paper", account="bot", chat="reader")
LEANING = "/ask and what about it?"


async def speaks_of_polaris(ask: Ask, **about: object) -> bool:
    blocks = (await ask(LEANING, **about)).document.blocks
    return "Polaris 2" in str([block for block in blocks if not isinstance(block, Actions)])


@pytest.mark.parametrize("command", ["/new", "forgetme yes"])
async def test_what_was_asked_is_forgotten(ask: Ask, command: str) -> None:
    await ask("/ask Polaris 2")
    assert await speaks_of_polaris(ask)
    await ask(command)
    assert not await speaks_of_polaris(ask)


async def test_two_threads_of_a_chat_are_two_conversations(ask: Ask) -> None:
    one, other = Context(thread="1.1"), Context(thread="2.2")
    await ask("/ask Polaris 2", context=one)
    assert await speaks_of_polaris(ask, context=one)
    assert not await speaks_of_polaris(ask, context=other)
    await ask("/new", context=other)
    assert await speaks_of_polaris(ask, context=one)


async def test_nothing_is_erased_before_it_is_confirmed(ask: Ask) -> None:
    await ask("/ask Polaris 2")
    await ask("/subscribe 8:30 Shanghai")
    for line in ("/forgetme", "forgetme no", "forgetme maybe"):
        await ask(line)
    assert await speaks_of_polaris(ask)
    assert "08:30" in str((await ask("/why")).document)
    await ask("forgetme yes")
    assert "isn't subscribed" in str((await ask("/why")).document)


async def test_in_a_group_a_member_erases_only_what_is_theirs(ask: Ask, services: Services) -> None:
    await ask("/subscribe 8:30 Shanghai", user="u1")
    await ask("forgetme yes", user="u1", manager=False)
    (kept,) = await services.subscriptions.of_target(CHAT)
    assert kept.created_by == ""
