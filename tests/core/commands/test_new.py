"""A conversation ends when a reader says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.core.commands.conftest import Ask


@pytest.mark.parametrize("command", ["/new", "/forgetme"])
async def test_what_was_asked_is_forgotten(ask: Ask, command: str) -> None:
    await ask("/ask Polaris 2")
    leaning = str((await ask("/ask and what about it?")).document)
    assert "Polaris 2" in leaning
    await ask(command)
    assert "Polaris 2" not in str((await ask("/ask and what about it?")).document)
