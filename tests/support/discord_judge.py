"""Tells what is wrong with Discord's messages: rejected, over a limit, lost, gained, cut where it must not be."""

from __future__ import annotations

from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING
from urllib.parse import unquote

from core.document.nodes import Time
from core.document.text import walk
from discord_rules import Reading, problems
from reading import Written, gained, lost, over, without_continuations

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from core.document.nodes import Document
    from core.render.port import Message, Renderer
    from discord_rules import Preference, Styles
    from reading import Character

BACKTICK = "'`' lost ['code']"
"""Two backticks in a row cannot be code within a line."""
LONGEST = 800
"""What is longer than this may be cut: an escape for every character and an address
for every line would leave no room for it on one page."""


def judge(renderer: Renderer, document: Document, messages: tuple[Message, ...]) -> list[str]:
    found = [problem for message in messages for problem in problems(message.payload)] + over(renderer, messages)
    if found:
        return found
    written = Written(document.blocks, schemes=("http", "https"))
    longest, bold = (_read(document, messages, first) for first in ("longest", "bold"))
    found = _compare(document, written, longest)
    return found if bold == longest else found + _compare(document, written, bold)


def _read(document: Document, messages: tuple[Message, ...], first: Preference) -> list[Reading]:
    times = {int(node.at.timestamp()): node.text for node in walk(document.blocks) if isinstance(node, Time)}
    return [Reading(times=times, first=first).message(message.payload) for message in messages]


def _compare(document: Document, written: Written, readings: Sequence[Reading]) -> list[str]:
    pages = [[(character, _plain_link(styles)) for character, styles in reading.characters] for reading in readings]
    found = without_continuations(pages, document.title)
    expected = [(character, _plain_link(styles)) for character, styles in written.characters()]
    if not expected:
        return found if len(pages) == 1 else [*found, "nothing on several pages"]
    shown = [character for page in pages for character in page]
    misses = lost(*([(character, _without_links(styles)) for character, styles in each] for each in (expected, shown)))
    found += [miss for miss in misses if miss != BACKTICK]
    if found:
        return found
    found += gained(expected, shown, document)
    found += _lost_links(expected, shown, {unquote(url) for reading in readings for url in reading.pointers})
    return found + [f"cut inside {text!r}" for text in written.broken([len(page) for page in pages], LONGEST)]


@cache
def _plain_link(styles: Styles) -> Styles:
    return frozenset(unquote(style) if style.startswith("link ") else style for style in styles)


@cache
def _links(styles: Styles) -> Styles:
    return frozenset(style for style in styles if style.startswith("link "))


@cache
def _without_links(styles: Styles) -> Styles:
    return styles - _links(styles)


def _lost_links(expected: Sequence[Character], shown: Sequence[Character], pointers: set[str]) -> Iterator[str]:
    """Some of each label has to be a link; emoji and brackets in it cannot."""
    for links, group in groupby(zip(expected, shown, strict=True), key=lambda pair: _links(pair[0][1])):
        for link in links:
            if link.removeprefix("link ") not in pointers and not any(link in styles for _, (_, styles) in group):
                yield f"lost {link}"
