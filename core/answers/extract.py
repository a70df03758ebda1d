"""Answers that quote the archive, word for word: one passage, or a short list of them."""

from __future__ import annotations

from itertools import takewhile
from math import ceil
from typing import TYPE_CHECKING

from core.answers.cite import CITATIONS, Answer, Citation, where
from core.answers.pick import answering, cut, kind_of, width
from core.answers.tokens import tokens
from core.digest.language import language_of
from core.digest.questions import name_of
from core.digest.sections import Vocabulary
from core.document.harmless import echoed, harmless
from core.i18n import texts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.answers.concepts import Concept
    from core.answers.search import Candidate, Finding
    from core.digest.model import IssueRef
    from core.i18n import Texts

ENOUGH = 0.3
SURE = 0.5
"""An answer with less evidence is shown as the closest, which may not answer."""
LEAST = 0.12
"""A runner-up with less than this share of the best score is no citation."""
ALIKE = 0.6
"""A list is an answer where the second story scores at least this share of the first."""
COLUMNS = 40
LINES = 22
"""A phone's screen: an answer is never longer."""
ITEM = 100
"""Columns of an item of a list."""


class Extractor:
    """Says what was found; ``vocabulary`` names the sections."""

    def __init__(self, vocabulary: Vocabulary | None = None) -> None:
        self.vocabulary = vocabulary or Vocabulary.bundled()

    def answer(self, finding: Finding, *, lang: str) -> Answer:
        """Return what a finding says, word for word."""
        _ = texts(lang)
        if not answers(finding):
            return self._refusal(finding, _)
        compared = _compared(finding)
        first = (*compared, *(one for one in finding.candidates if one not in compared))[:CITATIONS]
        best = finding.candidates[0].score
        kept = [one for one in first if one in compared or one.score >= LEAST * best]
        citations = tuple(cited(one, finding) for one in kept)
        lead = _lead(finding, citations, _)
        shown = len(compared) or (_fitting(finding, citations) if _lists(finding, citations) else 1)
        said, shown = self._said(citations[:shown], lead, _)
        return Answer(
            text=said,
            lang=_.lang,
            found=True,
            citations=citations,
            nearest=tuple(cited(one, finding) for one in first if one not in kept),
            evidence=finding.evidence,
            lead=lead,
            shown=shown,
        )

    def _refusal(self, finding: Finding, _: Texts) -> Answer:
        nearest = tuple(cited(one, finding) for one in (finding.candidates or finding.closest)[:CITATIONS])
        if not finding.issues and finding.question.when.bounded:
            said = _("There is no issue in that time.")
        elif finding.unknown:
            said = _("The archive never mentions “{name}”.", name=echoed(finding.unknown[0][:40]))
        else:
            said = _("The archive has nothing about this.")
        near = [f"· {cut(one.title, ITEM)} ({where(one, self.vocabulary, _)})" for one in nearest[:3]]
        lines = [said, *([_("Closest, may not answer:"), *near] if near else [])]
        text = "\n".join(lines)
        return Answer(text=text, lang=_.lang, found=False, nearest=nearest, evidence=finding.evidence, lead=said)

    def _said(self, shown: Sequence[Citation], lead: str, _: Texts) -> tuple[str, int]:
        """Return the plain text, and how many citations are in it: as many as a screen has room for."""
        before = [lead] if lead else []
        if len(shown) == 1:
            return "\n".join([*before, *self._quoted(shown[0], _)]), 1
        items = [self._item(number, one, _) for number, one in enumerate(shown, 1)]
        linked = [f"{item}\n{one.url}" if one.url else item for item, one in zip(items, shown, strict=True)]
        if lines("\n".join([*before, *linked])) <= LINES:
            items = linked
        while len(items) > 1 and lines("\n".join([*before, *items])) > LINES:
            items.pop()
        return "\n".join([*before, *items]), len(items)

    def _item(self, number: int, one: Citation, _: Texts) -> str:
        said = cut(f"{one.title}: {one.quote}" if one.quote else one.title, ITEM)
        return f"{number}. {said} ({where(one, self.vocabulary, _)}) [{number}]"

    def _quoted(self, one: Citation, _: Texts) -> list[str]:
        said = [one.title, f"“{one.quote}” [1]"] if one.quote else [f"“{one.title}” [1]"]
        return [*said, f"[1] {where(one, self.vocabulary, _)}", *([one.url] if one.url else [])]


def answers(finding: Finding) -> bool:
    """Whether what was found answers the question, as far as that can be told."""
    return bool(finding.candidates) and not finding.unknown and finding.evidence >= ENOUGH


def _fitting(finding: Finding, citations: Sequence[Citation]) -> int:
    """Return how many citations a list is made of.

    Where a section is asked for, those before the first of another; where words are, those that fit like the first one.
    """
    question, best = finding.question, finding.candidates[0].score
    fitting = sum(1 for _one in takewhile(lambda one: one.section in question.sections, citations)) or len(citations)
    if question.browses or question.most or question.counts:
        return fitting
    alike = takewhile(lambda one: one.score >= ALIKE * best and one.evidence >= ENOUGH, finding.candidates)
    return max(1, min(fitting, sum(1 for _one in alike)))


def lines(text: str) -> int:
    """Return how many lines of a phone's screen a text takes."""
    return sum(max(1, ceil(width(line) / COLUMNS)) for line in text.split("\n"))


def _lead(finding: Finding, citations: Sequence[Citation], _: Texts) -> str:
    """Return what is said before the quotes: how often, or that they may not answer, or are in another language."""
    if finding.question.counts:
        told = [one for one in finding.candidates if one.evidence >= ENOUGH]
        days = {one.passage.ref.date for one in told} | {ref.date for one in told for ref in _also(one, finding)}
        counted = _.plural("{count} story speaks of it.", "{count} stories speak of it.", len(told))
        return f"{counted} {_.plural('On {count} day.', 'On {count} days.', len(days))}"
    if not _lists(finding, citations) and _doubtful(finding):
        return _("Closest, may not answer:")
    foreign = all(language_of(one.quote or one.title) != _.lang for one in citations)
    return _("The archive says this in another language:") if foreign else ""


def _doubtful(finding: Finding) -> bool:
    """Whether the evidence is low, or the story has no fact of the kind that is asked for, such as a price."""
    kind = kind_of(finding.question.text)
    lacks = kind and kind.sure and not kind.stands([finding.candidates[0].passage], [])
    return finding.evidence < SURE or bool(lacks)


def _lists(finding: Finding, citations: Sequence[Citation]) -> bool:
    """Whether several stories answer together."""
    question = finding.question
    scores = [one.score for one in finding.candidates[:2]]
    alike = len(citations) > 1 and scores[-1] >= ALIKE * scores[0]
    return bool(question.most) or question.counts or question.browses or (question.several and alike)


def _compared(finding: Finding) -> tuple[Candidate, ...]:
    """Return the best story about each of the things that are to be compared, in the order of the question."""
    question = finding.question
    said = [one for one in question.concepts if one.sort in {"name", "version"} or one.capital]
    names = [one for one in said if not any(one.said != other.said and one.said in other.said for other in said)]
    if len(names) < 2 or not question.compares:  # noqa: PLR2004  one is not compared
        return ()
    ordered = sorted(names, key=lambda one: question.text.casefold().find(one.said.casefold()))
    found = [_about(finding.candidates, name) for name in ordered]
    distinct = tuple(dict.fromkeys(one for one in found if one))
    return distinct if len(distinct) > 1 else ()


def _about(candidates: Sequence[Candidate], name: Concept) -> Candidate | None:
    """Return the best story about a name, rather one that is not about a longer name: Heron 3, not Heron 3 Mini."""
    naming = [one for one in candidates if _names(one, name)]
    length = len(tokens(name.said))
    exact = (one for one in naming if len(tokens(name_of(one.passage.title) or name.said)) <= length)
    return next(exact, next(iter(naming), None))


def _names(candidate: Candidate, concept: Concept) -> bool:
    here = set(tokens(candidate.passage.title))
    return any(weight > ENOUGH and set(phrase) <= here for phrase, weight in concept.words)


def cited(candidate: Candidate, finding: Finding) -> Citation:
    """Return where the candidate stands, with the part of it that answers best."""
    passage = candidate.passage
    days = {ref.date for ref in _also(candidate, finding)} - {passage.ref.date}
    return Citation(
        ref=passage.ref,
        section=passage.section,
        key=passage.key,
        title=harmless(passage.title),
        quote=harmless(answering(passage, finding.question)),
        url=passage.url,
        what=passage.what,
        also=tuple(sorted(days, reverse=True)),
    )


def _also(candidate: Candidate, finding: Finding) -> Sequence[IssueRef]:
    return finding.also.get(candidate.passage.story, ())
