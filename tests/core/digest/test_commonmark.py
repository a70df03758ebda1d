"""The parser recurses, so what is nested deeply could end the process: here it must not, on a small stack either."""

from __future__ import annotations

import pytest

from small_stack import exit_code


@pytest.mark.parametrize(
    "source",
    [
        pytest.param(">" * 99_000 + "a", id="quotes"),
        pytest.param(">" * 300_000 + "a", id="quotes without number"),
        pytest.param("*a " * 49_000 + "b" + " c*" * 49_000, id="emphasis"),
        pytest.param("**" * 24_000 + "b" + "**" * 24_000, id="strong"),
        pytest.param("~~a " * 5_000 + "b~~ " * 5_000, id="strike-through"),
        pytest.param("![" * 49_000 + "a" + "](b)" * 49_000, id="pictures"),
        pytest.param("- " * 50_000 + "a", id="lists on a line"),
        pytest.param("\n".join(" " * (2 * depth) + "- a" for depth in range(1800)), id="lists below each other"),
        pytest.param("\n".join("\t" * depth + "- a" for depth in range(1800)), id="lists with tabs"),
        pytest.param("> - " * 20_000 + "a", id="lists in quotes"),
        pytest.param("<b>" * 50_000 + "a" + "</b>" * 50_000, id="tags"),
    ],
)
def test_deep_nesting_ends_no_process(source: str) -> None:
    assert exit_code(source) == 0
