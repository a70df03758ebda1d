"""Stories that do not fit one message are told to the editor."""

from __future__ import annotations

import pytest

from bots.wiring import fit_check
from core.digest.parse import parse
from core.digest.sections import Vocabulary

CHECK = fit_check(Vocabulary.bundled())


@pytest.mark.parametrize(
    ("length", "platforms"),
    [(900, []), (3000, []), (4200, ["Telegram", "Discord"]), (12000, ["Telegram", "Discord", "Slack"])],
)
def test_a_long_story_names_the_platforms_that_cut_it(length: int, platforms: list[str]) -> None:
    issue = parse(f"# News\n\n## Models\n\n- **Long** — {'word ' * (length // 5)}\n").issue
    problems = list(CHECK.problems(issue))
    assert [problem.line for problem in problems] == ([5] if platforms else [])
    assert all(platform in problem.message for problem in problems for platform in platforms)


def test_a_long_lesson_and_a_long_pick_are_told_too() -> None:
    text = "word " * 1500
    issue = parse(f"# News\n\n## 🎓 Lesson: what is MoE?\n\n{text}\n\n## 🎯 Pick of the day: X\n\n{text}\n").issue
    assert [problem.line for problem in CHECK.problems(issue, lang="zh")] == [3, 7]
