"""Hostile input: nothing raised, nothing lost, time in proportion to the length."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from core.digest.parse import parse
from core.document.text import normalise
from issue_text import issue_text
from written import markdown_text

if TYPE_CHECKING:
    from collections.abc import Callable

HOSTILE: dict[str, Callable[[int], str]] = {
    "quotes": lambda n: ">" * 3000 * n,
    "emphasis": lambda n: "**a " * 5000 * n,
    "mixed emphasis": lambda n: "*a_ " * 1000 * n,
    "brackets": lambda n: "[" * 600 * n,
    "link openings": lambda n: "[a](" * 500 * n,
    "image openings": lambda n: "![" * 250 * n,
    "definitions": lambda n: "\n".join(f"[a{i}]: http://a.example.com/{i}" for i in range(300 * n)),
    "a wide table": lambda n: "|".join("a" * 300 * n) + "\n" + "|".join("-" * 300 * n) + "\n" + "a|b\n" * (100 * n),
    "a long table": lambda n: "a|b\n-|-\n" + "1|2|3\n" * (150 * n),
    "tags": lambda n: "<a " * 2000 * n,
    "bold tags": lambda n: "<b>" * 1500 * n,
    "comments": lambda n: "<!-- " * 3000 * n,
    "equal stories": lambda n: "# T\n\n## Models\n\n" + "- **A** — text\n" * (120 * n),
    "equal headings": lambda n: "## Models\n\n" * (100 * n),
    "emoji lines": lambda n: "🧠 a\n" * (100 * n),
    "a word": lambda n: "a" * 30_000 * n,
    "nested lists": lambda n: "- " * 2000 * n,
    "addresses": lambda n: "http://" * 1000 * n,
    "backticks": lambda n: " ".join("`" * count for count in range(1, 60 * n)),
    "an open fence": lambda n: "```\n" + "a\n" * 3000 * n,
    "entities": lambda n: "&amp;" * 3000 * n,
    "front matter": lambda n: "---\na: " + "[" * 40 * n + "\n---\nx",
}


def _doubled(twice: str) -> str:
    """Return YAML of 64 values, each of which is twice the one before."""
    return "\n".join(["a0: &a0 {b: c}", *(f"a{n}: &a{n} {twice.format(f'a{n - 1}')}" for n in range(1, 64))])


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_is_kept(name: str) -> None:
    source = HOSTILE[name](2)
    assert normalise(issue_text(parse(source).issue)) == normalise(markdown_text(source))


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("\x00\x00# A\x00", id="nulls"),
        pytest.param("\ud800 # \udfff", id="lone surrogates"),
        pytest.param("\ufeff\ufeff# A", id="two byte order marks"),
        pytest.param("![" * 200 + "](a)" * 200, id="pictures in pictures"),
        pytest.param("\n".join(" " * (2 * depth) + "- a" for depth in range(80)), id="eighty lists in lists"),
        pytest.param("\n".join("> " * depth + "a" for depth in range(80)), id="eighty quotes in quotes"),
        pytest.param("---\na: " + "9" * 5000 + "\n---\nx", id="a huge number"),
        pytest.param("---\na: " + "[" * 3000 + "\n---\nx", id="brackets beyond recursion"),
        pytest.param("---\na: " + "[" * 60_000 + "\n---\nx", id="brackets beyond any stack"),
        pytest.param("---\na:\n " + "- " * 30_000 + "\n---\nx", id="a YAML list beyond any stack"),
        pytest.param("---\na: &a [*a]\n---\nx", id="a knot in YAML"),
        pytest.param(f"---\n{_doubled('[*{0}, *{0}]')}\ntitle: *a63\n---\nx", id="a title of a billion billion laughs"),
        pytest.param(f"---\n{_doubled('{{<<: [*{0}, *{0}]}}')}\n---\nx", id="a billion billion merges"),
        pytest.param("---\ntitle: 0x" + "f" * 9000 + "\n---\nx", id="a number too long to be printed"),
        pytest.param("---\ndraft: [true]\n---\nx", id="a list where none belongs"),
        pytest.param("---\n? [a]\n: b\n---\nx", id="a list as a key"),
        pytest.param("---\ndate: 2026-99-99\n---\nx", id="an impossible date"),
        pytest.param("- \n- \n-", id="empty items"),
        pytest.param("||||\n|-|-|", id="a table of nothing"),
        pytest.param("#\n##\n###\n# #", id="empty headings"),
        pytest.param("\r\n\r# A\r## B\r\n- c\r", id="all line ends"),
        pytest.param("[注意]: 今天没有更新", id="prose like a definition"),
        pytest.param("| a |\n|---|\n| 1 | 2 | 3 |", id="cells beyond the columns"),
        pytest.param("<a href='javascript:x'>a</a><a>b</a></a></b><b><i>c</b></i>", id="tags that do not fit"),
    ],
)
def test_odd_text_is_kept(source: str) -> None:
    assert normalise(issue_text(parse(source).issue)) == normalise(markdown_text(source))


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("[注意]: 今天没有更新", "今天没有更新"),
        ("| a |\n|---|\n| 1 | 2 | 3 |", "2 | 3"),
        ("- " * 80 + "deep", "deep"),
        (">" * 80 + "deep", "deep"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("Vec<T> & Box<dyn Fn(&str)>", "Vec<T> & Box<dyn Fn(&str)>"),
        ("<!channel> <@U1> @everyone", "<!channel> <@U1> @everyone"),
        ("[x](javascript:alert(1))", "javascript:alert(1)"),
        ("![](https://news.example.com/i.png)", "https://news.example.com/i.png"),
    ],
)
def test_what_the_markdown_library_would_drop_is_there(source: str, words: str) -> None:
    assert normalise(words) in normalise(issue_text(parse(source).issue))
