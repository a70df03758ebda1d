"""How fast stories are indexed and found: ``python -m bench.finding [stories] [--vectors]``, on a SQLite file."""

from __future__ import annotations

import asyncio
import gc
import resource
import sys
from datetime import date, timedelta
from itertools import cycle, islice
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "support"))

from bots.vectors import VectorFile, open_encoder
from core.answers.answer import Answerer
from core.answers.meaning import Meaning
from core.answers.search import Indexer, Searcher
from core.digest.parse import parse
from core.digest.sections import Vocabulary
from core.storage.engine import open_database
from core.storage.postings import SqlPassages
from question_archive import SECOND, issues, questions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.answers.meaning import Encoder

STORIES = 10_000
ROUNDS = 3
SAMPLE = 512


class Hurried:
    """Encodes questions and the first stories for real, and later stories like the first ones: they take too long."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._first: list[bytes] = []
        self.name, self.table = "hurried", encoder.table

    def encode(self, texts: Sequence[str]) -> Sequence[bytes]:
        """Return a vector for each text."""
        if len(texts) == 1:
            return self._encoder.encode(texts)
        if len(self._first) < SAMPLE:
            self._first += self._encoder.encode(texts)
        return list(islice(cycle(self._first), len(texts)))


async def main(count: int, *, vectors: bool) -> None:
    """Index ``count`` stories, then answer every question of the evaluation several times."""
    vocabulary = Vocabulary.bundled()
    sources = [(path, source) for path, source in issues(SECOND)]
    made, number, stories = [], 0, 0
    while stories < count:
        path, source = sources[number % len(sources)]
        day = date(2000, 1, 1) + timedelta(days=number)
        words = (
            source.replace("https://", f"https://{number}.")
            .replace("每", f"每{number}")
            .replace("model", f"model{number}")
        )
        made.append(
            parse(
                words.replace(path[-13:-3], day.isoformat()), path=Path(f"{path[:9]}{day}.md"), vocabulary=vocabulary
            ).issue
        )
        stories += sum(1 for _ in made[-1].stories())
        number += 1
    with TemporaryDirectory() as folder:
        database = open_database(f"sqlite+aiosqlite:///{folder}/bench.db")
        await database.upgrade()
        passages = SqlPassages(database)
        indexer = Indexer(passages)
        start, used = perf_counter(), process_time()
        for issue in made:
            await indexer.add(issue)
        print(
            f"index build: {stories / (perf_counter() - start):,.0f} stories/s, "
            f"{stories / (process_time() - used):,.0f} a second of processor time"
        )
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        made.clear()
        gc.collect()
        meaning = Meaning(Hurried(open_encoder()), VectorFile(Path(folder) / "vectors")) if vectors else None
        searcher = Searcher(passages, meaning=meaning)
        start = perf_counter()
        await searcher.index()
        print(f"loading: {perf_counter() - start:.2f} s for {stories:,} stories")
        print(f"memory: {(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024:.0f} MB more")
        await searcher.warm()
        if meaning:
            await meaning.settled()
        answerer = Answerer(searcher)
        taken, worked = [], []
        for asked in questions(SECOND) * ROUNDS:
            start, used = perf_counter(), process_time()
            await answerer.ask(asked.question, lang=asked.lang, today=day)
            taken.append((perf_counter() - start) * 1000)
            worked.append((process_time() - used) * 1000)
        for name, some in (("finding and quoting", taken), ("of processor time", worked)):
            print(f"{name}: median {median(some):.1f} ms, p99 {quantiles(some, n=100)[98]:.1f} ms")
        await database.close()


if __name__ == "__main__":
    numbers = [int(word) for word in sys.argv[1:] if word.isdigit()]
    asyncio.run(main(numbers[0] if numbers else STORIES, vectors="--vectors" in sys.argv))
