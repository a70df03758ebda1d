"""Answers come from the archive, name where they stand, and say when it does not know."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from core.answers.answer import Answerer
from core.answers.cite import CITATIONS
from core.answers.search import Indexer, Searcher
from core.answers.when import rules
from core.digest.parse import parse
from core.storage.engine import open_database
from core.storage.postings import SqlPassages
from databases import sqlite_url
from question_archive import questions, titles

if TYPE_CHECKING:
    from pathlib import Path

    from clock import ManualClock

PAGE = 1200


async def first(answerer: Answerer, question: str, lang: str, conversation: str | None = None) -> str:
    answer = await answerer.ask(question, lang=lang, conversation=conversation)
    return titles().get((answer.citations or answer.nearest)[0].title, "") if answer.citations or answer.nearest else ""


async def test_most_questions_find_a_right_story_first_and_nearly_all_within_five(answerer: Answerer) -> None:
    known, ranks = titles(), []
    for number, asked in enumerate(questions()):
        if not asked.ids:
            continue
        if asked.prior:
            await answerer.ask(asked.prior, lang=asked.lang, conversation=f"eval-{number}")
        answer = await answerer.ask(asked.question, lang=asked.lang, conversation=f"eval-{number}")
        told = [known.get(one.title, "") for one in (*answer.citations, *answer.nearest)]
        assert len(told) <= CITATIONS
        assert len(answer.text) <= PAGE
        ranks.append(next((place for place, name in enumerate(told, 1) if name in asked.ids), 0))
    assert sum(rank == 1 for rank in ranks) / len(ranks) >= 0.78
    assert sum(rank > 0 for rank in ranks) / len(ranks) >= 0.89


async def test_what_the_archive_does_not_cover_is_refused(answerer: Answerer) -> None:
    for asked in questions():
        if not asked.ids:
            answer = await answerer.ask(asked.question, lang=asked.lang)
            assert not answer.found, asked.question
            assert not answer.citations


async def test_an_answer_only_quotes(answerer: Answerer) -> None:
    answer = await answerer.ask("宇树 R2 多少钱？", lang="zh")
    assert answer.found
    assert answer.citations[0].quote.startswith("售价 2.99 万元")
    assert answer.citations[0].quote in answer.text


async def test_a_day_without_an_issue_is_a_sure_no(answerer: Answerer) -> None:
    answer = await answerer.ask("What was new on January 5?", lang="en")
    assert not answer.found
    assert answer.text.startswith("There is no issue in that time.")


@pytest.mark.parametrize(("question", "name"), [("GPT-7 发布了吗", "GPT-7"), ("Is Gemma 5 out?", "Gemma 5")])
async def test_an_unknown_version_is_named(answerer: Answerer, question: str, name: str) -> None:
    answer = await answerer.ask(question, lang="en")
    assert not answer.found
    assert name in answer.text.partition("\n")[0]


async def test_who_is_never_mentioned_is_answered_for_by_the_company(answerer: Answerer) -> None:
    answer = await answerer.ask("扎克伯格收购 Manus 了吗？", lang="zh")
    assert answer.found
    assert answer.citations[0].title == "Meta 完成收购 Manus"


async def test_numbers_are_compared(answerer: Answerer) -> None:
    assert await first(answerer, "Which model had the most likes in March?", "en") == "deepseek-v4"
    assert await first(answerer, "三月点赞最多的模型", "zh") == "deepseek-v4"
    assert await first(answerer, "3 月点赞最少的模型", "zh") in {"qwen-moe", ""}


async def test_yesterday_counts_from_the_day_that_is_given(answerer: Answerer) -> None:
    answer = await answerer.ask("昨天有哪些新模型", lang="zh", today=date(2026, 3, 3))
    assert {one.ref.date for one in answer.citations} == {date(2026, 3, 2)}


async def test_a_story_is_shown_in_the_readers_language_where_it_is_told_in_it(answerer: Answerer) -> None:
    answer = await answerer.ask("Kimi K3 上下文", lang="en")
    assert answer.citations[0].ref.lang == "en"
    assert answer.citations[0].title == "Kimi K3 arrives"


async def test_a_story_in_another_language_says_so(answerer: Answerer) -> None:
    answer = await answerer.ask("Letta Code 是做什么的", lang="zh")
    assert answer.text.startswith("这条内容只有另一种语言的版本：")


async def test_a_conversation_goes_on_for_48_hours(answerer: Answerer, clock: ManualClock) -> None:
    await answerer.ask("Kimi K3 上线了吗", lang="zh", conversation="c")
    assert await first(answerer, "它的参数有多少？", "zh", conversation="c") == "kimi"
    clock.advance(timedelta(hours=49))
    assert await first(answerer, "它的参数有多少？", "zh", conversation="c") != "kimi"


async def test_conversations_do_not_mix(answerer: Answerer) -> None:
    await answerer.ask("Kimi K3 上线了吗", lang="zh", conversation="a")
    await answerer.ask("宇树 R2 开售", lang="zh", conversation="b")
    assert await first(answerer, "它多少钱？", "zh", conversation="b") == "unitree"


@pytest.mark.parametrize(
    ("question", "lang"),
    [
        ("宇树口碑好不好", "zh"),
        ("机器人靠谱吗", "zh"),
        ("What do people say about caching?", "en"),
        ("do people recommend Unitree", "en"),
        ("is caching worth it", "en"),
    ],
)
async def test_who_asks_for_an_opinion_is_told_what_was_printed(question: str, lang: str, answerer: Answerer) -> None:
    assert (await answerer.ask(question, lang=lang)).found


@pytest.mark.parametrize(("question", "lang"), [("推荐个模型", "zh"), ("recommend me a model", "en")])
async def test_who_wants_something_recommended_is_shown_its_section(
    question: str, lang: str, answerer: Answerer
) -> None:
    answer = await answerer.ask(question, lang=lang)
    assert answer.found
    assert answer.citations[0].section == "models"


@pytest.mark.parametrize(
    ("question", "lang"),
    [
        ("Which model has the most likes?", "en"),
        ("哪个模型点赞最多？", "zh"),
        ("tips of the last issue", "en"),
        ("latest news", "en"),
        ("what's new", "en"),
        ("any news?", "en"),
        ("有什么新闻", "zh"),
        ("Who made Kimi K3?", "en"),
    ],
)
async def test_what_says_all_that_it_asks_for_leans_on_nothing(question: str, lang: str, answerer: Answerer) -> None:
    alone = await answerer.ask(question, lang=lang)
    await answerer.ask("What happened yesterday?", lang="en", today=date(2026, 5, 9), conversation="w")
    await answerer.ask("宇树 R2 多少钱？", lang="zh", conversation="w")
    after = await answerer.ask(question, lang=lang, conversation="w")
    assert after.found == alone.found
    assert after.citations == alone.citations


@pytest.mark.parametrize(
    ("question", "lang", "section"),
    [("tips?", "en", "tips"), ("技巧", "zh", "tips"), ("模型呢？", "zh", "models"), ("开发", "zh", "dev")],
)
async def test_a_section_alone_asks_for_what_is_in_it(
    question: str, lang: str, section: str, answerer: Answerer
) -> None:
    await answerer.ask("最新一期讲了什么", lang="zh", conversation="s")
    for conversation in ("s", None):
        answer = await answerer.ask(question, lang=lang, conversation=conversation)
        assert answer.found
        assert {one.section for one in answer.citations[: answer.shown]} == {section}


async def test_a_new_start_forgets(answerer: Answerer) -> None:
    await answerer.ask("Kimi K3 上线了吗", lang="zh", conversation="n")
    await answerer.forget("n")
    assert not (await answerer.ask("它呢？", lang="zh", conversation="n")).found


async def test_a_story_under_discussion_answers_what_leans_on_it(answerer: Answerer) -> None:
    about = (await answerer.ask("宇树 R2", lang="zh")).citations[0]
    answer = await answerer.ask("它多少钱？", lang="zh", stories=[about.key])
    assert answer.citations[0].key == about.key


@pytest.mark.parametrize(("question", "lang"), [("which models are open source?", "en"), ("哪些模型是开源的？", "zh")])
async def test_who_asks_for_models_is_told_of_models_first(question: str, lang: str, answerer: Answerer) -> None:
    answer = await answerer.ask(question, lang=lang)
    assert [one.section for one in answer.citations[: answer.shown]] == ["models"] * answer.shown


@pytest.mark.parametrize("question", ["昨天有什么新闻", "昨天的新闻", "昨天发生了什么", "昨天有哪些消息"])
async def test_the_news_of_yesterday_are_yesterdays_stories(question: str, answerer: Answerer) -> None:
    answer = await answerer.ask(question, lang="zh", today=date(2026, 3, 3))
    assert answer.shown > 1
    assert {(one.ref.date, one.ref.lang) for one in answer.citations} == {(date(2026, 3, 2), "zh")}
    none = await answerer.ask(question, lang="zh", today=date(2026, 5, 9))
    assert not none.found
    assert none.lead == "那段时间没有出刊。"


async def test_a_list_tells_different_things_first(passages: SqlPassages) -> None:
    regular = "".join(
        f"- **Debugging habits of {name}** — Read the log.\n" for name in ("Ada", "Bo", "Cy", "Di", "Eve", "Flo")
    )
    source = f"# Tuesday\n\n## Tips\n\n{regular}- **Write a handover note** — It saves the morning.\n"
    await Indexer(passages).add(parse(source, path="daily/en/2026-03-17.md").issue)
    answer = await Answerer(Searcher(passages)).ask("tips of March 17", lang="en", today=date(2026, 3, 18))
    assert [one.title for one in answer.citations][:3] == [
        "Debugging habits of Ada",
        "Write a handover note",
        "Debugging habits of Bo",
    ]


async def test_who_asks_what_one_did_in_a_time_means_no_regular_item(passages: SqlPassages) -> None:
    for day in range(10, 18):
        regular = "".join(f"- **{name} edits its docs** — Two pages.\n" for name in ("Mistral", "Cohere", "IBM"))
        news = "- **Mistral buys a vineyard near Bordeaux** — Its engineers wanted shade, so the lab bought one.\n"
        source = f"# Day\n\n## Insight\n\n{regular}{news if day == 12 else ''}"
        await Indexer(passages).add(parse(source, path=f"daily/en/2026-03-{day}.md").issue)
    answer = await Answerer(Searcher(passages)).ask(
        "What did Mistral do last week?", lang="en", today=date(2026, 3, 18)
    )
    assert answer.citations[0].title == "Mistral buys a vineyard near Bordeaux"


@pytest.mark.parametrize("question", ["3 月 17 日的应用", "3 月 17 日的应用有什么？"])
async def test_a_section_is_asked_for_by_its_bare_name(question: str, passages: SqlPassages) -> None:
    source = "# 星期二\n\n## 模型\n\n- **甲** — 一个模型的应用。\n\n## 应用\n\n- **乙** — 调酒。\n"
    await Indexer(passages).add(parse(source, path="daily/zh/2026-03-17.md").issue)
    answer = await Answerer(Searcher(passages)).ask(question, lang="zh", today=date(2026, 3, 18))
    assert [one.title for one in answer.citations] == ["乙"]


async def test_what_reads_times_is_made_ready_before_the_first_question(data: Path) -> None:
    rules.cache_clear()
    database = open_database(sqlite_url(data))
    await Searcher(SqlPassages(database)).warm()
    await database.close()
    assert rules.cache_info().currsize == 1
