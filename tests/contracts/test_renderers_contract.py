"""Documents become messages that no platform refuses and that lose nothing, whatever is in them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given

import desk_judge
import discord_judge
import slack_judge
import telegram_judge
from bots.desk.render import DeskRenderer
from bots.discord.render import DiscordRenderer
from bots.slack.render import SlackRenderer
from bots.telegram.render import TelegramRenderer
from bots.telegram.rich import TelegramRichRenderer
from core.document.nodes import ListItem
from core.document.text import plain, walk
from documents import documents, gaps, issues, quickly
from hostile import DOCUMENTS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from core.document.nodes import Document
    from core.render.port import Renderer
    from reading import Judge

FORMS: dict[str, tuple[Renderer, Judge]] = {
    "telegram": (TelegramRenderer(), telegram_judge.judge),
    "telegram rich": (TelegramRichRenderer(), telegram_judge.judge),
    "discord": (DiscordRenderer(), discord_judge.judge),
    "slack": (SlackRenderer(), slack_judge.judge),
    "desk": (DeskRenderer(), desk_judge.judge),
}


KEEPING_EMPTY_ITEMS = ("telegram", "telegram rich", "desk")
"""The others may lose the number of an item that holds nothing between two pages."""


def complaints(document: Document, forms: Iterable[str] = FORMS) -> dict[str, list[str]]:
    """Return what is wrong with the messages that each form makes of a document."""
    found = {}
    for name in forms:
        renderer, judge = FORMS[name]
        if problems := judge(renderer, document, renderer.render(document)):
            found[name] = problems
    return found


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", DOCUMENTS)
def test_hostile_documents_are_taken_whole(form: str, name: str) -> None:
    assert complaints(DOCUMENTS[name], [form]) == {}


@quickly(12)
@given(document=documents)
def test_any_document_is_taken_whole(document: Document) -> None:
    assert complaints(document, KEEPING_EMPTY_ITEMS if _has_empty_items(document) else FORMS) == {}


@quickly(10)
@given(document=issues)
def test_any_issue_is_taken_whole(document: Document) -> None:
    assert complaints(document) == {}


@quickly(60)
@given(document=gaps)
def test_any_style_may_begin_and_end_with_blanks(document: Document) -> None:
    assert complaints(document) == {}


def _has_empty_items(document: Document) -> bool:
    return any(isinstance(node, ListItem) and not plain(node).strip() for node in walk(document.blocks))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", ["everything", "stories", "styled spans", "many buttons"])
def test_the_same_document_gives_the_same_bytes(form: str, name: str) -> None:
    renderer, _ = FORMS[form]
    first, second = (json.dumps([message.payload for message in renderer.render(DOCUMENTS[name])]) for _ in range(2))
    assert first == second
