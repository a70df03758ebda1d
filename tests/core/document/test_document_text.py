"""Plain text, comparison, cutting and shortening of nodes."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from core.document.nodes import (
    Action,
    Actions,
    Block,
    Code,
    CodeBlock,
    Divider,
    Document,
    Emphasis,
    Fold,
    Heading,
    Inline,
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
from core.document.text import cut, joined, links, normalise, plain, stripped, truncate, utf16_length, walk

A = Paragraph((Text("a"),))
B = Paragraph((Strong((Text("b"),)), Text("!")))
LINK = Link((Emphasis((Text("here"),)),), "https://news.example.com")
TEXTS = st.text(st.sampled_from("ab 模型，👨‍👩‍👧🇩🇪é\n.-"), min_size=1, max_size=20)


def inlines() -> st.SearchStrategy[tuple[Inline, ...]]:
    leaf: st.SearchStrategy[Inline] = st.one_of(TEXTS.map(Text), TEXTS.map(Code))

    def styled(children: st.SearchStrategy[Inline]) -> st.SearchStrategy[Inline]:
        several = st.lists(children, min_size=1, max_size=3).map(tuple)
        return st.one_of(
            several.map(Strong), several.map(Strike), several.map(lambda inner: Link(inner, "https://news.example.com"))
        )

    return st.lists(st.recursive(leaf, styled, max_leaves=5), max_size=4).map(tuple)


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        (Heading(2, (Text("h"), Code("c"))), "hc"),
        (CodeBlock("x = 1\n", "python"), "x = 1"),
        (List((ListItem((A, B)), ListItem((B,)))), "a\nb!\nb!"),
        (List((ListItem((A,)), ListItem((B,))), start=3), "3. a\n4. b!"),
        (Quote((A, Quote((B,)))), "a\nb!"),
        (Fold((Text("more"),), (A,)), "more\na"),
        (Table(((Text("h"),), (Text("i"),)), (((Text("1"),), ()),)), "h | i\n1 | "),
        (Table(((), ()), (((Text("1"),), (Text("2"),)),)), "1 | 2"),
        (Divider(), ""),
        (Item((A, Divider(), B)), "a\nb!"),
        (Actions(((Action("press", "today"),),)), ""),
        (Paragraph((Time(datetime(2026, 3, 1, tzinfo=UTC), "1 March"),)), "1 March"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_blocks_have_a_plain_text(block: Block, expected: str) -> None:
    assert plain(block) == expected


def test_a_document_knows_its_text_and_links() -> None:
    document = Document(blocks=(A, Item((Paragraph((LINK,)),)), Divider()), title="t")
    assert (document.text, document.links) == ("a\nhere", (LINK,))
    assert replace(document, blocks=(B,)).text == "b!"


def test_blocks_stand_on_lines_of_their_own() -> None:
    assert plain((A, Divider(), B)) == "a\nb!"


def test_inlines_stand_beside_each_other() -> None:
    assert plain((Text("a"), Strong((Text("b"),)), LINK)) == "abhere"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("• a\n• b", "a b"),
        ("| a | b |", "a · b"),
        ("a\u200bb\u202e", "ab"),
        ("👨‍👩‍👧", "👨👩👧"),
        ("é", "e\u0301"),
    ],
)
def test_frames_do_not_count(one: str, other: str) -> None:
    assert normalise(one) == normalise(other)


@pytest.mark.parametrize(
    ("one", "other"), [("a", "A"), ("a.", "a"), ("a-b", "ab"), ("，", ","), ("1. a", "a"), ("—", "")]
)
def test_words_and_punctuation_count(one: str, other: str) -> None:
    assert normalise(one) != normalise(other)


def test_walking_goes_in_reading_order() -> None:
    table = Table(((Text("h"),),), (((LINK,),),))
    found = [node.value for node in walk((A, Fold((Text("s"),), (B,)), table)) if isinstance(node, Text)]
    assert found == ["a", "s", "b", "!", "h", "here"]


def test_links_are_found_everywhere() -> None:
    assert links((List((ListItem((Paragraph((Strong((LINK,)),)),)),)), A)) == (LINK,)


def test_deep_nesting_is_walked() -> None:
    node: Block = A
    for _ in range(5000):
        node = Quote((node,))
    assert sum(1 for _ in walk(node)) == 5002


def test_neighbouring_texts_are_joined() -> None:
    assert joined((Text("a"), Text(""), Text("b"), LINK, Text("c"))) == (Text("ab"), LINK, Text("c"))


@given(inlines(), st.integers(0, 60))
def test_cutting_loses_nothing(whole: tuple[Inline, ...], position: int) -> None:
    left, right = cut(whole, position)
    assert plain(left) + plain(right) == plain(whole)
    assert plain(left) == plain(whole)[:position]


@given(inlines())
def test_stripping_takes_only_white_space(whole: tuple[Inline, ...]) -> None:
    assert plain(stripped(whole)) == plain(whole).strip()


@given(inlines(), st.integers(1, 40))
def test_what_is_shortened_fits_and_breaks_no_grapheme(whole: tuple[Inline, ...], units: int) -> None:
    short = plain(truncate(whole, units))
    assert utf16_length(short) <= units
    if short != plain(whole):
        assert short.endswith("…")
        graphemes = regex.findall(r"\X", plain(whole))
        assert short[:-1] in {"".join(graphemes[:count]) for count in range(len(graphemes) + 1)}


@pytest.mark.parametrize(
    ("text", "units", "expected"),
    [
        ("short", 10, "short"),
        ("two words here", 12, "two words…"),
        ("two words here", 10, "two words…"),
        ("unbreakable", 6, "unbre…"),
        ("模型今天发布了，大家都很高兴", 9, "模型今天发布了…"),
        ("用 Codex 写代码", 6, "用…"),
        ("👨‍👩‍👧👨‍👩‍👧", 10, "👨‍👩‍👧…"),
        ("aa🇩🇩\u200d", 6, "aa…"),
    ],
)
def test_texts_are_shortened_at_words(text: str, units: int, expected: str) -> None:
    assert plain(truncate((Text(text),), units)) == expected


def test_styles_and_links_stay_on_what_remains() -> None:
    short = truncate((Link((Strong((Text("one two three"),)),), "https://news.example.com"),), 9)
    assert short == (Link((Strong((Text("one two"),)),), "https://news.example.com"), Text("…"))
