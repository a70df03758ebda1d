"""The nodes of a document: blocks of inlines.

A handler returns a document; nothing but a renderer knows what it looks like on a platform. Nodes are frozen
values that compare by content. Text nodes hold plain text: nothing in them is ever markup.
"""

from __future__ import annotations

from datetime import datetime  # noqa: TC003  # hypothesis and msgspec read annotations
from functools import cached_property
from typing import Literal, TypeAlias

from msgspec import Struct


class Text(Struct, frozen=True, gc=False):
    r"""Plain text. May contain "\n" only as a hard line break."""

    value: str


class Strong(Struct, frozen=True, gc=False):
    """Strong emphasis (bold)."""

    children: tuple[Inline, ...]


class Emphasis(Struct, frozen=True, gc=False):
    """Emphasis (italic)."""

    children: tuple[Inline, ...]


class Strike(Struct, frozen=True, gc=False):
    """Struck-through text."""

    children: tuple[Inline, ...]


class Code(Struct, frozen=True, gc=False):
    """Code within a line."""

    value: str


class Link(Struct, frozen=True, gc=False):
    """A link. ``url`` is http, https, mailto or tel; builders turn everything else into text."""

    children: tuple[Inline, ...]
    url: str


class Time(Struct, frozen=True, gc=False):
    """An instant that a platform shows in the reader's own zone where it can.

    ``text`` is what is shown where it cannot.
    """

    at: datetime
    text: str
    form: Literal["time", "date", "datetime", "relative"] = "datetime"


Inline: TypeAlias = Text | Strong | Emphasis | Strike | Code | Link | Time
Inlines: TypeAlias = tuple[Inline, ...]


class Heading(Struct, frozen=True, gc=False):
    """A heading; level 1 is the document's own title, 2 a section, 3 a story within it."""

    level: Literal[1, 2, 3]
    children: Inlines


class Paragraph(Struct, frozen=True, gc=False):
    """A paragraph."""

    children: Inlines


class CodeBlock(Struct, frozen=True, gc=False):
    """Preformatted text with an optional language."""

    value: str
    language: str = ""


class ListItem(Struct, frozen=True, gc=False):
    """One item: blocks, and for a task list whether it is done."""

    blocks: Blocks
    done: bool | None = None


class List(Struct, frozen=True, gc=False):
    """A list; ``start`` is the first number of an ordered one, None for bullets."""

    items: tuple[ListItem, ...]
    start: int | None = None


class Quote(Struct, frozen=True, gc=False):
    """A quotation."""

    blocks: Blocks


class Fold(Struct, frozen=True, gc=False):
    """Blocks that a platform shows collapsed where it can, under a summary that is always visible."""

    summary: Inlines
    blocks: Blocks


class Table(Struct, frozen=True, gc=False):
    """A table. Every row has as many cells as the header; ``header`` may be empty tuples of inlines."""

    header: tuple[Inlines, ...]
    rows: tuple[tuple[Inlines, ...], ...]
    align: tuple[Literal["left", "center", "right"] | None, ...] = ()


class Divider(Struct, frozen=True, gc=False):
    """A thematic break."""


class Item(Struct, frozen=True, gc=False):
    """A unit of reading, usually one story, that pages are cut around and not through if it can be helped."""

    blocks: Blocks


class Action(Struct, frozen=True, gc=False):
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


class Actions(Struct, frozen=True, gc=False):
    """Rows of buttons."""

    rows: tuple[tuple[Action, ...], ...]


Block: TypeAlias = Heading | Paragraph | CodeBlock | List | Quote | Fold | Table | Divider | Item | Actions
Blocks: TypeAlias = tuple[Block, ...]


class Document(Struct, frozen=True, kw_only=True, dict=True):
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
