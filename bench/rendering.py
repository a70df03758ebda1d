"""From Markdown to the messages of three platforms, next to the chain that a user would put together today."""

from __future__ import annotations

import json
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

from bench.row import Row, at_least, at_most
from bots.wiring import renderers
from core.digest import samples
from core.digest.parse import parse
from core.digest.present import Presenter
from core.digest.sections import Vocabulary
from core.digest.sources.read import issue_files, read_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

GROUP = "render"
ROUNDS = 9
SIZES = (2, 4, 8, 16)
"""From two messages on: what fits one is made without measuring it, in half the time."""
HOSTILE: dict[str, tuple[Callable[[int], str], int]] = {
    "a million quote marks": (lambda size: f"# T\n\n{'>' * size} deep\n", 250_000),
    "words of 10,000 characters": (
        lambda size: f"# T\n\n## Models\n\n- **W** — {' '.join(['x' * 10_000] * size)}\n",
        5,
    ),
    "lists forty levels deep": (
        lambda size: "# T\n\n" + "".join(f"{'  ' * (n % 40)}- level\n" for n in range(size)),
        1000,
    ),
    "marks that never close": (lambda size: "# T\n\n" + "**a [b _c " * size, 2500),
    "styled words": (lambda size: "# T\n\n" + " ".join(f"**b{n}** *i{n}*" for n in range(size)), 1000),
}
"""Texts of any size that hurt, by name, each with a size; four times as much should take about four times the time.

All are longer than one message of each platform, since what fits one is made without measuring it."""
FOURFOLD = 4
PEERS = Path(".venv-bench/bin/python")
ISSUES = Path("tests/data/issues")
VOCABULARY = Vocabulary.bundled()
PRESENTER = Presenter(vocabulary=VOCABULARY)
RENDERERS = {name: one for name, one in renderers().items() if name in {"telegram", "discord", "slack"}}


def rows() -> Iterator[Row]:
    """Measure all of it."""
    short = _texts(ISSUES)
    yield from _beside_peers("bundled issues", _texts(samples.folder()))
    yield from _beside_peers("short issues of every form", short)
    yield from _growth(max(short, key=len))
    for what, (text, size) in HOSTILE.items():
        once, more = (_best([text(size * times)], 1) for times in (1, FOURFOLD))
        figure = more / once / FOURFOLD
        yield Row(group=GROUP, what=f"hostile: {what}", figure=more, unit="s")
        yield at_most(1.5, group=GROUP, what=f"hostile: {what}, 4×, time per size", figure=figure, unit="ratio")


def _texts(folder: Path) -> list[str]:
    return [read_text(file) for file, _ in issue_files([folder])]


def _beside_peers(what: str, texts: list[str]) -> Iterator[Row]:
    """Measure the whole way of the issues, ours and theirs, and what comes of it."""
    what = f"{len(texts)} {what}"
    counts = [_messages(text) for text in texts]
    ours, theirs, their_counts = _side_by_side(texts)
    yield Row(group=GROUP, what=f"{what}: ours, three platforms", figure=len(texts) / ours, unit="issues/s")
    yield Row(group=GROUP, what=f"{what}: peers, three libraries", figure=len(texts) / theirs, unit="issues/s")
    yield at_least(1.5, group=GROUP, what=f"{what}: ours / peers, processor time", figure=theirs / ours, unit="ratio")
    for place, name in ((0, "telegram"), (1, "discord"), (2, "slack")):
        total = sum(count[name] for count in counts)
        peers = sum(count[place] for count in their_counts)
        yield Row(group=GROUP, what=f"{what}: messages on {name}, ours", figure=total, unit="messages")
        yield Row(group=GROUP, what=f"{what}: messages on {name}, peers", figure=peers, unit="messages")
    worse = sum(ours["telegram"] > theirs[0] for ours, theirs in zip(counts, their_counts, strict=True))
    yield at_most(0, group=GROUP, what=f"{what}: more messages on telegram than peers", figure=worse, unit="issues")


def _messages(text: str) -> dict[str, int]:
    document = PRESENTER.full(parse(text, vocabulary=VOCABULARY).issue)
    return {name: len(renderer.render(document)) for name, renderer in RENDERERS.items()}


def _work(text: str) -> None:
    document = PRESENTER.full(parse(text, vocabulary=VOCABULARY).issue)
    for renderer in RENDERERS.values():
        json.dumps([message.payload for message in renderer.render(document)])


def _side_by_side(texts: list[str]) -> tuple[float, float, list[list[int]]]:
    """Return the best processor seconds of one round, ours and theirs, in alternating rounds, and their messages."""
    ours = theirs = float("inf")
    counts: list[list[int]] = []
    for _ in range(3):
        ours = min(ours, _best(texts, ROUNDS // 3))
        done = subprocess.run(  # noqa: S603 — our own script
            [PEERS, "bench/peers.py", str(ROUNDS // 3)],
            input=json.dumps(texts),
            capture_output=True,
            text=True,
            check=True,
        )
        answer = json.loads(done.stdout)
        theirs, counts = min(theirs, answer["seconds"]), answer["messages"]
    return ours, theirs, counts


def _best(texts: list[str], rounds: int) -> float:
    best = float("inf")
    for _ in range(rounds):
        start = time.process_time()
        for text in texts:
            _work(text)
        best = min(best, time.process_time() - start)
    return best


def _growth(text: str) -> Iterator[Row]:
    """Measure one text repeated, next to its shortest: twice the size should take about twice the time."""
    seconds = {size: _best(["\n\n".join([text] * size)], 3) for size in SIZES}
    for size in SIZES[1:]:
        per_doubling = (seconds[size] / seconds[SIZES[0]]) / (size / SIZES[0])
        yield at_most(
            1.3, group=GROUP, what=f"growth: {size}× the text, time per size", figure=per_doubling, unit="ratio"
        )
