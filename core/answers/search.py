"""Finds passages for a question: one scorer, whatever database keeps the archive."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from heapq import nlargest, nsmallest
from types import MappingProxyType
from typing import TYPE_CHECKING

from core.answers.concepts import Concept, adjoining
from core.answers.evidence import Tally
from core.answers.index import Index
from core.answers.pick import tells
from core.answers.port import Found, Hit
from core.answers.question import understand, weaker
from core.answers.quote import quote
from core.answers.segment import Segment, packed, segment, unpacked
from core.answers.spelling import corrected
from core.answers.tokens import query_tokens, tokens
from core.answers.twins import twin
from core.answers.when import rules
from core.answers.words import NARROWER, Words
from core.clock import latest_date

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import date

    from core.answers.learn import Learnt
    from core.answers.meaning import Meaning
    from core.answers.passages import Passage
    from core.answers.port import Segments
    from core.answers.question import Metric, Question
    from core.answers.words import Phrase
    from core.answers.words.mined import Mined
    from core.digest.model import Issue, IssueRef

POOL = 200
"""How many candidates are looked at before the page is cut: more pages than anybody turns."""

VARIED = 60
"""So many passages of a list are looked at for titles that are alike."""
SAME_FORM = 0.5
"""Titles that share so much of their words are made alike: "Qwen updates its chat template"."""
SHOWN = 10
"""For how many candidates another language's form is looked for."""
OWN_LANGUAGE = 1.12
NO_NAME = 0.55
SECTION = 1.5
PART = 2.0
LESSON = 1.5
RECENT = 0.15
FRESH_DAYS = 400
NEARBY = 2
OTHERS = 0.4
SPOKEN_OF = 0.6
ONCE = 2.5
"""Makes up for the length of a text, so that a word that occurs once in a usual one is wholly covered."""
THERE = 0.3
"""What standing in the time and the section that were asked for counts, compared with saying every word: readers call
what they remember of a day by words of their own."""
NEWS, NOTED = 0.6, 40
"""How much more a title counts, in a time that was asked for, that says what no other does, and how many are looked at:
who asks what a lab did in March means no regular item of its."""
MOST_THERE = 500
"""Where more lies in that time nobody remembers the time for a story of it."""
UNDER_DISCUSSION = 1.0
FOLLOWS = 0.5
PRIOR_SHARE = 0.5
ELLIPTIC = 4
"""A question of so few concepts may leave out what it is about."""
ALMOST = 0.9
COVERED = 0.5
CLOSE, APART, ALIKE = 0.8, 0.1, 0.25
"""What the same meaning counts, compared with a text that says every word; how alike any two texts are; and how alike
one must be to be found without a word of the question."""
PROVEN = 5
"""For how many candidates evidence is told exactly."""
SURE = 0.925
"""With so much evidence in words, meaning is not asked."""
MEANT = 0.6
"""From here on, a word means what was said; below, it is only near."""
COMMON, FEW = 0.02, 10
"""What is of the kind that was asked for, such as bats for animals, is no sign where more of all passages have it, if
they are more than a few."""
UNSEEN = 0.3
"""What a word that no passage has counts in a question: readers use many words that editors do not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What was spoken of before: the prior question, and the stories under discussion, the first one first."""

    prior: Question | None = None
    stories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A passage, its score, and the share of the question that it covers (0 to 1)."""

    passage: Passage
    score: float
    evidence: float
    number: int = -1
    """Its place in the index."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a question found: one candidate for each story, best first.

    ``unknown`` are names and versions that the archive never mentions. ``issues`` says whether any issue lies in the
    time that was asked for. ``closest`` is what lies outside it, where nothing lies inside.
    """

    question: Question
    candidates: tuple[Candidate, ...]
    unknown: tuple[str, ...] = ()
    issues: bool = True
    closest: tuple[Candidate, ...] = ()
    also: Mapping[str, tuple[IssueRef, ...]]

    @property
    def evidence(self) -> float:
        """How likely the archive answers, from 0 to 1."""
        best = max((candidate.evidence for candidate in self.candidates[:3]), default=0.0)
        return best * (0.5 if self.unknown else 1)


class Indexer:
    """Keeps passages in step with the archive. Satisfies ``core.answers.port.Index``."""

    def __init__(self, store: Segments) -> None:
        self._store = store

    async def add(self, issue: Issue) -> None:
        """Index the issue; an earlier revision is replaced."""
        await self._store.replace(issue.ref, packed(segment(issue)))

    async def remove(self, ref: IssueRef) -> None:
        """Forget the issue."""
        await self._store.replace(ref, packed(Segment.empty(ref)))


class Searcher:
    """Finds passages of issues whose day has begun. Satisfies ``core.answers.port.Search``."""

    def __init__(
        self,
        store: Segments,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        words: Callable[[], Words] = Words.bundled,
        learnt: Learnt | None = None,
        meaning: Meaning | None = None,
    ) -> None:
        """Serve what ``store`` keeps. What day it is depends on the zone of ``now``, an aware instant."""
        self._store = store
        self._now = now
        self._load_words = words
        self._words: Words | None = None
        self._learnt = learnt
        self._meaning = meaning
        self._index = Index()
        self._ahead: dict[IssueRef, Segment] = {}
        self._version = 0
        self._mined: Mined = {}
        self._loading = asyncio.Lock()

    async def understand(self, question: str, today: date | None = None) -> Question:
        """Return what a question asks for, seen from ``today``."""
        words = await self._known()
        return understand(corrected(question, words, self._index.frequency), today or self._now().date(), words=words)

    async def warm(self) -> None:
        """Load what the next question needs and is not there yet; vectors are made in the background."""
        await asyncio.to_thread(rules)
        self._mined = await self._learnt.words() if self._learnt else {}
        words = await self._known()
        if self._meaning:
            self._meaning.follow(self._index, words)

    async def _known(self) -> Words:
        """Return all that is known of words; a dictionary takes a while to load."""
        await self.index()
        async with self._loading:
            if self._words is None:
                self._words = await asyncio.to_thread(self._load_words)
            return replace(self._words, mined=self._mined)

    async def search(
        self, words: str, *, edition: str | None = None, lang: str | None = None, limit: int = 5, offset: int = 0
    ) -> Found:
        """Return what fits ``words``, best first; hits in ``lang`` are preferred, not required."""
        finding = await self.find(_as_typed(await self.understand(words)), lang=lang, edition=edition)
        page = finding.candidates[offset : offset + limit]
        looked_for = query_tokens(words)
        return Found(
            hits=tuple(self.hit(candidate, looked_for, finding.also) for candidate in page),
            total=len(finding.candidates),
        )

    async def find(
        self, question: Question, *, lang: str | None = None, edition: str | None = None, context: Context | None = None
    ) -> Finding:
        """Return what a question finds; what was spoken of before counts too, with less weight."""
        index, before = await self.index(), context or Context()
        said = _Round(index, question, lang, edition, before).finding()
        if self._meaning is None or question.browses or said.evidence >= SURE:
            return said
        alike = await self._alike(index, question, before)
        if not alike:
            return said
        return _Round(index, question, lang, edition, before, alike).finding()

    async def _alike(self, index: Index, question: Question, context: Context) -> Mapping[int, float]:
        """Return how alike passages are to the question in meaning, by number; nothing without vectors."""
        if self._meaning is None:
            return {}
        leans = context.prior and (question.follows or question.refers)
        said = f"{context.prior.text} {question.text}" if context.prior and leans else question.text
        return await self._meaning.alike(said, index, await self._known(), least=APART)

    async def lessons(self, term: str, *, lang: str | None = None, limit: int = 3) -> Sequence[Hit]:
        """Return the lessons whose term is ``term``, or names it, best first."""
        index = await self.index()
        question = replace(await self.understand(term), lesson=True, sections=frozenset({"lesson"}))
        scored = _Round(index, question, lang, None, Context()).finding()
        asked = set(query_tokens(term))
        known = {phrase for concept in question.concepts for phrase, weight in concept.words if weight > ALMOST - 0.1}
        found = [
            candidate
            for candidate in scored.candidates
            if candidate.passage.what == "lesson" and _names(candidate.passage.title, asked, known)
        ]
        return [self.hit(candidate, list(asked), scored.also) for candidate in found[:limit]]

    async def terms(self, *, lang: str | None = None, limit: int = 200) -> Sequence[str]:
        """Return the terms that lessons explain, newest first, those in ``lang`` before others, each once."""
        index = await self.index()
        lessons = [passage for _, passage in index.living() if passage.what == "lesson"]
        newest = sorted(lessons, key=lambda lesson: lesson.ref.date, reverse=True)
        return list(dict.fromkeys(one.title for one in sorted(newest, key=lambda one: one.ref.lang != lang)))[:limit]

    async def beside(self, ref: IssueRef | None, *, lang: str) -> Sequence[Passage]:
        """Return what stands in the issue in ``lang`` that is nearest to ``ref``'s day; the newest without ``ref``."""
        index = await self.index()
        issues = [one for one in index.issues() if one.lang == lang and (ref is None or one.edition == ref.edition)]
        if not issues:
            return ()
        if ref is None:
            nearest = max(issues, key=lambda one: one.date)
        else:
            nearest = min(issues, key=lambda one: abs((one.date - ref.date).days))
        return [passage for number in index.of(nearest) if (passage := index.passages[number])]

    def hit(
        self, candidate: Candidate, looked_for: Sequence[str], also: Mapping[str, tuple[IssueRef, ...]] | None = None
    ) -> Hit:
        """Return the candidate as a hit, with the part of its text that fits best."""
        passage = candidate.passage
        others = (also or {}).get(passage.story, ())
        return Hit(
            ref=passage.ref,
            what=passage.what,
            section=passage.section,
            key=passage.key,
            title=passage.title,
            quote=quote(passage.body, looked_for),
            url=passage.url,
            score=candidate.score,
            also=tuple(ref for ref in others if ref != passage.ref),
        )

    async def index(self) -> Index:
        """Return the index in step with the database and the day."""
        version = await self._store.version()
        if version != self._version:
            async with self._loading:
                await self._follow(version)
        begun = self._begun()
        for ref in [ref for ref in self._ahead if ref.date <= begun]:
            self._index.put(self._ahead.pop(ref))
        return self._index

    def _begun(self) -> date:
        return latest_date(self._now().astimezone(UTC))

    async def _follow(self, version: int) -> None:
        if version < self._version or self._index.worn:
            self._index, self._ahead, self._version = Index(), {}, 0
        begun = self._begun()
        for number, ref, stored in await self._store.since(self._version):
            read = unpacked(ref, stored)
            self._ahead.pop(ref, None)
            if ref.date <= begun:
                self._index.put(read)
            else:
                self._ahead[ref] = read
            self._version = number
            if len(self._index) % 16 == 0:
                await asyncio.sleep(0)
        self._mined = await self._learnt.words() if self._learnt else {}


def _as_typed(question: Question) -> Question:
    """Return the question; of words that say little in one, such as "best", a search is made all the same."""
    if question.concepts or question.sections or question.when.spans or question.most:
        return question
    typed = (Concept(sort="word", said=token, words=(((token,), 1.0),)) for token in query_tokens(question.text))
    return replace(question, concepts=tuple(typed))


def _names(title: str, asked: set[str], known: set[tuple[str, ...]]) -> bool:
    named = set(query_tokens(title))
    shared = len(asked & named) / len(asked | named) if asked and named else 0
    return shared >= 1 / 3 or any(set(phrase) <= named for phrase in known)


class _Round:
    """One question put to the index."""

    def __init__(
        self,
        index: Index,
        question: Question,
        lang: str | None,
        edition: str | None,
        context: Context,
        alike: Mapping[int, float] = MappingProxyType({}),
    ) -> None:
        self._index = index
        self._alike = alike
        self._tallied: Tally | None = None
        self._lang = lang
        self._edition = edition
        self._context = context
        self._question = question
        self._refs = [ref for ref in index.issues() if edition is None or ref.edition == edition]
        self._newest = max((ref.date for ref in self._refs), default=None)

    def finding(self) -> Finding:
        question = self._followed()
        inside = frozenset(self._within(question))
        unknown = tuple(self._unknown(self._question))
        candidates, also = self._ranked(question, inside)
        closest: tuple[Candidate, ...] = ()
        if not candidates and inside and question.when.bounded:
            candidates, also = self._ranked(replace(question, concepts=()), inside)
            candidates = tuple(replace(one, evidence=0.0) for one in candidates)
        if not candidates and question.when.bounded:
            closest, also = self._ranked(question, self._nearby(question))
        return Finding(
            question=question,
            candidates=candidates,
            unknown=unknown,
            issues=bool(inside),
            closest=closest,
            also=also,
        )

    def _followed(self) -> Question:
        """Return the question with what the prior one adds."""
        question, prior = self._question, self._context.prior
        if prior is None:
            return question
        own = sum(concept.weight for concept in question.concepts)
        leans = question.follows or question.refers or own < 1
        if not leans:
            return replace(question, concepts=question.concepts + self._left_out(question, prior))
        said = {concept.said for concept in question.concepts}
        share = PRIOR_SHARE if question.concepts else 1
        added = tuple(concept for concept in weaker(prior, share) if concept.said not in said)
        return replace(
            question,
            concepts=question.concepts + added,
            when=question.when if question.when.bounded or question.refers else prior.when,
            sections=question.sections or (prior.sections if not question.concepts else frozenset()),
        )

    def _left_out(self, question: Question, prior: Question) -> tuple[Concept, ...]:
        """Return what a question that names nothing may have left out because it was said before: "which labs?"."""
        named = any(concept.sort in {"name", "version"} or concept.capital for concept in question.concepts)
        whole = question.when.bounded or question.sections or question.lesson or question.most
        if named or whole or len(question.concepts) > ELLIPTIC:
            return ()
        said = {concept.said for concept in question.concepts}
        return tuple(replace(concept, aside=True) for concept in weaker(prior, PRIOR_SHARE) if concept.said not in said)

    def _within(self, question: Question) -> Iterable[IssueRef]:
        when = question.when
        refs: Iterable[IssueRef] = self._refs
        if when.issues:
            days = sorted({ref.date for ref in self._refs}, reverse=True)[: when.issues]
            refs = [ref for ref in refs if ref.date in days]
        return (
            ref
            for ref in refs
            if (when.since is None or ref.date >= when.since) and (when.until is None or ref.date <= when.until)
        )

    def _nearby(self, question: Question) -> frozenset[IssueRef]:
        """Return every issue, or the ones around the time that was asked for where nothing else is asked for."""
        if question.concepts:
            return frozenset(self._refs)
        day = question.when.until or question.when.since
        days = {ref.date for ref in self._refs}
        near = set(nsmallest(NEARBY, days, key=lambda one: abs((one - day).days) if day else 0))
        return frozenset(ref for ref in self._refs if ref.date in near)

    def _unknown(self, question: Question) -> Iterable[str]:
        """Yield the names of which the archive mentions neither them nor what is near to them: a founder's company."""
        for concept in question.concepts:
            same = [phrase for phrase, weight in concept.words if weight >= MEANT or concept.sort == "name"]
            named = concept.sort in {"name", "version"} or concept.capital
            if named and not any(self._all_of(concept, phrase) for phrase in same):
                yield concept.said

    def _matches(self, concept: Concept) -> tuple[dict[int, float], dict[int, float]]:
        """Return the passages that have the concept, with what they say of it and with how much of it they cover."""
        found: dict[int, float] = {}
        covered: dict[int, float] = {}
        common = max(FEW, COMMON * len(self._index))
        for phrase, weight in concept.words:
            if weight <= NARROWER and min(map(self._index.frequency, phrase)) > common:
                continue
            for number, impact in self._all_of(concept, phrase).items():
                value = weight * impact
                if value > found.get(number, 0.0):
                    found[number] = value
                    covered[number] = weight * min(1.0, ONCE * impact)
        return found, covered

    def _all_of(self, concept: Concept, phrase: Phrase) -> Mapping[int, float]:
        """Return the passages that contain the phrase; a version must stand beside its name."""
        found = self._index.all_of(phrase)
        if not found or concept.sort != "version" or len(phrase) == 1:
            return found
        beside = adjoining(phrase)
        return {
            number: impact
            for number, impact in found.items()
            if (passage := self._index.passages[number]) and beside.search(f"{passage.title}\n{passage.text}")
        }

    def _ranked(
        self, question: Question, inside: frozenset[IssueRef]
    ) -> tuple[tuple[Candidate, ...], Mapping[str, tuple[IssueRef, ...]]]:
        scored = self._browsed(question, inside) if question.browses else self._scored(question, inside)
        if question.most:
            fitting = [one for one in scored if one.evidence >= COVERED]
            scored = _by_metric(fitting or scored, question.most, least=question.least)
        candidates, also = self._once(scored)
        return self._in_own_language(candidates), also

    def _in_own_language(self, candidates: tuple[Candidate, ...]) -> tuple[Candidate, ...]:
        """Show the first candidates in the reader's language where they are told in it too, and each only once."""
        found: dict[str, Candidate] = {}
        for place, candidate in enumerate(candidates):
            one = self._told_again(candidate) if place < SHOWN else candidate
            found.setdefault(one.passage.story, one)
        return tuple(found.values())

    def _told_again(self, candidate: Candidate) -> Candidate:
        passage = candidate.passage
        if self._lang is None or passage.ref.lang == self._lang:
            return candidate
        there = [self._index.passages[number] for number in self._index.of(replace(passage.ref, lang=self._lang))]
        same = twin(passage, [other for other in there if other])
        return replace(candidate, passage=same) if same else candidate

    def _browsed(self, question: Question, inside: frozenset[IssueRef]) -> list[Candidate]:
        """Return what stands in the sections that are asked for, newest first, in the order of the issue."""
        if not (question.when.bounded or question.sections or question.when.recent or question.most):
            return [] if not self._context.stories else self._spoken_of()
        days = sorted({ref.date for ref in inside}, reverse=True)
        if not (question.when.bounded or question.most):
            days = days[:3]
        kept = [ref for ref in inside if ref.date in set(days)]
        kept.sort(key=lambda ref: (ref.date, ref.lang == self._lang), reverse=True)
        found = []
        for ref in kept:
            passages = [self._index.passages[number] for number in self._index.of(ref)]
            found += [passage for passage in passages if passage and _is_asked_for(question, passage)]
        if self._lang and any(passage.ref.lang == self._lang for passage in found):
            found.sort(key=lambda passage: passage.ref.lang != self._lang)
        size = max(1, len(found))
        return [
            Candidate(passage=passage, score=1 - place / size, evidence=1.0)
            for place, passage in enumerate(found if question.most else _varied(found[:POOL]))
        ]

    def _spoken_of(self) -> list[Candidate]:
        stories = self._context.stories
        found = [passage for _, passage in self._index.living() if passage.story in stories]
        found.sort(key=lambda passage: (stories.index(passage.story), passage.ref.lang != self._lang))
        return [Candidate(passage=passage, score=1 / (1 + place), evidence=1.0) for place, passage in enumerate(found)]

    def _scored(self, question: Question, inside: frozenset[IssueRef]) -> list[Candidate]:
        tally = self._tallied = self._tally(question)
        self._boost_spoken_of(question, tally.scores)
        allowed = self._allowed(question, inside)
        entries = (entry for entry in tally.scores.items() if allowed is None or entry[0] in allowed)
        pool = dict(nlargest(3 * POOL, entries, key=lambda entry: entry[1]))
        if allowed and question.when.bounded:
            there = self._there(question, allowed)
            for number in there if len(there) <= MOST_THERE else ():
                pool[number] = pool.get(number, 0.0) + THERE * (tally.total or 1)
            for number in nlargest(NOTED, pool, key=pool.__getitem__):
                pool[number] += NEWS * (tally.total or 1) * self._news(number)
        if not self._alike:
            return self._sorted(self._judged(question, tally, number, score) for number, score in pool.items())
        near = self._near(allowed)
        return self._sorted(
            self._judged(question, tally, number, score, CLOSE * (tally.total or 1) * self._meant(number))
            for number, score in {**dict.fromkeys(near, 0.0), **pool}.items()
        )

    def _sorted(self, judged: Iterable[Candidate | None]) -> list[Candidate]:
        found = [one for one in judged if one]
        found.sort(key=lambda candidate: (candidate.score, candidate.passage.ref.date), reverse=True)
        return found

    def _allowed(self, question: Question, inside: frozenset[IssueRef]) -> set[int] | None:
        """Return the passages of the issues that are asked for, None where all are."""
        if question.when.bounded or self._edition:
            return {number for ref in inside for number in self._index.of(ref)}
        return None

    def _there(self, question: Question, allowed: Iterable[int]) -> list[int]:
        """Return the passages of these, in their order, that stand in the sections that are asked for."""
        found = [(number, passage) for number in sorted(allowed) if (passage := self._index.passages[number])]
        return [number for number, passage in found if _is_asked_for(question, passage)]

    def _news(self, number: int) -> float:
        """Return how much a title says that others do not, from 0 to 1."""
        passage = self._index.passages[number]
        said = set(tokens(passage.title)) if passage else set()
        most = self._index.rarity(1)
        return (
            sum(self._index.rarity(self._index.frequency(token)) for token in said) / (most * len(said))
            if said
            else 0.0
        )

    def _near(self, allowed: set[int] | None) -> Iterable[int]:
        """Return the passages that mean what is asked for, whatever their words."""
        alike = [
            number for number, share in self._alike.items() if share >= ALIKE and (allowed is None or number in allowed)
        ]
        return nlargest(POOL, alike, key=self._alike.__getitem__)

    def _meant(self, number: int) -> float:
        return max(0.0, self._alike.get(number, 0.0) - APART) / (1 - APART)

    def _tally(self, question: Question) -> Tally:
        """Add up what each passage says of each concept."""
        tally = Tally(explains=question.lesson)
        for concept in question.concepts:
            found, covered = self._matches(concept)
            if not found and concept.sort == "pair":
                continue
            seen = 1 if found or concept.sort in {"name", "version"} or question.lesson else UNSEEN
            tally.add(concept, concept.weight * self._index.rarity(len(found)) * seen, found, covered)
        return tally

    def _judged(
        self, question: Question, tally: Tally, number: int, score: float, meant: float = 0
    ) -> Candidate | None:
        passage = self._index.passages[number]
        if passage is None:
            return None
        share = tally.share(number)
        if self._is_spoken_of(question, passage):
            share = max(share, SPOKEN_OF)
        factor = self._likeliness(question, passage)
        if tally.named and number not in tally.named:
            factor *= NO_NAME
        score = score * (1 - COVERED + COVERED * share) + meant
        return Candidate(passage=passage, score=score * factor, evidence=share, number=number)

    def _is_spoken_of(self, question: Question, passage: Passage) -> bool:
        first = self._context.stories[:1]
        return bool(question.refers and first and first[0] in {passage.story, passage.key})

    def _boost_spoken_of(self, question: Question, scores: dict[int, float]) -> None:
        stories = self._context.stories
        if not stories or not (question.refers or question.follows):
            return
        bare = sum(concept.weight for concept in self._question.concepts) < 1
        share = UNDER_DISCUSSION * (2 if bare else 1) if question.refers else FOLLOWS
        best = max(scores.values(), default=1.0) * share
        for number, passage in self._index.living():
            if passage.story in stories or passage.key in stories:
                first = stories[0] in {passage.story, passage.key}
                scores[number] += best * (1 if first else OTHERS)

    def _likeliness(self, question: Question, passage: Passage) -> float:
        factor = OWN_LANGUAGE if passage.ref.lang == self._lang else 1.0
        if passage.section in question.sections:
            factor *= PART if passage.what != "story" else SECTION
        if question.lesson and passage.what == "lesson":
            factor *= LESSON if _titled(question, passage) else 1.1
        if self._newest:
            age = (self._newest - passage.ref.date).days / FRESH_DAYS
            factor *= 1 + (RECENT if question.when.recent else 0.03) * max(0.0, 1 - age)
        return factor

    def _once(self, scored: Sequence[Candidate]) -> tuple[tuple[Candidate, ...], Mapping[str, tuple[IssueRef, ...]]]:
        """Return one candidate for each story: in the reader's language, the newest that tells what is asked."""
        groups: dict[str, list[Candidate]] = {}
        for candidate in scored:
            groups.setdefault(candidate.passage.story, []).append(candidate)
        kept = [
            max(group, key=self._preference(group)) if len(group) > 1 else group[0]
            for group in list(groups.values())[:POOL]
        ]
        ordered = [
            self._proven(one, group, place)
            for place, (one, group) in enumerate(zip(kept, groups.values(), strict=False))
        ]
        also = {
            story: tuple(sorted({one.passage.ref for one in group}, key=lambda ref: ref.date, reverse=True))
            for story, group in groups.items()
            if len(group) > 1
        }
        return tuple(ordered), also

    def _proven(self, kept: Candidate, group: Sequence[Candidate], place: int) -> Candidate:
        """Return the one that is kept of a story, with the best score of it and the evidence of all that tell it.

        Nobody asks for the evidence of those further back, unless they are counted.
        """
        best = group[0].score
        if self._tallied is None or (place >= PROVEN and not (self._question.counts or self._question.most)):
            return kept if kept.score == best else replace(kept, score=best)
        told = {one.number: one.passage for one in group}
        alike = max((self._alike.get(number, 0.0) for number in told), default=0.0)
        evidence = self._tallied.evidence(told, self._question, alike=alike)
        if self._is_spoken_of(self._question, kept.passage):
            evidence = max(evidence, SPOKEN_OF)
        return replace(kept, score=best, evidence=evidence)

    def _preference(self, told: Sequence[Candidate]) -> Callable[[Candidate], tuple[bool, bool, bool, date, float]]:
        best, said = told[0].score, max(candidate.evidence for candidate in told)

        def key(candidate: Candidate) -> tuple[bool, bool, bool, date, float]:
            own = candidate.passage.ref.lang == self._lang and candidate.score >= best / 3
            tells_it = candidate.score >= best / 2 and tells(candidate.passage, self._question)
            fits = candidate.score >= ALMOST * best and candidate.evidence >= ALMOST * said
            return own, tells_it, fits, candidate.passage.ref.date, candidate.score

        return key


def _varied(found: Sequence[Passage]) -> list[Passage]:
    """Return the passages in their order, but of those whose titles are alike the first one before all others."""
    forms: dict[str, list[set[str]]] = defaultdict(list)
    first: list[Passage] = []
    again: list[Passage] = []
    for passage in found[:VARIED]:
        said, known = set(tokens(passage.title)), forms[passage.ref.lang]
        alike = any(len(said & form) >= SAME_FORM * len(said | form) for form in known)
        (again if alike else first).append(passage)
        if not alike:
            known.append(said)
    return [*first, *again, *found[VARIED:]]


def _is_asked_for(question: Question, passage: Passage) -> bool:
    """Tell whether a passage stands in a section that is asked for, if any is."""
    return not question.sections or passage.section in question.sections


def _titled(question: Question, passage: Passage) -> bool:
    named = set(query_tokens(passage.title))
    return any(
        set(phrase) & named for concept in question.concepts for phrase, weight in concept.words if weight > COVERED
    )


def _by_metric(scored: Sequence[Candidate], metric: Metric, *, least: bool) -> list[Candidate]:
    counted = [
        (number, candidate) for candidate in scored if (number := getattr(candidate.passage, metric)) is not None
    ]
    counted.sort(key=lambda entry: entry[0], reverse=not least)
    return [replace(candidate, score=1 / place) for place, (_, candidate) in enumerate(counted, 1)]
