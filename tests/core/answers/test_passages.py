"""What a story says ends where its text ends, not with the words of the link to its source."""

from __future__ import annotations

import pytest

from core.answers.passages import passages
from core.digest.parse import parse


@pytest.mark.parametrize(
    ("story", "text"),
    [
        ("It reads. [Read more →](https://a.example/1)", "It reads."),
        ("它会读。**[查看详情 →](https://a.example/1)**", "它会读。"),
        ("1,388 ❤️ [Model card](https://a.example/1) · [Paper](https://a.example/2)", "1,388 ❤️"),
        ("see the [announcement](https://a.example/1)", "see the announcement"),
        ("It reads [the paper](https://a.example/1).", "It reads the paper."),
        ("[Read more →](https://a.example/1)", "Read more →"),
    ],
)
def test_the_link_to_the_source_is_no_part_of_what_a_story_says(story: str, text: str) -> None:
    (passage,) = passages(parse(f"# News\n\n## Models\n\n- **A** — {story}\n").issue)
    assert passage.text == text
    assert passage.url == "https://a.example/1"
