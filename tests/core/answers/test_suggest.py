"""Every suggested question is answered from the story that it came from."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from core.digest.parse import parse
from core.digest.questions import COUNT, LONGEST, about, suggested
from question_archive import issues

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


@pytest.mark.parametrize(
    ("question", "lang"),
    [("宇树 R2 多少钱？", "zh"), ("What is quantization?", "en"), ("GPT-7 发布了吗", "zh"), ("新模型有哪些", "zh")],
)
async def test_what_an_answer_suggests_is_answered_from_its_stories(
    question: str, lang: str, answerer: Answerer
) -> None:
    answer = await answerer.ask(question, lang=lang)
    stories = {one.key for one in (*answer.citations, *answer.nearest)}
    foreign = any(one.ref.lang != lang for one in (*answer.citations, *answer.nearest))
    suggestions = await answerer.suggest(answer, question)
    assert suggestions
    assert question not in suggestions
    for suggestion in suggestions:
        again = await answerer.ask(suggestion, lang=lang)
        assert again.found, suggestion
        newest_lesson = again.citations[0].what == "lesson" and foreign
        assert stories & {one.key for one in again.citations[:2]} or newest_lesson


@pytest.mark.parametrize(("question", "lang"), [("Letta Code 是做什么的", "zh"), ("Bun 加入了谁", "zh")])
async def test_buttons_are_in_the_readers_language_where_the_story_is_not(
    question: str, lang: str, answerer: Answerer
) -> None:
    answer = await answerer.ask(question, lang=lang)
    assert answer.citations[0].ref.lang != lang
    suggestions = await answerer.suggest(answer, question)
    assert len(suggestions) == COUNT
    for suggestion in suggestions:
        again = await answerer.ask(suggestion, lang=lang)
        assert again.citations[0].ref.lang == lang, suggestion


@pytest.mark.parametrize(
    ("title", "text", "lang", "first"),
    [
        ("宇树 R2 开售", "售价 2.99 万元。", "zh", "宇树 R2 开售，有什么消息？"),
        ("GLM-6（zai-org）", "热榜 1,388 ❤️，17.2 万下载。", "zh", "GLM-6 有多少下载？"),
        ("Letta Code", "An open source agent (Apache 2.0).", "en", "Which license does Letta Code have?"),
        ("Kestrel", "It costs 19 dollars.", "en", "Kestrel: what is new?"),
    ],
)
def test_facts_are_asked_of_what_has_a_name_of_its_own(title: str, text: str, lang: str, first: str) -> None:
    assert about(title, text, lang)[0] == first


def test_a_title_that_no_button_can_show_is_not_asked_about() -> None:
    assert not about("x" * LONGEST, "", "en")
