"""What could be asked next: questions about the stories at hand whose answer is known to be there."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from core.answers.extract import answers
from core.digest.language import language_of
from core.digest.questions import COUNT, about, is_name, what_is

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from core.answers.cite import Answer, Citation
    from core.answers.passages import Passage
    from core.answers.search import Searcher
    from core.digest.model import IssueRef

Source: TypeAlias = "tuple[IssueRef, str]"
"""A story's issue and key."""

FIRST = 2
"""The story stands among so many that answer: a lesson on its subject may come before it."""
TRIED = 12
"""Questions that are tried at most, each a search of its own."""


class Suggester:
    """Proposes questions; each one was put to the archive and cites the story that it came from."""

    def __init__(self, search: Searcher) -> None:
        self._search = search

    async def after(self, answer: Answer, question: str, today: date) -> tuple[str, ...]:
        """Return up to three questions to ask after this one was answered, in the language of the answer.

        They are about the stories of the answer, then about the others of the first one's issue; where that is in
        another language, about those of the issue in this one that is nearest to its day.
        """
        first = next(iter((*answer.citations, *answer.nearest)), None)
        beside = await self._search.beside(first.ref if first else None, lang=answer.lang)
        new = {_squeezed(proposed): (source, proposed) for source, proposed in _proposed(answer, beside)}
        new.pop(_squeezed(question), None)
        found: list[str] = []
        for source, proposed in list(new.values())[:TRIED]:
            if await self._leads_to(source, proposed, answer.lang, today):
                found.append(proposed)
            if len(found) == COUNT:
                break
        return tuple(found)

    async def _leads_to(self, source: Source, question: str, lang: str, today: date) -> bool:
        finding = await self._search.find(await self._search.understand(question, today), lang=lang)
        found = [candidate.passage for candidate in finding.candidates[:FIRST]] if answers(finding) else []
        return source in [(passage.ref, passage.key) for passage in found]


def _proposed(answer: Answer, beside: Sequence[Passage]) -> Iterator[tuple[Source, str]]:
    """Yield what can be asked and the story that answers it; a lesson that was just quoted is not asked for again."""
    for one, proposed in _of_stories(answer):
        yield (one.ref, one.key), proposed
    section = next((one.section for one in (*answer.citations, *answer.nearest)), "")
    quoted = {one.title for one in answer.citations[:1] if one.what == "lesson"}
    for passage in sorted(beside, key=lambda one: (one.section != section, one.what != "lesson")):
        if passage.what == "story" or passage.title not in quoted:
            about_it = _about(passage.what, passage.title, passage.text, answer.lang)
            yield from (((passage.ref, passage.key), proposed) for proposed in about_it[:1])


def _of_stories(answer: Answer) -> Iterator[tuple[Citation, str]]:
    """Yield facts to ask of the first story, something about each other one, and what is new about the first."""
    cited = [one for one in answer.citations if _reads_in(one, answer.lang)]
    near = [one for one in answer.nearest if _reads_in(one, answer.lang)]
    first, *others = cited or near or (None,)
    if first is None:
        return
    *facts, general = [*_about(first.what, first.title, first.quote, answer.lang)] or [""]
    yield from ((first, fact) for fact in facts)
    for one in (*others, *(near if cited else ())):
        yield from ((one, proposed) for proposed in _about(one.what, one.title, one.quote, answer.lang)[:1])
    if general and not (cited and first.what == "lesson"):
        yield first, general


def _reads_in(one: Citation, lang: str) -> bool:
    """Tell whether a question about it reads in the language: it stands in it, or is headed by a name in it."""
    return one.ref.lang == lang or (language_of(one.title) == lang if lang == "en" else is_name(one.title))


def _about(what: str, title: str, text: str, lang: str) -> list[str]:
    return [what_is(title, lang)] if what == "lesson" else about(title, text, lang)


def _squeezed(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())
