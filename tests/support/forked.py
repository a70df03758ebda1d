"""The program as a process of its own that starts at once: forked from one in which it is imported already.

What a start costs is importing the program; a fork server does that once for all starts of a test worker. There is one
fork server in a process, with one list of what it imports: every test that starts processes starts them from here.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import subprocess
import sys
import tempfile
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence

ROOT = Path(__file__).parents[2]
WIDTH = {"COLUMNS": "200"}
"""Wide enough that no line of the program's output is broken."""
READY = "Paperboy is ready"
START_SECONDS, STOP_SECONDS = 30, 25


def environment(data: Path, **settings: str) -> dict[str, str]:
    """Return the environment of a program with this data folder, these settings and none of whoever runs the tests."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("PAPERBOY_")}
    ours = {"PAPERBOY_DATA_DIR": str(data), "PAPERBOY_DESK__PORT": "0", "PAPERBOY_DICTIONARY": "off"}
    return own | ours | WIDTH | settings


processes = multiprocessing.get_context("forkserver")
processes.set_forkserver_preload(
    [
        "bots.cli",
        *(f"bots.{platform}.platform" for platform in ("telegram", "discord", "slack")),
        "openai",
        "crash_courier",
        "imported",
    ]
)


def paperboy(*arguments: str | Path, environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Call the program in an environment that is nothing but ``environment``; return what it printed and its code."""
    os.environ.update(WIDTH)
    words = [str(argument) for argument in arguments]
    with tempfile.TemporaryDirectory() as folder:
        printed = [Path(folder, name) for name in ("out", "err")]
        process = processes.Process(target=_main, args=(words, dict(environment), printed))
        process.start()
        process.join()
        out, err = (file.read_text(encoding="utf-8") for file in printed)
    code = process.exitcode
    assert code is not None
    return subprocess.CompletedProcess(words, code, out, err)


class Program:
    """``paperboy run`` at work; all that it prints goes to a file beside its data."""

    def __init__(self, environment: Mapping[str, str], *arguments: str) -> None:
        """Start it, in an environment that is nothing but ``environment``."""
        handle, log = tempfile.mkstemp(".log", dir=Path(environment["PAPERBOY_DATA_DIR"]).parent)
        os.close(handle)
        self._log = Path(log)
        task = (["run", *arguments], dict(environment), [self._log, self._log])
        self._process = processes.Process(target=_main, args=task, daemon=True)
        self._process.start()

    @property
    def pid(self) -> int:
        """The process's number."""
        assert self._process.pid is not None
        return self._process.pid

    @property
    def printed(self) -> str:
        """What it has printed so far."""
        return self._log.read_text(encoding="utf-8")

    async def ready(self) -> str:
        """Wait for it to be at work; return the last word that it says then: where its desk listens."""
        async with asyncio.timeout(START_SECONDS):
            while "\n" not in self.printed.partition(READY)[2]:
                assert self._process.is_alive(), self.printed
                await asyncio.sleep(0.02)
        return self.printed.partition(READY)[2].splitlines()[0].split()[-1]

    async def kill(self) -> None:
        """End it as a power cut would."""
        self._process.kill()
        await self.over()

    async def stop(self) -> str:
        """Ask it to end, which it has to do in good order; return all that it printed."""
        os.kill(self.pid, signal.SIGTERM)
        code = await self.over()
        assert code == 0, self.printed
        return self.printed

    async def over(self) -> int:
        """Wait for its end; return its exit code."""
        await asyncio.to_thread(self._process.join, STOP_SECONDS)
        code = self._process.exitcode
        assert code is not None, f"still at work: {self.printed}"
        return code

    @property
    def at_work(self) -> bool:
        """Whether it has not ended."""
        return self._process.is_alive()


@asynccontextmanager
async def running(environment: Mapping[str, str], *arguments: str) -> AsyncIterator[Program]:
    """Run the program; it is ready, and stops at the end if it has not before."""
    program = Program(environment, *arguments)
    try:
        await program.ready()
        yield program
    except BaseException:
        if program.at_work:
            await program.kill()
        raise
    if program.at_work:
        await program.stop()


def _main(words: Sequence[str], environment: Mapping[str, str], printed: Sequence[Path]) -> None:
    for number, file in enumerate(printed, 1):
        os.dup2(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND), number)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(ROOT)
    sys.argv = ["paperboy", *words]
    from bots.cli import main  # noqa: PLC0415 — imported by the fork server before

    main()
