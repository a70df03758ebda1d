"""Keys stay with their stories."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.digest.keys import carry, natural_key, normalise_url
from core.digest.model import Issue, Section, Story
from core.digest.parse import parse
from core.document.text import plain

FIRST = """# 标题

**2026-03-05**

## 模型

- **星火 9B 发布** — 更快，更便宜，支持一百万 token 的上下文。[详情](https://news.example.com/spark)
- **Wren 3B** — A small model that sings on every phone.
- **鹪鹩降价** — 价格下调一半，今天生效。

## 工具

- **pipx 9** — 安装更快，缓存共享。[详情](https://tools.example.org/pipx)

## 🎓 模型小课堂：什么是 MoE？

很多专家。

## 🎯 今日之选：星火

值得一试。
"""


def issue(source: str) -> Issue:
    return parse(source).issue


def keys(of: Issue) -> dict[str, str]:
    return {plain(story.title): story.key for _, story in of.stories()}


def entries(of: Issue) -> list[str]:
    return [part.key for part in of.parts if not isinstance(part, Section)] + list(keys(of).values())


def revised(*changes: tuple[str, str], before: str = FIRST) -> Issue:
    after = before
    for old, new in changes:
        assert old in after
        after = after.replace(old, new)
    return carry(issue(before), issue(after))


def test_a_key_is_eight_letters_of_base_32() -> None:
    assert all(re.fullmatch("[a-z2-7]{8}", key) for key in entries(issue(FIRST)))


def test_the_same_address_gives_the_same_key_on_another_day_in_another_language() -> None:
    other = issue(
        "# Title\n\n**2026-03-06**\n\n## Models\n\n- **Spark** — [more](http://www.news.example.com/spark/?utm_source=x#top)\n"
    )
    assert keys(other)["Spark"] == keys(issue(FIRST))["星火 9B 发布"]


def test_an_address_that_two_stories_share_is_no_key() -> None:
    twice = issue("# D\n\n## Models\n\n- **A** — [x](https://a.example.com)\n- **B** — [x](https://a.example.com)\n")
    alone = issue("# D\n\n## Models\n\n- **A** — text\n- **B** — text\n")
    assert keys(twice) == keys(alone)


def test_equal_stories_get_different_keys() -> None:
    same = issue("# D\n\n## Models\n\n- **A** — x\n- **A** — x\n- **A** — x\n")
    assert len({story.key for _, story in same.stories()}) == 3


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param([("Wren 3B", "Wren 3b!")], id="a typo in a title"),
        pytest.param([("鹪鹩降价", "鹪鹩大降价")], id="a word added to a title"),
        pytest.param([("news.example.com/spark", "news.example.com/spark-9b")], id="a new address"),
        pytest.param([("sings on every phone", "sings on each phone")], id="a typo in the text"),
        pytest.param([("模型小课堂：什么是 MoE？", "模型小课堂：混合专家")], id="another question in the lesson"),
        pytest.param([("今日之选：星火", "今日之选：鹪鹩")], id="another pick"),
        pytest.param([("## 模型\n\n", "## 模型\n\n- **新来的** — 刚刚发布。\n")], id="a story added above"),
    ],
)
def test_a_correction_keeps_every_key(changes: list[tuple[str, str]]) -> None:
    assert set(entries(issue(FIRST))) <= set(entries(revised(*changes)))


def test_a_moved_story_keeps_its_key() -> None:
    line = "- **鹪鹩降价** — 价格下调一半，今天生效。\n"
    moved = revised((line, ""), ("缓存共享。[详情](https://tools.example.org/pipx)\n", f"缓存共享。\n{line}"))
    assert keys(moved) == keys(issue(FIRST))


def test_changed_title_and_address_keep_the_key_of_the_same_text() -> None:
    changed = revised(("星火 9B 发布", "星火九号来了"), ("/spark", "/other"))
    assert keys(changed)["星火九号来了"] == keys(issue(FIRST))["星火 9B 发布"]


def test_another_story_gets_another_key() -> None:
    swapped = revised(("- **Wren 3B** — A small model that sings on every phone.", "- **机器人** — 会叠衬衫。"))
    assert keys(swapped)["机器人"] not in keys(issue(FIRST)).values()


def test_a_new_story_never_gets_a_key_that_an_old_one_keeps() -> None:
    first = "# D\n\n## Models\n\n- **A model for phones** — it is small and quick and free.\n"
    renamed = carry(issue(first), issue(first.replace("A model for phones", "A model for phones!!!")))
    both = carry(
        renamed,
        issue(f"{first}- **Second** — text.\n".replace("A model for phones", "One model for phones")),
    )
    assert len({story.key for _, story in both.stories()}) == 2


def test_equal_stories_keep_their_order() -> None:
    source = "# D\n\n## Models\n\n- **A** — x\n- **A** — x\n"
    old = issue(source)
    assert [story.key for _, story in carry(old, issue(source)).stories()] == [story.key for _, story in old.stories()]


@given(st.lists(st.sampled_from("ABCDEFG"), unique=True, min_size=1), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_any_order_keeps_keys_and_they_stay_distinct(names: list[str], random: object) -> None:
    stories = [f"- **Story {name * 5}** — about {name.lower() * 9} and more\n" for name in names]
    head = "# D\n\n## Models\n\n"
    old = issue(head + "".join(stories))
    random.shuffle(stories)  # type: ignore[attr-defined]
    new = carry(old, issue(head + "".join(stories)))
    assert keys(new) == keys(old)


def test_natural_keys_ignore_case_width_and_punctuation_of_titles() -> None:
    one, other = issue("# D\n\n## M\n\n- **ＧＬＭ－5!** — x\n- **glm 5** — y\n").sections[0].stories
    assert natural_key(one) == natural_key(other)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://www.Example.com/A/?utm_source=x&b=2&a=1#frag", "example.com/A?a=1&b=2"),
        ("http://example.com", "example.com"),
        ("https://example.com/?ref=hn", "example.com"),
        ("https://[broken", "https://[broken"),
        ("mailto:a@example.com", "a@example.com"),
    ],
)
def test_addresses_are_compared_without_what_does_not_matter(url: str, expected: str) -> None:
    assert normalise_url(url) == expected


def test_carrying_is_quick_for_long_issues() -> None:
    many = "# D\n\n## M\n\n" + "".join(f"- **Story number {n}** — text {n * 7919} here\n" for n in range(150))
    changed = many.replace("Story number", "Story no.")
    new = carry(issue(many), issue(changed))
    assert [story.key for _, story in new.stories()] == [story.key for _, story in issue(many).stories()]
    assert isinstance(new.sections[0].stories[0], Story)
