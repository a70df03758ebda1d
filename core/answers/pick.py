"""Which one or two sentences of a passage answer a question. Pure."""

# ruff: noqa: E501 — a pattern reads best on one line
from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import regex

from core.answers.quote import sentences
from core.answers.tokens import query_tokens, tokens

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from core.answers.concepts import Concept
    from core.answers.passages import Passage
    from core.answers.question import Question

WIDTH = 320
"""Columns that a quote takes at most; a Chinese character takes two."""
NAMED = 0.2
"""What a word counts that the title says already: the sentence need not say it again."""
ASKED = 2.0
"""What a sentence counts that has the kind of fact that is asked for: a price, a number, a license, a time, a reason."""
LEAST = 0.5
"""Where no sentence counts so much, the first ones are what the passage is about."""
WORTH = 0.6
"""A second sentence is quoted if it counts so much of what the first does."""
SHORT = 60
"""The neighbour of a sentence of fewer columns is quoted too."""
SAID = 0.5
"""What a word must count to stand for a concept; one that counts less is only near."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of fact: what asks for it, and what it looks like where it is told."""

    asked: regex.Pattern[str]
    told: regex.Pattern[str]
    sure: bool = True
    """Whether it has a form of its own: without it nothing answers. Numbers stand anywhere, a reason needs no "because"."""

    def stands(self, passages: Iterable[Passage], beside: Sequence[Concept]) -> bool:
        """Whether a sentence of the passages has such a fact beside one of the concepts; any sentence without them."""
        said = (one for passage in passages for one in (passage.title, *sentences(passage.text)))
        return any(not beside or _names(one, beside) for one in said if self.told.search(one))


def _names(sentence: str, some: Iterable[Concept]) -> bool:
    here = set(tokens(sentence))
    return any(weight >= SAID and set(phrase) <= here for concept in some for phrase, weight in concept.words)


_KINDS = tuple(
    Kind(regex.compile(asked, regex.I), regex.compile(told, regex.I), sure)
    for asked, told, sure in (
        (
            r"多少钱|什么价|价[格钱位]|售价|费用|定价|贵|便宜|免费|收费|\b(?:costs?|pric\w+|how much (?:is|are|was|do|does|did|for|will|would)|expensive|cheap\w*|free|pay)\b",
            r"[¥$€£]|\d\s?[万亿]?元|[美欧日港韩]元|英镑|分钱|免费|不收|价|费用|成本|便宜|\b(?:dollars?|euros?|pounds?|yen|yuan|cents?|free|pric\w+|cost\w*|cheap\w*)\b",
            True,
        ),
        (
            r"许可|协议|开源|商用|licen[cs]e|open[ -]?source",
            r"许可|开源|协议|商用|Apache|\bMIT\b|\bGPL|licen[cs]|open[ -]?source|commercial",
            True,
        ),
        (
            r"什么时候|何时|哪天|几号|几月|多久|\bwhen\b|\bwhat date\b|how long",
            r"[\d一二三四五六七八九十百几半]\s?(?:[月日号年天周秒]|个月|小时|分钟|星期)|[今明]天|即日|[本下]周|[今明]年|\b20\d\d\b|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mon|tues|wednes|thurs|fri|satur|sun)[a-z]*\b|\b(?:days?|weeks?|months?|years?|hours?|minutes?|seconds?|today|tomorrow|now)\b",
            True,
        ),
        (
            r"多快|速度|\bhow (?:fast|quick(?:ly)?)\b|\bfast\b|\bspeed\b",
            r"每[秒分小]|[秒倍]|提速|快|\d\s?ms\b|/s\b|\b(?:(?:a|per|milli)\s?seconds?|times|an hour|mph|km/h|fast\w*|quick\w*|speed\w*)\b",
            True,
        ),
        (
            r"多少|几[个倍次位家]|多[大快长高重远深宽]|\bhow (?:many|much|large|big|fast|often|long|tall|high|heavy|far|old|deep|wide)\b",
            r"\d|[一二两三四五六七八九十百千万亿]{2,}|\b(?:half|double|twice|dozen|hundred|thousand|million|billion|trillion)\b",
            False,
        ),
        (
            r"为什么|为何|原因|\bwhy\b",
            r"因为|由于|所以|因此|原因|\b(?:because|due to|so that|therefore|since)\b",
            False,
        ),
    )
)  # fmt: skip
_LABEL = regex.compile(
    r"(?:^|\s)(?:(?:查看|阅读|更多)?(?:原文|来源|详情|全文|链接|更多)|发布说明|source|sources|link|read more|learn more|details)"
    r"\s*(?:[→»>]|->)*\s*$",
    regex.I,
)
_HAN = regex.compile(r"\p{Han}|[，。！？；：、“”（）]")


@dataclass(frozen=True, slots=True)
class _Said:
    text: str
    counts: float


def tells(passage: Passage, question: Question) -> bool:
    """Whether a passage has the kind of fact that is asked for, such as a price; so has any where none is asked for."""
    kind = kind_of(question.text)
    return kind is None or bool(kind.told.search(f"{passage.title} {passage.text}"))


def answering(passage: Passage, question: Question) -> str:
    """Return the sentence or two that answer, word for word; what leads to a source only is left out."""
    said = [text for sentence in sentences(passage.body) if (text := _LABEL.sub("", sentence).strip())]
    if not said:
        return ""
    if len(said) <= 2:  # noqa: PLR2004  one or two
        return _fitting(said)
    counted = [_Said(text, _counts(text, passage, question)) for text in said]
    best = max(range(len(counted)), key=lambda place: (counted[place].counts, -place))
    if counted[best].counts < LEAST:
        return _fitting(said[:2])
    return _fitting([said[place] for place in sorted({best, _second(counted, best)})])


def _counts(sentence: str, passage: Passage, question: Question) -> float:
    here, named = set(tokens(sentence)), set(query_tokens(passage.title))
    counts = 0.0
    for concept in question.concepts:
        found = max((weight for phrase, weight in concept.words if set(phrase) <= here), default=0.0)
        in_title = any(set(phrase) <= named for phrase, _weight in concept.words)
        counts += concept.weight * found * (NAMED if in_title else 1)
    kind = kind_of(question.text)
    return counts + (ASKED if kind and kind.told.search(sentence) else 0)


@lru_cache(maxsize=64)
def kind_of(question: str) -> Kind | None:
    """Return the kind of fact that is asked for, if it has a form."""
    return next((kind for kind in _KINDS if kind.asked.search(question)), None)


def _second(counted: Sequence[_Said], best: int) -> int:
    """Return the place of the sentence to quote beside the best one, the best one's own if it stands alone."""
    after = best + 1 if best + 1 < len(counted) else best - 1
    if width(counted[best].text) < SHORT or counted[after].counts >= WORTH * counted[best].counts:
        return after
    return best


def _fitting(said: Sequence[str]) -> str:
    """Return the sentences as one quote; the first is cut if it is too long for one, the second left out."""
    first = cut(said[0], WIDTH)
    rest = [text for text in said[1:] if width(first) + width(text) <= WIDTH]
    return "".join([first, *(f"{'' if _ends_wide(first) else ' '}{text}" for text in rest)])


def _ends_wide(text: str) -> bool:
    return text.endswith(("。", "！", "？", "”", "」"))


def width(text: str) -> int:
    """Return the columns that a text takes."""
    return len(text) + len(_HAN.findall(text))


def cut(text: str, columns: int) -> str:
    """Return the text in at most so many columns, with an ellipsis where it was cut."""
    if width(text) <= columns:
        return text
    kept, used = [], 1
    for grapheme in regex.findall(r"\X", text):
        used += width(grapheme)
        if used > columns:
            break
        kept.append(grapheme)
    return "".join(kept).rstrip() + "…"
