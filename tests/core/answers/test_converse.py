"""A model's answer is shown sentence by sentence once each is checked; whatever goes wrong, the archive is quoted."""

from __future__ import annotations

import asyncio
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from core.answers.answer import Answerer, Listener
from core.answers.converse import Pace, Writer
from core.answers.memory import Memory
from core.answers.model import ModelError
from core.answers.search import Searcher
from core.answers.spending import Limits, Spending
from core.storage.engine import open_database
from core.storage.notes import SqlNotes
from core.storage.postings import SqlPassages
from databases import sqlite_url
from scripted import ListMeter, ScriptedModel

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from clock import ManualClock
    from core.answers.cite import Answer

QUESTION = "宇树 R2 多少钱？"
GOOD = "宇树 R2 售价 2.99 万元 [1]。"
WRONG = "宇树 R2 售价 9.99 万元 [1]。"
QUICK = Pace(patience=0.4, whole=1)
SLACK = 2
"""Seconds that a busy machine may add; the models wait for longer."""
CALM = Pace(patience=20, whole=20)


class Desk:
    """An answerer with a model that a test scripts."""

    def __init__(self, notes: SqlNotes, search: Searcher, clock: ManualClock) -> None:
        self._notes = notes
        self._search = search
        self._clock = clock
        self.meter = ListMeter()
        self.shown: list[str] = []
        self.spending = Spending(notes, clock, Limits())

    def with_model(self, model: ScriptedModel, *, limits: Limits | None = None, **about: Any) -> Answerer:  # noqa: ANN401
        self.spending = Spending(self._notes, self._clock, limits or Limits())
        writer = Writer(model, self.spending, self.meter, **{"pace": CALM, **about})
        memory = Memory(self._notes)
        return Answerer(self._search, memory=memory, today=lambda: self._clock.now().date(), writer=writer)

    async def show(self, text: str) -> None:
        self.shown.append(text)

    async def ask(self, model: ScriptedModel, question: str = QUESTION, lang: str = "zh", **about: Any) -> Answer:  # noqa: ANN401
        answerer = self.with_model(model, **about)
        return await answerer.ask(question, lang=lang, listener=Listener(reader="r", show=self.show))


@pytest.fixture
async def desk(indexed: Path, tmp_path: Path, clock: ManualClock) -> AsyncIterator[Desk]:
    shutil.copytree(indexed, tmp_path, dirs_exist_ok=True)
    database = open_database(sqlite_url(tmp_path))
    yield Desk(SqlNotes(database, clock), Searcher(SqlPassages(database)), clock)
    await database.close()


def is_quoted(answer: Answer) -> bool:
    return answer.found and not answer.written and "“" in answer.text


async def test_a_checked_answer_names_its_stories(desk: Desk) -> None:
    answer = await desk.ask(ScriptedModel(GOOD))
    assert answer.written == GOOD
    assert answer.text.splitlines()[0] == GOOD
    assert answer.text.splitlines()[1].startswith("[1] ")
    assert len(answer.citations) == 1
    assert answer.citations[0].url in answer.text
    assert desk.meter.outcomes == ["written"]


async def test_it_grows_by_checked_sentences(desk: Desk) -> None:
    second = "它在三月开售 [1]。"
    await desk.ask(ScriptedModel(["宇树 R2 售价 2.99 ", "万元 [1]。", "\n它在三月", "开售 [1]。"]))
    assert desk.shown[0] == GOOD
    assert all(said in {GOOD, f"{GOOD}{second}"} for said in desk.shown)


@pytest.mark.parametrize("thought", ["<think>\n9.99 万元？不对。\n</think>\n\n", "\n<think></think>"])
@pytest.mark.parametrize("size", [1, 3, 400])
async def test_what_a_model_thinks_aloud_is_left_out(thought: str, size: int, desk: Desk) -> None:
    said = f"{thought}{GOOD}"
    answer = await desk.ask(ScriptedModel([said[at : at + size] for at in range(0, len(said), size)]))
    assert answer.written == GOOD
    assert desk.shown == [GOOD]


async def test_a_model_that_only_thinks_is_no_answer(desk: Desk) -> None:
    assert is_quoted(await desk.ask(ScriptedModel(f"<think>{GOOD}")))


async def test_no_more_of_a_question_is_sent_than_the_guide_says(desk: Desk) -> None:
    model = ScriptedModel(GOOD)
    await desk.ask(model, QUESTION + " 请问" * 400)
    assert len(model.asked[0]["question"]) == 500


async def test_nothing_unchecked_is_ever_shown(desk: Desk) -> None:
    answer = await desk.ask(ScriptedModel(f"{GOOD}详情见 https://evil.example [1]。"))
    assert desk.shown == [GOOD]
    assert is_quoted(answer)
    assert "evil" not in answer.text
    assert desk.meter.outcomes == ["unsupported"]


async def test_a_wrong_answer_is_repaired_once(desk: Desk) -> None:
    model = ScriptedModel(WRONG, GOOD)
    answer = await desk.ask(model)
    assert answer.written == GOOD
    assert desk.meter.outcomes == ["repaired"]
    assert model.asked[1]["your_answer"] == WRONG
    assert "9.99" in model.asked[1]["what_is_wrong_with_it"][0]
    assert len(model.prompts) == 2


async def test_an_answer_that_is_wrong_twice_is_quoted(desk: Desk) -> None:
    model = ScriptedModel(WRONG)
    assert is_quoted(await desk.ask(model))
    assert len(model.prompts) == 2


@pytest.mark.parametrize(
    "pieces",
    [["宇树 R2 售价 2.99 万元，" * 100, "宇树 R2 售价 2.99 万元 [1]。"], ["宇树" * 600, 60]],
    ids=["ends late", "never ends"],
)
async def test_a_sentence_that_is_too_long_is_not_waited_for(desk: Desk, pieces: list[str | float]) -> None:
    assert is_quoted(await desk.ask(ScriptedModel(pieces)))
    assert desk.meter.outcomes == ["unsupported"]


async def test_a_model_that_finds_nothing_leaves_the_quote(desk: Desk) -> None:
    model = ScriptedModel("NOTHING")
    assert is_quoted(await desk.ask(model))
    assert len(model.prompts) == 1


@pytest.mark.parametrize("trouble", ["unreachable", "refused", "missing", "limited", "rejected", "broken"])
async def test_a_model_in_trouble_leaves_the_quote(desk: Desk, trouble: Any) -> None:  # noqa: ANN401
    assert is_quoted(await desk.ask(ScriptedModel(ModelError(trouble, "it said no"))))
    assert desk.meter.outcomes == [trouble]


@pytest.mark.parametrize(
    "pieces",
    [
        [9.0, GOOD],
        [*[part for character in GOOD for part in (character, 0.1)]],
        [GOOD, "它在", 9.0, "三月开售 [1]。"],
        [part for _again in range(40) for part in (GOOD, 0.1)],
    ],
)
async def test_a_slow_model_leaves_the_quote_in_time(desk: Desk, pieces: list[str | float]) -> None:
    began = asyncio.get_running_loop().time()
    answer = await desk.ask(ScriptedModel(pieces), pace=QUICK)
    assert is_quoted(answer) or len(answer.written) < 700
    assert asyncio.get_running_loop().time() - began < QUICK.whole + SLACK


async def test_who_cannot_watch_has_the_quote_when_patience_ends(desk: Desk) -> None:
    answerer = desk.with_model(ScriptedModel([GOOD, 9.0, GOOD]), pace=QUICK)
    began = asyncio.get_running_loop().time()
    assert is_quoted(await answerer.ask(QUESTION, lang="zh"))
    assert asyncio.get_running_loop().time() - began < QUICK.patience + SLACK


async def test_what_cannot_be_shown_while_it_grows_is_answered_all_the_same(desk: Desk) -> None:
    async def refuse(_text: str) -> None:
        raise OSError("the platform is down")

    answerer = desk.with_model(ScriptedModel(GOOD))
    answer = await answerer.ask(QUESTION, lang="zh", listener=Listener(show=refuse))
    assert answer.written == GOOD


@pytest.mark.parametrize("question", ["GPT-7 发布了吗", "1 月 5 日有什么新闻？", "今天晚饭吃什么"])
async def test_what_the_archive_does_not_know_never_goes_to_the_model(desk: Desk, question: str) -> None:
    model = ScriptedModel(GOOD)
    answer = await desk.ask(model, question)
    assert not answer.found
    assert not model.prompts


async def test_only_the_question_and_the_stories_are_sent(desk: Desk) -> None:
    model = ScriptedModel("NOTHING")
    answerer = desk.with_model(model)
    await answerer.ask(
        "Kimi K3 上线了吗", lang="zh", conversation="telegram:bot:42", listener=Listener(reader="telegram:42")
    )
    await answerer.ask(
        "它的参数有多少？", lang="zh", conversation="telegram:bot:42", listener=Listener(reader="telegram:42")
    )
    sent = model.asked[-1]
    assert set(sent) == {"stories", "earlier", "question"}
    assert sent["earlier"] == ["Kimi K3 上线了吗"]
    assert {key for story in sent["stories"] for key in story} == {"n", "date", "section", "title", "text"}
    assert "42" not in model.prompts[-1].rules + sent["question"]


async def test_counted_and_compared_numbers_are_not_left_to_a_model(desk: Desk) -> None:
    model = ScriptedModel(GOOD)
    await desk.ask(model, "3 月点赞最多的模型")
    await desk.ask(model, "通义千问出现过几次？")
    assert not model.prompts


async def test_a_reader_has_so_many_questions_a_day(desk: Desk, clock: ManualClock) -> None:
    limits = Limits(questions=2)
    answers = [await desk.ask(ScriptedModel(GOOD), limits=limits) for _ in range(3)]
    assert [bool(answer.written) for answer in answers] == [True, True, False]
    assert is_quoted(answers[2])
    assert desk.meter.outcomes[-1] == "reader"
    clock.at = clock.at.replace(month=4, day=1)
    assert (await desk.ask(ScriptedModel(GOOD), limits=limits)).written


async def test_everybody_together_has_so_many_tokens_a_day(desk: Desk, clock: ManualClock) -> None:
    limits = Limits(tokens=150)
    answers = [await desk.ask(ScriptedModel(GOOD), limits=limits) for _ in range(3)]
    assert [bool(answer.written) for answer in answers] == [True, True, False]
    assert (await desk.spending.today()).is_up
    assert desk.meter.tokens == 200
    clock.at = clock.at.replace(month=4, day=1)
    assert not (await desk.spending.today()).is_up


async def test_a_given_up_request_counts_too(desk: Desk) -> None:
    await desk.ask(ScriptedModel([9.0]), pace=QUICK)
    assert (await desk.spending.today()).tokens > 100


async def test_no_more_are_asked_at_once_than_was_set(desk: Desk) -> None:
    model = ScriptedModel([0.05, GOOD])
    answerer = desk.with_model(model, places=2)
    asking = [answerer.ask(QUESTION, lang="zh", listener=Listener(reader=f"r{number}")) for number in range(6)]
    assert all(answer.written for answer in await asyncio.gather(*asking))
    assert model.most_at_once == 2


async def test_english_questions_are_answered_in_english(desk: Desk) -> None:
    model = ScriptedModel("NOTHING")
    await desk.ask(model, "How much is the Unitree R2?", "en")
    assert "Write in English" in model.prompts[0].rules
