"""Telegram: text with entities, or the HTML of a rich message, above an inline keyboard."""

from __future__ import annotations

from datetime import UTC, datetime
from html import escape
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from bots.desk.looks.headings import lowered
from core.document.build import is_safe

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

TAGS = {
    "bold": "b",
    "italic": "i",
    "underline": "u",
    "strikethrough": "s",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
}
STYLE_TAGS = frozenset({"b", "strong", "i", "em", "u", "ins", "s", "strike", "del", "code", "mark", "sub", "sup"})
BLOCK_TAGS = frozenset({"p", "pre", "footer", "ul", "ol", "li", "blockquote", "cite", "aside", "details", "summary"})
OTHER_TAGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "table", "caption", "tr", "th", "td"})
RICH_TAGS = STYLE_TAGS | BLOCK_TAGS | OTHER_TAGS
VOID_TAGS = frozenset({"br", "hr"})


def look(payload: Mapping[str, Any]) -> Markup:
    """Return the message as a bubble, its keyboard below."""
    rich = payload.get("rich_message")
    inner = _rich(str(rich.get("html", ""))) if rich else entities_to_html(payload["text"], payload.get("entities", ()))
    form = "tg-rich" if rich else "tg-text"
    return Markup('<div class="tg-bubble {}">{}{}</div>{}').format(
        form, inner, _preview(payload), _keyboard(payload.get("reply_markup", {}))
    )


def entities_to_html(text: str, entities: Sequence[Mapping[str, Any]]) -> Markup:
    """Return the text with its entities, whose offsets count UTF-16 code units, as elements."""
    units = text.encode("utf-16-le")
    ordered = sorted(entities, key=lambda entity: (entity["offset"], -entity["length"]))
    html: list[str] = []
    open_ends: list[tuple[int, str]] = []
    at = 0

    def write_to(end: int) -> None:
        nonlocal at
        html.append(escape(units[2 * at : 2 * end].decode("utf-16-le", "replace")))
        at = end

    def close_to(offset: int) -> None:
        while open_ends and open_ends[-1][0] <= offset:
            end, tag = open_ends.pop()
            write_to(end)
            html.append(f"</{tag}>")

    for entity in ordered:
        close_to(entity["offset"])
        write_to(entity["offset"])
        opening, tag = _tag(entity)
        html.append(opening)
        open_ends.append((entity["offset"] + entity["length"], tag))
    close_to(len(units) // 2)
    write_to(len(units) // 2)
    return Markup("".join(html))  # noqa: S704  every piece of text was escaped above


def _tag(entity: Mapping[str, Any]) -> tuple[str, str]:
    match entity["type"]:
        case "text_link":
            return _link(str(entity["url"])), "a"
        case "expandable_blockquote":
            return '<blockquote class="tg-expandable">', "blockquote"
        case "date_time":
            at = datetime.fromtimestamp(int(entity.get("unix_time", 0)), UTC).isoformat()
            return f'<time datetime="{at}">', "time"
        case kind:
            tag = TAGS.get(str(kind), "span")
            return f"<{tag}>", tag


def _link(url: str) -> str:
    return f'<a href="{escape(url if is_safe(url) else "#")}" rel="noopener noreferrer nofollow" target="_blank">'


def _preview(payload: Mapping[str, Any]) -> Markup:
    url = payload.get("link_preview_options", {}).get("url")
    return Markup('<div class="tg-preview">{}</div>').format(url) if url else Markup("")


def _keyboard(markup: Mapping[str, Any]) -> Markup:
    rows = Markup("").join(
        Markup('<div class="tg-row">{}</div>').format(
            Markup("").join(
                Markup('<span class="tg-button tg-{}">{}</span>').format(button.get("style", "normal"), button["text"])
                for button in row
            )
        )
        for row in markup.get("inline_keyboard", ())
    )
    return Markup('<div class="tg-keyboard">{}</div>').format(rows) if rows else rows


def _rich(html: str) -> Markup:
    parser = _Whitelist()
    parser.feed(html)
    parser.close()
    return Markup("".join(parser.kept))  # noqa: S704  the whitelist wrote every tag and escaped every text


class _Whitelist(HTMLParser):
    """Keeps the tags that Telegram knows, without attributes but a link's address and a list's first number."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.kept: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "a":
            self.kept.append(_link(given.get("href") or ""))
        elif tag == "ol" and (given.get("start") or "").isdigit():
            self.kept.append(f'<ol start="{given["start"]}">')
        elif tag == "input":
            self.kept.append("☑ " if "checked" in given else "☐ ")
        elif tag in RICH_TAGS | VOID_TAGS:
            self.kept.append(f"<{lowered(tag)}>")

    def handle_endtag(self, tag: str) -> None:
        if tag in RICH_TAGS | {"a"}:
            self.kept.append(f"</{lowered(tag)}>")

    def handle_data(self, data: str) -> None:
        self.kept.append(escape(data))
