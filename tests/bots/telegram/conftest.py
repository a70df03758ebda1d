"""Both forms of Telegram's messages, and the strict server with one reader."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bots.telegram.render import TelegramRenderer
from bots.telegram.rich import TelegramRichRenderer
from tests.fakes.telegram import FakeTelegram, fake_telegram

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from core.render.port import Renderer


@pytest.fixture(params=[TelegramRenderer(), TelegramRichRenderer()], ids=["classic", "rich"])
def renderer(request: pytest.FixtureRequest) -> Renderer:
    """Each of the two forms."""
    form: Renderer = request.param
    return form


@pytest.fixture
async def fake() -> AsyncIterator[FakeTelegram]:
    async with fake_telegram() as server:
        server.chat(7)
        yield server
