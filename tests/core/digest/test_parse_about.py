"""Which issue a text is."""

from __future__ import annotations

import re
from datetime import date
from pathlib import PurePath

import pytest

from core.digest.parse import parse
from core.i18n import texts


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("daily/zh/2026-03-01.md", "daily/zh/2026-03-01"),
        ("evening/en/2026-03-01.md", "evening/en/2026-03-01"),
        ("weekly/zh/2026-W10.md", "weekly/zh/2026-03-02"),
        ("en/2026-W10.md", "weekly/en/2026-03-02"),
        ("zh/2026-03-01.md", "daily/zh/2026-03-01"),
        ("/srv/paper/issues/zh/2026-03-01.md", "daily/zh/2026-03-01"),
        ("2026-03-01.zh.md", "daily/zh/2026-03-01"),
        ("2026-03-01.zh-CN.md", "daily/zh/2026-03-01"),
        ("2026-03-01-en.md", "daily/en/2026-03-01"),
        ("2026-03-01.md", "daily/en/2026-03-01"),
        ("anything.md", "daily/en/2026-07-01"),
        (None, "daily/en/2026-07-01"),
    ],
)
def test_the_path_tells_edition_language_and_date(path: str | None, expected: str) -> None:
    issue = parse("# Words\n\nJuly 1, 2026\n", path=path and PurePath(path)).issue
    assert str(issue.ref) == expected


TEXT = "# 标题\n\n2026-01-03\n"
FRONT = "---\ndate: 2026-01-01\nlang: en\nedition: Late\n---\n"


@pytest.mark.parametrize(
    ("source", "path", "expected"),
    [
        (FRONT + TEXT, "daily/zh/2026-01-02.md", "late/en/2026-01-01"),
        (TEXT, "daily/en/2026-01-02.md", "daily/en/2026-01-02"),
        (TEXT, None, "daily/zh/2026-01-03"),
    ],
)
def test_front_matter_comes_before_path_before_text(source: str, path: str | None, expected: str) -> None:
    assert str(parse(source, path=path).issue.ref) == expected


def test_an_edition_is_made_fit_for_a_name() -> None:
    issue = parse("---\nedition: The Very Late Night Extra\n---\n" + TEXT).issue
    assert re.fullmatch("[a-z0-9-]{1,16}", issue.ref.edition)


def test_today_stands_in_for_a_missing_date() -> None:
    parsed = parse("# Words", today=date(2026, 5, 1))
    assert parsed.issue.ref.date == date(2026, 5, 1)
    assert [problem.code for problem in parsed.problems] == ["no-date"]


def test_a_date_deep_in_a_story_is_not_the_issue_s() -> None:
    parsed = parse("# Words\n\n## Models\n\n- **A** — published on 2020-01-01.\n")
    assert "no-date" in [problem.code for problem in parsed.problems]


@pytest.mark.parametrize(
    ("source", "path", "draft"),
    [
        (TEXT, "daily/zh/2026-03-26-draft.md", True),
        (TEXT, "daily/zh/2026-03-26.md", False),
        ("---\ndraft: true\n---\n" + TEXT, None, True),
    ],
)
def test_drafts_are_marked(source: str, path: str | None, draft: bool) -> None:  # noqa: FBT001 — a table's column
    assert parse(source, path=path).issue.draft is draft


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("模型 GPT-5.2-Codex, Claude Code, Gemini 3.1 Pro 都提速了", "zh"),
        ("Qwen (通义) is out, and many more words", "en"),
        ("", "en"),
    ],
)
def test_the_text_tells_its_language(text: str, lang: str) -> None:
    assert parse(text).issue.ref.lang == lang


def test_equal_text_has_an_equal_revision_whatever_its_line_ends() -> None:
    assert parse(TEXT).issue.revision == parse("\ufeff" + TEXT.replace("\n", "\r\n")).issue.revision
    assert parse(TEXT).issue.revision != parse(TEXT + "x").issue.revision


def test_broken_front_matter_is_reported_where_it_breaks_and_what_is_readable_counts() -> None:
    parsed = parse('---\ndate: 2026-01-01\ntitle: "open\nlang: en\n---\n' + TEXT)
    (problem,) = parsed.problems
    assert (problem.code, problem.level) == ("bad-front-matter", "error")
    assert 2 <= problem.line <= 5
    assert str(parsed.issue.ref) == "daily/en/2026-01-01"
    assert parsed.issue.title == "标题"


@pytest.mark.parametrize(
    ("line", "title", "ref"),
    [
        ("title: 1.10", "1.10", "daily/en/2026-01-01"),
        ("title: 12:30", "12:30", "daily/en/2026-01-01"),
        ("title: Yes", "Yes", "daily/en/2026-01-01"),
        ('title: "a\\u202eb\\0c\\nd"', "abc d", "daily/en/2026-01-01"),
        ("title: [a, b]", "daily 2026-01-01", "daily/en/2026-01-01"),
        ("title: null", "daily 2026-01-01", "daily/en/2026-01-01"),
        ("edition: ~", "daily 2026-01-01", "daily/en/2026-01-01"),
        ("edition: {a: b}", "daily 2026-01-01", "daily/en/2026-01-01"),
        ("edition: 2026", "2026 2026-01-01", "2026/en/2026-01-01"),
        ("lang: null", "daily 2026-01-01", "daily/en/2026-01-01"),
    ],
)
def test_front_matter_is_read_as_it_is_written(line: str, title: str, ref: str) -> None:
    issue = parse(f"---\ndate: 2026-01-01\n{line}\n---\nJust words.").issue
    assert (issue.title, str(issue.ref)) == (title, ref)


@pytest.mark.parametrize(
    ("value", "is_draft"),
    [("true", True), ("Yes", True), ("on", True), ("false", False), ("[true]", False), ("null", False)],
)
def test_front_matter_tells_a_draft(value: str, is_draft: bool) -> None:  # noqa: FBT001  it is the answer
    assert parse(f"---\ndraft: {value}\n---\nx").issue.draft is is_draft


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2026-3-1", "2026-03-01"),
        ("2026-03-01T23:00:00-05:00", "2026-03-01"),
        ("20260301", "2026-03-01"),
        ("March 1, 2026", "2026-03-01"),
        ("2026-W10", "2026-03-02"),
        ("[2026-03-01]", "1970-01-01"),
    ],
)
def test_front_matter_tells_a_date_in_any_form(written: str, day: str) -> None:
    assert parse(f"---\ndate: {written}\n---\nx").issue.ref.date.isoformat() == day


def test_problems_are_told_in_both_languages() -> None:
    parsed = parse('---\nlang: "open\n---\nwords')
    assert len(parsed.problems) == 3
    assert all(texts("zh")(problem.message) != problem.message for problem in parsed.problems)
