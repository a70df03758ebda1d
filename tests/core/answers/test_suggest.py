"""Every suggested question is answered from the story that it came from."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from core.digest.parse import parse
from core.digest.questions import COUNT, LONGEST, about, suggested, what_is
from question_archive import issues, questions

if TYPE_CHECKING:
    from core.answers.answer import Answerer
    from core.digest.model import Issue


def read() -> list[Issue]:
    return [parse(source, path=Path(path)).issue for path, source in issues()]


async def test_what_a_post_suggests_is_answered_from_its_issue(answerer: Answerer) -> None:
    asked = 0
    for issue in read():
        questions = suggested(issue, issue.sections)
        assert len(questions) == COUNT, issue.ref
        for question in questions:
            answer = await answerer.ask(question, lang=issue.ref.lang)
            assert answer.found, question
            assert issue.ref in [one.ref for one in answer.citations], question
            asked += 1
    assert asked > 150


async def test_every_answer_suggests_three_questions_that_its_stories_or_their_neighbours_answer(
    answerer: Answerer,
) -> None:
    newest = max(issue.ref.date for issue in read())
    for asked in [one for one in questions() if not one.prior][::4]:
        answer = await answerer.ask(asked.question, lang=asked.lang)
        told = (*answer.citations, *answer.nearest)
        days = {one.ref.date for one in told[:1]} or {newest}
        suggestions = await answerer.suggest(answer, asked.question)
        assert len(set(suggestions)) == COUNT, asked.question
        assert asked.question not in suggestions
        for suggestion in suggestions:
            again = await answerer.ask(suggestion, lang=asked.lang)
            assert again.found, suggestion
            first = again.citations[:2]
            own = {one.key for one in told} & {one.key for one in first}
            assert own or days & {one.ref.date for one in first}, (asked.question, suggestion)


@pytest.mark.parametrize(("question", "lang"), [("What is quantization?", "en"), ("什么是量化？", "zh")])
async def test_a_lesson_that_was_quoted_is_not_asked_for_again(question: str, lang: str, answerer: Answerer) -> None:
    answer = await answerer.ask(question, lang=lang)
    assert answer.citations[0].what == "lesson"
    assert what_is(answer.citations[0].title, lang) not in await answerer.suggest(answer, question)


@pytest.mark.parametrize(("question", "lang"), [("Letta Code 是做什么的", "zh"), ("Bun 加入了谁", "zh")])
async def test_buttons_are_in_the_readers_language_where_the_story_is_not(
    question: str, lang: str, answerer: Answerer
) -> None:
    answer = await answerer.ask(question, lang=lang)
    assert answer.citations[0].ref.lang != lang
    for suggestion in await answerer.suggest(answer, question):
        again = await answerer.ask(suggestion, lang=lang)
        assert again.citations[0].ref.lang == lang, suggestion


@pytest.mark.parametrize(
    ("title", "text", "lang", "first"),
    [
        ("宇树 R2 开售", "售价 2.99 万元。", "zh", "宇树 R2 开售，有什么消息？"),
        ("GLM-6（zai-org）", "热榜 1,388 ❤️，17.2 万下载。", "zh", "GLM-6 有多少下载？"),
        ("Letta Code", "An open source agent (Apache 2.0).", "en", "Which license does Letta Code have?"),
        ("Kestrel", "It costs 19 dollars.", "en", "Kestrel: what is new?"),
        ("鹭 3 开放全部权重，许可宽松", "", "zh", "鹭 3 开放全部权重，有什么消息？"),
        ("Nimbus-S: rain, street by street", "", "en", "Nimbus-S: what is new?"),
        ("OpenAI: a note on pricing", "", "en", "OpenAI: a note on pricing: what is new?"),
    ],
)
def test_facts_are_asked_of_what_has_a_name_of_its_own(title: str, text: str, lang: str, first: str) -> None:
    assert about(title, text, lang)[0] == first


def test_a_title_that_no_button_can_show_is_not_asked_about() -> None:
    assert not about("x" * LONGEST, "", "en")
