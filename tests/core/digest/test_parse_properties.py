"""Whatever is written, no word of it is lost, no key occurs twice, and nothing is raised."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.digest.model import Issue, Section
from core.digest.parse import parse
from core.document.text import normalise
from issue_text import issue_text
from written import markdown_text

ISSUES = sorted(
    path for path in (Path(__file__).parents[2] / "data" / "issues").rglob("*.md") if path.name != "README.md"
)

WORDS = st.sampled_from(
    [
        *(
            "模型",
            "发布",
            "**注意：**正文",
            "**“引号”**结束",
            "Vec<T>",
            "`code`",
            "&amp;",
            "<b>bold",
            "</b>",
            "*em*",
            "~~gone~~",
        ),
        *("[a](https://news.example.com/a_b)", "https://news.example.com/x。好", "![alt](i.png)", "[js](javascript:x)"),
        *("[rel](./a)", "Read [more](https://news.example.com/more) →", "<br>", "<!-- c -->", "@everyone", "_under_"),
        *("👨‍👩‍👧", "🧠", "🔥", "1,388 ❤️", "17.2 万下载", "(33,529 likes | 2,545 RTs)", "—", "：", ":", "“q”", "\\*"),
        *("3.", "2026-03-01", "。", "！", "|", "-"),
    ]
)
PHRASE = st.lists(WORDS, min_size=1, max_size=6).map(" ".join)
STORY = st.one_of(
    st.builds("- **{}** — {}".format, PHRASE, PHRASE),
    st.builds("• **{}** — {}".format, PHRASE, PHRASE),
    st.builds("### {}\n\n{}".format, PHRASE, PHRASE),
    st.builds("### 3. {}\n\n{}".format, PHRASE, PHRASE),
    st.builds("**{}.** {}".format, PHRASE, PHRASE),
    st.builds("**{}**: {}".format, PHRASE, PHRASE),
    st.builds("**{}**\n{}".format, PHRASE, PHRASE),
    st.builds("1. **{}** — {}".format, PHRASE, PHRASE),
    st.builds("🔥 **{}** {}".format, PHRASE, PHRASE),
    st.builds("- {}\n  - {}".format, PHRASE, PHRASE),
    st.builds("| {} | b |\n|---|---|\n| {} | c | d |".format, PHRASE, PHRASE),
    st.builds("- **{}**\n\n  > {}\n\n  ```\n  code\n  ```".format, PHRASE, PHRASE),
    st.builds("**Why it matters:** {}".format, PHRASE),
    st.builds("📎 [{}](https://news.example.com/1) · [b](https://news.example.com/2)".format, PHRASE),
    st.builds("**Sources:**\n\n- [{}](https://news.example.com/s)".format, PHRASE),
    st.just("---"),
    PHRASE,
)
HEAD = st.one_of(
    st.sampled_from(
        [
            "## 🧠 模型 — 新发布 & 趋势",
            "## LAUNCH",
            "📱 应用",
            "**Also notable:**",
            "## 🎯 今日之选：甲",
            "## 🎓 MODEL LITERACY",
        ]
    ),
    st.builds("## {}".format, PHRASE),
    st.builds("## 1. {}".format, PHRASE),
    st.builds("# {}".format, PHRASE),
    st.builds("🌍 {}".format, PHRASE),
)
COMPOSED = st.lists(st.one_of(STORY, STORY, HEAD), max_size=9).map("\n\n".join)
NOISE = st.text(
    st.one_of(st.sampled_from("#*_-`>[]()|!<&;:\\~=+. \n\t\r1•📎🧠️模，。“\u202e\u200b\x00\ud800"), st.characters()),
    max_size=120,
)


def keys(issue: Issue) -> list[str]:
    stories = [story.key for _, story in issue.stories()]
    return stories + [part.key for part in issue.parts if not isinstance(part, Section)]


def is_sound(source: str) -> None:
    issue = parse(source).issue
    assert normalise(issue_text(issue)) == normalise(markdown_text(source))
    assert len(set(keys(issue))) == len(keys(issue))
    assert all(re.fullmatch("[a-z2-7]{8}", key) for key in keys(issue))
    kinds = [section.kind for section in issue.sections]
    assert len(set(kinds)) == len(kinds)
    assert all(1 <= len(kind.encode()) <= 24 for kind in kinds)
    assert issue.title.strip()


@given(COMPOSED)
@settings(max_examples=150, deadline=None)
def test_composed_issues_lose_no_word(source: str) -> None:
    is_sound(source)


@given(NOISE)
@settings(max_examples=200, deadline=None)
def test_noise_loses_no_word(source: str) -> None:
    is_sound(source)


@given(COMPOSED, NOISE)
@settings(max_examples=60, deadline=None)
def test_issues_with_noise_lose_no_word(source: str, noise: str) -> None:
    is_sound(f"---\ntitle: x\n---\n{source}{noise}\n\n{source}")


@pytest.mark.parametrize("path", ISSUES, ids=lambda path: path.stem)
def test_sample_issues_lose_no_word(path: Path) -> None:
    with path.open(encoding="utf-8", newline="") as file:
        is_sound(file.read())
