"""What a question asks for: time, sections, kind of answer, and the concepts to look for. Pure."""

# ruff: noqa: E501 — a pattern reads best on one line
from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, TypeAlias

import regex

from core.answers.asides import plain
from core.answers.concepts import Concept, concepts
from core.answers.tokens import normalised
from core.answers.when import When, when
from core.answers.words import Words

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

Metric: TypeAlias = Literal["likes", "downloads", "reposts"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question, understood."""

    text: str
    when: When
    concepts: tuple[Concept, ...] = ()
    sections: frozenset[str] = frozenset()
    lesson: bool = False
    fact: bool = False
    """Whether one fact is asked for, such as a number, a person or yes or no, rather than anything about a subject."""
    most: Metric | None = None
    least: bool = False
    counts: bool = False
    several: bool = False
    compares: bool = False
    follows: bool = False
    refers: bool = False

    @property
    def browses(self) -> bool:
        """Whether only a time or a section is asked for."""
        return not self.concepts

    @property
    def names(self) -> bool:
        """Whether it names something or somebody."""
        return any(map(_names, self.concepts))

    @property
    def whole(self) -> bool:
        """Whether it says all that it asks for although it names nothing: "tips of the last issue", "latest news"."""
        if self.follows or self.refers or self.concepts:
            return False
        timed = self.when.bounded and bool(self.sections or self.several)
        return bool(self.most) or self.when.recent or timed


_SECTIONS: tuple[tuple[str, regex.Pattern[str]], ...] = tuple(
    (kind, regex.compile(pattern, regex.IGNORECASE))
    for kind, pattern in (
        ("pick", r"今日之选|今日精选|今日推荐|编辑推荐|本周之选|每日精选|\b(?:today's |daily |editor'?s |the )?picks?(?: of the (?:day|week))?\b"),
        ("lesson", r"(?:模型)?小课堂|概念科普|名词解[读释]|(?:那?一?堂|这?节|今日|期的?)课|\b(?:model literacy|lessons?(?: of the day)?)\b"),
        ("models", r"新模型|推荐[一几]?[个款]?模型|模型(?:栏目|板块|部分|动态|发布)|(?:哪些|什么)模型|的模型(?=\s*(?:[?？!！。]|有|$))|\b(?:new|which|what|recommend(?: me)?(?: an?| some)?) (?:ai )?models?\b|\bmodels? (?:section|releases?|launch(?:es)?|news)\b|\bmodels\b"),
        ("apps", r"(?:新|哪些|什么|推荐[一几]?[个款]?)应用|应用(?:栏目|板块|部分|动态|新闻)|的应用(?=\s*(?:[?？!！。]|有|$))|\b(?:new|which|what|recommend(?: me)?(?: an?| some)?) apps?\b|\bapps? (?:section|news|updates|launches)\b|\bapps\b"),
        ("dev", r"开发(?:者)?工具|开发(?:栏目|板块|部分|新闻)|\b(?:dev(?:eloper)? (?:tools?|news|updates)|dev section|new tools)\b"),
        ("tips", r"技巧|小贴士|最佳实践|\b(?:tips?|best practices|tricks?)\b"),
        ("products", r"新产品|(?:哪些|什么|推荐[一几]?[个款]?)产品|产品(?:栏目|板块|部分|动态|新闻)|的产品(?=\s*(?:[?？!！。]|有|$))|\b(?:new|which|what|recommend(?: me)?(?: an?| some)?) products?\b|\bproducts? (?:section|launches|news)\b"),
        ("insight", r"洞察|行业观察|观点栏目|\binsights?\b"),
        ("research", r"论文|研究|\bpapers?\b|\bresearch\b|\bstud(?:y|ies)\b"),
    )
)  # fmt: skip
_BARE_SECTIONS = {"模型": "models", "应用": "apps", "开发": "dev", "产品": "products"}
_BARE_SECTION = regex.compile(rf"\s*(?:那么?)?({'|'.join(_BARE_SECTIONS)})\s*(?:呢)?\s*[？?]?\s*")
_METRICS: tuple[tuple[Metric, regex.Pattern[str]], ...] = (
    ("downloads", regex.compile(r"下载(?:量|数|次数)?(?:最|超)|最[多高]的?下载|most[- ]downloaded|(?:most|highest|fewest|least) downloads|downloaded (?:the )?most", regex.I)),
    ("reposts", regex.compile(r"转发(?:量|数)?最|最[多高]的?转发|most[- ](?:retweet|repost|share)\w*|(?:most|fewest) (?:rts|reposts|retweets)", regex.I)),
    ("likes", regex.compile(r"(?:点赞|赞|喜欢|❤️?|收藏|星标?)(?:数|量)?最|最(?:受欢迎|热门|火|受喜爱|[多高]的?(?:点?赞|喜欢|收藏|星))|most[- ](?:liked|popular|loved|starred)|(?:most|highest|fewest|least) (?:number of )?(?:likes|hearts|stars)|top[- ]liked", regex.I)),
)  # fmt: skip
_MODEL = regex.compile(r"模型|\bmodels?\b", regex.IGNORECASE)
_LEAST = regex.compile(r"最少|最低|fewest|least", regex.IGNORECASE)
_COUNTS = regex.compile(r"几次|多少次|多少回|多久出现|how (?:often|many times)|频率", regex.IGNORECASE)
_SEVERAL = regex.compile(
    r"哪些|有什么|有啥|列出|列举|盘点|汇总|总结|区别|对比|比较|相比|分别|\b(?:list|which\b.*s\b|compare|comparison|versus|vs|difference|"
    r"all the|summari[sz]e|anything|what'?s new|what (?:happened|was|were))\b|发生了什么",
    regex.IGNORECASE,
)
_COMPARES = regex.compile(
    r"对比|比较|区别|差别|相比|哪个更|\b(?:compar\w+|versus|vs|differ\w*|between)\b", regex.IGNORECASE
)
_EXPLAINS = regex.compile(
    r"什么是|是什么(?!时候|价|地方|公司|模型|版本|许可)|是啥|啥是|什么意思|何为|何谓|解释|原理|讲讲|科普|概念|"
    r"\b(?:what(?:'s| is| are| does)|explain|meaning of|mean|define|definition|how does|how do)\b",
    regex.IGNORECASE,
)
_TRAITS = "size|length|height|weight|width|speed|score|price|cost|fee|licen[cs]e|birthday|age|salary|revenue|profit|valuation|founder|ceo|owner"
_TRAITS_ZH = "大小|长度|高度|重量|宽度|速度|得分|分数|价格|售价|费用|许可证?|协议|年龄|身高|体重|年薪|市值|估值|营收|利润|噪音|功耗|面积|创始人|老板"
"""What is one fact where it ends a question: "GLM-5V context window size"."""
_FACT = regex.compile(
    r"多少|几[个位次家天年月号期倍项款条点岁]|多[大快长高久重远深宽厚贵]|谁|哪[里儿个家天位年月国款]|何[时地]|什么时候|是否|有没有|是不是|能不能|会不会|可不可以|为什么|为何|[吗么嘛]\s*[？?]?\s*$|"
    r"^\s*(?:does|do|did|is|are|was|were|has|have|had|can|could|will|would|should)\b|"
    r"\bhow (?:many|much|large|big|fast|often|tall|long|high|heavy|far|old|deep|wide|thick|soon|late)\b|\b(?:who|whose|whom|where|when|why)\b|"
    r"\b(?:which|what) (?:country|city|company|year|month|day|date|time|price|size|share|percentage|number|version|licen[cs]e)\b|\bwhat (?:did|does|do|is|was|are|were)\b|"
    rf"(?:{_TRAITS_ZH})\s*[？?]?\s*$|\b(?:{_TRAITS})\s*\??\s*$|\b(?:{_TRAITS}) of\b",
    regex.IGNORECASE,
)
_REFERS = regex.compile(
    r"它们?|他们|她|这个|那个|这(?:款|家|条|篇|项|些|是|和|跟|与|次|件|两)|那(?:款|家|条|篇|项|些|它)|该(?:模型|公司|产品|工具|项目|研究|功能)|前者|后者|上面|刚才|其中|这里|"
    r"\b(?:it|its|it's|they|them|their|this|that|these|those|he|she|his|her|former|latter|one)\b(?! week| month| year)",
    regex.IGNORECASE,
)
_FOLLOWS = regex.compile(
    r"^\s*(?:那么?|还有|然后|另外|再|贵吗|免费吗|开源吗)|呢\s*[？?]?\s*$|"
    r"^\s*(?:and|but|so|also|what about|how about|which one|any more|tell me more|more)\b",
    regex.IGNORECASE,
)
_ASKS_ON = regex.compile(
    r"^\s*(?:为什么|为何|怎么|谁|多少|何时|什么时候|在哪)|^\s*(?:why|how much|how many|who|when|where)\b",
    regex.IGNORECASE,
)
"""How a question begins that goes on with what was spoken of, unless it names something itself."""


def understand(text: str, today: date, *, words: Words | None = None) -> Question:
    """Return what ``text`` asks for, seen from ``today``."""
    said, known = plain(normalised(text)), words or Words.bundled()
    time = when(said, today)
    rest = _blank(said, time.spans)
    most = next((name for name, pattern in _METRICS if pattern.search(rest)), None)
    sections = frozenset(kind for kind, pattern in _SECTIONS if pattern.search(rest))
    if not sections and (bare := _BARE_SECTION.fullmatch(rest)):
        sections, rest = frozenset({_BARE_SECTIONS[bare[1]]}), ""
    content = _without(rest, [pattern for kind, pattern in _SECTIONS if kind in {"pick", "lesson"}])
    if most:
        content = _without(content, [pattern for _, pattern in _METRICS])
    counts = bool(_COUNTS.search(rest))
    if counts:
        content = _without(content, [_COUNTS])
    found = tuple(concepts(content, known))
    if sections and not any(concept.sort in {"name", "version"} for concept in found):
        rest_of_it = tuple(concepts(_without(content, [pattern for _, pattern in _SECTIONS]), known))
        alone = not rest_of_it and not _EXPLAINS.search(rest)
        browses = bool(alone or time.bounded or time.recent or _SEVERAL.search(rest)) and all(
            concept.sort == "pair" or concept.weight < 1 for concept in rest_of_it
        )
        found = () if browses else found
    if most and all(concept.weight < 1 or concept.sort == "pair" for concept in found):
        found = ()
        sections = sections or frozenset({"models"} if _MODEL.search(rest) else ())
    explains = bool(_EXPLAINS.search(rest)) and not time.bounded
    if not (found or sections or most or counts) and _NEWS.search(normalised(text)):
        time = replace(time, recent=True)
    return Question(
        text=text,
        when=time,
        concepts=found,
        sections=sections,
        lesson=explains,
        fact=bool(_FACT.search(rest)) and not explains,
        most=most,
        least=bool(most and _LEAST.search(rest)),
        counts=counts,
        several=bool(_SEVERAL.search(rest)),
        compares=bool(_COMPARES.search(rest)),
        refers=bool(_REFERS.search(_FRAME_THIS.sub("", rest))),
        follows=bool(_FOLLOWS.search(rest)) or (bool(_ASKS_ON.search(rest)) and not any(map(_names, found))),
    )


_NEWS = regex.compile(
    r"新闻|消息|新鲜事|进展|动态|头条|要闻|有[什啥]么?新的|\bnews\b|\bwhat(?:'s| is) (?:new|hot|happening|going on)\b|\bheadlines\b",
    regex.IGNORECASE,
)
_FRAME_THIS = regex.compile(
    r"\bthat (?:the|can|is|was|are|has)\b|\bis (?:it|there)\b(?= true| possible)|这(?:周|个月|几天|期)",
    regex.IGNORECASE,
)


def _names(concept: Concept) -> bool:
    return concept.sort in {"name", "version"} or concept.capital


def _blank(text: str, spans: Sequence[tuple[int, int]]) -> str:
    for start, end in spans:
        text = text[:start] + " " * (end - start) + text[end:]
    return text


def _without(text: str, patterns: Sequence[regex.Pattern[str]]) -> str:
    for pattern in patterns:
        text = pattern.sub(" ", text)
    return text


def weaker(question: Question, share: float) -> tuple[Concept, ...]:
    """Return the question's concepts with a share of their weight."""
    return tuple(replace(concept, weight=concept.weight * share) for concept in question.concepts)
