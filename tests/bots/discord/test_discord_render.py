"""Documents become Discord messages that are never refused and lose nothing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import assume, given

from bots.discord.render import DiscordRenderer
from core.document.nodes import ListItem
from core.document.text import plain, walk
from documents import documents, gaps, issues, quickly
from hostile import DOCUMENTS

if TYPE_CHECKING:
    from core.document.nodes import Document
    from reading import Judge

RENDERER = DiscordRenderer()
QUICK = quickly(8)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_hostile_documents_are_taken_whole(judge: Judge, name: str) -> None:
    document = DOCUMENTS[name]
    assert judge(RENDERER, document, RENDERER.render(document)) == []


@QUICK
@given(document=documents)
def test_any_document_is_taken_whole(judge: Judge, document: Document) -> None:
    assume(not _has_empty_items(document))
    assert judge(RENDERER, document, RENDERER.render(document)) == []


@QUICK
@given(document=issues)
def test_any_issue_is_taken_whole(judge: Judge, document: Document) -> None:
    assert judge(RENDERER, document, RENDERER.render(document)) == []


@quickly(60)
@given(document=gaps)
def test_any_style_may_begin_and_end_with_blanks(judge: Judge, document: Document) -> None:
    assert judge(RENDERER, document, RENDERER.render(document)) == []


def _has_empty_items(document: Document) -> bool:
    """The number of an item that holds nothing may be lost between two pages."""
    return any(isinstance(node, ListItem) and not plain(node).strip() for node in walk(document.blocks))


@pytest.mark.parametrize("name", ["everything", "stories", "styled spans", "many buttons"])
def test_the_same_document_gives_the_same_bytes(name: str) -> None:
    first, second = (json.dumps([message.payload for message in RENDERER.render(DOCUMENTS[name])]) for _ in range(2))
    assert first == second
