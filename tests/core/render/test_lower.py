"""What a platform lacks is said with what it has."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given

from core.document.nodes import (
    Block,
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
from core.document.text import normalise, plain
from core.render.lower import lower, table_as_code
from core.render.profile import Profile
from core.render.width import width
from documents import documents, quickly

if TYPE_CHECKING:
    from core.document.nodes import Blocks
    from core.render.profile import Feature

EVERYTHING: frozenset[Feature] = frozenset(
    {"heading", "list", "quote", "nested_quote", "fold", "table", "divider", "code_block", "strike", "time", "actions"}
)
ONE = Paragraph((Text("一"),))
TWO = Paragraph((Text("二"),))
WIDE = ((Text("x" * 40),), (Text("y"),))


def without(*features: Feature) -> Profile:
    return Profile(platform="test", features=EVERYTHING - set(features))


def lowered(profile: Profile, *blocks: Block) -> Blocks:
    return lower(Document(blocks=blocks, title=""), profile).blocks


def test_a_document_of_what_is_shown_stays_the_same() -> None:
    document = Document(blocks=(Item((ONE, CodeBlock("x"))), TWO), title="")
    assert lower(document, without("table")) is document


def bold(text: str) -> Paragraph:
    return Paragraph((Strong((Text(text),)),))


@pytest.mark.parametrize(
    ("missing", "block", "expected"),
    [
        (("heading",), Heading(2, (Text("节"),)), (bold("节"),)),
        (("divider",), Divider(), ()),
        (("code_block",), CodeBlock("x = 1", "python"), (Paragraph((Text("x = 1"),)),)),
        (("quote",), Quote((ONE, TWO)), (ONE, TWO)),
        (("nested_quote",), Quote((ONE, Quote((TWO,)))), (Quote((ONE, TWO)),)),
        (("nested_quote",), Fold((Text("更多"),), (Quote((TWO,)),)), (Fold((Text("更多"),), (TWO,)),)),
        (("fold",), Fold((Text("更多"),), (ONE,)), (bold("更多"), Quote((ONE,)))),
        (("fold", "quote"), Fold((Text("更多"),), (ONE,)), (bold("更多"), ONE)),
        (("fold",), Fold((), (ONE,)), (Quote((ONE,)),)),
        (("list",), List((ListItem((ONE,)),)), (Paragraph((Text("• "), Text("一"))),)),
        (("list",), List((ListItem((ONE,)),), 9), (Paragraph((Text("9. "), Text("一"))),)),
        (("list",), List((ListItem((ONE,), done=True),)), (Paragraph((Text("☑ "), Text("一"))),)),
        (
            ("list",),
            List((ListItem((ONE, TWO)),)),
            (Paragraph((Text("• "), Text("一"))), Paragraph((Text("   "), Text("二")))),
        ),
        (("list",), List((ListItem((CodeBlock("x"),)),)), (Paragraph((Text("•"),)), CodeBlock("x"))),
        (("strike",), Paragraph((Strike((Text("旧"),)),)), (Paragraph((Text("旧"),)),)),
        (
            ("time",),
            Paragraph((Time(datetime(2026, 3, 2, tzinfo=UTC), "3 月 2 日"),)),
            (Paragraph((Text("3 月 2 日"),)),),
        ),
        (("list",), Item((List((ListItem((ONE,)),)),)), (Item((Paragraph((Text("• "), Text("一"))),)),)),
    ],
)
def test_each_node_has_a_substitute(missing: tuple[Feature, ...], block: Block, expected: Blocks) -> None:
    assert lowered(without(*missing), block) == expected


def test_what_a_platform_has_stays_as_it_is() -> None:
    blocks = (
        Heading(1, (Text("一"),)),
        List((ListItem((ONE,)),)),
        Quote((Quote((ONE,)),)),
        Table(WIDE, (WIDE,)),
        Divider(),
    )
    assert lowered(without(), *blocks) == blocks


def test_a_narrow_plain_table_becomes_columns() -> None:
    table = Table(
        ((Text("模型"),), (Text("赞"),)),
        (((Text("GLM-5"),), (Text("1388"),)), ((Text("通义"),), (Text("7"),))),
        (None, "right"),
    )
    assert lowered(without("table"), table) == (CodeBlock("模型     赞\nGLM-5  1388\n通义      7"),)


def test_a_wide_table_becomes_a_list_with_the_header_once() -> None:
    table = Table(((Text("甲"),), (Text("乙"),)), (WIDE,))
    assert plain(lowered(without("table"), table)) == f"甲 | 乙\n{'x' * 40} | y"


@pytest.mark.parametrize(
    "cell", [(Link((Text("x"),), "https://a.example.com/"),), (Code("x"),), (Emphasis((Text("x"),)),)]
)
def test_a_styled_table_keeps_its_styles(cell: tuple[Link | Code | Emphasis, ...]) -> None:
    table = Table(((Text("甲"),),), ((cell,),))
    assert table_as_code(table) is None
    assert lowered(without("table"), table) == (
        List((ListItem((Paragraph((Strong((Text("甲"),)),)),)), ListItem((Paragraph(cell),)))),
    )


@quickly(10)
@given(document=documents)
def test_lowering_loses_and_doubles_no_text(document: Document) -> None:
    for profile in (without(), without("table"), Profile(platform="test")):
        before, after = normalise(plain(document.blocks)), normalise(plain(lower(document, profile).blocks))
        assert before == after


@quickly(10)
@given(document=documents)
def test_lowering_twice_changes_nothing(document: Document) -> None:
    once = lower(document, Profile(platform="test"))
    assert lower(once, Profile(platform="test")) == once


@pytest.mark.parametrize(("text", "columns"), [("abc", 3), ("模型", 4), ("ｘ", 2), ("e\u0301", 1), ("", 0)])
def test_wide_characters_take_two_columns(text: str, columns: int) -> None:
    assert width(text) == columns
