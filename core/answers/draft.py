"""A text of a model while it is written: each sentence is checked once it is whole, and only then shown."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, TypeAlias

import regex

from core.answers.flow import LONGEST, Sentences
from core.answers.prompt import NOTHING
from core.answers.verify import MARKERS, numbers_of, tidy

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

Check: TypeAlias = Callable[[str], Sequence[str]]
"""Returns what is wrong with a tidy sentence."""

Show: TypeAlias = Callable[[str], Awaitable[None]]

MOST_SENTENCES = 6
MOST_CHARACTERS = 700
"""What is left of a phone's screen beside the sources; an answer ends with the last sentence that fits."""

_HAN = regex.compile(r"\p{Han}")


class Unfit(Exception):  # noqa: N818  no error: what was said is repaired, or left
    """What was said, up to the first sentence with ``faults``; without any, the model said that it has no answer."""

    def __init__(self, said: str, faults: Sequence[str] = ()) -> None:
        super().__init__(said)
        self.said = said
        self.faults = faults


class Draft:
    """What was written and checked so far. Stories are numbered anew, in the order in which they are named."""

    def __init__(self, check: Check, show: Show) -> None:
        self._check = check
        self._show = show
        self._flow = Sentences()
        self._numbers: dict[int, int] = {}
        self._sentences: list[str] = []

    @property
    def text(self) -> str:
        """Return the checked sentences."""
        said = ""
        for sentence in self._sentences:
            said += f"{_gap(said)}{sentence}"
        return said

    @property
    def numbers(self) -> tuple[int, ...]:
        """Return the numbers that the stories had, in their new order."""
        return tuple(self._numbers)

    async def write(self, pieces: AsyncIterator[str]) -> None:
        """Take in the whole text. Raises ``Unfit`` at the first sentence that may not be shown."""
        async for piece in pieces:
            if not await self._take(self._flow.add(piece)):
                return
        await self._take(self._flow.end())
        if not self._sentences:
            raise Unfit("")

    async def _take(self, whole: Sequence[str]) -> bool:
        """Check and show the sentences; tell whether there is room for more."""
        for sentence in map(tidy, whole):
            if not sentence:
                continue
            if sentence.strip(".。") == NOTHING:
                raise Unfit(self.text)
            faults = self._check(sentence) if len(sentence) <= LONGEST else ("a sentence is too long",)
            if faults:
                raise Unfit(f"{self.text} {sentence[:LONGEST]}".strip(), faults)
            if self._is_full(sentence):
                return False
            self._sentences.append(MARKERS.sub(self._numbered, sentence))
            await self._show(self.text)
        return True

    def _is_full(self, sentence: str) -> bool:
        size = sum(2 if _HAN.match(character) else 1 for character in self.text + sentence)
        return bool(self._sentences) and (len(self._sentences) >= MOST_SENTENCES or size > MOST_CHARACTERS)

    def _numbered(self, marker: regex.Match[str]) -> str:
        new = [self._numbers.setdefault(number, len(self._numbers) + 1) for number in numbers_of(marker.group())]
        return " " + "".join(f"[{number}]" for number in new)


def _gap(before: str) -> str:
    return "" if not before or before.endswith(("。", "！", "？")) else " "
