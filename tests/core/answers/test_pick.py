"""The quoted sentences are those that answer, word for word, and no more than two."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.answers.extract import LINES, lines
from core.answers.passages import Passage
from core.answers.pick import WIDTH, answering, cut, width
from core.answers.question import understand
from core.digest.model import IssueRef
from question_archive import questions

if TYPE_CHECKING:
    from core.answers.answer import Answerer

DAY = date(2026, 3, 2)
HERON = (
    "Heron Labs published all checkpoints. In 4-bit form it needs 71 GB of memory. The licence allows commercial use. "
    "A year of hosting costs 19 dollars. It comes to phones in May. They did so because nobody else would. Read more →"
)
GOOSE = (
    "野鹅团队发布了检查点。四比特下占 71 GB 内存。许可证允许商用。一年托管费 19 元。"
    "五月登陆手机。因为别人都不做。查看详情 →"
)


def passage(text: str, title: str, *, what: str = "story") -> Passage:
    ref = IssueRef(edition="daily", date=DAY, lang="en")
    return Passage(ref=ref, what=what, section="models", key="k", title=title, text=text)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("How much memory does Heron 3 need?", "71 GB"),
        ("What license is Heron 3 under?", "The licence allows"),
        ("How much does Heron 3 cost?", "19 dollars"),
        ("When does Heron 3 come to phones?", "in May"),
        ("Why did they make Heron 3?", "because"),
        ("What is Heron 3?", "Heron Labs published"),
    ],
)
def test_the_sentence_with_the_fact_is_quoted(question: str, said: str) -> None:
    quoted = answering(passage(HERON, "Heron 3"), understand(question, DAY))
    assert said in quoted
    assert quoted.count(".") <= 2
    assert "Read more" not in quoted


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("野鹅 3 占多少内存", "71 GB"),
        ("野鹅 3 用什么许可", "许可证允许商用"),
        ("野鹅 3 多少钱", "19 元"),
        ("野鹅 3 什么时候登陆手机", "五月"),
        ("野鹅 3 为什么要做", "因为"),
        ("野鹅 3 有什么消息", "野鹅团队发布"),
    ],
)
def test_the_sentence_with_the_fact_is_quoted_in_chinese(question: str, said: str) -> None:
    quoted = answering(passage(GOOSE, "野鹅 3"), understand(question, DAY))
    assert said in quoted
    assert quoted.count("。") <= 2
    assert "查看详情" not in quoted


def test_the_heading_of_a_lesson_is_not_what_it_says() -> None:
    text = "Model literacy: what is MoE?\nMany experts. One door. A third sentence. The catch is memory."
    lesson = passage(text, "MoE", what="lesson")
    assert answering(lesson, understand("What is MoE?", DAY)) == "Many experts. One door."
    assert "The catch is memory." in answering(lesson, understand("What is the catch of MoE?", DAY))


@given(st.text(alphabet="ab 。.19元\n", max_size=600), st.sampled_from(["多少钱", "when", "What is ab?"]))
def test_any_quote_stands_in_the_text_and_fits(text: str, question: str) -> None:
    quoted = answering(passage(text, "t"), understand(question, DAY))
    assert width(quoted) <= WIDTH
    assert set("".join(quoted.removesuffix("…").split())) <= set("".join(text.split()))


@given(st.text(max_size=80), st.integers(min_value=2, max_value=60))
def test_a_cut_text_fits(text: str, columns: int) -> None:
    assert width(cut(text, columns)) <= columns


async def test_no_answer_is_longer_than_a_phones_screen(answerer: Answerer) -> None:
    for asked in questions():
        answer = await answerer.ask(asked.question, lang=asked.lang)
        assert lines(answer.text) <= LINES, answer.text


@pytest.mark.parametrize(
    ("question", "lang", "order"),
    [
        ("比较 Kimi K3 和 GLM-6", "zh", ["Kimi K3", "GLM-6"]),
        ("GLM-6 和 Kimi K3 有什么区别？", "zh", ["GLM-6", "Kimi K3"]),
        ("compare Kimi K3 and GLM-6", "en", ["Kimi K3", "GLM-6"]),
        ("GLM-6 vs Kimi K3", "en", ["GLM-6", "Kimi K3"]),
    ],
)
async def test_what_is_compared_is_listed_and_nothing_else(
    question: str, lang: str, order: list[str], answerer: Answerer
) -> None:
    answer = await answerer.ask(question, lang=lang)
    told = [line for line in answer.text.splitlines() if not line.startswith("https://")]
    assert len(told) == 2
    assert [name in line for name, line in zip(order, told, strict=True)] == [True, True]


async def test_a_list_ends_where_stories_fit_less_than_the_first(answerer: Answerer) -> None:
    answer = await answerer.ask("三月上旬 Anthropic 有什么更新", lang="zh")
    shown = [one.title for one in answer.citations[: answer.shown]]
    assert shown == ["Anthropic API 自动 prompt 缓存", "测量 AI agent 的自主性"]
    assert len(answer.citations) > 2


async def test_a_citation_names_day_section_and_address_in_the_readers_words(answerer: Answerer) -> None:
    told = (await answerer.ask("宇树 R2 多少钱？", lang="zh")).text.splitlines()
    assert told[-2:] == ["[1] 2026 年 3 月 19 日 · 产品", "https://news.example.com/unitree"]
    told = (await answerer.ask("How much is the Unitree R2?", lang="en")).text.splitlines()
    assert told[-2].startswith("[1] March 19, 2026 · Products")
