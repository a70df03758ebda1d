"""The nodes of a document: blocks of inlines.

A handler returns a document; nothing but a renderer knows what it looks like on a platform. Nodes are frozen
values that compare by content. Text nodes hold plain text: nothing in them is ever markup.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Text:
    r"""Plain text. May contain "\n" only as a hard line break."""

    value: str


@dataclass(frozen=True, slots=True)
class Strong:
    """Strong emphasis (bold)."""

    children: tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Emphasis:
    """Emphasis (italic)."""

    children: tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Strike:
    """Struck-through text."""

    children: tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Code:
    """Code within a line."""

    value: str


@dataclass(frozen=True, slots=True)
class Link:
    """A link. ``url`` is http, https, mailto or tel; builders turn everything else into text."""

    children: tuple[Inline, ...]
    url: str


@dataclass(frozen=True, slots=True)
class Time:
    """An instant that a platform shows in the reader's own zone where it can.

    ``text`` is what is shown where it cannot.
    """

    at: datetime
    text: str
    form: Literal["time", "date", "datetime", "relative"] = "datetime"


Inline: TypeAlias = Text | Strong | Emphasis | Strike | Code | Link | Time
Inlines: TypeAlias = tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; level 1 is the document's own title, 2 a section, 3 a story within it."""

    level: Literal[1, 2, 3]
    children: Inlines


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph."""

    children: Inlines


@dataclass(frozen=True, slots=True)
class CodeBlock:
    """Preformatted text with an optional language."""

    value: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class ListItem:
    """One item: blocks, and for a task list whether it is done."""

    blocks: Blocks
    done: bool | None = None


@dataclass(frozen=True, slots=True)
class List:
    """A list; ``start`` is the first number of an ordered one, None for bullets."""

    items: tuple[ListItem, ...]
    start: int | None = None


@dataclass(frozen=True, slots=True)
class Quote:
    """A quotation."""

    blocks: Blocks


@dataclass(frozen=True, slots=True)
class Fold:
    """Blocks that a platform shows collapsed where it can, under a summary that is always visible."""

    summary: Inlines
    blocks: Blocks


@dataclass(frozen=True, slots=True)
class Table:
    """A table. Every row has as many cells as the header; ``header`` may be empty tuples of inlines."""

    header: tuple[Inlines, ...]
    rows: tuple[tuple[Inlines, ...], ...]
    align: tuple[Literal["left", "center", "right"] | None, ...] = ()


@dataclass(frozen=True, slots=True)
class Divider:
    """A thematic break."""


@dataclass(frozen=True, slots=True)
class Item:
    """A unit of reading, usually one story, that pages are cut around and not through if it can be helped."""

    blocks: Blocks


@dataclass(frozen=True, slots=True)
class Action:
    """A button. Pressing it runs ``command`` with ``args``; the reply replaces the page, or answers beside it."""

    label: str
    command: str
    args: str = ""
    beside: bool = False
    style: Literal["normal", "primary", "danger"] = "normal"

    @property
    def data(self) -> str:
        """What comes back from the platform when the button is pressed: the command line without its slash."""
        line = f"{self.command} {self.args}".rstrip()
        return f"+{line}" if self.beside else line

    @staticmethod
    def parse(data: str) -> tuple[str, str, bool]:
        """Read ``data`` back into (command, args, beside)."""
        beside = data.startswith("+")
        command, _, args = data.removeprefix("+").partition(" ")
        return command, args, beside


@dataclass(frozen=True, slots=True)
class Actions:
    """Rows of buttons."""

    rows: tuple[tuple[Action, ...], ...]


Block: TypeAlias = Heading | Paragraph | CodeBlock | List | Quote | Fold | Table | Divider | Item | Actions
Blocks: TypeAlias = tuple[Block, ...]


@dataclass(frozen=True, kw_only=True)
class Document:
    """A whole message before it is fitted to a platform.

    ``title`` is plain text: the notification's text where a platform shows one, and the name that the pages
    after the first carry ("title · 2/3"). ``lang`` is the language of the frame texts that a renderer adds.
    ``preview`` is the one link that may be shown with a preview. ``turn`` is the command line that gives the same
    document again: pages are then turned in place, one shown at a time. "" shows all pages one below the other.
    """

    blocks: Blocks
    title: str
    lang: str = "en"
    preview: str | None = None
    turn: str = ""

    @cached_property
    def text(self) -> str:
        """What a reader reads of all blocks (``core.document.text.plain``), read once however many platforms ask."""
        from core.document.text import plain  # noqa: PLC0415  # which reads these nodes

        return plain(self.blocks)

    @cached_property
    def links(self) -> tuple[Link, ...]:
        """Every link in reading order, found once however many platforms ask."""
        from core.document.text import links  # noqa: PLC0415  # as above

        return links(self.blocks)
