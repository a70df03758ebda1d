"""Answers that quote the archive, word for word: one passage, or a short list of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.answers.cite import CITATIONS, Answer, Citation, where
from core.answers.quote import quote
from core.digest.language import language_of
from core.digest.sections import Vocabulary
from core.document.harmless import harmless
from core.i18n import texts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.answers.question import Question
    from core.answers.search import Candidate, Finding
    from core.i18n import Texts

ENOUGH = 0.4
LEAST = 0.12
"""A runner-up with less than this share of the best score is no citation."""
QUOTED = 400
LISTED = 160
SHORT = 140
ALIKE = 0.6
"""A list is an answer where the second story scores at least this share of the first."""


class Extractor:
    """Says what was found; ``vocabulary`` names the sections."""

    def __init__(self, vocabulary: Vocabulary | None = None) -> None:
        self.vocabulary = vocabulary or Vocabulary.bundled()

    def answer(self, finding: Finding, *, lang: str) -> Answer:
        """Return what a finding says, word for word."""
        _ = texts(lang)
        if not answers(finding):
            near = finding.candidates or finding.closest
            nearest = tuple(cited(one, finding.question) for one in near[:CITATIONS])
            said = self._refusal(finding, nearest, _)
            return Answer(text=said, lang=_.lang, found=False, nearest=nearest, evidence=finding.evidence)
        best = finding.candidates[0].score
        first = finding.candidates[:CITATIONS]
        citations = tuple(cited(one, finding.question) for one in first if one.score >= LEAST * best)
        return Answer(
            text=self._said(finding, citations, _),
            lang=_.lang,
            found=True,
            citations=citations,
            nearest=tuple(cited(one, finding.question) for one in first[len(citations) :]),
            evidence=finding.evidence,
        )

    def _refusal(self, finding: Finding, nearest: Sequence[Citation], _: Texts) -> str:
        if not finding.issues and finding.question.when.bounded:
            said = _("There is no issue in that time.")
        elif finding.unknown:
            said = _("The archive never mentions “{name}”.", name=finding.unknown[0][:40])
        else:
            said = _("The archive has nothing about this.")
        if not nearest:
            return said
        return "\n".join([said, _("Closest, may not answer:"), *(f"· {self._line(one, _)}" for one in nearest[:3])])

    def _said(self, finding: Finding, citations: Sequence[Citation], _: Texts) -> str:
        question = finding.question
        if question.counts:
            days = {one.passage.ref.date for one in finding.candidates if one.evidence >= ENOUGH}
            stories = sum(one.evidence >= ENOUGH for one in finding.candidates)
            counted = _.plural("{count} story speaks of it.", "{count} stories speak of it.", stories)
            on = _.plural("On {count} day.", "On {count} days.", len(days))
            return "\n".join([f"{counted} {on}", *self._list(citations, _)])
        scores = [one.score for one in finding.candidates[:2]]
        alike = len(citations) > 1 and scores[-1] >= ALIKE * scores[0]
        if question.most or question.browses or (question.several and alike):
            return "\n".join(self._list(citations, _))
        return self._quoted(citations[0], _)

    def _list(self, citations: Sequence[Citation], _: Texts) -> list[str]:
        return [
            f"{number}. {_short(f'{one.title}: {one.quote}' if one.quote else one.title)}"
            f" ({where(one, self.vocabulary, _)}) [{number}]"
            for number, one in enumerate(citations, 1)
        ]

    def _quoted(self, one: Citation, _: Texts) -> str:
        foreign = language_of(one.quote or one.title) != _.lang
        note = [_("The archive says this in another language:")] if foreign else []
        said = f"{one.title}\n“{one.quote}” [1]" if one.quote else f"“{one.title}” [1]"
        return "\n".join([*note, said, f"[1] {where(one, self.vocabulary, _)}", *([one.url] if one.url else [])])

    def _line(self, one: Citation, _: Texts) -> str:
        return f"{_short(one.title)} ({where(one, self.vocabulary, _)})"


def answers(finding: Finding) -> bool:
    """Whether what was found answers the question, as far as that can be told."""
    return bool(finding.candidates) and not finding.unknown and finding.evidence >= ENOUGH


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
        title=harmless(passage.title),
        quote=harmless(_whole(passage.text) or quote(passage.text, looked_for, length=QUOTED)),
        url=passage.url,
        what=passage.what,
    )


def _whole(text: str) -> str:
    """Return a text that is short enough to be quoted as it is, else nothing."""
    said = " ".join(text.split())
    return said if len(said) <= SHORT else ""


def _short(text: str) -> str:
    return text if len(text) <= LISTED else text[: LISTED - 1].rstrip() + "…"
