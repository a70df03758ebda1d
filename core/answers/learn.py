"""Learns words from the archive, and keeps what was learnt for every process."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

from core.answers.words.mined import mine

if TYPE_CHECKING:
    from core.answers.memory import Notes
    from core.answers.search import Searcher
    from core.answers.words.mined import Mined

NAME = "words:mined"


class Learnt:
    """What was learnt of words."""

    def __init__(self, notes: Notes) -> None:
        self._notes = notes

    async def words(self) -> Mined:
        """Return the words that go together."""
        kept = await self._notes.get(NAME)
        return {word: tuple((other, alike) for other, alike in near) for word, near in json.loads(kept or "{}").items()}

    async def keep(self, words: Mined) -> None:
        """Keep them in place of the earlier ones."""
        await self._notes.put(NAME, json.dumps(words, ensure_ascii=False, separators=(",", ":")))


async def learn(search: Searcher, learnt: Learnt) -> int:
    """Learn from the stories that are told in both languages; return how many words have a counterpart."""
    index = await search.index()
    found = await asyncio.to_thread(mine, [passage for _, passage in index.living()])
    await learnt.keep(found)
    return len(found)
