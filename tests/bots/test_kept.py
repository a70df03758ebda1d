"""What readers typed is not remembered for good because it was too long for a button."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bots.discord.send import Buttons as DiscordButtons
from bots.slack.presses import Presses
from bots.telegram.keyboard import name_of
from bots.telegram.send import Buttons as TelegramButtons
from clock import ManualClock
from core.document.nodes import Action
from core.render.buttons import token
from core.storage.notes import SqlNotes

if TYPE_CHECKING:
    from core.storage.engine import Database

MONTH = timedelta(days=30)
POSTED = Action("What is new?", "ask", "what is new? " * 40, beside=True)
TYPED = (Action("More", "search", f"{'words ' * 80}--page 2"), Action("In depth", "explain", f"{'词' * 200} deep"))


async def telegram(notes: SqlNotes, action: Action) -> tuple[Any, str]:
    buttons = TelegramButtons(notes)
    await buttons.remember([action])
    return buttons, name_of(action.data)


async def discord(notes: SqlNotes, action: Action) -> tuple[Any, str]:
    buttons = DiscordButtons(notes)
    await buttons.remember([action.data])
    return buttons, token(action.data)


async def slack(notes: SqlNotes, action: Action) -> tuple[Any, Any]:
    presses = Presses(notes)
    await presses.remember([action])
    return presses, {"value": token(action.data)}


@pytest.mark.parametrize("remembered", [telegram, discord, slack])
async def test_what_was_typed_is_forgotten_after_a_month_and_a_posts_buttons_are_not(
    sqlite_database: Database,
    remembered: Any,  # noqa: ANN401  one of the three above
) -> None:
    clock = ManualClock()
    notes = SqlNotes(sqlite_database, clock)
    for action, is_posted in ((POSTED, True), *((typed, False) for typed in TYPED)):
        buttons, pressed = await remembered(notes, action)
        assert await buttons.data(pressed) == action.data
        clock.advance(MONTH)
        assert await buttons.data(pressed) == (action.data if is_posted else None)
        await buttons.remember([action.data if remembered is discord else action])
        assert await buttons.data(pressed) == action.data
