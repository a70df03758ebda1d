"""How fast stories are indexed and found: ``python -m bench.finding [stories] [--vectors]``, on a SQLite file."""

from __future__ import annotations

import asyncio
import itertools
import sys
import tracemalloc
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from time import process_time
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "support"))

from bench.row import Row, at_least, at_most
from bots.vectors import VectorFile, open_encoder
from core.answers.answer import Answerer
from core.answers.meaning import Meaning
from core.answers.search import Indexer, Searcher
from core.answers.words import Words
from core.answers.words.dictionary import dictionary, installed
from core.digest.parse import parse
from core.digest.sections import Vocabulary
from core.errors import UsageError
from core.storage.engine import open_database
from core.storage.postings import SqlPassages
from question_archive import SECOND, issues, questions

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from core.answers.meaning import Encoder, Wording
    from core.digest.model import Issue

STORIES = 10_000
ROUNDS = 3
SAMPLE = 512


class Hurried:
    """Encodes questions and the first stories for real, and later stories like the first ones: they take too long."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._first: list[bytes] = []
        self.name, self.table = "hurried", encoder.table

    def encode(self, texts: Sequence[Wording]) -> Sequence[bytes]:
        """Return a vector for each text."""
        if len(texts) == 1:
            return self._encoder.encode(texts)
        if len(self._first) < SAMPLE:
            self._first += self._encoder.encode(texts)
        return list(itertools.islice(itertools.cycle(self._first), len(texts)))


def rows() -> Iterator[Row]:
    """Index and ask, without vectors and with them where their packages are installed."""
    yield from asyncio.run(_measure(STORIES, None))
    try:
        encoder = open_encoder()
    except UsageError:
        return
    yield from asyncio.run(_measure(STORIES, encoder))


async def _measure(count: int, encoder: Encoder | None) -> list[Row]:
    """Index ``count`` stories, then answer every question of the evaluation several times."""
    made, stories = _made(count)
    last, known = made[-1].ref.date, installed()
    words = replace(Words.bundled(), dictionary=dictionary(known) if known else None)
    with TemporaryDirectory() as folder:
        database = open_database(f"sqlite+aiosqlite:///{folder}/bench.db")
        await database.upgrade()
        passages = SqlPassages(database)
        indexer = Indexer(passages)
        used = process_time()
        for issue in made:
            await indexer.add(issue)
        built = stories / (process_time() - used)
        made.clear()
        meaning = Meaning(Hurried(encoder), VectorFile(Path(folder) / "vectors")) if encoder else None
        searcher = Searcher(passages, words=lambda: words, meaning=meaning)
        used = process_time()
        await Searcher(passages).index()
        loaded = process_time() - used
        tracemalloc.start()
        await searcher.index()
        memory = tracemalloc.get_traced_memory()[0] / 2**20
        tracemalloc.stop()
        await searcher.warm()
        if meaning:
            await meaning.settled()
        answerer, worked = Answerer(searcher), []
        for asked in questions(SECOND) * ROUNDS:
            used = process_time()
            await answerer.ask(asked.question, lang=asked.lang, today=last)
            worked.append((process_time() - used) * 1000)
        await database.close()
    group = "finding with vectors" if encoder else "finding"
    told = f"an answer from {stories:,} stories"
    return [
        at_least(2000, group=group, what="index build, by processor time", figure=built, unit="stories/s"),
        Row(group=group, what="loading the index", figure=loaded, unit="s"),
        Row(group=group, what="memory of the index", figure=memory, unit="MB"),
        at_most(20, group=group, what=f"{told}: median of processor time", figure=median(worked), unit="ms"),
        at_most(100, group=group, what=f"{told}: p99", figure=quantiles(worked, n=100)[98], unit="ms"),
    ]


def _made(count: int) -> tuple[list[Issue], int]:
    """Return issues of at least so many stories that differ, and how many they are."""
    vocabulary = Vocabulary.bundled()
    sources = list(issues(SECOND))
    made: list[Issue] = []
    stories = 0
    for number in itertools.count():
        if stories >= count:
            break
        path, source = sources[number % len(sources)]
        day = date(2000, 1, 1) + timedelta(days=number)
        words = source.replace("https://", f"https://{number}.").replace("每", f"每{number}")
        words = words.replace("model", f"model{number}").replace(path[-13:-3], day.isoformat())
        made.append(parse(words, path=Path(f"{path[:9]}{day}.md"), vocabulary=vocabulary).issue)
        stories += sum(1 for _ in made[-1].stories())
    return made, stories


def main() -> None:
    """Print what was measured with so many stories."""
    numbers = [int(word) for word in sys.argv[1:] if word.isdigit()]
    encoder = open_encoder() if "--vectors" in sys.argv else None
    for row in asyncio.run(_measure(numbers[0] if numbers else STORIES, encoder)):
        print(f"{row.group}: {row.what}: {row.figure:,.1f} {row.unit} {row.goal}")


if __name__ == "__main__":
    main()
