"""What was spoken of in a chat before, so that questions can follow up on each other."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

KEEP = timedelta(hours=48)
TURNS = 4
STORIES = 5
PREFIX = "talk:"


class Notes(Protocol):
    """Keeps short texts by name for a time."""

    async def get(self, name: str) -> str | None:
        """Return the text, None if there is none or its time is over."""
        ...

    async def put(self, name: str, value: str, *, keep: timedelta | None = None) -> None:
        """Keep the text for ``keep``."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One question and the stories that answered it, best first (their ``Passage.story``)."""

    question: str
    stories: tuple[str, ...] = ()


class Memory:
    """Remembers the last turns of each conversation for so long, and nothing longer."""

    def __init__(self, notes: Notes, *, keep: timedelta = KEEP) -> None:
        self._notes = notes
        self._keep = keep

    async def turns(self, conversation: str) -> Sequence[Turn]:
        """Return the last turns, oldest first."""
        kept = await self._notes.get(PREFIX + conversation)
        return [Turn(question=one["q"], stories=tuple(one["s"])) for one in json.loads(kept)] if kept else []

    async def add(self, conversation: str, turn: Turn) -> None:
        """Remember one more turn."""
        turns = [*await self.turns(conversation), turn][-TURNS:]
        kept = [{"q": one.question, "s": list(one.stories[:STORIES])} for one in turns]
        await self._notes.put(PREFIX + conversation, json.dumps(kept, ensure_ascii=False), keep=self._keep)

    async def forget(self, conversation: str) -> None:
        """Start afresh."""
        await self._notes.put(PREFIX + conversation, "", keep=timedelta(0))
