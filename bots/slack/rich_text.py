"""Blocks as the elements of Slack's rich text, in which text is only text: nothing has to be escaped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from core.document.build import clean
from core.document.nodes import CodeBlock, Heading, Item, List, Paragraph, Quote, Strong
from core.render.items import opened
from core.render.runs import runs

if TYPE_CHECKING:
    from collections.abc import Iterable

    from core.document.nodes import Block, Inlines, ListItem, Time
    from core.render.runs import Run, Style

Element: TypeAlias = dict[str, Any]

STYLES: dict[Style, str] = {"strong": "bold", "emphasis": "italic", "strike": "strike"}
FORMATS = {
    "time": "{time}",
    "date": "{date_long}",
    "datetime": "{date_short_pretty} {time}",
    "relative": "{ago}",
}
DONE = {True: "☑ ", False: "☐ ", None: ""}
DEEPEST_INDENT = 5
GAP = "\n\n"


def inline_elements(inlines: Inlines) -> list[Element]:
    """Return inlines as the elements of a section, none if there is nothing to see."""
    flow = runs(inlines)
    return [] if all([run.text.isspace() for run in flow]) else list(map(_element, flow))  # noqa: C419  # quicker


def _element(run: Run) -> Element:
    styles, code, url = run.styles, run.code, run.url
    if run.time:
        element = _date(run.time, url)
    else:
        element = {"type": "link", "url": url} if url else {"type": "text"}
        element["text"] = run.text.replace("\n", " ") if code else run.text
    if styles or code:
        marked = {STYLES[style]: True for style in STYLES if style in styles}
        element["style"] = {**marked, "code": True} if code else marked
    return element


def _date(time: Time, url: str) -> Element:
    date = {"type": "date", "timestamp": int(time.at.timestamp()), "format": FORMATS[time.form]}
    fallback = {"fallback": clean(time.text)} if time.text.strip() else {}
    return {**date, **fallback, **({"url": url} if url else {})}


class RichText:
    """Gathers blocks into elements of one ``rich_text`` block."""

    def __init__(self) -> None:
        self.elements: list[Element] = []
        self._gap = GAP

    def add(self, block: Block) -> None:
        """Append a block; dividers and buttons have no text."""
        match block:
            case Paragraph():
                self._section(inline_elements(block.children))
            case Heading():
                self._heading(block.children)
            case CodeBlock():
                self._code(block.value, quoted=False)
            case List():
                self._list(block, 0, quoted=False)
            case Quote():
                self._quote(block.blocks)
            case Item():
                for inner in block.blocks:
                    self.add(inner)
            case _:
                pass

    def _heading(self, children: Inlines) -> None:
        self._section(inline_elements((Strong(children),)))
        self._gap = "\n"

    def _section(self, elements: list[Element]) -> None:
        """Append a paragraph to the section before it: two sections in a row would have no distance."""
        if elements:
            self._append("rich_text_section", self._gap, elements)
            self._gap = GAP

    def _append(self, kind: str, gap: str, elements: list[Element]) -> None:
        last = self.elements[-1] if self.elements else None
        if last and last["type"] == kind:
            last["elements"] += [{"type": "text", "text": gap}, *elements]
        else:
            self.elements.append({"type": kind, "elements": elements})

    def _code(self, value: str, *, quoted: bool) -> None:
        value = clean(value).strip("\n").rstrip()
        if value:
            code = {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": value}]}
            self.elements.append({**code, "border": 1} if quoted else code)

    def _quote(self, blocks: Iterable[Block]) -> None:
        for block in opened(blocks):
            match block:
                case Paragraph(children):
                    self._quoted(inline_elements(children))
                case Heading(_, children):
                    self._quoted(inline_elements((Strong(children),)))
                case CodeBlock(value):
                    self._code(value, quoted=True)
                case List():
                    self._list(block, 0, quoted=True)
                case Quote(inner):
                    self._quote(inner)
                case _:
                    pass

    def _quoted(self, elements: list[Element]) -> None:
        if elements:
            self._append("rich_text_quote", "\n", elements)

    def _list(self, node: List, depth: int, *, quoted: bool) -> None:
        """Append a list; what Slack has no place for within an item (lists too) stands between two parts of it."""
        for index, item in enumerate(node.items):
            first, rest = _head(item)
            place = node.start + index if node.start is not None else None
            if not first and place is not None:
                first = [{"type": "text", "text": " "}]
            if first:
                self._list_item([*_box(item), *first], place, depth, quoted=quoted)
            for block in rest:
                self._in_item(block, depth, quoted=quoted)

    def _list_item(self, elements: list[Element], place: int | None, depth: int, *, quoted: bool) -> None:
        if place is not None and place < 1:
            elements = [{"type": "text", "text": f"{place}. "}, *elements]
            place = None
        shape: Element = {"type": "rich_text_list", "style": "bullet" if place is None else "ordered"}
        if depth:
            shape["indent"] = min(depth, DEEPEST_INDENT)
        if quoted:
            shape["border"] = 1
        section = {"type": "rich_text_section", "elements": elements}
        last = self.elements[-1] if self.elements else {}
        if _continues(last, shape, place):
            last["elements"].append(section)
        else:
            offset = {"offset": place - 1} if place and place > 1 else {}
            self.elements.append({**shape, **offset, "elements": [section]})

    def _in_item(self, block: Block, depth: int, *, quoted: bool) -> None:
        match block:
            case List():
                self._list(block, depth + 1, quoted=quoted)
            case CodeBlock(value):
                self._code(value, quoted=quoted)
            case _ if quoted:
                self._quote((block,))
            case _:
                self.add(block)


def _continues(last: Element, shape: Element, place: int | None) -> bool:
    """Tell whether an item with the number ``place`` goes on the list ``last``, if that is one."""
    if any(last.get(key) != shape.get(key) for key in ("type", "style", "indent", "border")):
        return False
    return place is None or place == last.get("offset", 0) + len(last["elements"]) + 1


def _box(item: ListItem) -> list[Element]:
    return [{"type": "text", "text": DONE[item.done]}] if item.done is not None else []


def _head(item: ListItem) -> tuple[list[Element], list[Block]]:
    """Return the elements that stand behind the item's bullet, and the blocks that do not."""
    head: list[Element] = []
    blocks = opened(item.blocks)
    for at, block in enumerate(blocks):
        match block:
            case Paragraph(children):
                elements = inline_elements(children)
            case Heading(_, children):
                elements = inline_elements((Strong(children),))
            case _:
                return head, blocks[at:]
        if elements:
            head += [{"type": "text", "text": "\n"}, *elements] if head else elements
    return head, []
