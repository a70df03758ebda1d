"""What Telegram's Bot API refuses, or would silently change, of ``sendMessage`` and ``sendRichMessage``.

Facts: https://core.telegram.org/bots/api (methods, MessageEntity, inline keyboards, rich message limits) and, where
the page is silent, how the open server checks (tdlib/td, MessageEntity.cpp). ``problems`` is strict; a payload
without problems is taken as it is.
"""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from itertools import pairwise
from typing import Any
from urllib.parse import urlsplit

from reading import Character, Style, visible

TEXT = 4096
ENTITIES = 100
RICH_TEXT = 32_768
RICH_BLOCKS = 500
RICH_DEPTH = 16
RICH_COLUMNS = 20
BUTTONS = 100
ROW = 8
CALLBACK = 64
KEYBOARD = 10_000

_COMMON = {
    "business_connection_id", "chat_id", "message_thread_id", "direct_messages_topic_id", "disable_notification",
    "protect_content", "allow_paid_broadcast", "message_effect_id", "suggested_post_parameters", "reply_parameters",
    "reply_markup",
}  # fmt: skip
_FIELDS = {
    "sendMessage": _COMMON | {"text", "parse_mode", "entities", "link_preview_options"},
    "sendRichMessage": _COMMON | {"rich_message"},
}
_ENTITY_FIELDS: dict[str, set[str]] = {
    kind: set()
    for kind in (
        "bold",
        "italic",
        "underline",
        "strikethrough",
        "spoiler",
        "blockquote",
        "expandable_blockquote",
        "code",
    )
} | {
    "pre": {"language"},
    "text_link": {"url"},
    "text_mention": {"user"},
    "custom_emoji": {"custom_emoji_id"},
    "date_time": {"unix_time", "date_time_format"},
}
_STYLES = {"bold", "italic", "underline", "strikethrough", "spoiler"}
_QUOTES = {"blockquote", "expandable_blockquote"}
_PREVIEW_FIELDS = {
    "is_disabled": bool, "url": str, "prefer_small_media": bool, "prefer_large_media": bool, "show_above_text": bool,
}  # fmt: skip
_BUTTON_KINDS = {
    "url", "callback_data", "web_app", "login_url", "switch_inline_query", "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat", "copy_text", "callback_game", "pay",
}  # fmt: skip
_REMOVED = re.compile("[\x00-\x09\x0b-\x1f\x7f\u2028-\u202e\ud800-\udfff]")
_DATE_FORMAT = re.compile(r"r|w?[dD]?[tT]?")
_LANGUAGE = re.compile(r"[A-Za-z0-9_+#.-]{1,32}")


def problems(method: str, payload: dict[str, Any]) -> list[str]:
    """Return what is wrong with a call; an empty list means that Telegram shows exactly this."""
    if method not in _FIELDS:
        return [f"unknown method {method}"]
    found = [f"unknown parameter {name}" for name in payload if name not in _FIELDS[method]]
    if method == "sendMessage":
        found += _message_problems(payload)
    else:
        found += _rich_problems(payload.get("rich_message"))
    return found + _keyboard_problems(payload.get("reply_markup"))


def utf16(text: str) -> int:
    """Return the length in UTF-16 code units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _message_problems(payload: dict[str, Any]) -> list[str]:
    text = payload.get("text")
    if not isinstance(text, str) or not text.strip():
        return ["text is empty"]
    found = [f"text is {utf16(text)} units long"] if utf16(text) > TEXT else []
    found += ["text has blanks at its ends"] if text != text.strip() else []
    found += [f"text contains {match.group()!r}" for match in _REMOVED.finditer(text)][:3]
    found += ["parse_mode and entities together"] if payload.get("parse_mode") and payload.get("entities") else []
    entities = payload.get("entities", [])
    found += [f"{len(entities)} entities"] if len(entities) > ENTITIES else []
    found += [problem for entity in entities for problem in _entity_problems(entity, text)]
    return found + (_nesting_problems(entities) if not found else []) + _preview_problems(payload)


def _entity_problems(entity: dict[str, Any], text: str) -> list[str]:
    kind = entity.get("type")
    if kind not in _ENTITY_FIELDS:
        return [f"unknown entity {kind}"]
    found = [
        f"{kind} with {name}" for name in entity if name not in _ENTITY_FIELDS[kind] | {"type", "offset", "length"}
    ]
    offset, length = entity.get("offset"), entity.get("length")
    if not (type(offset) is int and type(length) is int and offset >= 0 and length > 0):
        return [*found, f"{kind} at {offset}+{length}"]
    units = text.encode("utf-16-le")
    if offset + length > len(units) // 2:
        return [*found, f"{kind} ends after the text"]
    found += [f"{kind} cuts a character" for at in (offset, offset + length) if 0xDC <= _high_byte(units, at) <= 0xDF]
    covered = units[2 * offset : 2 * (offset + length)].decode("utf-16-le", "replace")
    found += [f"{kind} covers only blanks"] if not covered.strip() else []
    found += (
        [f"{kind} has blanks at its ends"]
        if kind not in {"pre", "code"} | _QUOTES and covered.strip() != covered
        else []
    )
    return found + _extra_problems(entity)


def _high_byte(units: bytes, at: int) -> int:
    return units[2 * at + 1] if 2 * at + 1 < len(units) else 0


def _extra_problems(entity: dict[str, Any]) -> list[str]:
    match entity["type"]:
        case "text_link":
            return [] if _is_web(entity.get("url")) else [f"text_link to {entity.get('url')!r}"]
        case "pre" if "language" in entity:
            return [] if _LANGUAGE.fullmatch(entity["language"]) else [f"language {entity['language']!r}"]
        case "date_time":
            good = type(entity.get("unix_time")) is int and _DATE_FORMAT.fullmatch(entity.get("date_time_format", ""))
            return [] if good else [f"date_time {entity}"]
        case _:
            return []


def _is_web(url: object) -> bool:
    if not isinstance(url, str) or any(character.isspace() for character in url):
        return False
    parts = urlsplit(url)
    return parts.scheme in {"http", "https", "tg"} and bool(parts.netloc)


def _nesting_problems(entities: list[dict[str, Any]]) -> list[str]:
    found: list[str] = []
    order = [(entity["offset"], -entity["length"]) for entity in entities]
    if order != sorted(order):
        found.append("entities are not in order")
    open_: list[dict[str, Any]] = []
    for entity in sorted(entities, key=lambda entity: (entity["offset"], -entity["length"])):
        while open_ and _end(open_[-1]) <= entity["offset"]:
            open_.pop()
        if open_ and _end(entity) > _end(open_[-1]):
            found.append(f"{entity['type']} overlaps {open_[-1]['type']}")
        found += [
            f"{entity['type']} in {outer['type']}" for outer in open_ if not _may_contain(outer["type"], entity["type"])
        ]
        open_.append(entity)
    return found


def _end(entity: dict[str, Any]) -> int:
    return int(entity["offset"] + entity["length"])


def _may_contain(outer: str, inner: str) -> bool:
    if outer in _QUOTES:
        return inner not in _QUOTES
    if outer in _STYLES:
        return inner not in {outer, "code", "pre"} | _QUOTES
    return inner in _STYLES and outer not in {"code", "pre"}


def _preview_problems(payload: dict[str, Any]) -> list[str]:
    options = payload.get("link_preview_options", {})
    found = [
        f"link_preview_options.{name}"
        for name, value in options.items()
        if type(value) is not _PREVIEW_FIELDS.get(name)
    ]
    return found + ([f"preview of {options['url']!r}"] if "url" in options and not _is_web(options["url"]) else [])


def _keyboard_problems(markup: object) -> list[str]:
    if markup is None:
        return []
    if not isinstance(markup, dict) or set(markup) != {"inline_keyboard"}:
        return ["reply_markup is no inline keyboard"]
    rows = markup["inline_keyboard"]
    found = [f"{len(row)} buttons in a row" for row in rows if not 1 <= len(row) <= ROW]
    found += [f"{sum(map(len, rows))} buttons"] if not 1 <= sum(map(len, rows)) <= BUTTONS else []
    found += ["reply markup is too long"] if len(json.dumps(markup, ensure_ascii=False).encode()) > KEYBOARD else []
    return found + [problem for row in rows for button in row for problem in _button_problems(button)]


def _button_problems(button: dict[str, Any]) -> list[str]:
    kinds = set(button) & _BUTTON_KINDS
    found = [f"button field {name}" for name in set(button) - _BUTTON_KINDS - {"text", "style", "icon_custom_emoji_id"}]
    found += [] if len(kinds) == 1 else [f"a button that is {sorted(kinds)}"]
    found += [] if isinstance(button.get("text"), str) and button["text"].strip() else ["button without text"]
    found += [] if button.get("style", "primary") in {"primary", "success", "danger"} else [f"style {button['style']}"]
    if "callback_data" in button and not 1 <= len(button["callback_data"].encode()) <= CALLBACK:
        found.append(f"callback_data of {len(button['callback_data'].encode())} bytes")
    return found


_INLINE = {"b", "strong", "i", "em", "u", "ins", "s", "strike", "del", "code", "mark", "sub", "sup", "tg-spoiler", "a"}
_BLOCK = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "footer", "ul", "ol", "blockquote", "details", "table"}
_PART = {"li", "tr", "th", "td", "summary", "caption", "tg-time", "cite"}
_VOID = {"br", "hr", "input"}
_COUNTED = _BLOCK | {"hr", "li", "tr", "summary"}
_ATTRIBUTES = {
    "a": {"href"}, "code": {"class"}, "ol": {"start", "type", "reversed"}, "li": {"value", "type"},
    "input": {"type", "checked"}, "td": {"colspan", "rowspan", "align", "valign"},
    "th": {"colspan", "rowspan", "align", "valign"}, "table": {"bordered", "striped"}, "details": {"open"},
    "tg-time": {"unix", "format"},
}  # fmt: skip
_PARENTS = {
    "li": {"ul", "ol"}, "tr": {"table"}, "td": {"tr"}, "th": {"tr"}, "summary": {"details"}, "caption": {"table"},
}  # fmt: skip
_ENTITIES = {"lt", "gt", "amp", "quot", "apos", "nbsp", "hellip", "mdash", "ndash", "lsquo", "rsquo", "ldquo", "rdquo"}


def _rich_problems(message: object) -> list[str]:
    if not isinstance(message, dict):
        return ["rich_message is missing"]
    found = [f"rich_message.{name}" for name in set(message) - {"html", "markdown", "is_rtl", "skip_entity_detection"}]
    if ("html" in message) == ("markdown" in message):
        return [*found, "rich_message needs html or markdown"]
    return found + (RichHtml(message["html"]).problems if "html" in message else [])


class RichHtml(HTMLParser):
    """Reads rich HTML strictly: ``problems``, and ``characters`` as a reader sees them."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=False)
        self.problems: list[str] = []
        self.characters: list[Character] = []
        self._open: list[tuple[str, dict[str, str | None]]] = []
        self._numbers: list[int | None] = []
        self._length = self._blocks = self._columns = 0
        self.feed(html)
        self.close()
        self._finish()

    def _finish(self) -> None:
        self.problems += [f"<{name}> is not closed" for name, _ in self._open]
        self.problems += [f"{self._length} characters"] if self._length > RICH_TEXT else []
        self.problems += [f"{self._blocks} blocks"] if self._blocks > RICH_BLOCKS else []
        self.problems += ["no text"] if not self.characters and "hr" not in self.rawdata and not self._length else []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _INLINE | _BLOCK | _PART | _VOID:
            self.problems.append(f"unknown tag <{tag}>")
        parent = self._open[-1][0] if self._open else ""
        if tag in _PARENTS and parent not in _PARENTS[tag]:
            self.problems.append(f"<{tag}> in <{parent}>")
        if tag in _BLOCK and parent and parent not in {"li", "blockquote", "details"}:
            self.problems.append(f"<{tag}> in <{parent}>")
        self.problems += [f"<{tag} {name}>" for name, _ in attrs if name not in _ATTRIBUTES.get(tag, set())]
        self._blocks += tag in _COUNTED
        self._note(tag, dict(attrs))

    def _note(self, tag: str, attrs: dict[str, str | None]) -> None:
        if tag == "a" and urlsplit(attrs.get("href") or "").scheme not in {"http", "https", "mailto", "tel", "tg"}:
            self.problems.append(f"link to {attrs.get('href')!r}")
        if tag in {"ul", "ol"}:
            self._numbers.append(int(attrs.get("start") or 1) if tag == "ol" else None)
        if tag == "li" and self._numbers and self._numbers[-1] is not None:
            self.characters += visible(f"{self._numbers[-1]}. ")
            self._numbers[-1] += 1
        if tag == "tr":
            self._columns = 0
        if tag in {"td", "th"}:
            self._columns += 1
            self.problems += [f"{self._columns} columns"] if self._columns > RICH_COLUMNS else []
        if tag == "br":
            self._length += 1
        elif tag not in _VOID:
            self._open.append((tag, attrs))
            self.problems += [f"{len(self._open)} levels"] if len(self._open) > RICH_DEPTH else []

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open[-1][0] != tag:
            self.problems.append(f"</{tag}> closes {self._open[-1:]}")
            return
        self._open.pop()
        if tag in {"ul", "ol"}:
            self._numbers.pop()

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _VOID:
            self.problems.append(f"<{tag}/>")
        self.handle_starttag(tag, attrs)

    def handle_data(self, data: str) -> None:
        self.problems += [f"text contains {match.group()!r}" for match in re.finditer("[<>&]", data)]
        if not self._open and data.strip():
            self.problems.append("text outside of any block")
        self._text(data)

    def handle_entityref(self, name: str) -> None:
        self.problems += [f"unknown entity &{name};"] if name not in _ENTITIES else []
        self._text(self.unescape_one(name))

    def handle_charref(self, name: str) -> None:
        self._text(chr(int(name[1:], 16) if name[0] in "xX" else int(name)))

    def handle_comment(self, data: str) -> None:
        self.problems.append(f"comment {data[:20]!r}")

    def handle_decl(self, decl: str) -> None:
        self.problems.append(f"declaration {decl[:20]!r}")

    def unescape_one(self, name: str) -> str:
        return {"lt": "<", "gt": ">", "amp": "&", "quot": '"', "apos": "'"}.get(name, "")

    def _text(self, data: str) -> None:
        self._length += len(data)
        self.characters += visible(data, self._styles())

    def _styles(self) -> frozenset[Style]:
        names = {
            "b": "strong", "strong": "strong", "i": "emphasis", "em": "emphasis", "s": "strike", "del": "strike",
            "code": "code", "pre": "code",
        }  # fmt: skip
        styles = {names[tag] for tag, _ in self._open if tag in names}
        return frozenset(styles | {f"link {attrs['href']}" for tag, attrs in self._open if tag == "a"})


_ENTITY_STYLES = {"bold": "strong", "italic": "emphasis", "strikethrough": "strike", "code": "code", "pre": "code"}


def read(method: str, payload: dict[str, Any]) -> list[Character]:
    """Return what a reader sees of a call that has no problems, character by character with styles."""
    if method == "sendRichMessage":
        return RichHtml(payload["rich_message"]["html"]).characters
    units = payload["text"].encode("utf-16-le", "surrogatepass")
    spans: list[tuple[int, int, Style]] = []
    for entity in payload.get("entities", []):
        name = f"link {entity['url']}" if entity["type"] == "text_link" else _ENTITY_STYLES.get(entity["type"])
        spans += [(entity["offset"], _end(entity), name)] if name else []
    characters: list[Character] = []
    edges = sorted({0, len(units) // 2, *(edge for start, end, _ in spans for edge in (start, end))})
    for first, last in pairwise(edges):
        styles = frozenset(name for start, end, name in spans if start <= first and last <= end)
        characters += visible(units[2 * first : 2 * last].decode("utf-16-le", "surrogatepass"), styles)
    return characters
