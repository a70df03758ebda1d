"""What a question asks for: time, sections, kind of answer, and the concepts to look for. Pure."""

# ruff: noqa: E501 — a pattern reads best on one line
from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, TypeAlias

import regex

from core.answers.tokens import STOP_WORDS, major, normalised, units
from core.answers.when import When, when
from core.answers.words import Lexicon

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from core.answers.tokens import Unit
    from core.answers.words import Phrase

Sort: TypeAlias = Literal["name", "version", "term", "word", "pair"]
Metric: TypeAlias = Literal["likes", "downloads", "reposts"]


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question, understood."""

    text: str
    when: When
    concepts: tuple[Concept, ...] = ()
    sections: frozenset[str] = frozenset()
    lesson: bool = False
    most: Metric | None = None
    least: bool = False
    counts: bool = False
    several: bool = False
    follows: bool = False
    refers: bool = False

    @property
    def browses(self) -> bool:
        """Whether only a time or a section is asked for."""
        return not self.concepts


_SECTIONS: tuple[tuple[str, regex.Pattern[str]], ...] = tuple(
    (kind, regex.compile(pattern, regex.IGNORECASE))
    for kind, pattern in (
        ("pick", r"今日之选|今日精选|今日推荐|编辑推荐|本周之选|每日精选|\b(?:today's |daily |editor'?s |the )?picks?(?: of the (?:day|week))?\b"),
        ("lesson", r"(?:模型)?小课堂|概念科普|名词解[读释]|(?:那?一?堂|这?节|今日)课|\b(?:model literacy|lessons?(?: of the day)?)\b"),
        ("models", r"新模型|模型(?:栏目|板块|部分|动态|发布)|(?:哪些|什么)模型|\b(?:new|which|what) (?:ai )?models?\b|\bmodels? (?:section|releases?|launch(?:es)?|news)\b|\bmodels\b"),
        ("apps", r"(?:新|哪些|什么)应用|应用(?:栏目|板块|部分|动态)|\b(?:new|which|what) apps\b|\bapps? section\b"),
        ("dev", r"开发(?:者)?工具|开发(?:栏目|板块|部分)|\b(?:dev(?:eloper)? tools?|dev section|new tools)\b"),
        ("tips", r"技巧|小贴士|最佳实践|\b(?:tips?|best practices|tricks?)\b"),
        ("products", r"新产品|(?:哪些|什么)产品|产品(?:栏目|板块|部分|动态)|\b(?:new|which|what) products?\b|\bproducts? (?:section|launches)\b"),
        ("insight", r"洞察|行业观察|观点栏目|\binsights?\b"),
        ("research", r"论文|研究(?:栏目|板块|部分)|\bpapers?\b|\bresearch section\b"),
    )
)  # fmt: skip
_METRICS: tuple[tuple[Metric, regex.Pattern[str]], ...] = (
    ("downloads", regex.compile(r"下载(?:量|数|次数)?(?:最|超)|最[多高]的?下载|most[- ]downloaded|(?:most|highest|fewest|least) downloads|downloaded (?:the )?most", regex.I)),
    ("reposts", regex.compile(r"转发(?:量|数)?最|最[多高]的?转发|most[- ](?:retweet|repost|share)\w*|(?:most|fewest) (?:rts|reposts|retweets)", regex.I)),
    ("likes", regex.compile(r"(?:点赞|赞|喜欢|❤️?|收藏|星标?)(?:数|量)?最|最(?:受欢迎|热门|火|受喜爱|[多高]的?(?:点?赞|喜欢|收藏|星))|most[- ](?:liked|popular|loved|starred)|(?:most|highest|fewest|least) (?:number of )?(?:likes|hearts|stars)|top[- ]liked", regex.I)),
)  # fmt: skip
_LEAST = regex.compile(r"最少|最低|fewest|least", regex.IGNORECASE)
_COUNTS = regex.compile(r"几次|多少次|多少回|多久出现|how (?:often|many times)|频率", regex.IGNORECASE)
_SEVERAL = regex.compile(
    r"哪些|有什么|有啥|列出|列举|盘点|汇总|总结|区别|对比|比较|相比|分别|\b(?:list|which\b.*s\b|compare|comparison|versus|vs|difference|"
    r"all the|summari[sz]e|anything|what'?s new|what (?:happened|was|were))\b|发生了什么",
    regex.IGNORECASE,
)
_EXPLAINS = regex.compile(
    r"什么是|是什么(?!时候|价|地方|公司|模型|版本|许可)|是啥|啥是|什么意思|何为|何谓|解释|原理|讲讲|科普|概念|"
    r"\b(?:what(?:'s| is| are| does)|explain|meaning of|mean|define|definition|how does|how do)\b",
    regex.IGNORECASE,
)
_REFERS = regex.compile(
    r"它们?|他们|她|这个|那个|这(?:款|家|条|篇|项|些|是|和|跟|与|次|件|两)|那(?:款|家|条|篇|项|些|它)|该(?:模型|公司|产品|工具|项目|研究|功能)|前者|后者|上面|刚才|其中|这里|"
    r"\b(?:it|its|it's|they|them|their|this|that|these|those|he|she|his|her|former|latter|one)\b(?! week| month| year)",
    regex.IGNORECASE,
)
_FOLLOWS = regex.compile(
    r"^\s*(?:那么?|还有|然后|另外|再|为什么|为何|怎么|谁|多少|何时|什么时候|在哪|贵吗|免费吗|开源吗)|呢\s*[？?]?\s*$|"
    r"^\s*(?:and|but|so|also|what about|how about|why|how much|how many|who|when|where|which one|any more|tell me more|more)\b",
    regex.IGNORECASE,
)
_FRAMES = regex.compile(
    "有没有|是不是|能不能|可不可以|是否|什么时候|什么|哪些|哪个|哪家|哪款|哪里|哪天|哪一|怎么样|怎样|怎么|如何|为什么|为何|多少|几个|请问|请|告诉我|帮我|给我|"
    "介绍一?下|说说|讲讲|解释一?下|解释|想知道|我想|一下|关于|有关|相关的?|方面|消息|新闻|报道|内容|情况|事情|事儿|发生|最近|近期|提到|提过|出现|过吗|了吗|的吗|"
    "有哪|都有|还有|以及|或者|那个|这个|它们?|他们|意思|是谁|谁|吗|呢|吧|啊|的|了|么|些|哪|是|和|与|跟|或|在|有|被|把|对|从|向|于|为|让|会|能|可以|应该|需要|"
    "栏目|板块|部分|今日|当天|那天|那期|一期|期"
)
_WEAK = frozenset(
    [
        "new",
        "news",
        "tell",
        "know",
        "say",
        "said",
        "saying",
        "show",
        "give",
        "make",
        "use",
        "using",
        "anything",
        "something",
        "thing",
        "everything",
        "happen",
        "happened",
        "happening",
        "latest",
        "recent",
        "recently",
        "today",
        "day",
        "week",
        "month",
        "year",
        "issue",
        "archive",
        "digest",
        "story",
        "stories",
        "cover",
        "covered",
        "mention",
        "mentioned",
        "report",
        "reported",
        "work",
        "way",
        "like",
        "about",
        "any",
        "all",
        "much",
        "many",
        "more",
        "most",
        "come",
        "came",
        "go",
        "going",
        "one",
        "other",
        "also",
        "still",
        "ever",
        "yet",
        "now",
        "out",
        "up",
        "into",
        "over",
        "between",
        "during",
        "after",
        "before",
        "since",
        "last",
        "past",
        "this",
        "next",
        "first",
        "then",
        "really",
        "exactly",
        "need",
        "want",
        "find",
        "look",
        "help",
        "want",
        "article",
        "item",
        "announce",
        "explain",
        "mean",
        "meaning",
        "define",
        "differ",
        "compare",
        "versus",
        "vs",
        "list",
        "summar",
        "latest",
        "name",
        "call",
        "offer",
        "let",
        "see",
        "put",
        "take",
        "run",
        "own",
        "same",
        "kind",
        "sort",
        "type",
    ]
)
_SIZE = regex.compile(r"[dbkm]\b", regex.IGNORECASE)
_COUNTED = regex.compile(
    r"\s*(?:个|天|周|月|年|日|号|亿|万|倍|%|条|期|款|家|次|小时|分钟|美元|月|billion|million|percent|days?|weeks?|months?|times|years?|hours?)"
)


GENERIC = 0.3
LONGEST_VERSION = 2


def understand(text: str, today: date, *, lexicon: Lexicon | None = None) -> Question:
    """Return what ``text`` asks for, seen from ``today``."""
    said = normalised(text)
    time = when(said, today)
    rest = _blank(said, time.spans)
    most = next((name for name, pattern in _METRICS if pattern.search(rest)), None)
    sections = frozenset(kind for kind, pattern in _SECTIONS if pattern.search(rest))
    content = _without(rest, [pattern for kind, pattern in _SECTIONS if kind in {"pick", "lesson"}])
    if most:
        content = _without(content, [pattern for _, pattern in _METRICS])
    counts = bool(_COUNTS.search(rest))
    if counts:
        content = _without(content, [_COUNTS])
    found = tuple(concepts(content, lexicon or Lexicon.bundled()))
    if sections and not any(concept.sort in {"name", "version"} for concept in found):
        rest_of_it = tuple(
            concepts(_without(content, [pattern for _, pattern in _SECTIONS]), lexicon or Lexicon.bundled())
        )
        browses = bool(time.bounded or time.recent or _SEVERAL.search(rest)) and all(
            concept.sort == "pair" or concept.weight < 1 for concept in rest_of_it
        )
        found = () if browses else found
    return Question(
        text=text,
        when=time,
        concepts=found,
        sections=sections,
        lesson=bool(_EXPLAINS.search(rest)) and not time.bounded,
        most=most,
        least=bool(most and _LEAST.search(rest)),
        counts=counts,
        several=bool(_SEVERAL.search(rest)),
        refers=bool(_REFERS.search(_FRAME_THIS.sub("", rest))),
        follows=bool(_FOLLOWS.search(rest)),
    )


_FRAME_THIS = regex.compile(
    r"\bthat (?:the|can|is|was|are|has)\b|\bis (?:it|there)\b(?= true| possible)|这(?:周|个月|几天|期)",
    regex.IGNORECASE,
)


def _blank(text: str, spans: Sequence[tuple[int, int]]) -> str:
    for start, end in spans:
        text = text[:start] + " " * (end - start) + text[end:]
    return text


def _without(text: str, patterns: Sequence[regex.Pattern[str]]) -> str:
    for pattern in patterns:
        text = pattern.sub(" ", text)
    return text


def concepts(text: str, lexicon: Lexicon) -> Iterator[Concept]:
    """Yield what a normalised text names: known names and terms, then other words, then pairs of characters."""
    said = units(text)
    taken = [False] * len(said)
    for mention in lexicon.mentions(said):
        span = said[mention.start : mention.end]
        if all(unit.text in STOP_WORDS or unit.text in _WEAK for unit in span):
            continue
        taken[mention.start : mention.end] = [True] * len(span)
        names = any(group.name for group in mention.groups)
        words: dict[Phrase, float] = {}
        for group in mention.groups:
            for phrase, weight in group.words:
                words[phrase] = max(weight, words.get(phrase, 0))
        yield Concept(
            sort="name" if names else "term",
            said=text[span[0].start : span[-1].end],
            words=tuple((phrase, weight) for phrase, weight in words.items() if phrase),
            weight=1.3 if names else GENERIC if all(group.generic for group in mention.groups) else 1,
        )
        if names and mention.end < len(said):
            same = [phrase for phrase, weight in words.items() if weight == 1]
            versions = list(_version(text, span[-1], said[mention.end], same))
            taken[mention.end] = taken[mention.end] or bool(versions)
            yield from versions
    yield from _words(text, said, taken)
    yield from _pairs(text, said, taken)


def _version(text: str, name: Unit, number: Unit, others: Sequence[Phrase]) -> Iterator[Concept]:
    """Yield the version that follows a name."""
    between = text[name.end : number.start]
    if not number.text[0].isdigit() or between.strip(" -_v") or _counts(text, number.end):
        return
    if number.text.isdigit() and len(number.text) > LONGEST_VERSION and between == " ":
        return
    heads = (
        {name.text, *(phrase[-1] for phrase in others if phrase[-1].isascii())}
        if not name.han
        else {phrase[-1] for phrase in others if phrase[-1].isascii()}
    )
    words: dict[Phrase, float] = {}
    for head in sorted(heads):
        words[(head + number.text,)] = 1.0
        words[(head, number.text)] = 0.9
        if number.text.isdigit():
            words[(major(head, number.text),)] = 0.6
    if words:
        yield Concept(sort="version", said=text[name.start : number.end], words=tuple(words.items()), weight=1.3)


def _counts(text: str, at: int) -> bool:
    return bool(_COUNTED.match(text, at) or _SIZE.match(text, at))


def _words(text: str, said: Sequence[Unit], taken: list[bool]) -> Iterator[Concept]:
    for at, unit in enumerate(said):
        if unit.han or taken[at] or unit.text in STOP_WORDS or unit.text in _WEAK:
            continue
        number = unit.text[0].isdigit()
        weak = number or len(unit.text) == 1
        capital = unit.capital and (at > 0 or (not text[: unit.start].strip() and unit.end - unit.start > 1))
        yield Concept(
            sort="word",
            said=text[unit.start : unit.end],
            words=(((unit.text,), 1.0),),
            weight=0.5 if weak else 1,
            capital=capital and not number and (at > 0 or not text.isascii()),
        )
        if not number and at + 1 < len(said) and not said[at + 1].han:
            yield from _version(text, unit, said[at + 1], [])


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
            yield Concept(sort="pair", said=token, words=(((token,), 1.0),), weight=0.25 if crossing else 0.7)
        elif not taken[at] and (
            at == 0 or not said[at - 1].han or said[at - 1].end != unit.start or said[at - 1].start in empty
        ):
            yield Concept(sort="pair", said=unit.text, words=(((unit.text,), 1.0),), weight=0.35)


def _frames(text: str) -> set[int]:
    return {place for match in _FRAMES.finditer(text) for place in range(*match.span())}


def weaker(question: Question, share: float) -> tuple[Concept, ...]:
    """Return the question's concepts with a share of their weight."""
    return tuple(replace(concept, weight=concept.weight * share) for concept in question.concepts)
