"""Every form of an issue, with the outline that is read from it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from core.digest.model import Lesson, Metrics, Part, Section, Story
from core.digest.parse import Parsed, parse
from core.document.text import normalise, plain
from issue_text import issue_text
from written import markdown_text

if TYPE_CHECKING:
    from collections.abc import Iterator


CASES = Path(__file__).parent / "parse_cases.txt"
OUTLINES = Path(__file__).parent / "parse_outlines.txt"
MARK = "@@ "


def cases() -> Iterator[tuple[str, str, str | None]]:
    for case in CASES.read_text(encoding="utf-8").split(MARK)[1:]:
        title, source = case.split("\n", 1)
        name, _, path = title.partition(" | ")
        yield name, source, path or None


def outline(parsed: Parsed) -> Iterator[str]:
    issue = parsed.issue
    yield f"{issue.ref}{' (draft)' if issue.draft else ''}  {issue.title}"
    yield from (f"problem {p.line}: {p.code} ({p.level})" for p in parsed.problems)
    yield from (f"chatter: {said(block)}" for block in issue.chatter)
    yield from (f"{top.role}: {said(top.block)}" for top in issue.top)
    for part in issue.parts:
        yield from part_outline(part)


def part_outline(part: Part) -> Iterator[str]:
    if not isinstance(part, Section):
        name = part.term if isinstance(part, Lesson) else part.title
        kind = type(part).__name__.lower()
        yield f"{part.line}: {kind} {part.emoji} {plain(part.heading)!r} → {name!r}: {said(part.body)}"
        return
    yield f"{part.line}: [{part.kind}] {part.emoji} {plain(part.heading)}"
    yield from (f"  intro: {said(block)}" for block in part.intro)
    for story in part.stories:
        yield from story_outline(story)
    yield from (f"  outro: {said(block)}" for block in part.outro)


def story_outline(story: Story) -> Iterator[str]:
    prominence = "" if story.prominence == "normal" else f" {story.prominence}"
    yield f"  {story.line}:{prominence} {story.marker}[{plain(story.title)}]{story.separator}{{{said(story.body)}}}"
    yield from (f"      → {link.url}" for link in story.links)
    if story.metrics != Metrics():
        yield f"      {story.metrics}"


def said(blocks: object) -> str:
    text = plain(blocks)  # type: ignore[arg-type]
    return text.replace("\n", " ⏎ ")


def test_every_form_is_read_as_its_outline_says(golden: object) -> None:
    text = "".join(
        f"{MARK}{name}\n" + "".join(f"{line}\n" for line in outline(parse(source, path=path)))
        for name, source, path in cases()
    )
    golden(OUTLINES, text)  # type: ignore[operator]


@pytest.mark.parametrize(("source"), [pytest.param(source, id=name) for name, source, _ in cases()])
def test_no_word_of_a_form_is_lost(source: str) -> None:
    assert normalise(issue_text(parse(source).issue)) == normalise(markdown_text(source))


def test_a_daily_issue_has_its_sections_stories_lesson_pick_date_and_numbers() -> None:
    heads = {
        "🧠 模型 — 新发布 & 趋势": 8,
        "📱 应用 — 消费端 & 平台动态": 3,
        "🔧 开发 — 工具、API & SDK": 11,
        "📝 技巧 — 实践 & 洞察": 7,
        "🚀 产品 — 新产品 & Agent": 5,
    }
    sections = "\n".join(
        f"## {head}\n\n"
        + "".join(f"- **{head} 之 {number}** — 热榜 1,388 ❤️，17.2 万下载。\n" for number in range(count))
        for head, count in heads.items()
    )
    source = (
        f"# 标题\n\n**2026 年 2 月 19 日**\n\n导语。\n\n---\n\n{sections}\n---\n\n"
        '## 🎓 模型小课堂：什么是评测中的"环境噪声"？\n\n正文。\n\n---\n\n## 🎯 今日之选：自动缓存\n\n正文。\n'
    )
    issue = parse(source).issue
    assert [(section.kind, len(section.stories)) for section in issue.sections] == [
        ("models", 8),
        ("apps", 3),
        ("dev", 11),
        ("tips", 7),
        ("products", 5),
    ]
    assert str(issue.ref) == "daily/zh/2026-02-19"
    assert issue.lesson is not None
    assert issue.lesson.term == "环境噪声"
    assert issue.pick is not None
    assert issue.pick.title == "自动缓存"
    story = issue.sections[0].stories[1]
    assert (plain(story.title), story.separator) == ("模型 — 新发布 & 趋势 之 1", " — ")
    assert (story.metrics.likes, story.metrics.downloads) == (1388, 172_000)
    assert "—" not in plain(story.body)
