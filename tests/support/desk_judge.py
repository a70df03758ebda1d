"""Tells what is wrong with the desk's HTML: not well formed, unsafe, lost."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import TYPE_CHECKING

from reading import Written, lost, visible

if TYPE_CHECKING:
    from core.document.nodes import Document
    from core.render.port import Message, Renderer
    from reading import Character

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


def judge(renderer: Renderer, document: Document, messages: tuple[Message, ...]) -> list[str]:
    (message,) = messages
    reader = Reader()
    reader.feed(message.payload["html"])
    reader.close()
    if reader._open:
        reader.problems.append(f"not closed: {reader._open}")
    if reader.buttons != [action["data"] for action in message.payload["actions"]]:
        reader.problems.append("other buttons than actions")
    return reader.problems or lost(Written(document.blocks).characters(), reader.characters)
