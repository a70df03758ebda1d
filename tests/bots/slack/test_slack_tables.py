from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bots.slack.render import SlackRenderer
from core.digest.parse import parse
from core.digest.present import Presenter
from core.digest.sections import Vocabulary
from slack_rules import problems, read

if TYPE_CHECKING:
    from core.document.nodes import Document

NUMBERS = """| Model | Likes | Downloads |
|---|---:|---:|
| [Polaris 2](https://example.com/p) | 1,388 | 17.2万 |
| Beaver | 33 | 90K |
"""
WORDS = """| Model | Maker | Licence |
|---|---|---|
| Polaris 2 | Acme | open |
| Beaver | Wood | closed |
"""
VOCABULARY = Vocabulary.bundled()


def section(table: str, after: str = "") -> Document:
    source = f"# News\n\n**2026-11-20**\n\n## Models\n\n{table}\n{after}"
    issue = parse(source, vocabulary=VOCABULARY).issue
    presenter = Presenter(vocabulary=VOCABULARY)
    return presenter.full(issue) if after else presenter.section(issue, issue.sections[0])


def tables(document: Document, *, shown: bool = True) -> list[dict[str, Any]]:
    messages = SlackRenderer(tables=shown).render(document)
    assert [problem for message in messages for problem in problems(message.payload)] == []
    return [block for message in messages for block in message.payload["blocks"] if block["type"] == "table"]


def test_a_section_of_numbers_is_a_table_with_numbers_at_the_right() -> None:
    (table,) = tables(section(NUMBERS))
    assert [[cell.get("text") for cell in row] for row in table["rows"]] == [
        ["Model", "Likes", "Downloads"],
        [None, "1,388", "17.2万"],
        [None, "33", "90K"],
    ]
    linked = table["rows"][1][0]["elements"][0]["elements"][0]
    assert (linked["text"], linked["url"], linked["style"]) == ("Polaris 2", "https://example.com/p", {"bold": True})
    assert table["column_settings"] == [{"is_wrapped": True}, {"align": "right"}, {"align": "right"}]


def test_nothing_is_said_twice_or_lost() -> None:
    (message,) = SlackRenderer().render(section(NUMBERS))
    said = "".join(character for character, _styles in read(message.payload))
    assert said.count("Polaris2") == said.count("Downloads") == said.count("90K") == 1


@pytest.mark.parametrize(
    ("document", "shown"),
    [
        (section(WORDS), True),
        (section(NUMBERS), False),
        (section(NUMBERS, "\n## Dev\n\n- **Beaver** — A tool.\n"), True),
        (section("- **Polaris 2** — 1,388\n- **Beaver** — 33\n"), True),
    ],
    ids=["words", "a modal", "sections behind it", "no table"],
)
def test_everything_else_stays_text(document: Document, shown: object) -> None:
    assert tables(document, shown=bool(shown)) == []
