"""Whole issues as Slack messages, to be read and compared."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from bots.slack.render import SlackRenderer
from core.digest.parse import parse
from core.digest.present import Presenter
from core.digest.sections import Vocabulary
from hostile import DOCUMENTS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from core.document.nodes import Document
    from core.render.port import Message

FOLDER = Path(__file__).parent / "golden"
ISSUES = Path(__file__).parents[2] / "data" / "issues"
PRESENTER = Presenter(vocabulary=Vocabulary.bundled())
RENDERER = SlackRenderer()
MARKS = {"bold": "*", "italic": "_", "strike": "~", "code": "`"}


def issue_documents(path: Path) -> dict[str, Document]:
    issue = parse(path.read_text(encoding="utf-8"), path=path.relative_to(ISSUES)).issue
    return {"card": PRESENTER.card(issue), "full": PRESENTER.full(issue)} if issue else {}


def outline(messages: tuple[Message, ...]) -> str:
    """Write messages so that a person can read them: one line for each element, styles as marks."""
    return "\n".join(line for number, message in enumerate(messages, 1) for line in _outline(number, message))


def _outline(number: int, message: Message) -> Iterator[str]:
    yield f"=== {number}: {json.dumps(message.counts)} {message.payload['text']}"
    for block in message.payload["blocks"]:
        match block["type"]:
            case "header":
                yield f"[header] {block['text']['text']}"
            case "context":
                yield f"[context] {' '.join(element['text'] for element in block['elements'])}"
            case "rich_text":
                yield from (line for element in block["elements"] for line in _rich(element))
            case "actions":
                yield "[actions] " + " ".join(map(_button, block["elements"]))
            case kind:
                yield f"[{kind}]"


def _rich(element: dict[str, Any]) -> Iterator[str]:
    kind = element["type"].removeprefix("rich_text_")
    if kind != "list":
        yield f"[{kind}{' quoted' * element.get('border', 0)}] {''.join(map(_inline, element['elements']))}"
        return
    indent = "  " * element.get("indent", 0)
    for at, item in enumerate(element["elements"], start=element.get("offset", 0) + 1):
        mark = "-" if element["style"] == "bullet" else f"{at}."
        quoted = "> " * element.get("border", 0)
        yield f"{quoted}{indent}{mark} {''.join(map(_inline, item['elements']))}"


def _inline(part: dict[str, Any]) -> str:
    text = part.get("text", f"<{part.get('timestamp')} {part.get('format')}|{part.get('fallback')}>")
    if "url" in part:
        text = f"[{text}]({part['url']})"
    marks = "".join(MARKS[style] for style in part.get("style", {}))
    return f"{marks}{text}{marks[::-1]}"


def _button(part: dict[str, Any]) -> str:
    if "options" in part:
        return "menu " + ", ".join(f"[{option['text']['text']} = {option['value']}]" for option in part["options"])
    return f"[{part['text']['text']} = {part['value']}]"


@pytest.mark.parametrize("style", ["card", "full"])
@pytest.mark.parametrize("name", ["daily/zh/2026-03-02", "daily/en/2026-03-02"])
def test_issues_look_as_they_did(golden: Callable[[Path, str], None], name: str, style: str) -> None:
    document = issue_documents(ISSUES / f"{name}.md")[style]
    golden(FOLDER / f"{name.replace('/', '.')}.{style}.txt", outline(RENDERER.render(document)) + "\n")


@pytest.mark.parametrize("name", ["everything", "CJK emphasis", "brackets in addresses", "mentions", "deep list"])
def test_hostile_documents_look_as_they_did(golden: Callable[[Path, str], None], name: str) -> None:
    golden(FOLDER / f"{name.replace(' ', '-')}.txt", outline(RENDERER.render(DOCUMENTS[name])) + "\n")


def test_nearly_every_sample_issue_is_one_message() -> None:
    documents = [issue_documents(path) for path in sorted(ISSUES.rglob("*.md"))]
    pages = [len(RENDERER.render(styles["full"])) for styles in documents if styles]
    assert pages
    assert sum(count == 1 for count in pages) >= 0.95 * len(pages)
    assert {len(RENDERER.render(styles["card"])) for styles in documents if styles} == {1}
