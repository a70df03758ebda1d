"""Answers to questions: quoted from the archive, with where they stand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.i18n import texts

if TYPE_CHECKING:
    from core.answers.port import Hit, Search
    from core.digest.model import IssueRef

CITATIONS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """Where a passage stands. ``section`` is the section's kind, or "lesson" or "pick"."""

    ref: IssueRef
    section: str
    key: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the archive says to a question.

    Without ``found`` the archive does not cover it: there are no citations, and ``nearest`` are passages that may
    not answer.
    """

    text: str
    lang: str
    found: bool
    citations: tuple[Citation, ...] = ()
    nearest: tuple[Citation, ...] = ()


class Answerer:
    """Answers by quoting the passages that fit a question best."""

    def __init__(self, search: Search) -> None:
        self._search = search

    async def ask(self, question: str, *, lang: str) -> Answer:
        """Return the best passage as answer, with itself and its runners-up as citations."""
        found = await self._search.search(question, lang=lang, limit=CITATIONS)
        if not found.hits:
            said = texts(lang)("The archive has nothing about this.")
            return Answer(text=said, lang=lang, found=False)
        return Answer(
            text=found.hits[0].quote or found.hits[0].title,
            lang=lang,
            found=True,
            citations=tuple(map(citation, found.hits)),
        )


def citation(hit: Hit) -> Citation:
    """Return where the hit stands."""
    return Citation(ref=hit.ref, section=hit.section, key=hit.key, title=hit.title)
