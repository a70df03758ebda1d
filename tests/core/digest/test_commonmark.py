"""The parser recurses, so what is nested deeply could end the process: here it must not, on a small stack either."""

from __future__ import annotations

import subprocess
import sys

import pytest

ON_A_SMALL_STACK = """
import sys, threading
from core.digest.check import check
from core.digest.parse import parse
source = eval(sys.argv[1])
threading.stack_size(512 * 1024)
thread = threading.Thread(target=lambda: print(len(check(parse(source), source)) >= 0))
thread.start()
thread.join()
"""


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("'>' * 99_000 + 'a'", id="quotes"),
        pytest.param("'>' * 300_000 + 'a'", id="quotes without number"),
        pytest.param("'*a ' * 49_000 + 'b' + ' c*' * 49_000", id="emphasis"),
        pytest.param("'**' * 24_000 + 'b' + '**' * 24_000", id="strong"),
        pytest.param("'~~a ' * 5_000 + 'b~~ ' * 5_000", id="strike-through"),
        pytest.param("'![' * 49_000 + 'a' + '](b)' * 49_000", id="pictures"),
        pytest.param("'- ' * 50_000 + 'a'", id="lists on a line"),
        pytest.param("chr(10).join(' ' * (2 * depth) + '- a' for depth in range(1800))", id="lists below each other"),
        pytest.param("chr(10).join(chr(9) * depth + '- a' for depth in range(1800))", id="lists with tabs"),
        pytest.param("'> - ' * 20_000 + 'a'", id="lists in quotes"),
        pytest.param("'<b>' * 50_000 + 'a' + '</b>' * 50_000", id="tags"),
    ],
)
def test_deep_nesting_ends_no_process(source: str) -> None:
    done = subprocess.run(  # noqa: S603 — our own program
        [sys.executable, "-c", ON_A_SMALL_STACK, source], capture_output=True, text=True, check=False, timeout=50
    )
    assert (done.returncode, done.stdout) == (0, "True\n")
