"""Near misses are told from answers: names, versions and what is asked of them must stand in a story."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from core.answers.answer import Answerer
from core.answers.memory import Memory
from core.answers.search import Indexer, Searcher
from core.digest.parse import parse
from core.i18n import texts
from core.storage.notes import SqlNotes
from core.storage.postings import SqlPassages

if TYPE_CHECKING:
    from clock import ManualClock
    from core.storage.engine import Database

TODAY = date(2026, 3, 18)
ZH = """# 星期三

## 模型

- **Claude Opus 4.6 发布** — 输入 5 美元，输出 25 美元。
- **Kimi K2.5 开源** — 参数一万亿，能指挥一百个子代理，用了 3 个月训练。
- **豆包 2.0 上线** — 日活破亿。
- **Solano 的新模型** — 发布会在巴黎举行。

## 产品

- **三星冰箱接入 Gemini** — 打开门就知道缺什么菜。
"""
EN = """# Wednesday

## Models

- **Claude Opus 4.6 is out** — $5 in and $25 out.
- **Kimi K2.5 is open** — A trillion parameters, a hundred sub-agents and 3 months of training.
- **Mercury 2 is fast** — A diffusion model at a thousand tokens a second.

## Insight

- **Zed leaves beta** — The editor is written in Rust.
- **Peter Steinberger joins OpenAI** — He will work on personal agents.
- **Who folds the laundry** — A robot loads the washer and puts shirts away.
"""


@pytest.fixture
async def answerer(sqlite_database: Database, clock: ManualClock) -> Answerer:
    passages = SqlPassages(sqlite_database)
    indexer = Indexer(passages)
    for lang, source in (("zh", ZH), ("en", EN)):
        await indexer.add(parse(source, path=Path(f"daily/{lang}/{TODAY}.md")).issue)
    memory = Memory(SqlNotes(sqlite_database, clock))
    return Answerer(Searcher(passages), memory=memory, today=lambda: date(2026, 3, 19))


@pytest.mark.parametrize(
    ("question", "title"),
    [
        ("Opus 4.6 多少钱", "Claude Opus 4.6 发布"),
        ("how many parameters does Kimi K2.5 have?", "Kimi K2.5 is open"),
        ("what does Mercury 2 do", "Mercury 2 is fast"),
        ("豆包 2.0 的日活", "豆包 2.0 上线"),
        ("What is Zed written in?", "Zed leaves beta"),
        ("Which company did Peter Steinberger join?", "Peter Steinberger joins OpenAI"),
        ("a machine for the washing", "Who folds the laundry"),
        ("Kimi K2 怎么样", "Kimi K2.5 开源"),
        ("Kimi K2.5 vs Claude Opus 4.6", "Kimi K2.5 is open"),
    ],
)
async def test_what_a_story_says_is_answered(question: str, title: str, answerer: Answerer) -> None:
    answer = await answerer.ask(question, lang="en" if question.isascii() else "zh")
    assert answer.found
    assert answer.citations[0].title == title


@pytest.mark.parametrize(
    "question",
    [
        "How much does Claude Opus 5 cost?",
        "Kimi K3 参数多少",
        "豆包 3.0 的日活",
        "Does Zed run on Windows?",
        "Is Zed valued at a billion dollars?",
        "Did Peter Steinberger join Anthropic?",
        "三星和 Anthropic 合作了吗",
        "三星冰箱接入 Gemini 的耗电量是多少",
        "How tall is Mercury 2?",
        "红烧肉怎么做",
        "tell me a joke about trains",
        "什么是联邦学习",
        "what is federated learning",
        "2 月 30 日有什么新闻",
        "best running shoes",
    ],
)
async def test_what_only_sounds_like_a_story_is_refused(question: str, answerer: Answerer) -> None:
    answer = await answerer.ask(question, lang="en" if question.isascii() else "zh")
    assert not answer.found, answer.text


@pytest.mark.parametrize(
    ("question", "name"), [("How much does Claude Opus 5 cost?", "Opus 5"), ("Kimi K3 参数多少", "K3")]
)
async def test_a_version_whose_number_stands_elsewhere_is_unknown(question: str, name: str, answerer: Answerer) -> None:
    answer = await answerer.ask(question, lang="en")
    assert f"“{name}”" in answer.text or f"{name}”" in answer.text


async def test_a_question_without_a_name_is_about_what_was_asked_before(answerer: Answerer) -> None:
    await answerer.ask("豆包 2.0 上线了吗", lang="zh", conversation="c")
    answer = await answerer.ask("日活有多少", lang="zh", conversation="c")
    assert answer.citations[0].title == "豆包 2.0 上线"


@pytest.mark.parametrize(
    ("question", "title"),
    [
        ("How much does Mercury 2 cost?", "Mercury 2 is fast"),
        ("豆包 2.0 多少钱", "豆包 2.0 上线"),
        ("Mercury 2 context window size", "Mercury 2 is fast"),
        ("Kimi K2.5 的许可", "Kimi K2.5 开源"),
    ],
)
async def test_a_quote_without_the_fact_that_is_asked_for_claims_no_more(
    question: str, title: str, answerer: Answerer
) -> None:
    lang = "en" if question.isascii() else "zh"
    answer = await answerer.ask(question, lang=lang)
    assert (answer.citations or answer.nearest)[0].title == title
    closest = texts(lang)("Closest, may not answer:")
    assert (closest in answer.text) == (title != "Kimi K2.5 开源")


async def test_an_answer_with_the_fact_is_no_closest_one(answerer: Answerer) -> None:
    assert not (await answerer.ask("Opus 4.6 多少钱", lang="zh")).lead
