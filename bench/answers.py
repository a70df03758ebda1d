"""How well questions are answered: ``python -m bench.answers`` prints recall, refusals and latency by kind."""

from __future__ import annotations

import asyncio
import sys
from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from statistics import mean, median, quantiles
from tempfile import TemporaryDirectory
from time import process_time
from typing import TYPE_CHECKING, NamedTuple

sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "support"))

from bots.models import open_model
from bots.models.meter import PrometheusMeter
from bots.settings import Settings
from bots.vectors import VectorFile, open_encoder
from core.answers.answer import Answerer
from core.answers.converse import Pace, Writer
from core.answers.flow import Sentences
from core.answers.learn import Learnt, learn
from core.answers.meaning import Meaning
from core.answers.memory import Memory
from core.answers.search import Indexer, Searcher
from core.answers.spending import Limits, Spending
from core.answers.verify import Sources, tidy
from core.answers.words import Words
from core.answers.words.dictionary import dictionary, installed
from core.clock import SystemClock
from core.digest.parse import parse
from core.digest.sections import Vocabulary
from core.document.harmless import harmless
from core.errors import UsageError
from core.storage.engine import open_database
from core.storage.notes import SqlNotes
from core.storage.postings import SqlPassages
from question_archive import (
    FIFTH,
    FIRST,
    FOURTH,
    SECOND,
    SIXTH,
    THIRD,
    TODAY,
    Asked,
    issues,
    questions,
    titles,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from core.answers.cite import Answer
    from core.answers.meaning import Encoder
    from core.answers.passages import Passage
    from core.digest.model import IssueRef


ARCHIVES = (FIRST, SECOND, THIRD, FOURTH, FIFTH, SIXTH)


class Judged(NamedTuple):
    """A question, the rank of the first right story (0: none), the answer, its seconds, whether its citations hold."""

    asked: Asked
    rank: int
    answer: Answer
    seconds: float
    checks: bool


async def evaluate(
    archive: str, words: Words, *, encoder: Encoder | None = None, held: bool | None = None, show: bool = False
) -> list[Judged]:
    """Return what became of each question."""
    known, today = titles(archive), TODAY[archive]
    with TemporaryDirectory() as folder:
        database = open_database(f"sqlite+aiosqlite:///{folder}/eval.db")
        await database.upgrade()
        passages = SqlPassages(database)
        indexer, vocabulary = Indexer(passages), Vocabulary.bundled()
        for path, source in issues(archive):
            await indexer.add(parse(source, path=Path(path), vocabulary=vocabulary).issue)
        notes = SqlNotes(database, SystemClock())
        learnt = Learnt(notes)
        meaning = Meaning(encoder, VectorFile(Path(folder) / "vectors")) if encoder else None
        searcher = Searcher(passages, words=lambda: words, learnt=learnt, meaning=meaning)
        await learn(searcher, learnt)
        await searcher.warm()
        if meaning:
            await meaning.settled()
        writer = patient_writer(notes)
        answerer = Answerer(searcher, memory=Memory(notes), writer=writer)
        stories = {(one.ref, one.key): one for _number, one in (await searcher.index()).living()}
        results = []
        for number, asked in enumerate(questions(archive)):
            if held is not None and asked.held != held:
                continue
            if asked.prior:
                await answerer.ask(asked.prior, lang=asked.lang, today=today, conversation=str(number))
            start = process_time()
            answer = await answerer.ask(asked.question, lang=asked.lang, today=today, conversation=str(number))
            seconds = process_time() - start
            told = [known.get(one.title, "") for one in (*answer.citations, *answer.nearest)]
            rank = next((place for place, name in enumerate(told, 1) if name in asked.ids), 0)
            results.append(Judged(asked, rank, answer, seconds, checks(answer, stories)))
            if show and (rank != 1 or not answer.found) == bool(asked.ids):
                print(f"{asked.kind} {asked.question} → {rank} {answer.found} {answer.evidence:.2f} {told}")
        if writer:
            await writer.close()
        await database.close()
    return results


def patient_writer(notes: SqlNotes) -> Writer | None:
    """Return what writes with the model that the environment names, if any; it has all the time it needs."""
    model = open_model(Settings().llm)
    spending = Spending(notes, SystemClock(), Limits())
    return Writer(model, spending, PrometheusMeter(), pace=Pace(patience=120, whole=120)) if model else None


def checks(answer: Answer, stories: Mapping[tuple[IssueRef, str], Passage]) -> bool:
    """Tell whether each story that the answer cites is there, and says what the answer says."""
    cited = [stories.get((one.ref, one.key)) for one in answer.citations]
    passages = [passage for passage in cited if passage]
    if len(passages) < len(cited) or bool(cited) != answer.found:
        return False
    if answer.written:
        sources = Sources(stories=dict(enumerate(passages, 1)), lang=answer.lang)
        flow = Sentences()
        return not any(sources.faults(tidy(said)) for said in (*flow.add(answer.written), *flow.end()))
    quotes = [one.quote.removesuffix("…") for one in answer.citations]
    return all(squeezed(said) in squeezed(harmless(one.text)) for said, one in zip(quotes, passages, strict=True))


def squeezed(text: str) -> str:
    """Return the text without white space."""
    return "".join(text.split())


def figures(results: Sequence[Judged]) -> str:
    """Return one line of figures."""
    known = [(one.rank, one.answer) for one in results if one.asked.ids]
    refused = [one.answer for one in results if not one.asked.ids]
    parts = []
    if known:
        parts += [f"r@{k} {mean(0 < rank <= k for rank, _ in known):.2f}" for k in (1, 3, 5)]
        parts.append(f"MRR {mean(1 / rank if rank else 0 for rank, _ in known):.2f}")
        parts.append(f"wrongly refused {sum(not answer.found for _, answer in known)}/{len(known)}")
    if refused:
        parts.append(f"rightly refused {sum(not answer.found for answer in refused)}/{len(refused)}")
    if known and refused:
        pairs = [(a.evidence > b.evidence) + 0.5 * (a.evidence == b.evidence) for _, a in known for b in refused]
        parts.append(f"AUC {mean(pairs):.2f}")
    parts.append(f"citations check {sum(one.checks for one in results)}/{len(results)}")
    written = sum(bool(one.answer.written) for one in results)
    return "  ".join([*parts, *([f"written {written}"] if written else [])])


async def main() -> None:
    """Print the figures of each archive: all, by kind, by language, and by the halves of its questions."""
    show = "--show" in sys.argv
    known = installed()
    words = replace(Words.bundled(), dictionary=dictionary(known) if known and "--plain" not in sys.argv else None)
    for archive in ARCHIVES:
        report(f"{archive} archive", await evaluate(archive, words, held=False if show else None, show=show))
    try:
        encoder = open_encoder()
    except UsageError as error:
        print(f"without vectors only: {error}")
        return
    for archive in ARCHIVES:
        results = await evaluate(archive, words, encoder=encoder, held=False if show else None, show=show)
        report(f"{archive} archive with vectors", results)


def report(title: str, results: Sequence[Judged]) -> None:
    """Print the figures of one archive."""
    print(f"{title}\n{'all':12} {figures(results)}")
    groups = defaultdict(list)
    for one in results:
        for name in (one.asked.kind, one.asked.lang, "held back" if one.asked.held else "tuned on"):
            groups[name].append(one)
    for name, some in groups.items():
        print(f"{name:12} {figures(some)}")
    seconds = [one.seconds * 1000 for one in results]
    print(f"latency, by processor time: median {median(seconds):.1f} ms, p99 {quantiles(seconds, n=100)[98]:.1f} ms\n")


if __name__ == "__main__":
    asyncio.run(main())
