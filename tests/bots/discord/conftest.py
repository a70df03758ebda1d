"""What every test of Discord's messages asks of them."""

from __future__ import annotations

from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING
from urllib.parse import unquote

import pytest

from core.document.build import clean
from core.document.nodes import Fold, Heading, Table, Time
from core.document.text import walk
from core.render.paginate import continuation
from discord_rules import Reading, problems
from reading import Written, lost, visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from core.document.nodes import Document
    from core.render.port import Message, Renderer
    from discord_rules import Preference, Styles
    from reading import Character, Judge, Style

BACKTICK = "'`' lost ['code']"
"""Two backticks in a row cannot be code within a line."""
LONGEST = 800
"""What is longer than this may be cut: an escape for every character and an address
for every line would leave no room for it on one page."""


@pytest.fixture(scope="session")
def judge() -> Judge:
    """Rejected, over a limit, lost, gained, cut where it must not be."""
    return _judge


def _judge(renderer: Renderer, document: Document, messages: tuple[Message, ...]) -> list[str]:
    found = [problem for message in messages for problem in problems(message.payload)]
    for message in messages:
        limits = renderer.profile.limits
        found += [f"{name} {count}" for name, count in message.counts.items() if count > limits[name].value]
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
    found: list[str] = []
    for index, page in enumerate(pages[1:], start=2):
        line = visible(continuation(" ".join(clean(document.title).split()), index, len(pages)))
        if [character for character, _ in page[: len(line)]] != [character for character, _ in line]:
            found.append(f"page {index} does not say which it is")
        del page[: len(line)]
    expected = [(character, _plain_link(styles)) for character, styles in written.characters()]
    if not expected:
        return found if len(pages) == 1 else [*found, "nothing on several pages"]
    shown = [character for page in pages for character in page]
    misses = lost(*([(character, _without_links(styles)) for character, styles in each] for each in (expected, shown)))
    found += [miss for miss in misses if miss != BACKTICK]
    if found:
        return found
    found += _gained(expected, shown, {"strong", "code"} if _has_titles(document) else set())
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


def _has_titles(document: Document) -> bool:
    """Heads of tables, summaries, and headings within lists become bold, narrow tables preformatted."""
    return any(isinstance(node, Table | Fold | Heading) for node in walk(document.blocks))


def _gained(expected: Sequence[Character], shown: Sequence[Character], fine: set[Style]) -> list[str]:
    gains = ((one[0], other[1] - one[1] - fine) for one, other in zip(expected, shown, strict=True))
    return [f"{character!r} gained {sorted(gain)}" for character, gain in gains if gain][:5]


def _lost_links(expected: Sequence[Character], shown: Sequence[Character], pointers: set[str]) -> Iterator[str]:
    """Some of each label has to be a link; emoji and brackets in it cannot."""
    for links, group in groupby(zip(expected, shown, strict=True), key=lambda pair: _links(pair[0][1])):
        for link in links:
            if link.removeprefix("link ") not in pointers and not any(link in styles for _, (_, styles) in group):
                yield f"lost {link}"
