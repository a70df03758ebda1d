"""What every test of Discord's messages asks of them."""

from __future__ import annotations

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
    from discord_rules import Preference
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
    return found or [*_compare(document, messages, "longest"), *_compare(document, messages, "bold")]


def _compare(document: Document, messages: tuple[Message, ...], first: Preference) -> list[str]:
    times = {int(node.at.timestamp()): node.text for node in walk(document.blocks) if isinstance(node, Time)}
    written = Written(document.blocks, schemes=("http", "https"))
    readings = [Reading(times=times, first=first).message(message.payload) for message in messages]
    pages = [reading.characters for reading in readings]
    found: list[str] = []
    for index, page in enumerate(pages[1:], start=2):
        line = visible(continuation(" ".join(clean(document.title).split()), index, len(pages)))
        if [character for character, _ in page[: len(line)]] != [character for character, _ in line]:
            found.append(f"page {index} does not say which it is")
        del page[: len(line)]
    expected = [(character, frozenset(map(_plain_link, styles))) for character, styles in written.characters()]
    if not expected:
        return found if len(pages) == 1 else [*found, "nothing on several pages"]
    shown = [(character, frozenset(map(_plain_link, styles))) for page in pages for character, styles in page]
    misses = lost([*map(_without_link, expected)], map(_without_link, shown))
    found += [miss for miss in misses if miss != BACKTICK]
    if found:
        return found
    found += _gained(expected, shown, {"strong", "code"} if _has_titles(document) else set())
    found += _lost_links(expected, shown, {unquote(url) for reading in readings for url in reading.pointers})
    return found + [f"cut inside {text!r}" for text in written.broken([len(page) for page in pages], LONGEST)]


def _plain_link(style: Style) -> Style:
    return unquote(style) if style.startswith("link ") else style


def _link_of(character: Character) -> Style:
    return next((style for style in character[1] if style.startswith("link ")), "")


def _without_link(character: Character) -> Character:
    return character[0], character[1] - {_link_of(character)}


def _has_titles(document: Document) -> bool:
    """Heads of tables, summaries, and headings within lists become bold, narrow tables preformatted."""
    return any(isinstance(node, Table | Fold | Heading) for node in walk(document.blocks))


def _gained(expected: Sequence[Character], shown: Sequence[Character], fine: set[Style]) -> list[str]:
    gains = ((one[0], other[1] - one[1] - fine) for one, other in zip(expected, shown, strict=True))
    return [f"{character!r} gained {sorted(gain)}" for character, gain in gains if gain][:5]


def _lost_links(expected: Sequence[Character], shown: Sequence[Character], pointers: set[str]) -> Iterator[str]:
    """Some of each label has to be a link; emoji and brackets in it cannot."""
    for link, group in groupby(zip(expected, shown, strict=True), key=lambda pair: _link_of(pair[0])):
        linked = [other for _, other in group if _link_of(other) == link]
        if link and not linked and link.removeprefix("link ") not in pointers:
            yield f"lost {link}"
