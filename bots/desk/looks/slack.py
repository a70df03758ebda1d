"""Slack: blocks, with the elements of rich text."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from core.document.build import is_safe

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

STYLES = {"bold": "b", "italic": "i", "strike": "s", "code": "code"}


def look(payload: Mapping[str, Any]) -> Markup:
    """Return the message's blocks, one below the other."""
    return Markup("").join(_block(block) for block in payload.get("blocks", ()))


def _block(block: Mapping[str, Any]) -> Markup:  # noqa: PLR0911  a table of one line per kind of block
    match block["type"]:
        case "header":
            return Markup('<div class="sl-header">{}</div>').format(block["text"]["text"])
        case "divider":
            return Markup('<hr class="sl-divider">')
        case "rich_text":
            return Markup('<div class="sl-rich">{}</div>').format(_elements(block["elements"]))
        case "section" if "text" in block:
            return Markup('<div class="sl-section">{}</div>').format(block["text"]["text"])
        case "markdown":
            return Markup('<div class="sl-section">{}</div>').format(block["text"])
        case "context":
            said = Markup(" ").join(_element(element) for element in block["elements"])
            return Markup('<div class="sl-context">{}</div>').format(said)
        case "actions":
            return Markup('<div class="sl-actions">{}</div>').format(_elements(block["elements"]))
        case "table":
            return _table(block)
        case kind:
            return Markup('<div class="sl-section">{}</div>').format(kind)


def _elements(elements: Iterable[Mapping[str, Any]]) -> Markup:
    return Markup("").join(_element(element) for element in elements)


def _element(element: Mapping[str, Any]) -> Markup:  # noqa: C901, PLR0911, PLR0912  the same
    match element["type"]:
        case "rich_text_section":
            return Markup("<p>{}</p>").format(_elements(element["elements"]))
        case "rich_text_quote":
            return Markup("<blockquote>{}</blockquote>").format(_elements(element["elements"]))
        case "rich_text_preformatted":
            return Markup("<pre>{}</pre>").format(_elements(element["elements"]))
        case "rich_text_list":
            return _list(element)
        case "text":
            return _styled(element, Markup.escape(element["text"]))
        case "link":
            url = str(element["url"])
            anchor = Markup('<a href="{}" rel="noopener noreferrer nofollow" target="_blank">{}</a>')
            return _styled(element, anchor.format(url if is_safe(url) else "#", element.get("text") or url))
        case "emoji":
            return Markup.escape(f":{element['name']}:")
        case "date":
            at = datetime.fromtimestamp(int(element["timestamp"]), UTC)
            return Markup('<time datetime="{}">{}</time>').format(
                at.isoformat(), element.get("fallback") or f"{at:%Y-%m-%d %H:%M} UTC"
            )
        case "button":
            style = element.get("style", "normal")
            return Markup('<span class="sl-button sl-{}">{}</span>').format(style, element["text"]["text"])
        case "static_select" | "overflow":
            return _select(element)
        case "plain_text" | "mrkdwn":
            return Markup("<span>{}</span>").format(element["text"])
        case "raw_text":
            return Markup.escape(element["text"])
        case "rich_text":
            return _elements(element["elements"])
        case kind:
            return Markup.escape(str(kind))


def _styled(element: Mapping[str, Any], inner: Markup) -> Markup:
    for name, tag in STYLES.items():
        if element.get("style", {}).get(name):
            inner = Markup("<{}>{}</{}>").format(tag, inner, tag)
    return inner


def _list(element: Mapping[str, Any]) -> Markup:
    items = Markup("").join(Markup("<li>{}</li>").format(_elements(item["elements"])) for item in element["elements"])
    indent = min(int(element.get("indent", 0)), 8)
    if element.get("style") == "ordered":
        start = int(element.get("offset", 0)) + 1
        return Markup('<ol class="sl-indent-{}" start="{}">{}</ol>').format(indent, start, items)
    return Markup('<ul class="sl-indent-{}">{}</ul>').format(indent, items)


def _select(element: Mapping[str, Any]) -> Markup:
    groups = element.get("option_groups", ({"options": element.get("options", ())},))
    options = Markup("").join(
        Markup("<li>{}</li>").format(option["text"]["text"]) for group in groups for option in group["options"]
    )
    said = element.get("placeholder", {}).get("text", "…")
    return Markup('<details class="sl-select"><summary>{}</summary><ul>{}</ul></details>').format(said, options)


def _table(block: Mapping[str, Any]) -> Markup:
    rows = Markup("").join(
        Markup("<tr>{}</tr>").format(Markup("").join(Markup("<td>{}</td>").format(_element(cell)) for cell in row))
        for row in block["rows"]
    )
    return Markup('<table class="sl-table">{}</table>').format(rows)
