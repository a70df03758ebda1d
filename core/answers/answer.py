"""Answers to questions: quoted from the archive, with where they stand; or the word that it does not say."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from core.answers.memory import Turn
from core.answers.question import understand
from core.answers.quote import quote
from core.answers.search import Context
from core.digest.language import language_of
from core.digest.present import long_date
from core.i18n import texts

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from core.answers.memory import Memory
    from core.answers.question import Question
    from core.answers.search import Candidate, Finding, Searcher
    from core.digest.model import IssueRef
    from core.i18n import Texts

CITATIONS = 5
ENOUGH = 0.4
LEAST = 0.12
"""A runner-up with less than this share of the best score is no citation."""
QUOTED = 400
LISTED = 160
SHORT = 140
ALIKE = 0.6
"""A list is an answer where the second story scores at least this share of the first."""
QUESTION_LENGTH = 1000


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the archive says to a question.

    Without ``found`` the archive does not cover it: there are no citations, and ``nearest`` are passages that may
    not answer. ``evidence`` from 0 to 1 is how much of the question the best passage speaks of.
    """

    text: str
    lang: str
    found: bool
    citations: tuple[Citation, ...] = ()
    nearest: tuple[Citation, ...] = ()
    evidence: float = 0


class Answerer:
    """Answers by quoting the passages that fit a question best."""

    def __init__(
        self, search: Searcher, *, memory: Memory | None = None, today: Callable[[], date] | None = None
    ) -> None:
        self._search = search
        self._memory = memory
        self._today = today or (lambda: datetime.now(UTC).date())

    async def ask(
        self,
        question: str,
        *,
        lang: str,
        today: date | None = None,
        conversation: str | None = None,
        stories: Sequence[str] = (),
    ) -> Answer:
        """Answer in ``lang``, seen from ``today``.

        ``stories`` are under discussion, as is what was said in ``conversation``, a name that the caller chooses.
        """
        day = today or self._today()
        asked = understand(question[:QUESTION_LENGTH], day)
        context = await self._context(conversation, day, tuple(stories))
        finding = await self._search.find(asked, lang=lang, context=context)
        answer = answered(finding, lang=lang)
        if conversation and self._memory:
            told = finding.candidates[:CITATIONS] if answer.found else ()
            spoken_of = tuple(candidate.passage.story for candidate in told) or context.stories
            await self._memory.add(conversation, Turn(question=question[:QUESTION_LENGTH], stories=spoken_of))
        return answer

    async def _context(self, conversation: str | None, today: date, stories: tuple[str, ...]) -> Context:
        turns = await self._memory.turns(conversation) if conversation and self._memory else ()
        if not turns:
            return Context(stories=stories)
        prior: Question | None = None
        for turn in turns:
            said = understand(turn.question, today)
            leans = said.refers or said.follows or not said.concepts
            prior = replace(said, concepts=said.concepts + prior.concepts) if prior and leans else said
        return Context(prior=prior, stories=(*stories, *turns[-1].stories))

    async def forget(self, conversation: str) -> None:
        """Forget what was spoken of."""
        if self._memory:
            await self._memory.forget(conversation)


def answered(finding: Finding, *, lang: str) -> Answer:
    """Return what a finding says, word for word."""
    _ = texts(lang)
    if not finding.candidates or finding.unknown or finding.evidence < ENOUGH:
        near = finding.candidates or finding.closest
        nearest = tuple(cited(one, finding.question) for one in near[:CITATIONS])
        return Answer(
            text=_refusal(finding, nearest, _), lang=_.lang, found=False, nearest=nearest, evidence=finding.evidence
        )
    best = finding.candidates[0].score
    first = finding.candidates[:CITATIONS]
    citations = tuple(cited(one, finding.question) for one in first if one.score >= LEAST * best)
    nearest = tuple(cited(one, finding.question) for one in first[len(citations) :])
    return Answer(
        text=_said(finding, citations, _),
        lang=_.lang,
        found=True,
        citations=citations,
        nearest=nearest,
        evidence=finding.evidence,
    )


def cited(candidate: Candidate, question: Question) -> Citation:
    """Return where the candidate stands, with the part of it that fits the question best."""
    passage = candidate.passage
    looked_for = [
        token
        for concept in question.concepts
        for phrase, weight in concept.words
        if weight > ENOUGH
        for token in phrase
    ]
    return Citation(
        ref=passage.ref,
        section=passage.section,
        key=passage.key,
        title=passage.title,
        quote=_whole(passage.text) or quote(passage.text, looked_for, length=QUOTED),
        url=passage.url,
        what=passage.what,
    )


def _whole(text: str) -> str:
    """Return a text that is short enough to be quoted as it is, else nothing."""
    said = " ".join(text.split())
    return said if len(said) <= SHORT else ""


def _refusal(finding: Finding, nearest: Sequence[Citation], _: Texts) -> str:
    if not finding.issues and finding.question.when.bounded:
        said = _("There is no issue in that time.")
    elif finding.unknown:
        said = _("The archive never mentions “{name}”.", name=finding.unknown[0][:40])
    else:
        said = _("The archive has nothing about this.")
    if not nearest:
        return said
    return "\n".join([said, _("Closest, may not answer:"), *(f"· {_line(one, _)}" for one in nearest[:3])])


def _said(finding: Finding, citations: Sequence[Citation], _: Texts) -> str:
    question = finding.question
    if question.counts:
        days = {one.passage.ref.date for one in finding.candidates if one.evidence >= ENOUGH}
        stories = sum(one.evidence >= ENOUGH for one in finding.candidates)
        counted = _.plural("{count} story speaks of it.", "{count} stories speak of it.", stories)
        on = _.plural("On {count} day.", "On {count} days.", len(days))
        return "\n".join([f"{counted} {on}", *_list(citations, _)])
    scores = [one.score for one in finding.candidates[:2]]
    alike = len(citations) > 1 and scores[-1] >= ALIKE * scores[0]
    if question.most or question.browses or (question.several and alike):
        return "\n".join(_list(citations, _))
    return _quoted(citations[0], _)


def _list(citations: Sequence[Citation], _: Texts) -> list[str]:
    return [
        f"{number}. {_short(f'{one.title}: {one.quote}' if one.quote else one.title)} ({_where(one, _)}) [{number}]"
        for number, one in enumerate(citations, 1)
    ]


def _quoted(one: Citation, _: Texts) -> str:
    foreign = language_of(one.quote or one.title) != _.lang
    note = [_("The archive says this in another language:")] if foreign else []
    said = f"{one.title}\n“{one.quote}” [1]" if one.quote else f"“{one.title}” [1]"
    return "\n".join([*note, said, f"[1] {_where(one, _)}", *([one.url] if one.url else [])])


def _short(text: str) -> str:
    return text if len(text) <= LISTED else text[: LISTED - 1].rstrip() + "…"


def _line(one: Citation, _: Texts) -> str:
    return f"{_short(one.title)} ({_where(one, _)})"


def _where(one: Citation, _: Texts) -> str:
    return f"{long_date(one.ref.date, _.lang)} · {one.section}"
