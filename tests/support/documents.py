"""Random documents for hypothesis."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, Phase, Verbosity, settings
from hypothesis import strategies as st

from core.document.build import clean
from core.document.nodes import (
    Action,
    Actions,
    Blocks,
    Code,
    CodeBlock,
    Divider,
    Document,
    Emphasis,
    Fold,
    Heading,
    Item,
    Link,
    List,
    ListItem,
    Paragraph,
    Quote,
    Strike,
    Strong,
    Table,
    Text,
    Time,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from hypothesis.strategies import SearchStrategy

WORDS = (
    "model weights release token agent", "模型发布，开源社区反应热烈。", "评测", "“引号”", "（括号）", "：", "——",
    "e.g. 5.4%", "👨‍👩‍👧‍👦", "🇨🇳", "é", "नमस्ते", "مرحبا", "한국어 문장.", "<b>", "&amp;", "**", "_x_", "`", "[a](b)",
    "@everyone", "#tag", "https://x.example.com/a?b=c", "\n", " ", "  ", "\u202e", "\t", "1. ", "- ", "> ", "||",
    "~~", "!", "$5", "\\",
)  # fmt: skip

texts: SearchStrategy[str] = st.lists(st.sampled_from(WORDS), max_size=12).map("".join) | st.text(max_size=20).map(
    clean
)
long_texts: SearchStrategy[str] = st.builds(
    lambda words, times: "".join(words) * times,
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=8),
    st.integers(1, 30),
)
urls = st.sampled_from(
    ("https://news.example.com/a", "http://m.example.org/x_(y)?q=[1]&z='\"", "mailto:a@example.com", "tel:+861012345")
)
times = st.builds(
    Time,
    st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.just("8:30"),
    st.sampled_from(("time", "date", "datetime", "relative")),
)
leaves = st.one_of(
    st.builds(Text, texts), st.builds(Text, texts), st.builds(Text, long_texts), st.builds(Code, texts), times
)


def _nested(
    inner: SearchStrategy[Any], around: Callable[[Any], SearchStrategy[Any]], depth: int
) -> SearchStrategy[Any]:
    """Return what is nested so deep at most; ``st.recursive`` throws most of what it draws of such strategies away."""
    nested = inner
    for _ in range(depth):
        nested = inner | around(nested)
    return nested


def _spans(inner: SearchStrategy[Any]) -> SearchStrategy[Any]:
    children = st.lists(inner, min_size=1, max_size=4).map(tuple)
    return st.one_of(*(st.builds(kind, children) for kind in (Strong, Emphasis, Strike)))


def _linked(inner: SearchStrategy[Any]) -> SearchStrategy[Any]:
    return st.builds(Link, st.lists(inner, min_size=1, max_size=3).map(tuple), urls)


styled = _nested(leaves, _spans, 2)
spans_of_links = _linked(styled) | st.builds(Strong, st.lists(styled | _linked(leaves), max_size=3).map(tuple))
inlines: SearchStrategy[Any] = st.lists(styled | spans_of_links, max_size=6).map(tuple)
headings = st.builds(Heading, st.sampled_from((1, 2, 3)), inlines)
paragraphs = st.builds(Paragraph, inlines)
code_blocks = st.builds(CodeBlock, texts | long_texts, st.sampled_from(("", "python", "rust")))


@st.composite
def tables(draw: Callable[[SearchStrategy[Any]], Any]) -> Table:
    """Return a table whose rows have as many cells as its header."""
    columns = draw(st.integers(1, 5))
    row = st.lists(inlines, min_size=columns, max_size=columns).map(tuple)
    aligns = st.sampled_from(("left", "center", "right", None))
    return Table(
        draw(row | st.just(((),) * columns)),
        draw(st.lists(row, max_size=6).map(tuple)),
        draw(st.lists(aligns, max_size=columns).map(tuple)),
    )


def _containers(inner: SearchStrategy[Any]) -> SearchStrategy[Any]:
    blocks = st.lists(inner, max_size=4).map(tuple)
    items = st.lists(st.builds(ListItem, blocks, st.sampled_from((None, None, True, False))), max_size=5).map(tuple)
    return st.one_of(
        st.builds(List, items, st.sampled_from((None, 1, 9, 98))),
        st.builds(Quote, blocks),
        st.builds(Fold, inlines, blocks),
        st.builds(Item, blocks),
    )


simple_blocks = st.one_of(headings, paragraphs, code_blocks, tables(), st.builds(Divider))
blocks = _nested(simple_blocks, _containers, 2)
actions = st.builds(
    Action,
    texts,
    st.sampled_from(("today", "section", "story")),
    texts.map(lambda text: " ".join(text.split())),
    st.booleans(),
    st.sampled_from(("normal", "primary", "danger")),
)
button_rows = st.builds(
    Actions, st.lists(st.lists(actions, min_size=1, max_size=9).map(tuple), min_size=1, max_size=4).map(tuple)
)


def _document(body: Blocks, buttons: tuple[Actions, ...], title: str, preview: str | None) -> Document:
    return Document(blocks=(*body, *buttons), title=title, lang="zh", preview=preview)


documents: SearchStrategy[Document] = st.builds(
    _document,
    st.lists(blocks, min_size=1, max_size=6).map(tuple),
    st.lists(button_rows, max_size=1).map(tuple),
    texts,
    st.sampled_from((None, "https://news.example.com/")),
)
"""Documents of anything, hostile characters and empty nodes included."""


gappy_texts = st.builds(
    "".join,
    st.tuples(
        st.sampled_from(("", " ", "  ", "\u3000", "\n")),
        st.sampled_from(("a", "词", "a b", "：", "“b”", "", "*", "_", "~", "`", "🤗")),
        st.sampled_from(("", " ", "\u00a0")),
    ),
)
gappy = _nested(st.builds(Text, gappy_texts) | st.builds(Code, gappy_texts), _spans, 3)
gaps: SearchStrategy[Document] = st.builds(
    lambda inlines: Document(blocks=(Paragraph(tuple(inlines)),), title="gaps"),
    st.lists(gappy | _linked(gappy), min_size=1, max_size=5),
)
"""One paragraph whose styles, links and codes begin and end anywhere: at blanks, at marks, within a word."""

stories = st.builds(
    lambda title, body, more: Item((Paragraph((Strong((Text(title),)), Text(" — "), *body)), *more)),
    st.sampled_from(("GLM-5 发布", "Claude Code 一周年", "Bun 1.9", "👨‍👩‍👧‍👦 家庭版")),
    inlines,
    st.lists(paragraphs | code_blocks, max_size=1).map(tuple),
)
sections = st.builds(
    lambda heading, items: (Heading(2, (Text(heading),)), *items),
    st.sampled_from(("🧠 模型", "📱 应用", "🔧 Dev")),
    st.lists(stories, min_size=1, max_size=6),
)
issues: SearchStrategy[Document] = st.builds(
    lambda parts, buttons: Document(
        blocks=(Heading(1, (Text("今日头条"),)), *(block for part in parts for block in part), *buttons),
        title="今日头条",
        lang="zh",
    ),
    st.lists(sections, min_size=1, max_size=4),
    st.lists(button_rows, max_size=1),
)
"""Documents that look like a whole issue: sections of stories."""


def quickly(examples: int) -> settings:
    """Return settings for tests of documents: shrinking or printing a large one takes minutes, so neither is done.

    The suite tries the same examples each time; ``make explore`` tries twenty times as many new ones.
    """
    return settings(
        max_examples=examples * (20 if os.environ.get("HYPOTHESIS_PROFILE") == "explore" else 1),
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.explicit, Phase.reuse, Phase.generate),
        verbosity=Verbosity.quiet,
    )
