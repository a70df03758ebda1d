"""What a reader sees of an issue: card, whole, parts."""

from __future__ import annotations

import pytest

from core.digest.model import Issue, IssueRef
from core.digest.parse import parse
from core.digest.present import Presenter, best
from core.digest.sections import Vocabulary
from core.document.nodes import Action, Actions, Document, Heading
from core.document.text import plain, walk

PRESENTER = Presenter(vocabulary=Vocabulary.bundled())
SOURCE = """# Open weights for all

**March 2, 2026**

The lead of the day.

## 🧠 Models — releases & trends

- **First** — the editor's choice.
- **Second** — 10 ❤️
- **Third** — 2,000 ❤️ and much more to say.

## 🔧 Dev — tools

- **Tool** — does things.

## 🎓 Model literacy: what is MoE?

Many experts behind one door.

## 🎯 Pick of the day: Tool

Because it does things.
"""


def issue(source: str = SOURCE, path: str = "daily/en/2026-03-02.md") -> Issue:
    return parse(source, path=path).issue


def actions(document: Document) -> list[Action]:
    blocks = (node for node in walk(document.blocks) if isinstance(node, Actions))
    return [action for block in blocks for row in block.rows for action in row]


def test_a_card_shows_the_first_story_and_the_one_with_the_highest_numbers() -> None:
    assert [plain(story.title) for story in best(issue().sections[0])] == ["First", "Third"]
    text = plain(PRESENTER.card(issue()).blocks)
    assert "First" in text
    assert "Second" not in text


def test_a_card_leads_to_everything() -> None:
    lines = [action.data for action in actions(PRESENTER.card(issue()))]
    ref = "daily/en/2026-03-02"
    questions = ["+ask What does “MoE” mean?", "+ask First: what is new?", "+ask Tool: what is new?"]
    parts = [f"section models {ref}", f"section dev {ref}", f"lesson {ref}", f"pick {ref}", f"full {ref}"]
    assert lines == [*parts, *questions]


def test_a_card_leads_to_the_twin() -> None:
    twin = IssueRef(edition="daily", date=issue().ref.date, lang="zh")
    assert Action("中文", "issue", "daily/zh/2026-03-02") in actions(PRESENTER.card(issue(), twin=twin))


@pytest.mark.parametrize("style", ["card", "full"])
def test_sections_left_out_are_not_there(style: str) -> None:
    present = PRESENTER.card if style == "card" else PRESENTER.full
    document = present(issue(), without=frozenset({"models"}))
    assert "First" not in plain(document.blocks)
    assert "Tool" in plain(document.blocks)
    assert not [action for action in actions(document) if action.args.startswith("models")]


@pytest.mark.parametrize(("lang", "length"), [("zh", "字" * 600), ("en", "word " * 200)])
def test_a_card_stays_short_however_long_the_texts(lang: str, length: str) -> None:
    source = SOURCE.replace("The lead of the day.", length).replace("the editor's choice.", length)
    card = PRESENTER.card(issue(source, f"{lang}/2026-03-02.md"))
    assert len(plain(card.blocks)) < 1500
    assert "…" in plain(card.blocks)


def test_the_whole_issue_says_everything_in_its_order() -> None:
    text = plain(PRESENTER.full(issue()).blocks)
    places = [text.index(words) for words in ("Open weights", "The lead", "First", "Second", "Tool", "Many experts")]
    assert places == sorted(places)


def test_a_section_leads_to_its_neighbours_and_back() -> None:
    document = PRESENTER.section(issue(), issue().sections[0])
    assert [action.command for action in actions(document)] == ["section", "issue"]
    assert "March 2, 2026" in plain(document.blocks)


def test_stories_without_a_heading_get_the_name_of_their_kind() -> None:
    bare = issue("# News\n\n- **A** — b\n- **C** — d\n", "en/2026-03-02.md")
    headings = [node for node in PRESENTER.section(bare, bare.sections[0]).blocks if isinstance(node, Heading)]
    assert [bool(plain(heading)) for heading in headings] == [True]
    assert all(plain(node) for node in walk(PRESENTER.full(bare).blocks) if isinstance(node, Heading))


def test_catching_up_leads_to_what_was_missed() -> None:
    missed = issue(path="daily/en/2026-03-01.md")
    document = PRESENTER.catch_up(issue(), [missed])
    assert plain(document.blocks).startswith("What you missed\nMar 1 — Open weights for all")
    assert actions(document)[:2] == [
        Action("Everything I missed", "catchup", "daily/en/2026-03-01", style="primary"),
        Action("Mar 1", "issue", "daily/en/2026-03-01"),
    ]
    assert PRESENTER.catch_up(issue(), []) == PRESENTER.card(issue())


def test_a_long_absence_is_told_of_on_one_page() -> None:
    missed = [issue(path=f"daily/en/2026-02-{day:02}.md") for day in range(10, 24)]
    document = PRESENTER.catch_up(issue(), missed)
    days = [action.args for action in actions(document) if action.command == "issue"]
    assert days == [f"daily/en/2026-02-{day}" for day in range(19, 24)]
    assert actions(document)[0].args == "daily/en/2026-02-10"
    assert plain(document.blocks).count(plain(missed[0].sections[0].stories[0].title)) >= len(days)
