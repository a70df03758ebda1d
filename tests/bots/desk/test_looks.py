"""Payloads are drawn as the apps would: every text, no markup of others."""

from __future__ import annotations

from typing import Any

import pytest

from bots.desk.looks import discord, slack, telegram


def entity(type_: str, offset: int, length: int, **more: Any) -> dict[str, Any]:  # noqa: ANN401  JSON
    return {"type": type_, "offset": offset, "length": length, **more}


@pytest.mark.parametrize(
    ("text", "entities", "html"),
    [
        ("a < b", [], "a &lt; b"),
        ("👨‍👩‍👧 bold", [entity("bold", 9, 4)], "👨‍👩‍👧 <b>bold</b>"),
        ("ab", [entity("bold", 0, 2), entity("italic", 1, 1)], "<b>a<i>b</i></b>"),
        ("ab", [entity("bold", 0, 1), entity("italic", 1, 1)], "<b>a</b><i>b</i>"),
        ("x<y", [entity("code", 0, 3)], "<code>x&lt;y</code>"),
        ("q", [entity("expandable_blockquote", 0, 1)], '<blockquote class="tg-expandable">q</blockquote>'),
        ("x", [entity("text_link", 0, 1, url="javascript:alert(1)")], 'href="#"'),
        ("x", [entity("text_link", 0, 1, url='https://a.example/"b')], 'href="https://a.example/&quot;b"'),
        ("x", [entity("mystery", 0, 1)], "<span>x</span>"),
        ("x", [entity("date_time", 0, 1, unix_time=0)], '<time datetime="1970-01-01T00:00:00+00:00">x</time>'),
    ],
)
def test_entities_become_elements_at_their_utf16_offsets(text: str, entities: list[Any], html: str) -> None:
    assert html in telegram.entities_to_html(text, entities)


def test_rich_html_keeps_only_known_tags() -> None:
    html = '<h1 onclick="x">A</h1><script>alert(1)</script><a href="javascript:x">l</a><ol start="3"><li>c</li></ol>'
    shown = telegram.look({"rich_message": {"html": html}})
    assert "<h3>A</h3>alert(1)" in shown
    assert '<a href="#"' in shown
    assert '<ol start="3"><li>c</li></ol>' in shown


@pytest.mark.parametrize(
    ("content", "html"),
    [
        ("# Title", "<h3>Title</h3>"),
        ("### Title", "<h5>Title</h5>"),
        ("**注意：**正文", "<strong>注意：</strong>正文"),
        ("-# page 2/3\nText", "<small>page 2/3</small><p>Text</p>"),
        ("- a\n- b", "<li>a</li>"),
        ("> quoted", "<blockquote>"),
        ("[label](https://a.example)", '<a href="https://a.example">label</a>'),
        ("[label](javascript:x)", "[label](javascript:x)"),
        ("<b>&amp;", "&lt;b&gt;&amp;amp;"),
        ("<t:0:f>", "<time datetime="),
        ("one\ntwo", "one<br>two"),
        ("第一行\n第二行", "第一行<br>第二行"),
        ("~~gone~~", "<s>gone</s>"),
    ],
)
def test_discords_markdown_becomes_html(content: str, html: str) -> None:
    assert html in discord.markdown_to_html(content)


def test_discords_components_stand_in_their_boxes() -> None:
    button = {"type": 2, "style": 1, "label": "<Open>", "custom_id": "x"}
    select = {"type": 3, "custom_id": "y", "placeholder": "Sections", "options": [{"label": "Models", "value": "m"}]}
    rows = [{"type": 1, "components": [button]}, {"type": 1, "components": [select]}]
    shown = discord.look(
        {"components": [{"type": 17, "components": [{"type": 10, "content": "Hi"}, {"type": 14}, *rows]}]}
    )
    for piece in (
        "dc-container",
        "<p>Hi</p>",
        "dc-separator",
        "dc-primary",
        "&lt;Open&gt;",
        "Sections",
        "<li>Models</li>",
    ):
        assert piece in shown


def rich(*elements: dict[str, Any]) -> str:
    return str(slack.look({"blocks": [{"type": "rich_text", "elements": list(elements)}]}))


@pytest.mark.parametrize(
    ("element", "html"),
    [
        ({"type": "text", "text": "<a>", "style": {"bold": True, "italic": True}}, "<i><b>&lt;a&gt;</b></i>"),
        ({"type": "link", "url": "https://a.example/?a=1&b=2", "text": "x"}, 'href="https://a.example/?a=1&amp;b=2"'),
        ({"type": "link", "url": "javascript:x", "text": "x"}, 'href="#"'),
        ({"type": "date", "timestamp": 0, "format": "{date}", "fallback": "then"}, ">then</time>"),
        ({"type": "emoji", "name": "tada"}, ":tada:"),
    ],
)
def test_slacks_rich_text_becomes_elements(element: dict[str, Any], html: str) -> None:
    assert html in rich({"type": "rich_text_section", "elements": [element]})


def test_slacks_blocks_stand_below_each_other() -> None:
    item = {"type": "rich_text_section", "elements": [{"type": "text", "text": "item"}]}
    listed = rich({"type": "rich_text_list", "style": "ordered", "offset": 2, "indent": 1, "elements": [item]})
    assert '<ol class="sl-indent-1" start="3"><li>item</li></ol>' in listed
    cell = {"type": "raw_text", "text": "<cell>"}
    button = {"type": "button", "text": {"type": "plain_text", "text": "Go"}, "style": "primary"}
    blocks = [
        {"type": "header", "text": {"type": "plain_text", "text": "Head"}},
        {"type": "divider"},
        {"type": "context", "elements": [{"type": "mrkdwn", "text": "small"}]},
        {"type": "actions", "elements": [button]},
        {"type": "table", "rows": [[cell]]},
    ]
    shown = slack.look({"blocks": blocks})
    for piece in ("Head", "sl-divider", "<span>small</span>", "sl-primary", "<td>&lt;cell&gt;</td>"):
        assert piece in shown
