"""The desk's HTML: tags and attributes are the ones that are meant."""

from __future__ import annotations

import pytest

from bots.desk.render import DeskRenderer
from core.document.nodes import (
    Action,
    Actions,
    Block,
    Document,
    Fold,
    Heading,
    Link,
    List,
    ListItem,
    Paragraph,
    Strong,
    Table,
    Text,
)
from core.document.text import normalise

RENDERER = DeskRenderer()


def html(*blocks: Block) -> str:
    (message,) = RENDERER.render(Document(blocks=blocks, title="title"))
    found: str = message.payload["html"]
    return found


def test_text_is_escaped() -> None:
    assert html(Paragraph((Text("<script>alert('1')</script> & \"x\""),))) == (
        "<p>&lt;script&gt;alert(&#x27;1&#x27;)&lt;/script&gt; &amp; &quot;x&quot;</p>"
    )


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "//x", "https://", "https://a b"])
def test_unsafe_addresses_are_text(url: str) -> None:
    shown = html(Paragraph((Link((Text("x"),), url),)))
    assert "<a" not in shown
    assert normalise("x") in shown


def test_addresses_cannot_leave_their_attribute() -> None:
    shown = html(Paragraph((Link((Text("x"),), "https://a.example.com/\"onclick='x'"),)))
    assert 'href="https://a.example.com/&quot;onclick=&#x27;x&#x27;"' in shown


def test_buttons_carry_their_action() -> None:
    shown = html(Actions(((Action("<b>", "section", 'a "b"', style="primary"),),)))
    assert shown == (
        '<div class="actions"><button type="button" class="primary" data-action="section a &quot;b&quot;">'
        "&lt;b&gt;</button></div>"
    )


def test_folds_headings_lists_and_tables_have_their_tags() -> None:
    cell = (Text("c"),)
    table = Table((cell, cell), ((cell, cell),), ("right",))
    fold = Fold((Text("more"),), (Paragraph((Strong((Text("x"),)),)),))
    shown = html(Heading(1, (Text("h"),)), fold, List((ListItem((Paragraph((Text("i"),)),)),), 3), table)
    assert shown == (
        "<h2>h</h2><details><summary>more</summary><p><strong>x</strong></p></details>"
        '<ol start="3"><li>i</li></ol>'
        '<div class="table"><table><thead><tr><th scope="col" class="right">c</th><th scope="col">c</th></tr></thead>'
        '<tbody><tr><td class="right">c</td><td>c</td></tr></tbody></table></div>'
    )
