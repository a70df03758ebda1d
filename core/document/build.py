"""Making nodes of strings that may hold anything."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from core.document.nodes import Code, Inline, Inlines, Link, Paragraph, Text
from core.document.text import SURROGATES, normalise, plain

if TYPE_CHECKING:
    from collections.abc import Iterable

SCHEMES = frozenset({"http", "https", "mailto", "tel"})

_INVISIBLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u2060\ufeff\u202a-\u202e\u2066-\u2069\ufff9-\ufffb]")
_SPACE = re.compile(r"\s")
_SEPARATORS = re.compile("[\u2028\u2029]")
_UNCLEAN = re.compile("[" + "".join(rule.pattern[1:-1] for rule in (_INVISIBLE, _SEPARATORS, SURROGATES)) + "]")


def clean(value: str) -> str:
    """Return the text without what could make it read differently from what it says.

    Control characters (except tab and newline), bidi overrides and isolates (U+202A–202E, U+2066–2069), zero-width
    spaces, byte order marks and interlinear marks are dropped; line and paragraph separators become spaces, lone
    surrogates U+FFFD. Joiners stay, since families of emoji and several scripts need them, and so do the plain
    direction marks U+200E and U+200F.
    """
    if value.isprintable() or not _UNCLEAN.search(value):
        return value  # as nearly always: none of these characters is printable
    return SURROGATES.sub("\ufffd", _SEPARATORS.sub(" ", _INVISIBLE.sub("", value)))


def text(value: str) -> Inlines:
    """Return the string as inlines: one text node, or none for an empty string."""
    value = clean(value)
    return (Text(value),) if value else ()


def code(value: str) -> Inlines:
    """Return the string as code within a line, nothing for an empty string."""
    value = clean(value)
    return (Code(value),) if value else ()


def paragraph(value: str) -> Paragraph:
    """Return a paragraph of plain text."""
    return Paragraph(text(value))


def is_safe(url: str) -> bool:
    """Tell whether a reader may be led to ``url``: http or https with a host, mailto or tel with an address."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    scheme = parts.scheme  # in small letters already
    if scheme not in SCHEMES or " " in url or not (url.isprintable() or _is_seen(url)):
        return False
    return bool(parts.netloc if scheme in {"http", "https"} else parts.path)


def _is_seen(url: str) -> bool:
    """Tell whether no character of an address is invisible or white space."""
    return not _INVISIBLE.search(url) and not _SPACE.search(url)


def spelled_out(label: str, url: str) -> str:
    """Return what follows the label of a link that cannot be one: " (url)", or "" if the label says it already."""
    return "" if not url or normalise(clean(url)) in normalise(label) else f" ({clean(url)})"


def safe_link(children: Iterable[Inline], url: str) -> Inlines:
    """Return a link, or its text with the address in parentheses if the address is not safe to follow.

    A link without text shows its address.
    """
    label = tuple(children)
    if not is_safe(url):
        return (*label, *text(spelled_out(plain(label), url)))
    return (Link(label if plain(label).strip() else text(url), url),)
