"""Words as the index sees them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.answers.tokens import query_tokens, tokens


@pytest.mark.parametrize(
    ("asked", "written"),
    [
        ("gpt5", "GPT-5 is out"),
        ("GPT 5.2", "GPT-5.2-Codex 提速约 40%"),
        ("qwen3.5", "Qwen3.5-397B-A17B"),
        ("glm-5", "智谱 GLM5 登顶"),
        ("model", "New models released"),
        ("releasing", "released"),
        ("face", "HuggingFace 博客"),
        ("huggingface", "HuggingFace 博客"),
        ("噪声", "基础设施噪声"),
        ("什么是噪声", "基础设施噪声"),
        ("声", "噪声"),
        ("ＧＰＴ－５", "gpt-5"),
        ("node", "node.js"),
    ],
)
def test_what_a_reader_asks_meets_what_was_written(asked: str, written: str) -> None:
    assert set(query_tokens(asked)) & set(tokens(written))


@pytest.mark.parametrize(
    ("asked", "written"),
    [("5.4", "version 5.2"), ("声噪", "噪声"), ("art", "start")],
)
def test_what_only_looks_alike_does_not_meet(asked: str, written: str) -> None:
    assert not set(query_tokens(asked)) & set(tokens(written))


def test_words_that_say_nothing_are_left_out() -> None:
    assert query_tokens("what is the benchmark of this") == ["benchmark"]


def test_a_query_of_nothing_else_keeps_them() -> None:
    assert query_tokens("what is it") == ["what", "is", "it"]


@given(st.text())
def test_any_text_has_tokens_without_white_space(text: str) -> None:
    assert all(token.strip() == token and token for token in tokens(text))
