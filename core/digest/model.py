"""What an issue is.

An issue keeps every word of the Markdown that it was read from, in the order in which it stood: ``chatter``,
``headline``, ``top``, then the ``parts``; within a section ``intro``, ``stories``, ``outro``; within a story
``marker``, ``title``, ``separator``, ``body``. What the parser could not place is in one of these all the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from core.document.nodes import Block, Blocks, Inlines, Link

Prominence: TypeAlias = Literal["hero", "normal", "quick"]
TopRole: TypeAlias = Literal["dateline", "preview", "lead"]


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class IssueRef:
    """One issue: an edition's paper of one date in one language.

    ``edition`` matches ``[a-z0-9-]{1,16}``; ``lang`` is a BCP 47 primary tag ("zh", "en").
    """

    edition: str
    date: date
    lang: str

    def __str__(self) -> str:
        """Return ``edition/lang/2026-02-19``, the same path that the desk uses under ``/archive``."""
        return f"{self.edition}/{self.lang}/{self.date.isoformat()}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Metrics:
    """Numbers that a story states about its subject, as integers; None where it states none."""

    likes: int | None = None
    downloads: int | None = None
    reposts: int | None = None


class Story(Struct, frozen=True, kw_only=True):
    """One item of a section.

    ``key`` is 8 characters of ``[a-z2-7]``, unique within the issue, and the same in other revisions and on
    other days when the story has the same address. ``marker`` is what stood before the title (an emoji, "3.").
    ``separator`` is what stood between title and text (" — ", "：", ""). ``line`` is the 1-based source line.
    """

    key: str
    title: Inlines
    body: Blocks
    marker: str = ""
    separator: str = ""
    links: tuple[Link, ...] = ()
    metrics: Metrics = Metrics()
    prominence: Prominence = "normal"
    line: int = 0


class Section(Struct, frozen=True, kw_only=True):
    """A section. ``kind`` is a word of the vocabulary or a slug of the heading, at most 24 bytes of UTF-8.

    ``heading`` stands without its leading ``emoji``. ``intro`` and ``outro`` are blocks before the first and
    after the last story that belong to no story.
    """

    kind: str
    emoji: str
    heading: Inlines
    stories: tuple[Story, ...]
    intro: Blocks = ()
    outro: Blocks = ()
    line: int = 0


class Lesson(Struct, frozen=True, kw_only=True):
    """The lesson of the day. ``term`` is plain text: what is explained ("MoE")."""

    key: str
    emoji: str
    heading: Inlines
    term: str
    body: Blocks
    line: int = 0


class Pick(Struct, frozen=True, kw_only=True):
    """The pick of the day. ``title`` is plain text and occurs in the heading or at the start of the body."""

    key: str
    emoji: str
    heading: Inlines
    title: str
    body: Blocks
    links: tuple[Link, ...] = ()
    line: int = 0


Part: TypeAlias = Section | Lesson | Pick


class TopBlock(Struct, frozen=True, kw_only=True):
    """A block between the headline and the first part, and what it is there for."""

    role: TopRole
    block: Block


class Issue(Struct, frozen=True, kw_only=True):
    """One issue, as read.

    ``title`` is plain text and never empty; ``headline`` is the same as it stands in the text, or empty when
    the title came from front matter or was made up from edition and date. ``revision`` is a hash of the
    content: equal text, equal revision. A ``draft`` is read and checked, but never goes out.
    """

    ref: IssueRef
    revision: str
    title: str
    headline: Inlines = ()
    chatter: Blocks = ()
    top: tuple[TopBlock, ...] = ()
    parts: tuple[Part, ...] = ()
    draft: bool = False

    @property
    def lead(self) -> Blocks:
        """The lead paragraphs."""
        return tuple(top.block for top in self.top if top.role == "lead")

    @property
    def sections(self) -> tuple[Section, ...]:
        """The sections, in order."""
        return tuple(part for part in self.parts if isinstance(part, Section))

    @property
    def lesson(self) -> Lesson | None:
        """The lesson, if there is one."""
        return next((part for part in self.parts if isinstance(part, Lesson)), None)

    @property
    def pick(self) -> Pick | None:
        """The pick of the day, if there is one."""
        return next((part for part in self.parts if isinstance(part, Pick)), None)

    def section(self, kind: str) -> Section | None:
        """Return the section of this kind, if there is one."""
        return next((section for section in self.sections if section.kind == kind), None)

    def stories(self) -> Iterator[tuple[Section, Story]]:
        """Yield every story with its section, in order."""
        for section in self.sections:
            for story in section.stories:
                yield section, story


Level: TypeAlias = Literal["error", "warning"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something an editor should look at. ``code`` is a stable kebab-case word; ``message`` says what to do."""

    line: int
    level: Level
    code: str
    message: str
