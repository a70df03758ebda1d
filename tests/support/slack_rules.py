"""What Slack refuses, and what it shows of the rest: written from its documentation, not from the renderer.

Block Kit: https://docs.slack.dev/reference/block-kit/blocks. Every block also goes through slack_sdk's own models.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any, TypeAlias

import regex
from slack_sdk.models.blocks import Block as SdkBlock

from core.document.text import utf16_length
from reading import visible

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from reading import Character, Style

Json: TypeAlias = dict[str, Any]

BODY = {"text", "blocks", "unfurl_links", "unfurl_media", "metadata", "mrkdwn"}
FIELDS = {
    "header": {"type", "block_id", "text"},
    "divider": {"type", "block_id"},
    "context": {"type", "block_id", "elements"},
    "actions": {"type", "block_id", "elements"},
    "rich_text": {"type", "block_id", "elements"},
    "rich_text_section": {"type", "elements"},
    "rich_text_quote": {"type", "elements", "border"},
    "rich_text_preformatted": {"type", "elements", "border"},
    "rich_text_list": {"type", "elements", "style", "indent", "offset", "border"},
    "text": {"type", "text", "style"},
    "link": {"type", "url", "text", "style"},
    "channel": {"type", "channel_id", "style"},
    "date": {"type", "timestamp", "format", "fallback", "url", "style"},
    "button": {"type", "text", "value", "action_id", "style"},
    "table": {"type", "block_id", "rows", "column_settings"},
    "raw_text": {"type", "text"},
    "static_select": {"type", "placeholder", "options", "action_id"},
}
STYLES = {"bold": "strong", "italic": "emphasis", "strike": "strike", "code": "code"}
TOKENS = regex.compile(
    r"(?:\{(?:date_num|date_slash|date_long|date_long_full|date_long_pretty|date|date_pretty|date_short|"
    r"date_short_pretty|time|time_secs|ago)\}| )+"
)
MENTION = regex.compile(r"<[!@#][^>]*>|&(?!amp;|lt;|gt;)|[<>]")
MOST_CHARACTERS = 9500


def problems(payload: Json) -> list[str]:
    """Return why Slack would refuse the arguments of chat.postMessage, nothing if it would not."""
    found = [f"unknown argument {name}" for name in payload.keys() - BODY]
    if payload.get("unfurl_links") is not False or payload.get("unfurl_media") is not False:
        found.append("links are unfurled")
    found += _length("text", payload.get("text", ""), 4000 if "blocks" in payload else 40_000)
    if MENTION.search(payload.get("text", "")):
        found.append("text is not escaped")
    if "blocks" not in payload:
        return found
    blocks = payload["blocks"]
    if not 1 <= len(blocks) <= 50:
        found.append(f"{len(blocks)} blocks")
    if (characters := sum(map(utf16_length, _texts(blocks)))) > MOST_CHARACTERS:
        found.append(f"{characters} characters")
    if sum(block["type"] == "table" for block in blocks) > 1:
        found.append("two tables")
    ids = [element["action_id"] for block in blocks if block["type"] == "actions" for element in block["elements"]]
    if len(set(ids)) != len(ids):
        found.append("an action_id twice")
    return found + [problem for block in blocks for problem in _block(block)]


def _texts(made: Any) -> Iterator[str]:  # noqa: ANN401  # JSON of any shape
    if isinstance(made, list):
        for part in made:
            yield from _texts(part)
    elif isinstance(made, dict):
        yield from (made[key] for key in ("text", "url", "fallback", "format") if isinstance(made.get(key), str))
        yield from (text for value in made.values() if isinstance(value, dict | list) for text in _texts(value))


def _length(name: str, text: str, longest: int) -> Iterator[str]:
    if not isinstance(text, str) or not text or utf16_length(text) > longest:
        yield f"{name} {text!r}"[:200]


def _fields(node: Json) -> Iterator[str]:
    known = FIELDS.get(node.get("type", ""))
    if known is None:
        yield f"unknown type {node.get('type')}"
    else:
        yield from (f"unknown field {name} of {node['type']}" for name in node.keys() - known)


def _block(block: Json) -> Iterator[str]:
    if block.get("type") not in CHECKS:
        yield f"no block {block.get('type')}"
        return
    yield from _fields(block)
    yield from CHECKS[block["type"]](block)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        parsed = SdkBlock.parse(block)
    if parsed is None or parsed.to_dict() != block:
        yield f"slack_sdk reads {block} differently"


def _plain(node: Json, longest: int) -> Iterator[str]:
    if node.keys() != {"type", "text", "emoji"} or node["type"] != "plain_text":
        yield f"not plain text: {node}"
        return
    yield from _length("plain text", node["text"].strip(), longest)


def _header(block: Json) -> Iterator[str]:
    yield from _plain(block["text"], 150)


def _context(block: Json) -> Iterator[str]:
    if not 1 <= len(block["elements"]) <= 10:
        yield "context"
    for element in block["elements"]:
        yield from _plain(element, 3000)


def _actions(block: Json) -> Iterator[str]:
    if not 1 <= len(block["elements"]) <= 25:
        yield "actions"
    for element in block["elements"]:
        yield from _fields(element)
        yield from _length("action_id", element.get("action_id", ""), 255)
        if element["type"] == "button":
            yield from _plain(element["text"], 75)
            yield from _length("value", element.get("value", ""), 2000)
            if element.get("style", "primary") not in {"primary", "danger"}:
                yield "style of a button"
        else:
            yield from _select(element)


def _select(element: Json) -> Iterator[str]:
    yield from _plain(element["placeholder"], 150)
    values = [option["value"] for option in element["options"]]
    if not 1 <= len(values) <= 100 or len(set(values)) != len(values):
        yield "options of a select"
    for option in element["options"]:
        yield from _plain(option["text"], 75)
        yield from _length("value", option["value"], 150)


def _rich_text(block: Json) -> Iterator[str]:
    if not block["elements"]:
        yield "empty rich text"
    for element in block["elements"]:
        yield from _fields(element)
        if not element.get("elements"):
            yield f"empty {element['type']}"
        if element["type"] == "rich_text_list":
            yield from _list(element)
        elif element["type"] not in {"rich_text_section", "rich_text_quote", "rich_text_preformatted"}:
            yield f"{element['type']} in rich text"
        else:
            yield from _inlines(element)


def _list(element: Json) -> Iterator[str]:
    if element.get("style") not in {"bullet", "ordered"} or not 0 <= element.get("indent", 0) <= 8:
        yield "style or indent of a list"
    if element.get("offset", 0) < 0 or (element.get("offset") and element["style"] == "bullet"):
        yield "offset of a list"
    for section in element["elements"]:
        if section.get("type") != "rich_text_section" or not section["elements"]:
            yield "item of a list"
        yield from _fields(section)
        yield from _inlines(section)


def _inlines(element: Json) -> Iterator[str]:
    for part in element["elements"]:
        yield from _fields(part)
        if set(part.get("style", {})) - set(STYLES) or not all(part.get("style", {"": True}).values()):
            yield f"style {part['style']}"
        if part["type"] == "date":
            if not isinstance(part["timestamp"], int) or not TOKENS.fullmatch(part["format"]):
                yield f"date {part}"
        elif part["type"] == "channel":
            yield from _length("channel", part["channel_id"], 20)
        else:
            yield from _length("text", part.get("text", ""), 9500)
        if "url" in part:
            yield from _length("url", part["url"], 3000)
            if not part["url"].startswith(("http://", "https://", "mailto:", "tel:")):
                yield f"url {part['url']}"
        if element["type"] == "rich_text_preformatted" and part["type"] == "date":
            yield "date in code"


def _table(block: Json) -> Iterator[str]:
    """https://docs.slack.dev/reference/block-kit/blocks/table-block."""
    rows, columns = block["rows"], block.get("column_settings", [])
    if not 1 <= len(rows) <= 100 or len({len(row) for row in rows}) != 1 or not 1 <= len(rows[0]) <= 20:
        yield "rows of a table"
    if len(columns) > 20 or any(column.keys() - {"align", "is_wrapped"} for column in columns):
        yield "columns of a table"
    for cell in (cell for row in rows for cell in row):
        yield from _fields(cell)
        if cell["type"] == "raw_text":
            yield from _length("cell", cell["text"].strip(), 9500)
        else:
            yield from _rich_text(cell)


CHECKS: dict[str, Callable[[Json], Iterator[str]]] = {
    "header": _header,
    "divider": lambda _: iter(()),
    "context": _context,
    "actions": _actions,
    "rich_text": _rich_text,
    "table": _table,
}


def read(payload: Json) -> list[Character]:
    """Return what a reader sees, buttons apart."""
    found: list[Character] = []
    for block in payload["blocks"]:
        match block["type"]:
            case "header":
                found += visible(block["text"]["text"])
            case "context":
                found += [character for element in block["elements"] for character in visible(element["text"])]
            case "rich_text":
                for element in block["elements"]:
                    found += _read_element(element)
            case "table":
                for cell in (cell for row in block["rows"] for cell in row):
                    found += visible(cell["text"]) if cell["type"] == "raw_text" else read({"blocks": [cell]})
            case _:
                pass
    return found


def _read_element(element: Json) -> Iterator[Character]:
    if element["type"] != "rich_text_list":
        code = {"code"} if element["type"] == "rich_text_preformatted" else set()
        yield from _read_inlines(element["elements"], frozenset(code))
        return
    for at, section in enumerate(element["elements"], start=element.get("offset", 0) + 1):
        if element["style"] == "ordered":
            yield from visible(f"{at}. ")
        inlines = section["elements"]
        box = inlines[0].get("text") in {"☑ ", "☐ "} and len(inlines) > 0
        yield from _read_inlines(inlines[1:] if box else inlines, frozenset())


def _read_inlines(inlines: list[Json], around: frozenset[Style]) -> Iterator[Character]:
    for part in inlines:
        styles = around | {STYLES[name] for name in part.get("style", {})}
        if "url" in part:
            styles |= {f"link {part['url']}"}
        yield from visible(part.get("fallback", "") if part["type"] == "date" else part["text"], styles)
