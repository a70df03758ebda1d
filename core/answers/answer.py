"""Answers to questions: from the archive, with where they stand; or the word that it does not say."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from core.answers.cite import CITATIONS, Answer, sources
from core.answers.converse import Asker
from core.answers.extract import Extractor
from core.answers.memory import Turn
from core.answers.search import Context
from core.answers.suggest import Suggester
from core.i18n import texts

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from core.answers.converse import Writer
    from core.answers.draft import Show
    from core.answers.memory import Memory
    from core.answers.prompt import Depth
    from core.answers.question import Question
    from core.answers.search import Finding, Searcher
    from core.digest.sections import Vocabulary

QUESTION_LENGTH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener:
    """Who asks: ``reader`` names one reader for what is counted by reader, ``show`` shows an answer while it grows."""

    reader: str = ""
    show: Show | None = None


class Answerer:
    """Answers with what the archive says: written by a model where there is one, else quoted."""

    def __init__(
        self,
        search: Searcher,
        *,
        memory: Memory | None = None,
        today: Callable[[], date] | None = None,
        vocabulary: Vocabulary | None = None,
        writer: Writer | None = None,
    ) -> None:
        self._search = search
        self._memory = memory
        self._today = today or (lambda: datetime.now(UTC).date())
        self._extract = Extractor(vocabulary)
        self._suggest = Suggester(search)
        self.writer = writer

    async def ask(
        self,
        question: str,
        *,
        lang: str,
        today: date | None = None,
        conversation: str | None = None,
        stories: Sequence[str] = (),
        about: str = "",
        listener: Listener | None = None,
    ) -> Answer:
        """Answer in ``lang``, seen from ``today``.

        ``stories`` are under discussion, the first of them is called ``about``; so is what was said in
        ``conversation``, a name that the caller chooses.
        """
        began = asyncio.get_running_loop().time()
        day = today or self._today()
        said = question[:QUESTION_LENGTH]
        turns = await self._memory.turns(conversation) if conversation and self._memory else ()
        before = [await self._search.understand(turn.question, day) for turn in turns]
        context = _context(before, (*stories, *(turns[-1].stories if turns else ())))
        if about:
            context = replace(context, prior=await self._search.understand(about, day))
        asked = await self._search.understand(said, day)
        if asked.whole:
            context = Context()
        elif context.prior and asked.sections and not (asked.concepts or asked.refers or context.prior.names):
            context = replace(context, prior=replace(context.prior, concepts=()))
        finding = await self._search.find(asked, lang=lang, context=context)
        answer = self._extract.answer(finding, lang=lang)
        if conversation and self._memory:
            told = finding.candidates[:CITATIONS] if answer.found else ()
            spoken_of = tuple(candidate.passage.story for candidate in told) or context.stories
            await self._memory.add(conversation, Turn(question=said, stories=spoken_of))
        if self.writer and answer.found:
            heard = listener or Listener()
            reader = heard.reader or conversation or f"once {id(heard)}"
            asker = Asker(reader=reader, lang=answer.lang, began=began, show=heard.show)
            return await self._written(answer, finding, asker, turns) or answer
        return answer

    async def suggest(self, answer: Answer, question: str) -> tuple[str, ...]:
        """Return up to three questions to go on with."""
        return await self._suggest.after(answer, question, self._today())

    async def explain(self, term: str, depth: Depth, *, lang: str, listener: Listener) -> str | None:
        """Return what a model knows about a term, None without one or if that cannot be shown."""
        if self.writer is None:
            return None
        began = asyncio.get_running_loop().time()
        asker = Asker(reader=listener.reader or f"once {id(listener)}", lang=lang, began=began, show=listener.show)
        return await self.writer.explain(term, depth, asker)

    async def _written(self, answer: Answer, finding: Finding, asker: Asker, turns: Sequence[Turn]) -> Answer | None:
        """Return what the model says with the same stories, None if that cannot be used."""
        if self.writer is None or finding.question.counts or finding.question.most:
            return None
        found = {(one.passage.ref, one.passage.key): one.passage for one in finding.candidates}
        stories = tuple(found[one.ref, one.key] for one in answer.citations)
        earlier = tuple(turn.question for turn in turns)
        written = await self.writer.answer(finding.question.text, stories, asker, earlier=earlier)
        if written is None:
            return None
        cited = tuple(answer.citations[place] for place in written.stories)
        rest = tuple(one for one in (*answer.citations, *answer.nearest) if one not in cited)
        lines = [written.text, *sources(cited, self._extract.vocabulary, texts(answer.lang))]
        return replace(answer, text="\n".join(lines), written=written.text, citations=cited, nearest=rest)

    async def forget(self, conversation: str) -> None:
        """Forget what was spoken of."""
        if self._memory:
            await self._memory.forget(conversation)


def _context(before: Sequence[Question], stories: tuple[str, ...]) -> Context:
    prior: Question | None = None
    for said in before:
        leans = said.refers or said.follows or not said.concepts
        prior = replace(said, concepts=said.concepts + prior.concepts) if prior and leans else said
    return Context(prior=prior, stories=stories)
