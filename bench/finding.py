"""How fast stories are indexed and found: ``python -m bench.finding [stories]``, on a SQLite file."""

from __future__ import annotations

import asyncio
import gc
import resource
import sys
from datetime import date, timedelta
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from time import perf_counter, process_time

sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "support"))

from core.answers.answer import Answerer
from core.answers.search import Indexer, Searcher
from core.digest.parse import parse
from core.digest.sections import Vocabulary
from core.storage.engine import open_database
from core.storage.postings import SqlPassages
from question_archive import SECOND, issues, questions

STORIES = 10_000
ROUNDS = 3


async def main(count: int) -> None:
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
        searcher = Searcher(passages)
        start = perf_counter()
        await searcher.index()
        print(f"loading: {perf_counter() - start:.2f} s for {stories:,} stories")
        print(f"memory: {(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024:.0f} MB more")
        answerer = Answerer(searcher)
        taken = []
        for asked in questions(SECOND) * ROUNDS:
            start = perf_counter()
            await answerer.ask(asked.question, lang=asked.lang, today=day)
            taken.append((perf_counter() - start) * 1000)
        print(f"finding and quoting: median {median(taken):.1f} ms, p99 {quantiles(taken, n=100)[98]:.1f} ms")
        await database.close()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else STORIES))
