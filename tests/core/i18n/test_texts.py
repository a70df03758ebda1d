from __future__ import annotations

import pytest

from core.i18n import texts


@pytest.mark.parametrize(
    ("tag", "lang"),
    [
        ("zh", "zh"),
        ("zh-CN", "zh"),
        ("zh_TW", "zh"),
        ("ZH-hans", "zh"),
        ("en", "en"),
        ("de", "en"),
        ("", "en"),
        (None, "en"),
    ],
)
def test_chinese_in_all_its_kinds_is_chinese_and_everything_else_english(tag: str | None, lang: str) -> None:
    assert texts(tag).lang == lang


def test_a_text_without_translation_stays_english() -> None:
    assert texts("zh")("Nobody says this {way}", way="so") == "Nobody says this so"


@pytest.mark.parametrize(("count", "text"), [(0, "0 stories"), (1, "1 story"), (2, "2 stories")])
def test_english_tells_one_from_many(count: int, text: str) -> None:
    assert texts("en").plural("{count} story", "{count} stories", count) == text


def test_chinese_has_one_form() -> None:
    _ = texts("zh")
    assert [_.plural("{count} story", "{count} stories", count) for count in (1, 2)] == ["1 条", "2 条"]


def test_braces_in_values_are_only_text() -> None:
    assert texts("en")("About {term}", term="{0} {term}") == "About {0} {term}"
