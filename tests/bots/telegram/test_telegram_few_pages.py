"""Whole issues take few messages, and messages end where a reader would turn the page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bots.telegram.render import TelegramRenderer
from bots.telegram.rich import TelegramRichRenderer
from core.digest.parse import parse
from core.digest.present import Presenter
from core.digest.samples import folder
from core.digest.sections import Vocabulary
from core.document.nodes import Document, Heading, Text
from hostile import DOCUMENTS, MARKDOWN
from telegram_judge import judge

if TYPE_CHECKING:
    from core.render.port import Renderer

DATA = Path(__file__).parents[2] / "data" / "issues"
ISSUES = sorted(path for root in (DATA, folder()) for path in root.rglob("*.md") if path.name != "README.md")
CLASSIC, RICH = TelegramRenderer(), TelegramRichRenderer()


def name(path: Path) -> str:
    return "/".join(path.parts[-3:])


def full(source: str, path: Path | None = None) -> Document:
    return Presenter(vocabulary=Vocabulary.bundled()).full(parse(source, path=path).issue)


def card(source: str, path: Path | None = None) -> Document:
    return Presenter(vocabulary=Vocabulary.bundled()).card(parse(source, path=path).issue)


def read(path: Path) -> str:
    return path.read_bytes().decode("utf-8-sig", "replace")


@pytest.mark.parametrize("path", ISSUES, ids=name)
def test_sample_issues_are_taken_whole(path: Path, renderer: Renderer) -> None:
    document = full(read(path), path)
    assert judge(renderer, document, renderer.render(document)) == []


@pytest.mark.parametrize("path", ISSUES, ids=name)
def test_a_card_is_one_message(path: Path, renderer: Renderer) -> None:
    document = card(read(path), path)
    messages = renderer.render(document)
    assert judge(renderer, document, messages) == []
    assert len(messages) == 1


@pytest.mark.parametrize("source", MARKDOWN.values(), ids=MARKDOWN)
def test_hostile_markdown_is_taken_whole(source: str, renderer: Renderer) -> None:
    document = full(source)
    assert judge(renderer, document, renderer.render(document)) == []


@pytest.mark.parametrize("path", ISSUES, ids=name)
def test_an_issue_takes_the_least_number_of_messages(path: Path) -> None:
    document = full(read(path), path)
    messages = CLASSIC.render(document)
    characters = sum(message.counts["text"] for message in messages)
    entities = sum(message.counts["entities"] for message in messages)
    assert len(messages) == max(1, -(-characters // 4096), -(-entities // 100))
    assert len(RICH.render(document)) == 1


def test_many_issues_in_one_take_hardly_more_messages_than_their_text() -> None:
    blocks = tuple(block for path in ISSUES for block in full(read(path), path).blocks)
    messages = CLASSIC.render(Document(blocks=blocks, title="all"))
    characters = sum(message.counts["text"] for message in messages)
    entities = sum(message.counts["entities"] for message in messages)
    assert len(messages) <= 1.1 * max(characters / 4096, entities / 100) + 1


def test_a_heading_goes_over_with_its_story() -> None:
    stories = DOCUMENTS["stories"].blocks
    for count in range(20, 40):
        blocks = (*stories[:count], Heading(2, (Text("新的一节"),)), *stories[count:])
        messages = CLASSIC.render(Document(blocks=blocks, title="头条"))
        assert not any(message.text.endswith("新的一节") for message in messages)
