"""The desk's HTML: all of the document, and nothing that it could do harm with."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import given

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
from documents import documents, gaps, quickly
from hostile import DOCUMENTS
from reading import Character, Written, lost, visible

RENDERER = DeskRenderer()
VOID = {"br", "hr"}
TAGS = {
    *("h2", "h3", "h4", "p", "pre", "code", "ul", "ol", "li", "blockquote", "details", "summary", "div", "hr", "br"),
    *("table", "thead", "tbody", "tr", "th", "td", "button", "strong", "em", "s", "a", "time"),
}
ATTRIBUTES = {
    *("class", "href", "rel", "target", "data-action", "data-language", "data-form", "datetime", "scope", "start"),
    "type",
}
STYLES = {"strong": "strong", "em": "emphasis", "s": "strike", "code": "code"}


class Reader(HTMLParser):
    """A browser: refuses what is not well formed, and gathers what a reader sees."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.characters: list[Character] = []
        self.problems: list[str] = []
        self.buttons: list[str | None] = []
        self._open: list[tuple[str, str]] = []
        self._numbers: list[int | None] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag not in TAGS or not values.keys() <= ATTRIBUTES:
            self.problems.append(f"<{tag} {attrs}>")
        self._count(tag, values)
        if tag == "button":
            self.buttons.append(values["data-action"])
        if tag == "a":
            self._check_link(values)
        if tag not in VOID:
            self._open.append((tag, f"link {values.get('href')}" if tag == "a" else STYLES.get(tag, "")))

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open.pop()[0] != tag:
            self.problems.append(f"</{tag}>")
        if tag in {"ul", "ol"}:
            self._numbers.pop()

    def handle_data(self, data: str) -> None:
        tags = {tag for tag, _ in self._open}
        if "button" not in tags:
            self.characters += visible(data.removeprefix("☑ ").removeprefix("☐ "), self._styles())

    def _styles(self) -> frozenset[str]:
        return frozenset(style for _, style in self._open if style)

    def _count(self, tag: str, values: dict[str, str | None]) -> None:
        if tag in {"ul", "ol"}:
            self._numbers.append(int(values.get("start") or 1) if tag == "ol" else None)
        if tag == "li" and self._numbers and (number := self._numbers[-1]) is not None:
            self.characters += visible(f"{number}. ")
            self._numbers[-1] = number + 1

    def _check_link(self, values: dict[str, str | None]) -> None:
        safe = (values["href"] or "").startswith(("http://", "https://", "mailto:", "tel:"))
        if not safe or values["rel"] != "noopener noreferrer nofollow" or values["target"] != "_blank":
            self.problems.append(f"link {values}")
        if any(tag == "a" for tag, _ in self._open):
            self.problems.append("a link within a link")


def judge(document: Document) -> list[str]:
    (message,) = RENDERER.render(document)
    reader = Reader()
    reader.feed(message.payload["html"])
    reader.close()
    if reader._open:
        reader.problems.append(f"not closed: {reader._open}")
    if reader.buttons != [action["data"] for action in message.payload["actions"]]:
        reader.problems.append("other buttons than actions")
    return reader.problems or lost(Written(document.blocks).characters(), reader.characters)


def html(*blocks: Block) -> str:
    (message,) = RENDERER.render(Document(blocks=blocks, title="title"))
    found: str = message.payload["html"]
    return found


@pytest.mark.parametrize("name", DOCUMENTS)
def test_hostile_documents_come_through_whole(name: str) -> None:
    assert judge(DOCUMENTS[name]) == []


@given(document=documents)
@quickly(8)
def test_any_document_comes_through_whole(document: Document) -> None:
    assert judge(document) == []


@given(document=gaps)
@quickly(60)
def test_any_style_may_begin_and_end_with_blanks(document: Document) -> None:
    assert judge(document) == []


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
