"""Readers greet, thank, shout, and call things by broader words: they find what they mean all the same."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from core.answers.answer import Answerer
from core.answers.question import understand
from core.answers.search import Indexer, Searcher
from core.answers.words import Words
from core.answers.words.dictionary import Dictionary
from core.digest.parse import parse
from core.storage.postings import SqlPassages

if TYPE_CHECKING:
    from core.storage.engine import Database

TODAY = date(2026, 3, 18)
ZH = """# 星期三

## 产品

- **烤箱认得出八十道菜** — 摄像头看颜色定火候，1,190 欧元。
- **高德会告诉你坐哪节车厢** — 结合实时拥挤度，覆盖 28 座城市的地铁。
- **豆包上架新声音** — 可以学家人说话。

## 小课堂

### 量化
**量化** — 用更少的位数存权重，模型变小。
"""
EN = """# Wednesday

## Models

- **Claude Haiku 5** — 240 tokens a second, and 61% on OSWorld.
- **Seed-OSS 2 (ByteDance)** — 512K of context under Apache 2.0.

## Research

- **Bats quarrel about food** — Researchers sorted 15,000 calls of fruit bats.
- **Weathernext sees storms** — A storm is forecast six days ahead.
"""
ENTRIES = """認出 认出 [ren4 chu1] /recognition/to recognize/
高 高 [gao1] /high/tall/
德 德 [de2] /virtue/
城市 城市 [cheng2 shi4] /city/town/
車廂 车厢 [che1 xiang1] /carriage/
"""


@pytest.fixture
async def answerer(sqlite_database: Database) -> Answerer:
    passages = SqlPassages(sqlite_database)
    indexer = Indexer(passages)
    for lang, source in (("zh", ZH), ("en", EN)):
        await indexer.add(parse(source, path=Path(f"2026-03-18.{lang}.md")).issue)
    words = Words(lexicon=Words.bundled().lexicon, dictionary=Dictionary(ENTRIES))
    return Answerer(Searcher(passages, words=lambda: words), today=lambda: TODAY)


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("你好，什么是量化？谢谢！", "什么是量化"),
        ("请问一下量化是什么意思", "量化是什么意思"),
        ("朋友问我，量化是啥，能帮忙查一下吗", "量化是啥"),
        ("我记得之前好像看到过，蝙蝠为什么吵架", "蝙蝠为什么吵架"),
        ("有没有人知道蝙蝠为什么吵架", "蝙蝠为什么吵架"),
        ("有没有蝙蝠的消息", "蝙蝠"),
        ("小编，烤箱多少钱来着？", "烤箱多少钱"),
        ("Hi there, what is quantization, please? Thanks a lot!", "what is quantization"),
        ("Does anybody happen to know whether Klarna hired people back", "Klarna hired people back"),
        ("I'm just curious, why do bats quarrel?", "why do bats quarrel?"),
        ("I think I read something about a burnt scroll", "a burnt scroll"),
        ("Sorry to bother you, but my friend keeps asking me about fruit bats", "fruit bats"),
        ("any idea if Gradio drops Python 3.9", "Gradio drops Python 3.9"),
        ("was there any news lately about whales", "whales"),
        ("could you please tell me about the ovens", "the ovens"),
    ],
)  # fmt: skip
def test_what_is_said_around_a_question_is_not_asked(said: str, asked: str) -> None:
    found, plain = understand(said, TODAY), understand(asked, TODAY)
    assert [(one.said, one.sort) for one in found.concepts] == [(one.said, one.sort) for one in plain.concepts]
    assert (found.fact, found.lesson) == (plain.fact, plain.lesson)


def test_thanks_alone_stay_a_question() -> None:
    assert understand("thanks", TODAY).text == "thanks"


async def test_a_polite_question_is_answered_as_a_plain_one(answerer: Answerer) -> None:
    answer = await answerer.ask("你好，什么是量化？谢谢！", lang="zh")
    assert answer.found
    assert answer.citations[0].title == "量化"


async def test_capitals_say_nothing_where_everything_has_them(answerer: Answerer) -> None:
    answer = await answerer.ask("WHY DO THE BATS QUARREL OVER THEIR FOOD", lang="en")
    assert answer.found
    assert answer.citations[0].title == "Bats quarrel about food"


@pytest.mark.parametrize(
    ("question", "lang", "title"),
    [
        ("which animals quarrel over food", "en", "Bats quarrel about food"),
        ("animal research this week", "en", "Bats quarrel about food"),
        ("本周有什么动物研究", "zh", "Bats quarrel about food"),
        ("context of the TikTok company's model", "en", "Seed-OSS 2 (ByteDance)"),
        ("抖音母公司的模型上下文多长", "zh", "Seed-OSS 2 (ByteDance)"),
        ("How fast is Claude Haiku 5?", "en", "Claude Haiku 5"),
        ("烤箱能认出多少道菜", "zh", "烤箱认得出八十道菜"),
        ("How many cities does Gaode know the carriage for?", "en", "高德会告诉你坐哪节车厢"),
    ],
)
async def test_what_readers_mean_is_found(answerer: Answerer, question: str, lang: str, title: str) -> None:
    answer = await answerer.ask(question, lang=lang)
    assert answer.found, answer.text
    assert answer.citations[0].title == title


async def test_a_word_that_only_sounds_chinese_finds_nothing(answerer: Answerer) -> None:
    answer = await answerer.ask("What does Nihao Deda cost?", lang="en")
    assert not answer.found


@pytest.mark.parametrize(
    ("question", "title"),
    [
        ("why do the bats quarrle about food", "Bats quarrel about food"),
        ("how many tokens a second has Cluade Haiku 5", "Claude Haiku 5"),
        ("how far ahead does Wheathernext see storms", "Weathernext sees storms"),
    ],
)
async def test_a_slip_of_the_finger_is_put_right(answerer: Answerer, question: str, title: str) -> None:
    answer = await answerer.ask(question, lang="en")
    assert answer.found, answer.text
    assert answer.citations[0].title == title


async def test_a_name_that_nothing_is_like_stays_unknown(answerer: Answerer) -> None:
    answer = await answerer.ask("how fast is Claudette Haiku 5", lang="en")
    assert not answer.found or answer.evidence < 0.5
