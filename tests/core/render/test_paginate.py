"""Documents are cut into few pages, where a reader minds least."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given

from core.document.nodes import (
    Action,
    Actions,
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
    Strong,
    Table,
    Text,
)
from core.document.text import links, plain
from core.render.links import spell_links
from core.render.paginate import TITLE_LENGTH, continuation, paginate
from documents import documents, issues, quickly
from hostile import DOCUMENTS, FAMILY
from reading import Written, lost

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.document.nodes import Block, Blocks
    from core.render.port import Cost, Layout

    Layouts = Callable[..., Layout]

SENTENCE = "一二三四五六七八九。"


def text(value: str) -> Paragraph:
    return Paragraph((Text(value),))


def story(number: int, sentences: int = 10) -> Item:
    return Item((Paragraph((Strong((Text(f"标题{number}"),)), Text(SENTENCE * sentences))),))


def cut(layout: Layout, *blocks: Block) -> list[Blocks]:
    return [page.blocks for page in paginate(Document(blocks=blocks, title="头条"), layout)]


def total(layout: Layout, blocks: Blocks) -> Cost:
    costs = [layout.cost(block) for block in blocks]
    return tuple(sum(amounts) for amounts in zip(*costs, strict=True)) if costs else (0, 0)


def complaints(layout: Layout, document: Document, longest: int) -> list[str]:
    document = spell_links(document, lambda _: True)
    pages = [page.blocks for page in paginate(document, layout)]
    written = Written(document.blocks)
    read = [Written(page).characters() for page in pages]
    found = lost(written.characters(), (character for page in read for character in page))
    found += [f"cut inside {text!r}" for text in written.broken([len(page) for page in read], longest)]
    for index, page in enumerate(pages):
        limits = [
            limit - (used if index else 0) for limit, used in zip(layout.budget, layout.continuation(""), strict=True)
        ]
        found += [f"page {index} costs {cost} of {limits}" for cost in [total(layout, page)] if cost > tuple(limits)]
    return found


class Counting:
    """A layout that counts how often it is asked."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.budget = layout.budget
        self.continuation = layout.continuation
        self.measured = 0

    def cost(self, block: Block) -> Cost:
        self.measured += 1
        return self.layout.cost(block)


def nested(depth: int) -> Block:
    inner: Block = text("deepest")
    for _ in range(depth):
        inner = List((ListItem((text("level"), inner)),))
    return inner


def test_deep_lists_are_measured_about_three_times_a_line(layout: Layouts) -> None:
    counting = Counting(layout())
    assert len(cut(counting, *(nested(20) for _ in range(10)))) > 1
    assert counting.measured <= 4 * 210


def test_what_fits_is_one_page(layout: Layouts) -> None:
    assert cut(layout(), text("a"), text("b")) == [(text("a"), text("b"))]


def test_nothing_is_one_empty_page(layout: Layouts) -> None:
    assert cut(layout()) == [()]


def test_pages_begin_with_stories(layout: Layouts) -> None:
    stories = [story(number) for number in range(9)]
    pages = cut(layout(), *stories)
    assert [block for page in pages for block in page] == stories


def test_a_section_border_is_preferred_if_it_costs_no_page(layout: Layouts) -> None:
    second = (Heading(2, (Text("二"),)), story(4), story(5))
    pages = cut(layout(), Heading(2, (Text("一"),)), story(1), story(2), story(3, 2), *second)
    assert pages[1] == second


def test_pages_are_evened_out_if_it_costs_no_page(layout: Layouts) -> None:
    pages = cut(layout(), *(story(number, 5) for number in range(8)))
    assert [len(page) for page in pages] == [4, 4]


def test_a_story_is_divided_only_if_that_saves_a_page(layout: Layouts) -> None:
    whole = cut(layout(), story(1, 30), story(2, 30), story(3, 30))
    assert [len(page) for page in whole] == [1, 1, 1]
    divided = cut(layout(), story(1, 25), story(2, 25), story(3, 22))
    assert len(divided) == 2
    assert all(plain(page).endswith("。") for page in divided)


@pytest.mark.parametrize("before", [0, 100, 330, 340, 350, 360, 370, 380, 390, 395])
@pytest.mark.parametrize(
    "announcement",
    [
        (Heading(2, (Text("节"),)),),
        (Heading(2, (Text("节"),)), Heading(3, (Text("文"),))),
        (text("如下："),),
        (Paragraph((Strong((Text("单独的标题"),)),)),),
    ],
)
def test_what_announces_never_ends_a_page(before: int, announcement: Blocks, layout: Layouts) -> None:
    body = List(tuple(ListItem((text(SENTENCE * 3),)) for _ in range(9)))
    pages = cut(layout(), text("字" * before), *announcement, body)
    assert not any(page and page[-1] == announcement[-1] for page in pages)


def test_a_heading_goes_over_even_if_that_takes_a_page_more(layout: Layouts) -> None:
    heading, body = Heading(2, (Text("节" * 20),)), text(("字" * 179 + "。") * 2)
    pages = cut(layout(), text("字" * 340), heading, body)
    assert not any(page[-1] == heading for page in pages)
    assert len(pages) == 3


@pytest.mark.parametrize(
    "name", ["headings in a row", "labels", "long heading", "story over a page", "everything often"]
)
def test_no_heading_is_left_alone(name: str, layout: Layouts) -> None:
    pages = cut(layout(budget=(1000, 100)), *DOCUMENTS[name].blocks)
    alone = [page[-1] for page in pages[:-1] if isinstance(page[-1], Heading)]
    assert name == "headings in a row" or alone == [] or name == "long heading"


def test_buttons_stand_on_the_last_page(layout: Layouts) -> None:
    buttons = Actions(((Action("Open", "today"),),))
    pages = cut(layout(), buttons, *(story(number) for number in range(9)))
    assert [buttons in page for page in pages] == [False] * (len(pages) - 1) + [True]
    assert len(pages[-1]) > 1


def test_no_page_is_blank(layout: Layouts) -> None:
    pages = cut(layout(), text(" " * 370), text("字" * 370), text("\u3000" * 370))
    assert pages == [(text("字" * 370),)]


def test_dividers_do_not_stand_at_borders(layout: Layouts) -> None:
    pages = cut(layout(), *(block for number in range(9) for block in (story(number), Divider())))
    assert all(not isinstance(block, Divider) for page in pages for block in (page[0], page[-1]))


def test_an_ordered_list_goes_on_counting(layout: Layouts) -> None:
    pages = cut(layout(), List(tuple(ListItem((text(SENTENCE * 4),)) for _ in range(20)), 7))
    starts = [block.start for page in pages for block in page if isinstance(block, List)]
    sizes = [len(block.items) for page in pages for block in page if isinstance(block, List)]
    assert starts == [7 + sum(sizes[:index]) for index in range(len(sizes))]


def test_the_rest_of_an_item_has_no_second_bullet(layout: Layouts) -> None:
    pages = cut(layout(), List((ListItem((text(SENTENCE * 50),)), ListItem((text("next"),))), 1))
    assert [type(block) for block in pages[1]] == [Paragraph, List]
    assert pages[1][1] == List((ListItem((text("next"),)),), 2)


def test_a_table_has_its_header_once(layout: Layouts) -> None:
    row = ((Text("甲"),), (Text(SENTENCE * 3),))
    pages = cut(layout(), Table(((Text("A"),), (Text("B"),)), (row,) * 30))
    tables = [block for page in pages for block in page if isinstance(block, Table)]
    assert [any(table.header) for table in tables] == [True] + [False] * (len(tables) - 1)
    assert sum(len(table.rows) for table in tables) == 30


def test_a_row_longer_than_a_page_is_divided_as_a_list(layout: Layouts) -> None:
    rows = (((Text("甲"),), (Text(SENTENCE * 60),)),)
    pages = cut(layout(), Table(((Text("A"),), (Text("B"),)), rows))
    assert len(pages) == 2
    assert "".join(map(plain, pages)).count(SENTENCE) == 60


def test_a_fold_says_its_summary_once(layout: Layouts) -> None:
    pages = cut(layout(), Fold((Text("更多"),), tuple(text(SENTENCE * 10) for _ in range(8))))
    folds = [block for page in pages for block in page if isinstance(block, Fold)]
    assert [plain(fold.summary) for fold in folds] == ["更多", *[""] * (len(folds) - 1)]


def test_quotes_go_on_as_quotes(layout: Layouts) -> None:
    pages = cut(layout(), Quote((text(SENTENCE * 90),)))
    assert all(isinstance(block, Quote) for page in pages for block in page)


def test_code_is_divided_between_lines(layout: Layouts) -> None:
    lines = [f"line {number:03}" for number in range(120)]
    pages = cut(layout(), CodeBlock("\n".join(lines), "python"))
    blocks = [block for page in pages for block in page if isinstance(block, CodeBlock)]
    assert "\n".join(block.value for block in blocks).split("\n") == lines
    assert {block.language for block in blocks} == {"python"}


def test_spans_open_again_on_the_next_page(layout: Layouts) -> None:
    styled = (Strong((Emphasis((Text(SENTENCE * 90),)),)),)
    pages = cut(layout(), Paragraph(styled))
    assert len(pages) == 3
    assert pages == [(Paragraph((Strong((Emphasis((Text(plain(page)),)),)),)),) for page in pages]


def test_a_link_longer_than_a_page_stays_a_link(layout: Layouts) -> None:
    address = "https://news.example.com/"
    pages = cut(layout(), Paragraph((Link((Text("https://news.example.com/" + "path/" * 200),), address),)))
    assert len(pages) == 3
    assert [{link.url for link in links(page)} for page in pages] == [{address}] * 3
    assert all(plain(page).endswith("/") for page in pages)


def test_a_link_that_fits_is_never_cut(layout: Layouts) -> None:
    link = Link((Text("一段很长的链接文字。" * 20),), "https://news.example.com/")
    pages = cut(layout(), Paragraph((Text(SENTENCE * 30), link, Text(SENTENCE * 30))))
    assert sum(len(links(page)) for page in pages) == 1


def test_families_of_emoji_stay_together(layout: Layouts) -> None:
    pages = cut(layout(), text(FAMILY * 200))
    assert all(set(plain(page).split(FAMILY)) == {""} for page in pages)


def test_spans_count_as_well(layout: Layouts) -> None:
    pages = cut(layout(), Paragraph(tuple(Strong((Text(f"词{number} "),)) for number in range(50))))
    assert len(pages) == 3


@pytest.mark.parametrize("budget", [(300, 20), (4096, 100)])
@pytest.mark.parametrize("name", [name for name in DOCUMENTS if name != "one endless grapheme"])
def test_hostile_documents_are_cut_without_a_loss(name: str, budget: Cost, layout: Layouts) -> None:
    assert complaints(layout(budget=budget), DOCUMENTS[name], budget[0] // 3) == []


@quickly(12)
@given(document=documents)
def test_any_document_is_cut_without_a_loss(document: Document, layout: Layouts) -> None:
    assert complaints(layout(budget=(500, 40)), document, 150) == []


@quickly(12)
@given(document=issues)
def test_any_issue_is_cut_without_a_loss(document: Document, layout: Layouts) -> None:
    assert complaints(layout(budget=(1000, 60)), document, 300) == []


@pytest.mark.parametrize(
    ("title", "line"),
    [
        ("头条", "头条 · 2/3"),
        ("", "2/3"),
        (" two\n lines\t\u202e", "two lines · 2/3"),
        ("字" * TITLE_LENGTH, "字" * TITLE_LENGTH + " · 2/3"),
        ("字" * 100, "字" * (TITLE_LENGTH - 1) + "… · 2/3"),
        (FAMILY * 20, FAMILY * 8 + "… · 2/3"),
    ],
)
def test_the_continuation_line_names_title_and_page(title: str, line: str) -> None:
    assert continuation(title, 2, 3) == line
