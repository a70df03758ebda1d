"""Headings are recognised by their words, then by their emoji."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.digest.sections import Vocabulary, numbered, slug, split_emoji
from core.errors import DigestError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return Vocabulary.bundled()


@pytest.mark.parametrize(
    ("heading", "kind"),
    [
        ("🧠 模型 — 新发布 & 趋势", "models"),
        ("🧠 LAUNCH", "models"),
        ("📱 应用 — 消费端 & 平台动态", "apps"),
        ("🔧 开发 — 工具、API & SDK", "dev"),
        ("📝 技巧 — 实践 & 洞察", "tips"),
        ("🚀 产品 — 新产品 & Agent", "products"),
        ("⚡ Stack Watch", "dev"),
        ("⚡ Quick links", "quick"),
        ("⚡", "quick"),
        ("🔥 Trending", "insight"),
        ("🎯 Takeaways", "insight"),
        ("🔥 Top story", "news"),
        ("Tips & Tricks", "tips"),
        ("本周新模型", "models"),
        ("Research papers: the best", "research"),
        ("🔨 Hammer time", "build"),
        ("Completely unknown words", "completely-unknown-words"),
        ("🪐", "section"),
    ],
)
def test_headings_have_a_kind(vocabulary: Vocabulary, heading: str, kind: str) -> None:
    emoji, words = split_emoji(heading)
    assert vocabulary.classify(words, emoji, "zh") == kind


@pytest.mark.parametrize(
    ("heading", "part"),
    [
        ("🎓 模型小课堂：什么是 MoE？", "lesson"),
        ("🎓 MODEL LITERACY", "lesson"),
        ("概念科普：检索", "lesson"),
        ("名词解读：检索", "lesson"),
        ("🎓", "lesson"),
        ("🎯 今日之选：便签", "pick"),
        ("今日精选", "pick"),
        ("PICK OF THE DAY", "pick"),
        ("Editor’s pick: a tool", "pick"),
        ("🎯 Anthropic ships", "pick"),
        ("🎯 Key takeaways", None),
        ("🎯 要点", None),
        ("🧠 模型", None),
        ("How to pick a model for your team today", None),
    ],
)
def test_lesson_and_pick_are_recognised(vocabulary: Vocabulary, heading: str, part: str | None) -> None:
    emoji, words = split_emoji(heading)
    assert vocabulary.part(words, emoji) == part


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("模型", "models"),
        ("models", "models"),
        ("Model", "models"),
        ("dev", "dev"),
        ("开发", "dev"),
        ("prod", "products"),
        ("快讯", "quick"),
        ("m", None),
        ("", None),
        ("nothing like it", None),
    ],
)
def test_readers_words_are_understood(vocabulary: Vocabulary, words: str, kind: str | None) -> None:
    assert vocabulary.resolve(words, "en") == kind


def test_every_kind_has_an_emoji_and_a_name_in_both_languages(vocabulary: Vocabulary) -> None:
    for kind in vocabulary.kinds:
        assert vocabulary.emoji(kind)
        assert vocabulary.name(kind, "zh") != vocabulary.name(kind, "en")


def test_every_name_leads_back_to_its_kind(vocabulary: Vocabulary) -> None:
    for kind in vocabulary.kinds:
        for lang in ("zh", "en"):
            assert vocabulary.resolve(vocabulary.name(kind, lang), lang) == kind


def test_the_name_of_a_foreign_kind_is_empty(vocabulary: Vocabulary) -> None:
    assert vocabulary.name("elsewhere", "en") == vocabulary.emoji("elsewhere") == ""


def test_an_operator_adds_a_kind_and_an_alias(vocabulary: Vocabulary, tmp_path: Path) -> None:
    file = tmp_path / "kinds.toml"
    file.write_text(
        '[kinds.robots]\nemoji = "🦾"\n[kinds.robots.zh]\nname = "机器人"\n[kinds.robots.en]\nname = "Robots"\n'
        'aliases = ["robotics"]\n[kinds.models.en]\naliases = ["brains"]\n',
        encoding="utf-8",
    )
    extended = vocabulary.with_file(file)
    assert extended.classify("Robotics — news") == "robots"
    assert extended.classify("", "🦾") == "robots"
    assert extended.classify("Brains") == "models"
    assert extended.name("models", "en") == "Models"
    assert vocabulary.classify("Brains") == "brains"


@pytest.mark.parametrize(
    "text",
    ["not = [toml", "kinds = 3", '[kinds."No Good"]\nemoji = "x"', "[kinds]\nmodels = 1", '[gardens]\nemoji = "🌱"'],
)
def test_a_wrong_file_is_refused_with_its_name(vocabulary: Vocabulary, tmp_path: Path, text: str) -> None:
    file = tmp_path / "wrong.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(DigestError, match=r"wrong\.toml"):
        vocabulary.with_file(file)


@given(st.text(max_size=60))
def test_slugs_are_short_and_stable(heading: str) -> None:
    first = slug(heading)
    assert 0 < len(first.encode()) <= 24
    assert first == slug(heading)
    assert " " not in first


def test_cut_slugs_stay_different() -> None:
    assert slug("一个非常非常长的标题第一") != slug("一个非常非常长的标题第二")


def test_numbers_of_kinds_fit_too() -> None:
    assert numbered("models", 1) == "models"
    assert numbered("models", 2) == "models-2"
    assert len(numbered(slug("一个非常非常长的标题"), 12).encode()) <= 24


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("🧠 模型", ("🧠", "模型")),
        ("⚙️ Tools", ("⚙️", "Tools")),
        ("👨‍👩‍👧🇩🇪 Families", ("👨‍👩‍👧🇩🇪", "Families")),
        ("1️⃣ One", ("1️⃣", "One")),
        ("3. Three", ("", "3. Three")),
        ("模型", ("", "模型")),
    ],
)
def test_emoji_are_taken_whole(text: str, expected: tuple[str, str]) -> None:
    assert split_emoji(text) == expected
