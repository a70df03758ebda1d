"""What every test of Slack's messages asks of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from core.document.build import clean
from core.document.nodes import Fold, Heading, Table
from core.document.text import walk
from core.render.paginate import continuation
from reading import Written, lost, visible
from slack_rules import problems, read

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.document.nodes import Document
    from core.render.port import Message, Renderer
    from reading import Character, Judge, Style

LONGEST = 4500
"""What is longer than this may be cut."""


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
    written = Written(document.blocks)
    expected = written.characters()
    pages = [read(message.payload) for message in messages]
    for index, page in enumerate(pages[1:], start=2):
        line = visible(continuation(" ".join(clean(document.title).split()), index, len(pages)))
        if [character for character, _ in page[: len(line)]] != [character for character, _ in line]:
            found.append(f"page {index} does not say which it is")
        del page[: len(line)]
    if not expected:
        return found if len(pages) == 1 else [*found, "nothing on several pages"]
    shown = [character for page in pages for character in page]
    found += lost(expected, shown)
    if not found:
        found += _gained(expected, shown, document)
    return found + [f"cut inside {text!r}" for text in written.broken([len(page) for page in pages], LONGEST)]


def _gained(expected: Sequence[Character], shown: Sequence[Character], document: Document) -> list[str]:
    """Heads of tables, summaries and headings become bold, narrow tables preformatted."""
    titles = any(isinstance(node, Table | Fold | Heading) for node in walk(document.blocks))
    fine: set[Style] = {"strong", "code"} if titles else set()
    gains = ((one[0], other[1] - one[1] - fine) for one, other in zip(expected, shown, strict=True))
    return [f"{character!r} gained {sorted(gain)}" for character, gain in gains if gain][:5]
