from __future__ import annotations

import json
from dataclasses import astuple
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from core.digest import samples
from core.digest.check import check
from core.digest.check.hosts import is_public
from core.digest.parse import parse

if TYPE_CHECKING:
    from tests.conftest import Golden

ISSUES = Path(__file__).parents[2] / "data" / "issues"
GOOD = """\
# A Quiet Day

**March 2, 2026**

## 🧠 Models

- **Heron** — it reads. [Read more →](https://news.example.com/heron)

## 🎓 Model literacy: what is a token?

A **token** is a piece of a word.

## 🎯 Pick of the day: Heron

It is fast.
"""
STORY = "- **Heron** — it reads. [Read more →](https://news.example.com/heron)"
OTHER = "- **Wren** — it sings. [Read more →](https://news.example.com/wren)"


def problems(source: str, path: str = "daily/en/2026-03-02.md", lang: str = "en") -> list[tuple[str, int]]:
    return [(found.code, found.line) for found in check(parse(source, path=path), source, lang=lang)]


def with_story(story: str) -> str:
    return GOOD.replace(STORY, story)


def said(text: str) -> str:
    return with_story(f"- **Heron** — {text}")


def test_a_good_issue_has_no_problem() -> None:
    assert problems(GOOD) == []


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param(GOOD.replace("# A Quiet Day\n", ""), ("no-title", 1), id="no title"),
        pytest.param("---\nlang: en\ntitle: a: b\n---\n\n" + GOOD, ("bad-front-matter", 3), id="front matter"),
        pytest.param(GOOD.replace("A Quiet Day", "quiet " * 21), ("long-title", 1), id="long title"),
        pytest.param(GOOD.replace("A Quiet Day", "静" * 61), ("long-title", 1), id="long Chinese title"),
        pytest.param(
            GOOD.replace("## 🎓", f"## 🧠 Models\n\n{OTHER}\n\n## 🎓"), ("duplicate-heading", 9), id="heading"
        ),
        pytest.param(GOOD.replace("## 🎓", "## 🔧 Dev\n\n## 🎓"), ("empty-section", 9), id="empty section"),
        pytest.param(with_story(f"{STORY}\n- **Wren**"), ("story-without-text", 8), id="only a title"),
        pytest.param(with_story(f"{STORY}\n\n### Wren"), ("story-without-text", 9), id="only a heading"),
        pytest.param(with_story(f"{STORY}\n{STORY.replace('Heron', 'Wren')}"), ("duplicate-story", 8), id="same link"),
        pytest.param(
            GOOD.replace("## 🎓 Model literacy: what is a token?\n\nA **token** is a piece of a word.\n\n", ""),
            ("no-lesson", 11),
            id="no lesson",
        ),
        pytest.param(GOOD[: GOOD.index("## 🎯")], ("no-pick", 11), id="no pick"),
        pytest.param(said("see [it](news.example.com/it)."), ("link-without-scheme", 7), id="no scheme"),
        pytest.param(said("see [it](/it)."), ("link-without-scheme", 7), id="a path alone"),
        pytest.param(said("see [it](ftp://news.example.com/it)."), ("link-without-scheme", 7), id="another scheme"),
        pytest.param(said("see [it](http://localhost:8080/it)."), ("link-not-public", 7), id="localhost"),
        pytest.param(said("see http://10.0.0.8/it now."), ("link-not-public", 7), id="bare private address"),
        pytest.param(said("one\n  two\n  see [it](http://wiki/it)."), ("link-not-public", 9), id="third line of it"),
        pytest.param(
            with_story("| A | B |\n|---|---|\n| Heron | reads |\n| Wren | [it](http://wiki/) |"),
            ("link-not-public", 10),
            id="table row",
        ),
        pytest.param(said("see [it](https://news.example.com/it"), ("broken-link", 7), id="unclosed"),
        pytest.param(said("see [it](https://news.example.com/a b)"), ("broken-link", 7), id="space inside"),
        pytest.param(said("see [it] (https://news.example.com/it)"), ("broken-link", 7), id="space between"),
        pytest.param(said("see [it]()."), ("broken-link", 7), id="empty"),
        pytest.param(said("see [it][there]."), ("broken-link", 7), id="unresolved reference"),
        pytest.param(said("see [it](javascript:alert(1))."), ("link-without-scheme", 7), id="a script"),
        pytest.param(said("模型很小,速度很快。"), ("mixed-punctuation", 7), id="Western comma"),
        pytest.param(said("模型(很小)很快。"), ("mixed-punctuation", 7), id="Western brackets"),
        pytest.param(said("模型（很小)很快。"), ("mixed-punctuation", 7), id="two kinds of brackets"),
        pytest.param(said("small，fast."), ("mixed-punctuation", 7), id="Chinese comma in English"),
        pytest.param(said("it is (nearly done."), ("unbalanced-brackets", 7), id="open bracket"),
        pytest.param(said("it is nearly) done."), ("unbalanced-brackets", 7), id="closed only"),
        pytest.param(said("它叫“苍鹭。"), ("unbalanced-brackets", 7), id="open quote"),
    ],
)
def test_a_problem_is_told_where_it_stands(source: str, expected: tuple[str, int]) -> None:
    assert problems(source) == [expected]


@pytest.mark.parametrize(
    "source",
    [
        pytest.param(GOOD.replace("A Quiet Day", "静" * 60), id="title of sixty characters"),
        pytest.param(
            "---\ntitle: A Quiet Day\n---\n" + GOOD.replace("# A Quiet Day\n", ""), id="title in front matter"
        ),
        pytest.param(GOOD.replace("## 🎓", f"## 🔧 Dev\n\n{OTHER}\n\n## 🎓"), id="another heading"),
        pytest.param(GOOD.replace("## 🎓", "## 🔧 Dev\n\nNothing today.\n\n## 🎓"), id="a section that says why"),
        pytest.param(with_story("- Heron reads now."), id="plain one-liner"),
        pytest.param(with_story("- [Heron](https://news.example.com/heron)"), id="only a link"),
        pytest.param(with_story("### Heron\n\nIt reads."), id="heading with text"),
        pytest.param(said("[a](https://news.example.com/a)\n- **Wren** — [b](https://news.example.com/b)"), id="links"),
        pytest.param(said("mail [us](mailto:desk@example.com)."), id="mail"),
        pytest.param(said("see [it](https://example.com:8443/it)."), id="documentation name"),
        pytest.param(said("see [it](https://93.184.215.14/it)."), id="global address"),
        pytest.param(said("write `[it](` and `a[i][j]` and `，`."), id="code"),
        pytest.param(said("take a[i][j] (see below) [1] (or not)."), id="brackets in prose"),
        pytest.param(said("see [it][there].\n\n[there]: https://news.example.com/it"), id="resolved reference"),
        pytest.param(said("速度 1,388 次，支持 Claude Code，Figma（很快）。"), id="figures and names"),
        pytest.param(said("first 1) speed, 2) price, and a smile :)"), id="enumeration"),
        pytest.param(said("苍鹭（Heron 3）“很快”《论文》。"), id="pairs"),
        pytest.param(with_story("```\n[it](\n中文,中文 (\n```\n\n" + STORY), id="fence"),
    ],
)
def test_a_near_miss_is_no_problem(source: str) -> None:
    assert problems(source) == []


def test_full_width_marks_between_latin_words_are_right_in_a_chinese_issue() -> None:
    source = (samples.folder() / "daily" / "zh" / "2026-01-05.md").read_text(encoding="utf-8")
    wanted = source.replace("三款编程智能体", "Kestrel、Tessera，Sandpiper")
    assert wanted != source
    assert problems(wanted, "daily/zh/2026-01-05.md") == []


def test_an_issue_without_any_date_is_told() -> None:
    assert ("no-date", 1) in problems(GOOD.replace("**March 2, 2026**\n", ""), "today.md")


def test_lines_are_counted_with_windows_line_ends_and_a_byte_order_mark() -> None:
    source = "\ufeff" + said("see [it](http://wiki/it).").replace("\n", "\r\n")
    assert problems(source) == [("link-not-public", 7)]


@pytest.mark.parametrize(
    ("host", "public"),
    [
        ("news.example.com", True),
        ("中文.example.com", True),
        ("8.8.8.8", True),
        ("2001:4860:4860::8888", True),
        ("localhost", False),
        ("LOCALHOST.", False),
        ("wiki", False),
        ("printer.local", False),
        ("api.internal", False),
        ("router.home.arpa", False),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.20", False),
        ("169.254.169.254", False),
        ("127.0.0.1", False),
        ("0.0.0.0", False),  # noqa: S104  # an address to refuse, nothing is bound
        ("100.64.0.1", False),
        ("224.0.0.1", False),
        ("127.1", False),
        ("2130706433", False),
        ("0x7f000001", False),
        ("0x7f.0.0.1", False),
        ("0177.0.0.1", False),
        ("１２７.0.0.1", False),
        ("999.1.1.1", False),
        ("::1", False),
        ("fe80::1", False),
        ("fd00::1", False),
        ("::ffff:10.0.0.1", False),
        ("", False),
        ("a..com", False),
    ],
)
def test_a_host_is_public_or_not(host: str, public: bool) -> None:  # noqa: FBT001  # a table's column
    assert is_public(host) is public


def test_messages_are_in_the_readers_language() -> None:
    source = GOOD[: GOOD.index("## 🎓")].replace("# A Quiet Day\n", "")
    parsed = parse(source, path="daily/en/2026-03-02.md")
    english = [found.message for found in check(parsed, source)]
    chinese = [found.message for found in check(parsed, source, lang="zh")]
    assert len(english) == len(chinese) == 3
    assert all(message.isascii() or "🎓" in message or "🎯" in message for message in english)
    assert all(any("\u4e00" <= character <= "\u9fff" for character in message) for message in chinese)


@pytest.mark.parametrize("path", sorted(samples.folder().rglob("*.md")), ids=lambda path: path.parent.name + path.stem)
def test_the_bundled_issues_have_no_problem(path: Path) -> None:
    relative = path.relative_to(samples.folder())
    source = path.read_text(encoding="utf-8")
    assert check(parse(source, path=relative), source) == ()


def test_the_sample_issues_have_the_expected_problems(golden: Golden) -> None:
    lines: list[str] = []
    for path in sorted(ISSUES.rglob("*.md")):
        if path.name != "README.md":
            relative = path.relative_to(ISSUES)
            source = path.read_bytes().decode()
            found = check(parse(source, path=relative), source)
            lines.extend(f"{relative}:{p.line}: {p.level}: {p.code}: {p.message}" for p in found)
    golden(Path(__file__).parent / "check_samples.txt", "\n".join(lines) + "\n")


def test_problems_can_be_written_as_json() -> None:
    source = GOOD[: GOOD.index("## 🎯")]
    assert json.dumps([astuple(found) for found in check(parse(source), source)])
