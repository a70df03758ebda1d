"""What a platform offers to the core: its renderer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

if TYPE_CHECKING:
    from core.document.nodes import Action, Block, Document
    from core.render.profile import Profile


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One page as the platform's API takes it, without the target.

    ``method`` is the API method or route, ``payload`` its JSON-ready parameters. ``text`` is the plain text that
    a reader sees (buttons apart), ``counts`` what was counted against the profile's limits, by limit name.
    ``actions`` are the buttons on it.
    """

    method: str
    payload: dict[str, Any]
    text: str
    counts: dict[str, int]
    actions: tuple[Action, ...] = ()


class Renderer(Protocol):
    """Turns documents into messages. Pure: the same document gives the same bytes; never raises."""

    @property
    def profile(self) -> Profile:
        """Facts about the platform in this renderer's form."""
        ...

    def render(self, document: Document) -> tuple[Message, ...]:
        """Return the messages of the document, at least one, each within every limit of the profile."""
        ...


Cost: TypeAlias = tuple[int, ...]
"""Amounts of what a platform limits in one message, for example (UTF-16 units, entities)."""


class Layout(Protocol):
    """How a platform measures, for ``core.render.paginate``: costs are additive over blocks."""

    @property
    def budget(self) -> Cost:
        """The most that one page may cost."""
        ...

    def cost(self, block: Block) -> Cost:
        """What the block costs at most on a page, with the distance to its neighbour."""
        ...

    def continuation(self, title: str) -> Cost:
        """What the line costs that names the issue and the page on every page after the first."""
        ...
