"""The parser at work with little room: in a process of its own, which what recurses too deeply brings down."""

from __future__ import annotations

import threading

from core.digest.check import check
from core.digest.parse import parse
from forked import processes

SMALL_STACK = 512 << 10


def exit_code(source: str) -> int:
    """Parse and check the source; return the exit code of the process that did it."""
    process = processes.Process(target=_read, args=(source,))
    process.start()
    process.join()
    assert process.exitcode is not None
    return process.exitcode


def _read(source: str) -> None:
    threading.stack_size(SMALL_STACK)
    read = []
    thread = threading.Thread(target=lambda: read.append(check(parse(source), source)))
    thread.start()
    thread.join()
    assert read
