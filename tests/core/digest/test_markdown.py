"""Another parser of the same dialect reads the same words, styles apart."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from mdit_py_cjk_friendly import cjk_friendly

from core.digest.front_matter import open_source, tidy
from core.digest.markdown import placed
from core.document.text import normalise, plain
from written import markdown_text

ISSUES = Path(__file__).parents[2] / "data" / "issues"
OTHER = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"]).use(cjk_friendly)


def is_plain(source: str) -> bool:
    """Without HTML, pictures and addresses that lead nowhere, which we read in a way of our own."""
    return "<" not in source and "![" not in source and not re.search(r"\]\((?!https?:)", source)


PLAIN = sorted(path for path in ISSUES.rglob("*.md") if is_plain(path.read_text(encoding="utf-8-sig")))


def read_by_the_other(source: str) -> str:
    pieces: list[str] = []
    counters: list[int | None] = []
    for token in OTHER.parse(open_source(tidy(source)).body):
        if token.type == "ordered_list_open":
            counters.append(int(token.attrs.get("start", 1)))
        elif token.type == "bullet_list_open":
            counters.append(None)
        elif token.type.endswith("_list_close"):
            counters.pop()
        elif token.type == "list_item_open" and (number := counters[-1]) is not None:
            pieces.append(f"{number}.")
            counters[-1] = number + 1
        elif token.type == "inline":
            pieces.extend(child.content for child in token.children or [])
        elif token.type in {"fence", "code_block"}:
            pieces.append(token.content)
    return "\n".join(pieces)


@pytest.mark.parametrize("path", PLAIN, ids=lambda path: str(path.relative_to(ISSUES)))
def test_sample_issues_say_the_same_to_another_parser(path: Path) -> None:
    source = path.read_text(encoding="utf-8-sig")
    assert normalise(markdown_text(source)) == normalise(read_by_the_other(source))


@pytest.mark.parametrize("path", sorted(ISSUES.rglob("*.md")), ids=lambda path: str(path.relative_to(ISSUES)))
def test_lines_and_blocks_know_their_text(path: Path) -> None:
    for block in placed(open_source(tidy(path.read_text(encoding="utf-8-sig"))).body):
        assert block.text == plain(block.block)
        assert [line.text for line in block.lines] == [plain(line.children) for line in block.lines]


@pytest.mark.parametrize(
    "source",
    [
        "**注意：**正文**“引号”**结束，*（斜）*字~~删~~。",
        "**“引号”**结束，他说**“你好。”**然后走了",
        "a **b *c* d** `e *f*` [g **h**](https://news.example.com/i_(j)) snake_case_name 2 * 3 * 4",
        "1. a\n2. b\n   - c\n\n   d\n3. e\n\n> f\n> g\n\nh\n---\n\n    i",
        "| a | b |\n|---|---|\n| **c** | d \\| e |",
        "a  \nb\\\nc\nd &amp; &copy; \\* \\[e]",
        "[a][b] and [c]\n\n[b]: https://news.example.com/b\n[c]: <https://news.example.com/c>",
    ],
)
def test_a_dialect_is_the_same_to_another_parser(source: str) -> None:
    assert normalise(markdown_text(source)) == normalise(read_by_the_other(source))
