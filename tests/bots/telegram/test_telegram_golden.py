"""What messages look like, in readable files: entities stand in the text, rich blocks on lines of their own."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from core.digest.parse import parse
from core.digest.present import Presenter
from core.digest.samples import folder
from core.digest.sections import Vocabulary
from hostile import DOCUMENTS

if TYPE_CHECKING:
    from core.document.nodes import Document
    from core.render.port import Message, Renderer
    from tests.conftest import Golden

HERE = Path(__file__).parent / "golden"
DATA = Path(__file__).parents[2] / "data" / "issues"
PRESENTER = Presenter(vocabulary=Vocabulary.bundled())
HAND_MADE = ("everything", "CJK emphasis", "narrow table", "mail and telephone", "mentions", "odd buttons")
LINES = re.compile(r"(</?(?:ul|ol|table|details|blockquote)[^>]*>|</(?:p|li|tr|h[1-6]|pre|summary)>|<hr/>|<br>)")


def _issues() -> dict[str, Document]:
    files = {f"bundled-{path.parts[-2]}": path for path in sorted(folder().rglob("*.md"))}
    files["twin-zh"], files["twin-en"] = DATA / "daily/zh/2026-03-02.md", DATA / "daily/en/2026-03-02.md"
    issues = {name: parse(path.read_text(encoding="utf-8"), path=path).issue for name, path in files.items()}
    full = {f"{name}-full": PRESENTER.full(issue) for name, issue in issues.items()}
    return full | {f"{name}-card": PRESENTER.card(issue) for name, issue in issues.items()}


CASES = {name.replace(" ", "-"): DOCUMENTS[name] for name in HAND_MADE} | _issues()


@pytest.mark.parametrize("name", CASES)
def test_messages_look_as_they_did(name: str, renderer: Renderer, golden: Golden) -> None:
    form = renderer.profile.form or "classic"
    messages = renderer.render(CASES[name])
    golden(HERE / form / f"{name}.txt", "\n\n".join(map(_readable, messages)) + "\n")


def _readable(message: Message) -> str:
    counts = ", ".join(f"{count} {name}" for name, count in message.counts.items())
    rich = message.payload.get("rich_message")
    body = LINES.sub(r"\1\n", rich["html"]).strip() if rich else _marked(message.payload)
    rows = message.payload.get("reply_markup", {}).get("inline_keyboard", ())
    buttons = ["  ".join(f"[{button['text']} → {button['callback_data']}]" for button in row) for row in rows]
    preview = message.payload.get("link_preview_options", {}).get("url")
    head = f"== {message.method}: {counts}" + (f", preview {preview}" if preview else "")
    return "\n".join([head, body, *buttons])


def _marked(payload: dict[str, Any]) -> str:
    units = payload["text"].encode("utf-16-le")
    marks: list[tuple[int, int, str]] = []
    for order, entity in enumerate(payload.get("entities", ())):
        extra = " ".join(str(value) for name, value in entity.items() if name not in {"type", "offset", "length"})
        end = entity["offset"] + entity["length"]
        marks.append((entity["offset"], order, f"‹{entity['type']}{f' {extra}' if extra else ''}›"))
        marks.append((end, -order - 1, f"‹/{entity['type']}›"))
    parts: list[str] = []
    position = 0
    for at, _, mark in sorted(marks):
        parts += [units[2 * position : 2 * at].decode("utf-16-le"), mark]
        position = at
    return "".join([*parts, units[2 * position :].decode("utf-16-le")])
