"""What a model may be asked in a day: so many questions by each reader, so many tokens by everybody together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias

if TYPE_CHECKING:
    from core.answers.model import Prompt
    from core.clock import Clock

Refusal: TypeAlias = Literal["reader", "tokens"]
KEEP = timedelta(hours=24)
CHARACTERS_A_TOKEN = 2
"""An estimate on the safe side, for models that do not tell what they used: Chinese has about one, English four."""


class Counters(Protocol):
    """Counts by name, for a time."""

    async def get(self, name: str) -> str | None:
        """Return the count as text, None if it was not begun."""
        ...

    async def count(self, name: str, by: int, *, keep: timedelta) -> int:
        """Add to the count and return it; it begins at nothing, and ends ``keep`` after it was begun."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one reader may ask and what all may use in a day (UTC); 0 is no limit."""

    questions: int = 0
    tokens: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """Tokens used today, of how many (0: of any number)."""

    tokens: int
    of: int

    @property
    def is_up(self) -> bool:
        """Whether nothing is left."""
        return 0 < self.of <= self.tokens


class Spending:
    """Counts what is spent. Readers are counted under a name that tells nobody who they are."""

    def __init__(self, counters: Counters, clock: Clock, limits: Limits) -> None:
        self._counters = counters
        self._clock = clock
        self._limits = limits

    async def refusal(self, reader: str) -> Refusal | None:
        """Count a question of the reader; return what is used up, None if the model may be asked."""
        if (await self.today()).is_up:
            return "tokens"
        day = self._clock.now().date().isoformat()
        name = sha256(f"{day} {reader}".encode()).hexdigest()[:32]
        asked = await self._counters.count(f"asked:{day}:{name}", 1, keep=KEEP)
        return "reader" if 0 < self._limits.questions < asked else None

    async def spend(self, tokens: int) -> None:
        """Count tokens."""
        await self._counters.count(self._tokens, tokens, keep=KEEP)

    async def today(self) -> Spent:
        """Return what was used today."""
        return Spent(tokens=int(await self._counters.get(self._tokens) or 0), of=self._limits.tokens)

    @property
    def _tokens(self) -> str:
        return f"tokens:{self._clock.now().date().isoformat()}"


def estimate(prompt: Prompt, written: str) -> int:
    """Return about how many tokens a request took."""
    return (len(prompt.rules) + len(prompt.text) + len(written)) // CHARACTERS_A_TOKEN
