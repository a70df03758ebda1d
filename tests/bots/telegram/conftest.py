"""Both forms of Telegram's messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bots.telegram.render import TelegramRenderer
from bots.telegram.rich import TelegramRichRenderer

if TYPE_CHECKING:
    from core.render.port import Renderer


@pytest.fixture(params=[TelegramRenderer(), TelegramRichRenderer()], ids=["classic", "rich"])
def renderer(request: pytest.FixtureRequest) -> Renderer:
    """Each of the two forms."""
    form: Renderer = request.param
    return form
