"""Discord: components, with the Markdown of their texts as its clients read it."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from markdown_it import MarkdownIt
from markupsafe import Markup
from mdit_py_cjk_friendly import cjk_friendly

from bots.desk.looks.headings import lowered

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from markdown_it.token import Token

BUTTON_STYLES = {1: "primary", 2: "secondary", 3: "success", 4: "danger", 5: "link"}
_TIME = re.compile(r"&lt;t:(-?\d{1,12})(?::[a-zA-Z])?&gt;")
_SMALL = re.compile(r"^-# (.*)$", re.MULTILINE)


def look(payload: Mapping[str, Any]) -> Markup:
    """Return the message's components, one below the other."""
    return _all(payload.get("components", ()))


def _all(components: Iterable[Mapping[str, Any]]) -> Markup:
    return Markup("").join(_component(component) for component in components)


def _component(component: Mapping[str, Any]) -> Markup:  # noqa: PLR0911  a table of one line per kind of component
    match component["type"]:
        case 17:
            inner = _all(component["components"])
            return Markup('<div class="dc-container">{}</div>').format(inner)
        case 10:
            return Markup('<div class="dc-text">{}</div>').format(markdown_to_html(component["content"]))
        case 14:
            return Markup('<hr class="dc-separator">')
        case 1:
            return Markup('<div class="dc-row">{}</div>').format(_all(component["components"]))
        case 2:
            style = BUTTON_STYLES.get(component.get("style", 2), "secondary")
            return Markup('<span class="dc-button dc-{}">{}</span>').format(style, component.get("label", ""))
        case 3:
            options = Markup("").join(Markup("<li>{}</li>").format(option["label"]) for option in component["options"])
            said = component.get("placeholder") or "…"
            return Markup('<details class="dc-select"><summary>{}</summary><ul>{}</ul></details>').format(said, options)
        case kind:
            return Markup('<div class="dc-text">component {}</div>').format(kind)


def markdown_to_html(content: str) -> Markup:
    """Return Discord's Markdown as HTML: its headings, small print, lists, quotes, code, emphasis, links and times."""
    parts: list[str] = []
    at = 0
    for small in _SMALL.finditer(content):
        parts.append(_reader().render(content[at : small.start()]))
        parts.append(f"<small>{_reader().renderInline(small[1])}</small>")
        at = small.end()
    parts.append(_reader().render(content[at:]))
    return Markup(_TIME.sub(_time, "".join(parts)))  # noqa: S704  the reader escapes all text and knows no raw HTML


def _time(match: re.Match[str]) -> str:
    at = datetime.fromtimestamp(int(match[1]), UTC)
    return f'<time datetime="{at.isoformat()}">{at:%Y-%m-%d %H:%M} UTC</time>'


@cache
def _reader() -> MarkdownIt:
    reader = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable("strikethrough")
    reader.disable(["lheading", "hr", "code", "reference", "image", "entity"]).use(cjk_friendly)
    reader.add_render_rule("softbreak", _line_break)
    reader.add_render_rule("heading_open", _heading)
    reader.add_render_rule("heading_close", _heading)
    return reader


def _heading(_renderer: object, tokens: Sequence[Token], at: int, *_more: object) -> str:
    return f"<{'/' if tokens[at].nesting < 0 else ''}{lowered(tokens[at].tag)}>"


def _line_break(*_args: object) -> str:
    """Break every line, also between Chinese characters, where the plugin joins them."""
    return "<br>"
