"""Documents become Telegram messages that are never refused and lose nothing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given

from bots.telegram.render import TelegramRenderer
from bots.telegram.rich import TelegramRichRenderer
from documents import documents, gaps, issues, quickly
from hostile import DOCUMENTS

if TYPE_CHECKING:
    from core.document.nodes import Document
    from core.render.port import Renderer
    from reading import Judge

FORMS: tuple[Renderer, ...] = (TelegramRenderer(), TelegramRichRenderer())


@pytest.mark.parametrize("name", DOCUMENTS)
def test_hostile_documents_are_taken_whole(name: str, renderer: Renderer, judge: Judge) -> None:
    document = DOCUMENTS[name]
    assert judge(renderer, document, renderer.render(document)) == []


@quickly(10)
@given(document=documents)
def test_any_document_is_taken_whole(document: Document, judge: Judge) -> None:
    for form in FORMS:
        assert judge(form, document, form.render(document)) == []


@quickly(10)
@given(document=issues)
def test_any_issue_is_taken_whole(document: Document, judge: Judge) -> None:
    for form in FORMS:
        assert judge(form, document, form.render(document)) == []


@quickly(60)
@given(document=gaps)
def test_any_style_may_begin_and_end_with_blanks(document: Document, judge: Judge) -> None:
    for form in FORMS:
        assert judge(form, document, form.render(document)) == []


@pytest.mark.parametrize("name", ["everything", "stories", "styled spans"])
def test_the_same_document_gives_the_same_bytes(name: str, renderer: Renderer) -> None:
    first, second = (
        json.dumps([message.payload for message in renderer.render(DOCUMENTS[name])], ensure_ascii=False)
        for _ in range(2)
    )
    assert first == second
