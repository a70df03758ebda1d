"""Full-text search over all issues."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.answers.passages import impacts, passages
from core.answers.port import Found, Hit, Scope
from core.answers.quote import quote
from core.answers.rank import weights
from core.answers.tokens import query_tokens

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.answers.passages import Passage
    from core.answers.port import Passages
    from core.digest.model import Issue, IssueRef

POOL = 200
"""How many candidates are looked at before the page is cut: more pages than anybody turns."""

OWN_LANGUAGE = 1.15
TERMS = 500


class Indexer:
    """Keeps passages in step with the archive. Satisfies ``core.answers.port.Index``."""

    def __init__(self, store: Passages) -> None:
        self._store = store

    async def add(self, issue: Issue) -> None:
        """Index the issue; an earlier revision is replaced."""
        await self._store.replace(issue.ref, [(passage, impacts(passage)) for passage in passages(issue)])

    async def remove(self, ref: IssueRef) -> None:
        """Forget the issue."""
        await self._store.replace(ref, [])


class Searcher:
    """Finds passages. Satisfies ``core.answers.port.Search``."""

    def __init__(self, store: Passages) -> None:
        self._store = store

    async def search(
        self, words: str, *, edition: str | None = None, lang: str | None = None, limit: int = 5, offset: int = 0
    ) -> Found:
        """Return what fits ``words``, best first; hits in ``lang`` are preferred, not required."""
        looked_for = query_tokens(words)
        total, frequencies = await self._store.frequencies(looked_for)
        wanted = weights(looked_for, frequencies, total)
        if not wanted:
            return Found(hits=(), total=0)
        pool = await self._store.best(wanted, Scope(edition=edition), limit=POOL)
        ranked = sorted(pool, key=lambda entry: _preferred(entry, lang), reverse=True)
        found = once(ranked)
        page = found[offset : offset + limit]
        return Found(hits=tuple(hit(passage, looked_for, score) for passage, score in page), total=len(found))

    async def lessons(self, term: str, *, lang: str | None = None, limit: int = 3) -> Sequence[Hit]:
        """Return the lessons whose term is ``term``, or names it, best first."""
        looked_for = set(query_tokens(term))
        found = [
            (passage, _sameness(looked_for, set(query_tokens(passage.title))) + 0.01 * (passage.ref.lang == lang))
            for passage in await self._store.titles(Scope(sections=frozenset({"lesson"})), limit=TERMS)
        ]
        best = sorted((entry for entry in found if entry[1] >= 1 / 3), key=lambda entry: entry[1], reverse=True)
        return [hit(passage, list(looked_for), score) for passage, score in best[:limit]]

    async def terms(self, *, lang: str | None = None, limit: int = 200) -> Sequence[str]:
        """Return the terms that lessons explain, newest first, those in ``lang`` before others, each once."""
        lessons = await self._store.titles(Scope(sections=frozenset({"lesson"})), limit=TERMS)
        ordered = sorted(lessons, key=lambda lesson: lesson.ref.lang != lang)
        return list(dict.fromkeys(lesson.title for lesson in ordered))[:limit]


def hit(passage: Passage, looked_for: Sequence[str], score: float) -> Hit:
    """Return the passage as a hit, with the part of its text that fits best."""
    return Hit(
        ref=passage.ref,
        what=passage.what,
        section=passage.section,
        key=passage.key,
        title=passage.title,
        quote=quote(passage.text, looked_for),
        url=passage.url,
        score=score,
    )


def once(ranked: Sequence[tuple[Passage, float]]) -> list[tuple[Passage, float]]:
    """Return the entries without those whose story was listed before: the same key in the same language."""
    seen: set[tuple[str, str]] = set()
    kept = []
    for passage, score in ranked:
        identity = (passage.key, passage.ref.lang)
        if identity not in seen:
            seen.add(identity)
            kept.append((passage, score))
    return kept


def _preferred(entry: tuple[Passage, float], lang: str | None) -> tuple[float, str]:
    passage, score = entry
    return score * (OWN_LANGUAGE if passage.ref.lang == lang else 1), passage.ref.date.isoformat()


def _sameness(asked: set[str], named: set[str]) -> float:
    return len(asked & named) / len(asked | named) if asked and named else 0
