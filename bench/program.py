"""The program as a process: how soon it answers, and how much memory it takes."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from bench.row import Row, at_most

if TYPE_CHECKING:
    from collections.abc import Iterator

PATIENCE_SECONDS = 60


def rows() -> Iterator[Row]:
    """Start the program twice on the same folder."""
    with tempfile.TemporaryDirectory() as folder:
        with _started(folder) as (first, _):
            yield Row(group="program", what="first start to first answer", figure=first, unit="s")
        with _started(folder) as (second, pid):
            yield at_most(3, group="program", what="second start to first answer", figure=second, unit="s")
            yield Row(group="program", what="resident memory after start", figure=_memory(pid), unit="MB")


@contextmanager
def _started(folder: str) -> Iterator[tuple[float, int]]:
    port = _free_port()
    environment = {**os.environ, "PAPERBOY_DATA_DIR": folder, "PAPERBOY_DESK__PORT": str(port)}
    start = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "bots", "run"], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait(f"http://127.0.0.1:{port}/")
        yield time.perf_counter() - start, process.pid
    finally:
        process.terminate()
        process.wait(PATIENCE_SECONDS)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(url: str) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(url) as answer:  # noqa: S310 — a loopback address of our own
                answer.read()
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.02)
        else:
            return
    raise TimeoutError(f"no answer from {url}")


def _memory(pid: int) -> float:
    """Return the resident megabytes of the process (Linux)."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024
