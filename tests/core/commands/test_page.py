from __future__ import annotations

from datetime import UTC, datetime

import pytest

from core.commands.page import fill, in_rows, instant, one_line, page, with_note, with_rows
from core.document.build import paragraph
from core.document.nodes import Action, Actions, Code, Document, Emphasis, Paragraph, Text, Time
from core.i18n import texts

ONE, TWO = Action("One", "one"), Action("Two", "two")
BARE = Document(blocks=(paragraph("said"),), title="said")


def test_rows_join_those_that_are_there() -> None:
    document = page(texts("en"), "said", paragraph("said"), rows=[[ONE]])
    assert with_rows(document, [[TWO]]).blocks[-1] == Actions(((ONE,), (TWO,)))


def test_rows_come_last_where_there_are_none() -> None:
    assert with_rows(BARE, [[ONE]]).blocks == (paragraph("said"), Actions(((ONE,),)))


def test_empty_rows_and_notes_change_nothing() -> None:
    assert with_rows(BARE, [[]]) == BARE
    assert with_note(BARE, "") == BARE
    assert page(texts("en"), "said", paragraph("said"), rows=[[]]) == BARE


def test_a_note_stands_above() -> None:
    assert with_note(BARE, "mind this").blocks[0] == Paragraph((Emphasis((Text("mind this"),)),))


@pytest.mark.parametrize(("count", "lengths"), [(0, []), (3, [3]), (4, [3, 1])])
def test_buttons_stand_three_in_a_row(count: int, lengths: list[int]) -> None:
    assert [len(row) for row in in_rows([ONE] * count)] == lengths


def test_a_template_is_filled_with_nodes_wherever_its_language_wants_them() -> None:
    assert fill("到 {time} 为止", time=Code("x")) == (Text("到 "), Code("x"), Text(" 为止"))
    assert fill("{time}", time=Code("x")) == (Code("x"),)


@pytest.mark.parametrize(("lang", "text"), [("en", "Tue, Mar 3, 07:30"), ("zh", "3 月 3 日（周二）07:30")])
def test_an_instant_is_told_in_the_readers_zone(lang: str, text: str) -> None:
    at = datetime(2026, 3, 2, 23, 30, tzinfo=UTC)
    assert instant(at, "Asia/Shanghai", lang) == Time(at, text)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (" a\n\tb ", "a b"),
        ("\u202ea\u200b", "a"),
        ("abcdef", "abcd"),
        ("abc def", "abc"),
        ("abc d", "abc"),
        ("a bcdef", "a bc"),
        ("", ""),
    ],
)
def test_words_become_one_short_clean_line(text: str, line: str) -> None:
    assert one_line(text, 4) == line
