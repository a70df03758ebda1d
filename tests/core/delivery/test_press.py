"""From contents to pages, with the archive on a real database."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest

from bots.desk.render import DeskRenderer
from bots.telegram.render import TelegramRenderer
from bots.telegram.rich import TelegramRichRenderer
from clock import ManualClock
from core.delivery.port import Content
from core.delivery.press import Press
from core.digest.model import IssueRef
from core.digest.parse import parse
from core.digest.present import Presenter
from core.digest.sections import Vocabulary
from core.storage.archive import SqlArchive

if TYPE_CHECKING:
    from core.storage.engine import Database

REF = IssueRef(edition="daily", date=date(2026, 3, 2), lang="en")
CONTENT = Content(issue=REF, revision="", lang="en", platform="telegram")


@pytest.fixture
async def press(database: Database) -> Press:
    words = Vocabulary.bundled()
    archive = SqlArchive(database, vocabulary=words, clock=ManualClock(datetime(2026, 3, 2, tzinfo=UTC)))
    for path in ("daily/en/2026-03-01.md", "daily/en/2026-03-02.md", "daily/zh/2026-03-02.md"):
        source = (
            f"# News of {path}\n\n## Models\n\n- **A** — the first.\n- **B** — the second.\n\n## Dev\n\n- **C** — d\n"
        )
        await archive.put(parse(source, path=path).issue, source)
    every = (TelegramRenderer(), TelegramRichRenderer(), DeskRenderer())
    by_form = {(one.profile.platform, one.profile.form): one for one in every}
    return Press(archive, Presenter(vocabulary=words), by_form)


async def text(press: Press, **changes: object) -> str:
    return "\n".join(message.text for message in await press(replace(CONTENT, **changes)))  # type: ignore[arg-type]


async def test_styles_and_sections_are_the_readers_choice(press: Press) -> None:
    assert "min read" in await text(press)
    assert "min read" not in await text(press, style="full")
    assert "d" not in (await text(press, style="full", without=frozenset({"dev"}))).split()


async def test_a_form_that_a_platform_lacks_is_its_usual_one(press: Press) -> None:
    methods = [
        message.method for form in ("", "rich", "poster") for message in await press(replace(CONTENT, form=form))
    ]
    assert methods == ["sendMessage", "sendRichMessage", "sendMessage"]


async def test_a_late_issue_says_so(press: Press) -> None:
    assert (await text(press, kind="late")).startswith("Sorry, this comes later")


async def test_an_issue_says_why_it_is_in_another_language_if_there_is_no_twin(press: Press) -> None:
    alone = replace(REF, date=date(2026, 3, 1))
    assert (await text(press, issue=alone, lang="zh")).startswith("这一期只有英文版")
    assert "只有英文版" not in await text(press, lang="zh")


async def test_a_catch_up_names_what_was_missed_and_is_there(press: Press) -> None:
    said = await text(press, kind="catch-up", missed=("2026-02-27", "2026-03-01"))
    assert said.startswith("What you missed")
    assert "Mar 1" in said
    assert "Feb 27" not in said


async def test_a_card_leads_to_the_other_language(press: Press) -> None:
    (message,) = await press(CONTENT)
    assert ("中文", "issue daily/zh/2026-03-02") in [(action.label, action.data) for action in message.actions]


async def test_an_issue_that_is_gone_has_no_pages(press: Press) -> None:
    assert await press(replace(CONTENT, issue=replace(REF, lang="fr"))) == ()
