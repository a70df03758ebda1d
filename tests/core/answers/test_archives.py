"""Every archive of the evaluation can be told and asked as it is written."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from core.digest.parse import parse
from core.document.text import plain
from question_archive import FIFTH, FIRST, FOURTH, SECOND, SIXTH, THIRD, issues, picks, questions, rows, titles

ARCHIVES = (FIRST, SECOND, THIRD, FOURTH, FIFTH, SIXTH)


@pytest.mark.parametrize("archive", ARCHIVES)
def test_what_answers_a_question_is_told_in_an_issue(archive: str) -> None:
    known, told = titles(archive), set[str]()
    for path, source in issues(archive):
        issue = parse(source, path=Path(path)).issue
        told |= {known.get(plain(story.title), "") for _section, story in issue.stories()}
        if issue.lesson:
            told.add(known.get(re.sub(r"\s*[(（].*", "", issue.lesson.term), ""))

    assert {name for asked in questions(archive) for name in asked.ids} <= told


@pytest.mark.parametrize("archive", ARCHIVES)
def test_a_title_names_one_story(archive: str) -> None:
    names = [row[0] for row in (*rows("stories.txt", archive), *rows("lessons.txt", archive))]

    assert len(set(names)) == len(names)
    assert set(titles(archive).values()) == set(names)


def test_the_sixth_archive_has_eighteen_questions_of_each_kind_half_of_them_chinese() -> None:
    asked = questions(SIXTH)

    assert len(asked) == 8 * 18
    for kind in {one.kind for one in asked}:
        langs = [one.lang for one in asked if one.kind == kind]
        assert (langs.count("zh"), langs.count("en")) == (9, 9)
    assert all(bool(one.ids) == (one.kind != "none") for one in asked)
    assert all(bool(one.prior) == (one.kind == "follow") for one in asked)


def test_the_picks_of_the_sixth_archive_stand_in_its_issues_of_both_languages() -> None:
    found = {path: parse(source, path=Path(path)).issue for path, source in issues(SIXTH)}

    for day, zh, _, en, _ in picks(SIXTH):
        for lang, title in (("zh", zh), ("en", en)):
            pick = found[f"daily/{lang}/2026-{day}.md"].pick
            assert pick is not None
            assert pick.title == title
