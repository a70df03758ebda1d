"""Blocks, rich text and buttons of Slack, one behaviour at a time."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from bots.slack.buttons import short
from bots.slack.render import SlackRenderer
from core.document.nodes import (
    Action,
    Actions,
    CodeBlock,
    Document,
    Heading,
    Link,
    List,
    ListItem,
    Paragraph,
    Quote,
    Strong,
    Text,
    Time,
)
from core.render.buttons import token

if TYPE_CHECKING:
    from core.document.nodes import Block


def render(*blocks: Block, title: str = "title") -> dict[str, Any]:
    (message,) = SlackRenderer().render(Document(blocks=blocks, title=title))
    return message.payload


def says(text: str) -> Paragraph:
    return Paragraph((Text(text),))


def item(*blocks: Block) -> ListItem:
    return ListItem(blocks)


def kinds(payload: dict[str, Any]) -> list[str]:
    return [block["type"] for block in payload["blocks"]]


def test_the_notification_is_escaped() -> None:
    assert render(says("x"), title="<!channel> & <@U1>")["text"] == "&lt;!channel&gt; &amp; &lt;@U1&gt;"


@pytest.mark.parametrize(
    ("heading", "made"),
    [
        (Heading(1, (Text("title"),)), ["header"]),
        (Heading(2, (Text("section"),)), ["header"]),
        (Heading(3, (Text("story"),)), ["rich_text"]),
        (Heading(1, (Link((Text("linked"),), "https://a.example.com/"),)), ["rich_text"]),
        (Heading(1, (Text("长" * 151),)), ["rich_text"]),
    ],
)
def test_short_plain_headings_are_headers(heading: Heading, made: list[str]) -> None:
    assert kinds(render(heading)) == made


def test_sections_are_bold_lines_where_headers_would_take_another_message() -> None:
    blocks = [block for n in range(40) for block in (Heading(2, (Text(f"section {n}"),)), says("text"))]
    assert kinds(render(*blocks)) == ["rich_text"]


def test_emphasis_next_to_chinese_is_a_style_and_not_a_mark() -> None:
    (block,) = render(Paragraph((Strong((Text("注意："),)), Text("正文"))))["blocks"]
    assert block["elements"][0]["elements"] == [
        {"type": "text", "text": "注意：", "style": {"bold": True}},
        {"type": "text", "text": "正文"},
    ]


def test_paragraphs_of_one_text_are_a_line_apart() -> None:
    (block,) = render(Heading(3, (Text("h"),)), says("a"), says("b"))["blocks"]
    (section,) = block["elements"]
    assert "".join(part["text"] for part in section["elements"]) == "h\na\n\nb"


def test_lists_within_lists_are_lists_of_their_own_and_numbers_go_on() -> None:
    inner = List((item(says("in")),))
    (block,) = render(List((item(says("a"), inner), item(says("b"), CodeBlock("c")), item(says("d"))), start=9))[
        "blocks"
    ]
    shapes = [{name: part[name] for name in part if name not in {"elements", "type"}} for part in block["elements"]]
    assert shapes == [
        {"style": "ordered", "offset": 8},
        {"style": "bullet", "indent": 1},
        {"style": "ordered", "offset": 9},
        {},
        {"style": "ordered", "offset": 10},
    ]


def test_a_list_within_a_quote_has_the_quote_s_border() -> None:
    (block,) = render(Quote((says("a"), List((item(says("b")),)))))["blocks"]
    assert [(part["type"], part.get("border")) for part in block["elements"]] == [
        ("rich_text_quote", None),
        ("rich_text_list", 1),
    ]


def test_times_are_shown_in_the_reader_s_zone() -> None:
    (block,) = render(Paragraph((Time(datetime(2026, 3, 2, 8, tzinfo=UTC), "8:00", "time"),)))["blocks"]
    assert block["elements"][0]["elements"] == [
        {"type": "date", "timestamp": 1772438400, "format": "{time}", "fallback": "8:00"}
    ]


def test_many_buttons_of_one_command_become_a_menu() -> None:
    actions = tuple(Action(f"s{n}", "section", str(n)) for n in range(6))
    (_, menu, row) = render(says("x"), Actions((actions, actions[:2])), Actions(((Action("all", "full"),),)))["blocks"]
    assert [option["value"] for option in menu["elements"][0]["options"]] == [f"section {n}" for n in range(6)]
    assert [part["value"] for part in row["elements"]] == ["full"]


def test_ids_of_buttons_are_unique() -> None:
    (_, row) = render(says("x"), Actions(((Action("a", "today"), Action("a", "today")),)))["blocks"]
    assert [part["action_id"] for part in row["elements"]] == ["button_1", "button_2"]


def test_long_data_goes_as_its_token() -> None:
    assert short("x" * 150, 150) == "x" * 150
    assert short("x" * 151, 150) == token("x" * 151)
