"""What could be asked next: questions about the stories at hand whose answer is known to be there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.answers.extract import answers
from core.digest.language import language_of
from core.digest.questions import COUNT, LONGEST, about, is_name, what_is

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from core.answers.cite import Answer, Citation
    from core.answers.search import Searcher

FIRST = 2
"""The story stands among so many that answer: a lesson on its subject may come before it."""
TRIED = 8
"""Questions that are tried at most, each a search of its own."""


class Suggester:
    """Proposes questions; each one was put to the archive and cites the story that it came from."""

    def __init__(self, search: Searcher) -> None:
        self._search = search

    async def after(self, answer: Answer, question: str, today: date) -> tuple[str, ...]:
        """Return up to three questions to ask after this one was answered, in the language of the answer.

        Where some of its stories stand in another language only, the newest lessons are asked about instead.
        """
        found: list[str] = []
        for number, (one, proposed) in enumerate(_proposed(answer, question)):
            if len(found) == COUNT or number == TRIED:
                break
            if proposed not in found and await self._leads_to(one, proposed, answer.lang, today):
                found.append(proposed)
        if len(found) < COUNT and any(one.ref.lang != answer.lang for one in (*answer.citations, *answer.nearest)):
            found += await self._of_lessons(answer.lang, (*found, question), today)
        return tuple(found[:COUNT])

    async def _of_lessons(self, lang: str, asked: Sequence[str], today: date) -> list[str]:
        before = {_squeezed(question) for question in asked}
        found = []
        for term in await self._search.terms(lang=lang, limit=TRIED):
            question = what_is(term, lang)
            if _squeezed(question) in before or len(question) > LONGEST:
                continue
            lessons = await self._search.find(await self._search.understand(question, today), lang=lang)
            first = lessons.candidates[0].passage if answers(lessons) else None
            if first and first.what == "lesson" and first.ref.lang == lang and first.title == term:
                found.append(question)
        return found

    async def _leads_to(self, one: Citation, question: str, lang: str, today: date) -> bool:
        finding = await self._search.find(await self._search.understand(question, today), lang=lang)
        found = [candidate.passage for candidate in finding.candidates[:FIRST]] if answers(finding) else []
        return (one.ref, one.key) in [(passage.ref, passage.key) for passage in found]


def _proposed(answer: Answer, question: str) -> Iterator[tuple[Citation, str]]:
    """Yield facts to ask of the first story, something about each other one, and what is new about the first."""
    cited = [one for one in answer.citations if _reads_in(one, answer.lang)]
    near = [one for one in answer.nearest if _reads_in(one, answer.lang)]
    first, *others = cited or near or (None,)
    if first is None:
        return
    asked = _squeezed(question)
    rest = (*others, *(near if cited else ()))
    *facts, general = [*_about(first, answer.lang)] or [""]
    said = [(first, fact) for fact in facts]
    said += [(one, proposed) for one in rest for proposed in _about(one, answer.lang)[:1]]
    said += [(first, general)] if general else []
    yield from ((one, proposed) for one, proposed in said if _squeezed(proposed) != asked)


def _reads_in(one: Citation, lang: str) -> bool:
    """Tell whether a question about it reads in the language: it stands in it, or is headed by a name in it."""
    return one.ref.lang == lang or (language_of(one.title) == lang if lang == "en" else is_name(one.title))


def _about(one: Citation, lang: str) -> list[str]:
    return [what_is(one.title, lang)] if one.what == "lesson" else about(one.title, one.quote, lang)


def _squeezed(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())
