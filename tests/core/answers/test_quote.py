"""Quotes are parts of the text that they come from."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.answers.quote import quote, sentences


@pytest.mark.parametrize(
    ("text", "looked_for", "expected"),
    [
        ("模型开源了。价格不变。", ["价格"], "价格不变。"),
        ("GLM-5 has 1.5B weights. It is open.", ["open"], "It is open."),
        ("First. Second names it. Third.", ["second"], "Second names it. Third."),
        ("Nothing fits here. Nor here.", ["x"], "Nothing fits here. Nor here."),
        ("", ["x"], ""),
    ],
)
def test_the_sentence_that_names_most_comes_first(text: str, looked_for: list[str], expected: str) -> None:
    assert quote(text, looked_for) == expected


def test_a_version_number_ends_no_sentence() -> None:
    assert sentences("GPT-5.2 is here. Try it.") == ["GPT-5.2 is here.", "Try it."]


@given(st.text(), st.integers(min_value=2, max_value=300))
def test_a_quote_is_never_longer_than_asked(text: str, length: int) -> None:
    assert len(quote(text, ["a"], length=length)) <= length


@given(st.text(alphabet="ab。. \n", max_size=400))
def test_a_quote_only_says_what_the_text_says(text: str) -> None:
    said = "".join(quote(text, ["a"]).removesuffix("…").split())
    assert said in "".join(text.split())
