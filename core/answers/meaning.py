"""What passages mean, as vectors: an optional help to find what is said in other words."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple, Protocol

from core.answers.gloss import gloss

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from core.answers.index import Index
    from core.answers.passages import Passage
    from core.answers.words import Words

SAVED_AFTER = 512
"""So many texts are encoded before they are saved; a program that is stopped has lost no more."""
AT_ONCE = 32
PATIENCE = 2.0
"""Seconds that the first question waits where nothing was loaded before it: time to read what is kept."""
READ = 400
"""Characters of a passage that are read: more than an encoder takes in."""
KEY = 16


class Wording(NamedTuple):
    """A text as it stands, and with its Chinese put into English words, for a model that knows no other language."""

    said: str
    english: str


class Table(Protocol):
    """Vectors that a question's is compared with."""

    def alike(self, vector: bytes, least: float) -> Mapping[int, float]:
        """Return how alike to the vector those are that are at least so much, by place: 1 is the same, 0 is nothing."""
        ...


class Encoder(Protocol):
    """Turns texts into vectors of length one, each kept as bytes that only the encoder reads."""

    @property
    def name(self) -> str:
        """What it is called; vectors of encoders with different names cannot be compared."""
        ...

    def encode(self, texts: Sequence[Wording]) -> Sequence[bytes]:
        """Return a vector for each text, all of one size."""
        ...

    def table(self, vectors: Sequence[bytes]) -> Table:
        """Return the vectors as what a question's vector is compared with at once."""
        ...


class Kept(Protocol):
    """Keeps vectors by the hash of what they stand for, so that each is made once."""

    def load(self) -> dict[bytes, bytes]:
        """Return what was saved."""
        ...

    def save(self, vectors: Mapping[bytes, bytes]) -> None:
        """Save these in place of the earlier ones."""
        ...


@dataclass(frozen=True, slots=True)
class _Known:
    index: Index
    changes: int
    numbers: Sequence[int]
    table: Table


class Meaning:
    """Follows an index in the background, and says how alike a question and its passages are."""

    def __init__(self, encoder: Encoder, kept: Kept) -> None:
        self._encoder = encoder
        self._kept = kept
        self._vectors: dict[bytes, bytes] | None = None
        self._known: _Known | None = None
        self._following: asyncio.Task[None] | None = None

    def follow(self, index: Index, words: Words) -> None:
        """Bring the vectors in step with the index, in the background and once at a time."""
        if not self._knows(index) and (self._following is None or self._following.done()):
            self._following = asyncio.create_task(self._follow(index, words))

    def _knows(self, index: Index) -> bool:
        known = self._known
        return known is not None and known.index is index and known.changes == index.changes

    async def settled(self, patience: float | None = None) -> None:
        """Wait until what is in the background is done, no longer than so many seconds."""
        if self._following:
            await asyncio.wait({self._following}, timeout=patience)

    async def alike(self, question: str, index: Index, words: Words, *, least: float = 0) -> Mapping[int, float]:
        """Return how alike to the question passages are, by number, if at least so much; newer ones follow."""
        first = self._following is None
        self.follow(index, words)
        if first:
            await self.settled(PATIENCE)
        known = self._known
        if known is None or known.index is not index:
            return {}
        found = await asyncio.to_thread(self._compared, question, known.table, words, least)
        return {known.numbers[place]: share for place, share in found.items()}

    def _compared(self, question: str, table: Table, words: Words, least: float) -> Mapping[int, float]:
        return table.alike(self._encoder.encode([_worded(question, words)])[0], least)

    async def _follow(self, index: Index, words: Words) -> None:
        if self._vectors is None:
            self._vectors = await asyncio.to_thread(self._kept.load)
        numbered, changes = list(index.living()), index.changes
        keys = await asyncio.to_thread(self._keys, [passage for _, passage in numbered], words)
        new = {key: passage for key, (_, passage) in zip(keys, numbered, strict=True) if key not in self._vectors}
        for at, start in enumerate(range(0, len(new), AT_ONCE), 1):
            some = dict(list(new.items())[start : start + AT_ONCE])
            made = await asyncio.to_thread(self._made, list(some.values()), words)
            self._vectors.update(zip(some, made, strict=True))
            if at % (SAVED_AFTER // AT_ONCE) == 0:
                await asyncio.to_thread(self._kept.save, dict(self._vectors))
        gone = self._vectors.keys() - set(keys)
        self._vectors = {key: self._vectors[key] for key in keys}
        if numbered:
            table = await asyncio.to_thread(self._encoder.table, [self._vectors[key] for key in keys])
            self._known = _Known(index, changes, [number for number, _ in numbered], table)
        if new or gone:
            await asyncio.to_thread(self._kept.save, dict(self._vectors))

    def _made(self, some: Sequence[Passage], words: Words) -> Sequence[bytes]:
        return self._encoder.encode([_worded(_read(passage), words) for passage in some])

    def _keys(self, some: Sequence[Passage], words: Words) -> list[bytes]:
        """Return what the vectors are kept by: a Chinese text is another one when a dictionary came or went."""
        made = f"{self._encoder.name} {words.dictionary is not None}\n"
        return [sha256((made + _read(passage)).encode()).digest()[:KEY] for passage in some]


def _worded(text: str, words: Words) -> Wording:
    return Wording(text, gloss(text, words))


def _read(passage: Passage) -> str:
    return f"{passage.title}. {passage.text}"[:READ]
