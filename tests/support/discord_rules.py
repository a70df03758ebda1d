"""What Discord refuses, and what its clients show of the rest: written from its documentation, not from the renderer.

Markdown: https://docs.discord.com/developers/reference and the rules of the library that the clients are built on
(simple-markdown): a table of patterns, tried in order at every position. ``first`` tells clients apart that prefer bold
over italics at the same position from those that prefer the longer one; a payload must read the same on both.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import regex

from core.document.text import utf16_length
from reading import PLAIN, visible

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from reading import Character, Style

Component: TypeAlias = dict[str, Any]
Preference: TypeAlias = Literal["longest", "bold"]
Styles: TypeAlias = "frozenset[Style]"

IS_COMPONENTS_V2 = 1 << 15
SILENT = 1 << 12
EPHEMERAL = 1 << 6
SLASH = 1
ACTION_ROW, BUTTON, SELECT, ROLES, CHANNELS, TEXT, SEPARATOR, CONTAINER = 1, 2, 3, 6, 8, 10, 14, 17
FIELDS = {
    ACTION_ROW: {"type", "id", "components"},
    BUTTON: {"type", "id", "style", "label", "custom_id", "disabled", "emoji"},
    SELECT: {"type", "id", "custom_id", "options", "placeholder", "min_values", "max_values", "disabled"},
    ROLES: {"type", "id", "custom_id", "placeholder", "default_values", "min_values", "max_values", "disabled"},
    CHANNELS: {"type", "id", "custom_id", "placeholder", "channel_types", "default_values", "min_values", "max_values"},
    TEXT: {"type", "id", "content"},
    SEPARATOR: {"type", "id", "divider", "spacing"},
    CONTAINER: {"type", "id", "components", "accent_color", "spoiler"},
}
BODY = {"flags", "components", "allowed_mentions", "nonce", "enforce_nonce", "message_reference"}


def problems(payload: Component) -> list[str]:
    """Return why Discord would refuse the body of a create-message request, nothing if it would not."""
    found = [f"unknown field {name}" for name in payload.keys() - BODY]
    flags = payload.get("flags", 0)
    if not flags & IS_COMPONENTS_V2 or flags & ~(IS_COMPONENTS_V2 | SILENT | EPHEMERAL):
        found.append(f"flags {flags}")
    if not _names_each(payload.get("allowed_mentions", {})):
        found.append("mentions are allowed")
    components = payload.get("components", [])
    every = [component for top in components for component in _every(top)]
    if not components or len(every) > 40:
        found.append(f"{len(every)} components")
    if (length := sum(utf16_length(component.get("content", "")) for component in every)) > 4000:
        found.append(f"{length} characters")
    ids = [component["custom_id"] for component in every if "custom_id" in component]
    if len(set(ids)) != len(ids):
        found.append("a custom_id twice")
    return found + [
        problem
        for component in components
        for problem in _component(component, {TEXT, SEPARATOR, ACTION_ROW, CONTAINER})
    ]


def _names_each(mentions: Component) -> bool:
    """Tell whether nobody is mentioned but a role that is named."""
    return mentions.get("parse") == [] and mentions.keys() <= {"parse", "roles"} and len(mentions.get("roles", [])) <= 1


def modal_problems(modal: Component) -> list[str]:
    """Return why Discord would refuse a form."""
    rows = modal.get("components", [])
    inputs = [component for row in rows for component in row.get("components", [])]
    found = [*_text("title", modal.get("title", ""), 45), *_text("custom_id", modal.get("custom_id", ""), 100)]
    if not 1 <= len(rows) <= 5 or len(inputs) != len(rows) or {one.get("type") for one in inputs} != {4}:
        found.append("rows of a form")
    for one in inputs:
        found += [*_text("label", one.get("label", ""), 45), *_text("custom_id", one.get("custom_id", ""), 100)]
    return found


def command_problems(command: Component) -> Iterator[str]:
    """Return what Discord says to a command, as far as its limits are concerned."""
    options = command.get("options", [])
    for one in (command, *options):
        for name in (one["name"], *one.get("name_localizations", {}).values()):
            if command["type"] == SLASH and not (NAME.fullmatch(name) and name == name.lower()):
                yield f"name {name!r}"
        for text in (one.get("description", "x"), *one.get("description_localizations", {}).values()):
            if not 1 <= len(text) <= 100:
                yield f"description {text!r}"
        if one.get("choices") and one.get("autocomplete"):
            yield "choices and autocomplete"
        if len(one.get("choices", [])) > 25:
            yield "choices"
    yield from _option_problems(options)
    if sum(len(one.get("name", "")) + len(one.get("description", "")) for one in (command, *options)) > 8000:
        yield "8000 characters"


def _option_problems(options: list[Component]) -> Iterator[str]:
    required = [option["required"] for option in options]
    if required != sorted(required, reverse=True):
        yield "a required option after others"
    for lang in ("", "zh-CN", "zh-TW"):
        names = [option.get("name_localizations", {}).get(lang, option["name"]) for option in options]
        if len(options) > 25 or len(set(names)) != len(names):
            yield f"options {names}"


def _every(component: Component) -> Iterator[Component]:
    yield component
    for child in component.get("components", []):
        yield from _every(child)


def _component(component: Component, allowed: set[int]) -> Iterator[str]:
    kind = component.get("type", 0)
    if kind not in allowed:
        yield f"component {kind} is out of place"
        return
    yield from (f"unknown field {name} of component {kind}" for name in component.keys() - FIELDS[kind])
    yield from CHECKS[kind](component)


def _container(component: Component) -> Iterator[str]:
    children = component.get("components", [])
    if not 1 <= len(children) <= 40 or not 0 <= component.get("accent_color", 0) <= 0xFFFFFF:
        yield "container"
    for child in children:
        yield from _component(child, {TEXT, SEPARATOR, ACTION_ROW})


def _display(component: Component) -> Iterator[str]:
    yield from _text("content", component.get("content", ""), 4000)
    if any(0xD800 <= ord(character) < 0xE000 for character in component["content"]):
        yield "half a character"


def _row(component: Component) -> Iterator[str]:
    children = component.get("components", [])
    kinds = [child.get("type") for child in children]
    if not (kinds in ([SELECT], [ROLES], [CHANNELS]) or (set(kinds) == {BUTTON} and len(kinds) <= 5)):
        yield f"action row of {kinds}"
    for child in children:
        yield from _component(child, {BUTTON, SELECT, ROLES, CHANNELS})


def _button(component: Component) -> Iterator[str]:
    yield from _text("label", component.get("label", ""), 80)
    yield from _text("custom_id", component.get("custom_id", ""), 100)
    if component.get("style") not in {1, 2, 3, 4}:
        yield "style of a button"


def _select(component: Component) -> Iterator[str]:
    yield from _text("custom_id", component.get("custom_id", ""), 100)
    yield from _text("placeholder", component.get("placeholder", "x"), 150)
    options = component.get("options", [])
    if not 1 <= len(options) <= 25 or len({option["value"] for option in options}) != len(options):
        yield "options of a select"
    for option in options:
        yield from (f"unknown field {name} of an option" for name in option.keys() - {"label", "value", "default"})
        yield from _text("label", option.get("label", ""), 100)
        yield from _text("value", option.get("value", ""), 100)


def _picker(component: Component) -> Iterator[str]:
    yield from _text("custom_id", component.get("custom_id", ""), 100)
    yield from _text("placeholder", component.get("placeholder", "x"), 150)


def _text(name: str, text: str, longest: int) -> Iterator[str]:
    if not text.strip() or utf16_length(text) > longest:
        yield f"{name} {text!r}"


CHECKS: dict[int, Callable[[Component], Iterator[str]]] = {
    CONTAINER: _container,
    TEXT: _display,
    ACTION_ROW: _row,
    BUTTON: _button,
    SELECT: _select,
    ROLES: _picker,
    CHANNELS: _picker,
    SEPARATOR: lambda _: iter(()),
}

NAME = regex.compile(r"[-_'\p{L}\p{N}]{1,32}")
EMOJI = regex.compile(r"\p{Extended_Pictographic}|\p{Regional_Indicator}|[\u200d\ufe0f\u20e3]")
ORDINARY = regex.compile(r"[^\\`<@:hH\[*_~|\n]++\n?")
FENCE = regex.compile(r"```(?:([a-z0-9_+\-.#]+?)\n)?\n*+([^\n][\s\S]*?)\n*+```", regex.IGNORECASE)
HEADING = regex.compile(r" *+(?:#{1,3}|-#) ++((?:\\[\s\S]|[^\\\n])+?)#*+\s*?(?:\n|$)")
QUOTE = regex.compile(r"(?: *+> [^\n]*(?:\n|$))+")
BULLET = regex.compile(r"( *+)(?:[*+-]|(\d++\.)) ++")
BOX = regex.compile(r"[☑☐] ?")
ESCAPE = regex.compile(r"\\([^0-9A-Za-z\s])")
AUTOLINK = regex.compile(r"<([^: >]+:/[^ >]+)>")
TIME = regex.compile(r"<t:(-?\d+)(?::[tTdDfFR])?>")
MENTION = regex.compile(r"<(?:@[!&]?\d|#\d|/\S|a?:\w+:\d|id:)[^>]*>|@(?:everyone|here)\b|:[\w+~-]+:")
ADDRESS = regex.compile(r"https?://[^\s<]+[^<.,:;\"'\]\s]")
LINK = regex.compile(
    r"\[((?:\[[^\]]*+\]|[^\[\]]|\](?=[^\[]*\]))*)\]\(\s*+<?((?:\([^)]*\)|[^\s\\]|\\.)*?)>?(?:\s+['\"][\s\S]*?['\"])?\s*\)"
)
STRONG = regex.compile(r"\*\*((?:\\[\s\S]|[^\\])+?)\*\*(?!\*)")
UNDERLINE = regex.compile(r"__((?:\\[\s\S]|[^\\])+?)__(?!_)")
EMPHASIS = regex.compile(
    r"\*(?=\S)((?:\*\*|\\[\s\S]|\s+(?:\\[\s\S]|[^\s*\\]|\*\*)|[^\s*\\])+?)\*(?!\*)|_((?:__|\\[\s\S]|[^\\_])+?)_\b",
    regex.ASCII,
)
STRIKE = regex.compile(r"~~([\s\S]+?)~~(?!_)")
SPOILER = regex.compile(r"\|\|([\s\S]+?)\|\|")
CODE = regex.compile(r"(`+)([\s\S]*?[^`])\1(?!`)")
NOT_A_LABEL = regex.compile(r"https?://\w\w")
POINTER = "→"


@dataclass
class Reading:
    """What a client shows."""

    times: Mapping[int, str]
    """The text that the document has for an instant: clients show it in the reader's own way."""
    first: Preference = field(default="longest", compare=False)
    characters: list[Character] = field(default_factory=list)
    pointers: set[str] = field(default_factory=set)
    """Addresses of links whose label is only an arrow."""

    def message(self, payload: Component) -> Reading:
        """Read the text displays of a message."""
        for top in payload["components"]:
            for component in _every(top):
                if component["type"] == TEXT:
                    self._blocks(component["content"], PLAIN)
        return self

    def _say(self, text: str, styles: Styles = PLAIN) -> None:
        self.characters += visible(text, styles)

    def _blocks(self, text: str, styles: Styles, *, quoted: bool = False) -> None:
        at = 0
        while at < len(text):
            if at == 0 or text[at - 1] == "\n":
                if (match := QUOTE.match(text, at)) and not quoted:
                    inner = regex.sub(r"(?m)^ *> ", "", match[0])
                    self._blocks(inner, styles, quoted=True)
                    at = match.end()
                    continue
                if match := HEADING.match(text, at):
                    self._inline(match[1], styles)
                    at = match.end()
                    continue
                if match := BULLET.match(text, at):
                    self._say(match[2] or "")
                    at = match.end()
                    if box := BOX.match(text, at):
                        at = box.end()
                    continue
            end = self._step(text, at, styles, label=False)
            at = end

    def _inline(self, text: str, styles: Styles, *, label: bool = False) -> None:
        at = 0
        while at < len(text):
            at = self._step(text, at, styles, label=label)

    def _step(self, text: str, at: int, styles: Styles, *, label: bool) -> int:  # noqa: C901, PLR0911  # a table of patterns
        if match := ORDINARY.match(text, at):
            self._say(match[0], styles)
            return match.end()
        if match := FENCE.match(text, at):
            self._say(match[2], frozenset({"code"}))
            return match.end()
        if not label and (match := ESCAPE.match(text, at)):
            self._say(match[1], styles)
            return match.end()
        if match := TIME.match(text, at):
            self._say(self.times[int(match[1])], styles)
            return match.end()
        if match := MENTION.match(text, at):
            self._say(f"MENTION({match[0]})", styles)
            return match.end()
        if match := AUTOLINK.match(text, at):
            self._say(match[1], styles | {f"link {match[1]}"})
            return match.end()
        if not label and (match := ADDRESS.match(text, at)):
            self._say(match[0], styles | {f"link {match[0]}"})
            return match.end()
        if (
            not label
            and (match := LINK.match(text, at))
            and not NOT_A_LABEL.search(match[1])
            and not EMOJI.search(match[1])
        ):
            self._link(match[1], match[2], styles)
            return match.end()
        if match := self._emphasised(text, at):
            style = {EMPHASIS: "emphasis", STRONG: "strong"}.get(match.re, "underline")
            self._inline(match[1] or match[match.re.groups], styles | {style}, label=label)
            return match.end()
        for pattern, style in ((STRIKE, "strike"), (SPOILER, "spoiler")):
            if match := pattern.match(text, at):
                self._inline(match[1], styles | {style}, label=label)
                return match.end()
        if match := CODE.match(text, at):
            self._say(regex.sub(r"^ (?= *`)|(?<=` *) $", "", match[2]), styles | {"code"})
            return match.end()
        self._say(text[at], styles)
        return at + 1

    def _emphasised(self, text: str, at: int) -> regex.Match[str] | None:
        found = [
            match for match in (STRONG.match(text, at), EMPHASIS.match(text, at), UNDERLINE.match(text, at)) if match
        ]
        if not found or self.first == "bold":
            return found[0] if found else None
        return max(found, key=lambda match: match.end())

    def _link(self, label: str, url: str, styles: Styles) -> None:
        if label == POINTER:
            self.pointers.add(url)
        else:
            self._inline(label, styles | {f"link {url}"}, label=True)
