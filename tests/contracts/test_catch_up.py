"""After a downtime each platform shows one post, whose button opens the rest."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from msgspec import structs

from bots.wiring import renderers
from core.digest.parse import parse
from core.digest.present import Presenter
from core.digest.samples import folder
from core.digest.sections import Vocabulary

if TYPE_CHECKING:
    from core.render.port import Renderer

ISSUE = parse(next(iter(sorted(folder().rglob("*.md")))).read_text(encoding="utf-8")).issue
DAYS = [date(2026, 3, 2) - timedelta(days=back) for back in range(9, 0, -1)]
MISSED = [structs.replace(ISSUE, ref=replace(ISSUE.ref, date=day)) for day in DAYS]
NOW = structs.replace(ISSUE, ref=replace(ISSUE.ref, date=date(2026, 3, 2)))


@pytest.mark.parametrize("renderer", renderers().values(), ids=renderers().keys())
def test_what_was_missed_is_one_post_with_a_button_to_the_rest(renderer: Renderer) -> None:
    card = renderer.render(Presenter(vocabulary=Vocabulary.bundled()).card(NOW))
    pages = renderer.render(Presenter(vocabulary=Vocabulary.bundled()).catch_up(NOW, MISSED))
    assert len(pages) <= len(card) + 1
    pressed = [action.data for message in pages for action in message.actions]
    assert f"catchup {MISSED[0].ref}" in pressed
    assert pressed.count(f"issue {MISSED[-1].ref}") == 1
