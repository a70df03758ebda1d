"""The program as a process of its own that starts at once: forked from one in which it is imported already.

What a command costs is importing the program; a fork server does that once for all commands of a test run.
"""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ROOT = Path(__file__).parents[2]
WIDTH = {"COLUMNS": "200"}
"""Wide enough that no line of the program's output is broken."""

_processes = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload(["bots.cli"])


def paperboy(*arguments: str | Path, environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Call the program in an environment that is nothing but ``environment``; return what it printed and its code."""
    os.environ.update(WIDTH)
    words = [str(argument) for argument in arguments]
    with tempfile.TemporaryDirectory() as folder:
        printed = [Path(folder, name) for name in ("out", "err")]
        process = _processes.Process(target=_main, args=(words, dict(environment), printed))
        process.start()
        process.join()
        out, err = (file.read_text(encoding="utf-8") for file in printed)
    code = process.exitcode
    assert code is not None
    return subprocess.CompletedProcess(words, code, out, err)


def _main(words: Sequence[str], environment: Mapping[str, str], printed: Sequence[Path]) -> None:
    for number, file in enumerate(printed, 1):
        os.dup2(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), number)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(ROOT)
    sys.argv = ["paperboy", *words]
    from bots.cli import main  # noqa: PLC0415 — imported by the fork server before

    main()
