"""Texts are cut between sentences, clauses and words, and put together again."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.document.nodes import Code, Inline, Link, Strong, Text
from core.document.text import plain
from core.render.cut import Grain, boundaries, head, join, split
from documents import inlines, quickly
from hostile import FAMILY


@pytest.mark.parametrize(
    ("grain", "text", "parts"),
    [
        (Grain.LINE, "a\nb\n\nc", ["a\n", "b\n\n", "c"]),
        (Grain.SENTENCE, "一。二！“三？”四", ["一。", "二！", "“三？”", "四"]),
        (Grain.SENTENCE, "One. Two! v5.4 is out", ["One. ", "Two! ", "v5.4 is out"]),
        (Grain.SENTENCE, "……等等。）好", ["……", "等等。）", "好"]),
        (Grain.CLAUSE, "一，二；three, four,five", ["一，", "二；", "three, ", "four,five"]),
        (Grain.WORD, "Sonnet 模型（新）发布 now", ["Sonnet ", "模", "型", "（新）", "发", "布 ", "now"]),
        (Grain.WORD, "한국어 문장", ["한국어 ", "문장"]),
        (Grain.TOKEN, "a/b_c?d", ["a", "/", "b_c", "?", "d"]),
        (Grain.GRAPHEME, f"e\u0301{FAMILY}x", ["e\u0301", FAMILY, "x"]),
        (Grain.CHARACTER, "e\u0301", ["e", "\u0301"]),
    ],
)
def test_where_a_text_may_be_cut(grain: Grain, text: str, parts: list[str]) -> None:
    offsets = [0, *boundaries((Text(text),), grain), len(text)]
    assert [text[start:end] for start, end in pairwise(offsets)] == parts


@pytest.mark.parametrize("whole", [Link((Text("a。b c"),), "https://a.example.com/"), Code("a。b c")])
def test_links_and_codes_stay_whole(whole: Inline) -> None:
    for grain in (Grain.SENTENCE, Grain.WORD):
        assert not any(2 < offset < 7 for offset in boundaries((Text("一。"), whole, Text("。二")), grain))


@pytest.mark.parametrize("grain", [grain for grain in Grain if grain < Grain.CHARACTER])
def test_no_part_of_a_label_is_blank(grain: Grain) -> None:
    content = (Text("a"), Link((Text("  b c"), Strong((Text("d \n "),))), "https://a.example.com/"), Text("e"))
    for offset in boundaries(content, grain):
        pieces = split(content, [offset])
        labels = [plain(one.children) for piece in pieces for one in piece.inlines if isinstance(one, Link)]
        assert all(label.strip() for label in labels), labels


def test_a_cut_span_opens_again() -> None:
    first, second = split((Strong((Text("一二"),)), Text("三")), [1])
    assert (first.inlines, second.inlines) == ((Strong((Text("一"),)),), (Strong((Text("二"),)), Text("三")))


@quickly(25)
@given(content=inlines, grain=st.sampled_from([Grain.SENTENCE, Grain.WORD, Grain.GRAPHEME]))
def test_pieces_fit_together_again(content: tuple[Inline, ...], grain: Grain) -> None:
    pieces = split(content, boundaries(content, grain))
    assert "".join(plain(piece.inlines) for piece in pieces) == plain(content)
    assert join(pieces) == join(split(content, []))


@pytest.mark.parametrize(("text", "length", "expected"), [("abc", 2, "ab"), (FAMILY * 2, 8, FAMILY), (FAMILY, 3, "")])
def test_a_head_is_whole_graphemes(text: str, length: int, expected: str) -> None:
    assert head(text, length) == expected
