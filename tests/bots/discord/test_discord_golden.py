"""Whole issues as Discord messages, to be read and compared."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from bots.discord.buttons import pressed
from bots.discord.render import DiscordRenderer
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
RENDERER = DiscordRenderer()


def issue_documents(path: Path) -> dict[str, Document]:
    issue = parse(path.read_text(encoding="utf-8"), path=path.relative_to(ISSUES)).issue
    return {"card": PRESENTER.card(issue), "full": PRESENTER.full(issue)} if issue else {}


def outline(messages: tuple[Message, ...]) -> str:
    """Write messages so that a person can read them."""
    return "\n".join(line for number, message in enumerate(messages, 1) for line in _outline(number, message))


def _outline(number: int, message: Message) -> Iterator[str]:
    yield f"=== {number}: {json.dumps(message.counts)}"
    for part in message.payload["components"][0]["components"]:
        match part["type"]:
            case 10:
                yield f"{part['content']}"
            case 14:
                yield "---------- separator"
            case _:
                yield "---------- " + " ".join(map(_button, part["components"]))


def _button(part: dict[str, Any]) -> str:
    if "options" in part:
        return f"menu {part['placeholder']}: " + ", ".join(f"[{o['label']} = {o['value']}]" for o in part["options"])
    return f"[{part['label']} = {pressed(part['custom_id'])}]"


@pytest.mark.parametrize("style", ["card", "full"])
@pytest.mark.parametrize("name", ["daily/zh/2026-03-02", "daily/en/2026-03-02"])
def test_issues_look_as_they_did(golden: Callable[[Path, str], None], name: str, style: str) -> None:
    document = issue_documents(ISSUES / f"{name}.md")[style]
    golden(FOLDER / f"{name.replace('/', '.')}.{style}.txt", outline(RENDERER.render(document)) + "\n")


@pytest.mark.parametrize(
    "name", ["everything", "special characters", "CJK emphasis", "brackets in addresses", "mentions", "deep list"]
)
def test_hostile_documents_look_as_they_did(golden: Callable[[Path, str], None], name: str) -> None:
    golden(FOLDER / f"{name.replace(' ', '-')}.txt", outline(RENDERER.render(DOCUMENTS[name])) + "\n")


def test_a_sample_issue_takes_few_messages() -> None:
    """Hardly more than its characters need at least."""
    messages = least = 0
    for path in sorted(ISSUES.rglob("*.md")):
        for document in issue_documents(path).values():
            pages = RENDERER.render(document)
            messages += len(pages)
            least += max(1, -(-sum(page.counts["characters"] for page in pages) // 4000))
    assert messages
    assert messages <= 1.1 * least


def test_a_card_is_one_message() -> None:
    cards = [issue_documents(path).get("card") for path in sorted(ISSUES.rglob("*.md"))]
    assert {len(RENDERER.render(card)) for card in cards if card} == {1}
