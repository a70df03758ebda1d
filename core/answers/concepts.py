"""The things that a question names: names, versions, terms, words and pairs of Chinese characters. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Literal, TypeAlias

import regex

from core.answers.tokens import STOP_WORDS, major, query_tokens, stem, units
from core.answers.words import NARROWER, bundled_lines
from core.answers.words.dictionary import LONGEST

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from core.answers.tokens import Unit
    from core.answers.words import Lexicon, Phrase, Words
    from core.answers.words.dictionary import Dictionary
    from core.answers.words.mined import Mined

Sort: TypeAlias = Literal["name", "version", "term", "word", "pair"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Concept:
    """One thing to look for: any of its ``words``, each a set of tokens with what it counts.

    ``capital`` marks a Latin word that looks like a name; ``said`` is how the question put it.
    """

    sort: Sort
    said: str
    words: tuple[tuple[Phrase, float], ...]
    weight: float = 1
    capital: bool = False
    aside: bool = False
    """Whether it only helps to choose between stories, and is no part of what is asked."""


_FRAMES = regex.compile(
    "有没有|是不是|能不能|可不可以|是否|什么时候|什么|哪些|哪个|哪家|哪款|哪里|哪天|哪一|怎么样|怎样|怎么|如何|为什么|为何|多少|几个|请问|请|告诉我|帮我|给我|"
    "介绍一?下|说说|讲讲|解释一?下|解释|想知道|我想|一下|关于|有关|相关的?|方面|消息|新闻|报道|内容|情况|事情|事儿|发生|最近|近期|提到|提过|出现|过吗|了吗|的吗|"
    "有哪|都有|还有|以及|或者|那个|这个|它们?|他们|意思|是谁|谁|吗|呢|吧|啊|的|了|么|些|哪|是|和|与|跟|或|在|有|被|把|对|从|向|于|为|让|会|能|可以|应该|需要|"
    "靠不靠谱|靠谱|好不好用|好用|值不值得|值得|口碑|评价|怎么看|原理|概念|科普|含义|定义|是啥|啥是|何为|何谓|理解|怎么回事|回事|栏目|板块|部分|今日|当天|那天|那期|一期|期"
)
_WEAK = frozenset(stem(word) for line in bundled_lines("weak.txt") for word in line.split())
"""Words that are in many questions and say little."""
_SIZE = regex.compile(r"[dbkm]\b", regex.IGNORECASE)
_COUNTED = regex.compile(
    r"\s*(?:个|天|周|月|年|日|号|亿|万|倍|%|条|期|款|家|次|小时|分钟|美元|月|billion|million|percent|days?|weeks?|months?|times|years?|hours?)"
)


NAMED, GENERIC, LOOSE, CROSSING, PAIR, SINGLE = 1.3, 0.3, 0.5, 0.25, 0.7, 0.35
"""How much a concept weighs: a name, what many questions have, a number, a pair across words, a pair, a character."""
LONGEST_VERSION = 2
MADE = 0.8
"""What a maker's name counts where "the company behind" its product is asked for, and its other products."""
_MAKER = regex.compile(
    r"\s?(?:['’]s\s)?\s?(?:company|maker|lab|labs|parent|owner)\b|(?:的|背后的?)?(?:那家)?(?:母公司|公司|开发商|厂商|厂家|东家|背后)",
    regex.IGNORECASE,
)
_MADE = regex.compile(r"\b(?:behind|(?:maker|makers|owner|parent|creators?) of)\s(?:the\s)?$", regex.IGNORECASE)
SPELT = 0.9
"""What Chinese characters count that sound as a name is spelt: 高德 for Gaode."""
TRANSLATED, INSIDE = 0.6, 0.5
"""What a word's translation and a pair of characters inside it count, compared with the word."""


def says_little(word: str) -> bool:
    """Whether a stemmed word is in many questions."""
    return word in STOP_WORDS or word in _WEAK


def concepts(text: str, words: Words) -> Iterator[Concept]:
    """Return what a normalised text names: known names and terms, then other words, then pairs of characters."""
    found = (_with_narrower(concept, words.lexicon) for concept in _all(text, words))
    return (_with_mined(concept, words.mined) for concept in found) if words.mined else found


def _with_narrower(concept: Concept, lexicon: Lexicon) -> Concept:
    """Return the concept with the words for what it stands for, if it is a broad one."""
    if concept.sort in {"name", "version", "pair"}:
        return concept
    own = dict(concept.words)
    for phrase, weight in concept.words:
        for narrow in lexicon.narrower(phrase) if weight >= TRANSLATED else ():
            own.setdefault(narrow, NARROWER)
    return replace(concept, words=tuple(own.items()))


def _with_mined(concept: Concept, mined: Mined) -> Concept:
    """Return the concept with the words of the other language that go together with its own."""
    if concept.sort in {"name", "version"}:
        return concept
    own = dict(concept.words)
    for phrase, weight in concept.words:
        for other, alike in mined.get(phrase[0], ()) if len(phrase) == 1 else ():
            own.setdefault((other,), TRANSLATED * alike * weight)
    return replace(concept, words=tuple(own.items()))


def _all(text: str, words: Words) -> Iterator[Concept]:
    said = units(text)
    taken = [False] * len(said)
    yield from _known(text, said, taken, words)
    if words.dictionary:
        yield from _paired(text, said, words.dictionary)
        yield from _looked_up(text, said, taken, words.dictionary)
    yield from _words(text, said, taken, words)
    yield from _pairs(text, said, taken)


def _known(text: str, said: Sequence[Unit], taken: list[bool], words: Words) -> Iterator[Concept]:
    for mention in words.lexicon.mentions(said):
        span = said[mention.start : mention.end]
        named = text[span[0].start : span[-1].end]
        if all(unit.text in STOP_WORDS or unit.text in _WEAK for unit in span) or _FRAMES.fullmatch(named):
            continue
        taken[mention.start : mention.end] = [True] * len(span)
        names = any(group.name for group in mention.groups)
        meant: dict[Phrase, float] = {}
        for group in mention.groups:
            for phrase, weight in group.words:
                meant[phrase] = max(weight, meant.get(phrase, 0))
        if (names and _MAKER.match(text, span[-1].end)) or _MADE.search(text, 0, span[0].start):
            made = [phrase for phrase, weight in meant.items() if weight == 1]
            meant |= {phrase: MADE for phrase, weight in meant.items() if weight < 1}
            meant |= {maker: MADE for phrase in made for maker in words.lexicon.makers(phrase)}
        yield Concept(
            sort="name" if names else "term",
            said=named,
            words=tuple((phrase, weight) for phrase, weight in meant.items() if phrase),
            weight=NAMED if names else GENERIC if all(group.generic for group in mention.groups) else 1,
        )
        if names and mention.end < len(said):
            same = [phrase for phrase, weight in meant.items() if weight == 1]
            versions = list(_version(text, span[-1], said[mention.end], same))
            taken[mention.end] = taken[mention.end] or bool(versions)
            yield from versions


def _version(text: str, name: Unit, number: Unit, others: Sequence[Phrase]) -> Iterator[Concept]:
    """Yield the version that follows a name."""
    between = text[name.end : number.start]
    if not number.text[0].isdigit() or between.strip(" -_v") or _counts(text, number.end):
        return
    if number.text.isdigit() and len(number.text) > LONGEST_VERSION and between == " ":
        return
    heads = dict.fromkeys(
        [*(phrase for phrase in others if not phrase[-1][0].isdigit()), *([] if name.han else [(name.text,)])]
    )
    words: dict[Phrase, float] = {}
    for head in heads:
        words[(*head, number.text)] = 0.9
        if head[-1].isascii():
            words[(head[-1] + number.text,)] = 1.0
            if number.text.isdigit():
                words[(major(head[-1], number.text),)] = 0.6
    if words:
        yield Concept(sort="version", said=text[name.start : number.end], words=tuple(words.items()), weight=NAMED)


@lru_cache(maxsize=1024)
def adjoining(phrase: Phrase) -> regex.Pattern[str]:
    """Return what a version looks like where it stands beside its name: "Opus 4.6", "豆包2.0"."""
    head, number = phrase[-2], regex.escape(phrase[-1])
    name = regex.escape(head[: max(2, len(head) - 1)]) + r"\p{Latin}*" if head.isascii() else regex.escape(head[-1])
    between = r"[\s\-_·]?v?" if len(head) > 1 else "-?"
    after = r"(?!\d|\.\d)" if "." in phrase[-1] else r"(?!\d)"
    return regex.compile(f"{name}{between}{number}{after}", regex.IGNORECASE)


def _counts(text: str, at: int) -> bool:
    return bool(_COUNTED.match(text, at) or _SIZE.match(text, at))


def _looked_up(text: str, said: Sequence[Unit], taken: list[bool], dictionary: Dictionary) -> Iterator[Concept]:
    """Yield the Chinese words that the dictionary knows, the longest first, with what they mean in English."""
    frames = _frames(text)
    free = [unit.han and not taken[at] and unit.start not in frames for at, unit in enumerate(said)]
    at = 0
    while at < len(said):
        size = next((size for size in range(LONGEST, 0, -1) if _is_word(said, free, at, size, dictionary)), 0)
        if not size:
            at += 1
            continue
        word = "".join(unit.text for unit in said[at : at + size])
        long = size > 1
        if long or (word not in STOP_WORDS and dictionary.is_noun(word)):
            pairs = query_tokens(word)
            meant: dict[Phrase, float] = {tuple(pairs): 1.0}
            if size == len(_ABLE):
                meant |= {(word[0] + able, able + word[1]): 1.0 for able in _ABLE}
            if len(pairs) > 1:
                meant |= {(pair,): INSIDE for pair in pairs}
            meant |= dict.fromkeys(dictionary.english(word), TRANSLATED)
            yield Concept(sort="term", said=word, words=tuple(meant.items()), weight=1 if long else SINGLE)
            taken[at : at + size] = [True] * size
        at += size


_ABLE = "得不"
"""What stands inside a verb of two characters for whether it can be done: 认得出, 看不懂."""


def _paired(text: str, said: Sequence[Unit], dictionary: Dictionary) -> Iterator[Concept]:
    """Yield the pairs of English words that have one Chinese word: "nursing home"."""
    for one, other in pairwise(said):
        pair = text[one.start : other.end]
        if not one.han and pair.isascii() and one.text not in STOP_WORDS and other.text not in STOP_WORDS:
            meant = dict.fromkeys(dictionary.chinese(pair), 1.0)
            if meant:
                meant[one.text, other.text] = 1.0
                yield Concept(sort="pair", said=pair, words=tuple(meant.items()))


def _is_word(said: Sequence[Unit], free: Sequence[bool], at: int, size: int, dictionary: Dictionary) -> bool:
    run = said[at : at + size]
    if len(run) < size or not all(free[at : at + size]) or run[-1].end - run[0].start != size:
        return False
    return "".join(unit.text for unit in run) in dictionary


def _words(text: str, said: Sequence[Unit], taken: list[bool], words: Words) -> Iterator[Concept]:
    for at, unit in enumerate(said):
        if unit.han or taken[at] or unit.text in STOP_WORDS or unit.text in _WEAK:
            continue
        number = unit.text[0].isdigit()
        weak = number or len(unit.text) == 1
        capital = unit.capital and (at > 0 or (not text[: unit.start].strip() and unit.end - unit.start > 1))
        follows = at + 1 < len(said) and not said[at + 1].han and not number
        versions = list(_version(text, unit, said[at + 1], [])) if follows else []
        meant: dict[Phrase, float] = {(unit.text,): 1.0}
        if words.dictionary and not weak:
            known = words.dictionary.chinese(text[unit.start : unit.end])
            meant |= dict.fromkeys(known, TRANSLATED)
            if capital and not known:
                meant |= dict.fromkeys(words.dictionary.spelt(text[unit.start : unit.end]), SPELT)
        yield Concept(
            sort="word",
            said=text[unit.start : unit.end],
            words=tuple(meant.items()),
            weight=LOOSE if weak else 1,
            capital=capital and not number and (at > 0 or not text.isascii() or bool(versions)),
        )
        if versions:
            taken[at + 1] = True
            yield from versions


def _pairs(text: str, said: Sequence[Unit], taken: list[bool]) -> Iterator[Concept]:
    empty = _frames(text)
    for at, unit in enumerate(said):
        if not unit.han or (taken[at] and (at + 1 >= len(said) or taken[at + 1])):
            continue
        if unit.start in empty:
            continue
        after = said[at + 1] if at + 1 < len(said) else None
        if after and after.han and after.start == unit.end and after.start not in empty:
            crossing = taken[at] or taken[at + 1]
            token = unit.text + after.text
            yield Concept(sort="pair", said=token, words=(((token,), 1.0),), weight=CROSSING if crossing else PAIR)
        elif not taken[at] and (
            at == 0 or not said[at - 1].han or said[at - 1].end != unit.start or said[at - 1].start in empty
        ):
            yield Concept(sort="pair", said=unit.text, words=(((unit.text,), 1.0),), weight=SINGLE)


def _frames(text: str) -> set[int]:
    return {place for match in _FRAMES.finditer(text) for place in range(*match.span())}
