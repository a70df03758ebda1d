"""Answers and what they cite, and how both read in plain text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.digest.present import long_date, short_date

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from core.digest.model import IssueRef
    from core.digest.sections import Vocabulary
    from core.i18n import Texts

CITATIONS = 5
ALSO = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """Where a passage stands. ``section`` is the section's kind, or "lesson" or "pick"."""

    ref: IssueRef
    section: str
    key: str
    title: str
    quote: str = ""
    url: str = ""
    what: str = "story"
    also: tuple[date, ...] = ()
    """Other days on which the same was reported, newest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the archive says to a question.

    Without ``found`` the archive does not cover it: there are no citations, and ``nearest`` are passages that may
    not answer. ``evidence`` from 0 to 1 is how much of the question the best passage speaks of. ``written`` is what
    a model wrote, checked, with [1] for the first citation; "" where the answer is quoted. A quoted answer is the
    first ``shown`` citations, under ``lead`` where there is something to say before.
    """

    text: str
    lang: str
    found: bool
    citations: tuple[Citation, ...] = ()
    nearest: tuple[Citation, ...] = ()
    evidence: float = 0
    written: str = ""
    lead: str = ""
    shown: int = 1


def section_name(section: str, vocabulary: Vocabulary, _: Texts) -> str:
    """Return what readers call a section, or a lesson or pick (see ``Citation.section``)."""
    if section == "lesson":
        return _("Lesson")
    if section == "pick":
        return _("Pick")
    return vocabulary.name(section, _.lang) or section.replace("-", " ")


def where(one: Citation, vocabulary: Vocabulary, _: Texts) -> str:
    """Return the date and the section in the reader's words."""
    also = ", ".join(short_date(day, _.lang) for day in one.also[:ALSO])
    told = [long_date(one.ref.date, _.lang), section_name(one.section, vocabulary, _)]
    return " · ".join([*told, *([_("also on {days}", days=also)] if also else [])])


def sources(cited: Sequence[Citation], vocabulary: Vocabulary, _: Texts) -> Iterator[str]:
    """Yield a line for each source of a written answer, and its address."""
    for number, one in enumerate(cited, 1):
        address = f" {one.url}" if one.url else ""
        yield f"[{number}] {one.title} ({where(one, vocabulary, _)}){address}"
