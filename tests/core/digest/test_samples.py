"""The sample issues show every form that the table beside them names."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from core.digest.model import Lesson, Pick
from core.digest.parse import parse

ISSUES = Path(__file__).parents[2] / "data" / "issues"
ROW = re.compile(r"^\| (?P<form>[^|]+?) \| (?P<files>[^|]+\.md) \|$", re.MULTILINE)
EMOJI = "[\U0001f300-\U0001faff\u26a1\u2b50]\ufe0f?"

IN_PATH = {
    "layout: edition, language, date": r"^(daily|weekly)/(zh|en)/2026-[-W\d]+\.md$",
    "layout: language, date": r"^(zh|en)/2026-03-\d\d\.md$",
    "layout: date and language in the name": r"^2026-03-\d\d\.(zh|en)\.md$",
    "layout: language only in the text": r"^2026-03-\d\d\.md$",
    "layout: any name with front matter": r"^notes/[a-z-]+\.md$",
    "layout: draft": r"-draft\.md$",
}
IN_TEXT = {
    "twins of one day": r"news\.example\.com/2026/03/heron-4-long",
    "the same story on a later day": r"news\.example\.com/2026/03/heron-4-long",
    "top: headline": r"\A# \S",
    "top: no headline": r"\A(?![\s\S]*^# )",
    "top: front matter": r"\A---\n(.+\n)+---\n",
    "top: chatter before the headline": r"\A[^#\n].+\n\n# ",
    "top: bold date line": r"^\*\*2026 年 3 月 2 日\*\*$",
    "top: date and issue number": r"^\*\*March \d+, 2026 · Issue #\d+\*\*$",
    "top: Chinese date and issue number": r"^\*\*2026年3月\d+日 · 第\d+期\*\*$",
    "top: range of dates": r"^\*\*2026-03-02 至 2026-03-06\*\*$",
    "top: date with points in the headline": r"^# .+ — 2026\.03\.11$",
    "top: number and date in the headline": r"^# .*#026 \| March 11, 2026$",
    "top: week in the headline": r"^# .*#2026-W11",
    "top: date only in the file's name": r"\A(?![\s\S]*2026 年 3 月)",
    "top: lead of several paragraphs": r"\A# .+\n\n\*\*.+\*\*\n\n[^\n#]+\n\n[^\n#]+\n\n---",
    'top: preview "Today:"': r"^Today: .+, .+ and .+\.$",
    "top: preview 今天聊": r"^今天聊：",
    "top: preview 今日看点": r"^今日看点：",
    "top: dividers": r"^---$",
    "sections: emoji, name and tail": rf"^## {EMOJI} 模型 — 新发布 & 趋势$",
    "sections: emoji and one word": rf"^## {EMOJI} LAUNCH$",
    "sections: without emoji": r"^## Models$",
    "sections: lines that begin with an emoji": rf"\A(?![\s\S]*^## )[\s\S]*^{EMOJI} \w+$",
    "sections: numbered, one long story each": r"^## 1\. .+\n\n.+\n\n",
    "sections: English headings in a Chinese issue": r"^## LAUNCH$[\s\S]*的",
    "sections: 🎯 that is not the pick": r"^## 🎯 (KEY TAKEAWAYS|要点)$",
    "sections: 🔥 top story or trending": r"^## 🔥 (TRENDING|TOP STORY)$",
    "sections: ⚡ quick links or stack watch": r"^## ⚡ (快速链接|STACK WATCH)$",
    "stories: bullet, bold, dash": r"^- \*\*.+\*\* — ",
    "stories: bullet character": r"^• \*\*.+\*\* — ",
    "stories: heading with paragraphs": r"^### .+\n\n.+\n\n.+\n",
    "stories: numbered heading": r"^### 3\. ",
    "stories: bold lead sentence": r"^\*\*[^*]+\.\*\* \w",
    "stories: bold title, colon": r"^\*\*[^*]+\*\*：",
    "stories: bold title alone on its line": r"^\*\*[^*]+\*\*\n\n\S",
    "stories: numbered list": r"^1\. \*\*.+\*\* — ",
    "stories: emoji, bold title": rf"^{EMOJI} \*\*[^*]+\*\* \w",
    "stories: plain bullets": r"^- [A-Z]\w+ [a-z]",
    "stories: table rows": r"^\|[ :-]+\|.*\n\| ",
    "stories: nested lists": r"^- .+\n  - .+\n",
    "stories: code": r"^  ```",
    "stories: quotes": r"^  > ",
    "stories: images": r"!\[[^\]]+\]\(https://",
    "stories: labelled paragraphs": r"^\*\*Why it matters:\*\* ",
    "stories: Chinese labelled paragraphs": r"^\*\*为什么重要：\*\* ",
    "stories: also notable after the pick": r"^## 🎯 (PICK|今日之选)[\s\S]*^## (Also notable|也值得关注)$",
    "links: inline": r"\w \[\w[^\]]*\]\(https?://[^)]+\) \w",
    "links: bare": r"\. https://\S+$",
    "links: Read more": r"\[Read more →\]\(",
    "links: 查看详情": r"\[查看详情 →\]\(",
    "links: 详情": r"\[详情\]\(",
    "links: 来源": r"\[来源\]\(",
    "links: source": r"\[source\]\(",
    "links: Link": r"\[Link\]\(",
    "links: arrow": r"\[->\]\(",
    "links: bold": r"^\*\*\[查看详情 →\]\(\S+\)\*\*$",
    "links: on a line of their own": r"^📎 \[.+\]\(\S+\) · \[.+\]\(\S+\)$",
    "links: list of sources": r"^\*\*Sources:\*\*\n\n- \[",
    "links: before the text": r"— @\w+ \[查看详情 →\]\(\S+\) \S",
    "metrics: hearts": r"\d,\d{3} ❤️",
    "metrics: 万下载": r"[\d.]+ 万下载",
    "metrics: K downloads": r"\d+K downloads",
    "metrics: likes and reposts": r"\([\d,]+ likes \| [\d,]+ RTs\)",
    "lesson: 模型小课堂 with the question": r"^## 🎓 模型小课堂：什么是.+？$",
    "lesson: model literacy": r"^## 🎓 MODEL LITERACY\n\n### ",
    "lesson: 概念科普": r"概念科普：",
    "lesson: 名词解读": r"^## 名词解读：",
    "lesson: term as a heading below": r"^## 🎓 .+\n\n### ",
    "lesson: bold question": r"^\*\*What is [^*]+\?\*\* ",
    "lesson: first bold": r"^## 🎓 模型小课堂\n\n\*\*",
    "pick: 今日之选 with the title": r"^## 🎯 今日之选：\S",
    "pick: 今日精选": r"^## 🎯 今日精选$",
    "pick: pick of the day, first bold": r"^## 🎯 PICK OF THE DAY\n\n\*\*",
    "HTML entities": r"&(mdash|nbsp|amp|lt);",
    "raw HTML": r"<(b|br|a|kbd|details|img)\b",
    "CRLF": r"\A[^\n]+\r\n",
    "byte order mark": r"\A\ufeff",
}
FIRST_PART = {"lesson: first": Lesson, "pick: first": Pick}
MISSING = {"lesson: missing": "lesson", "pick: missing": "pick"}


def listed() -> list[tuple[str, str]]:
    table = (ISSUES / "README.md").read_text(encoding="utf-8")
    return [(row["form"], file) for row in ROW.finditer(table) for file in row["files"].split(", ")]


def test_every_form_is_listed_once() -> None:
    known = [*IN_PATH, *IN_TEXT, *FIRST_PART, *MISSING]
    assert sorted(set(known)) == sorted({form for form, _ in listed()})


@pytest.mark.parametrize(("form", "file"), listed())
def test_each_listed_form_is_in_its_file(form: str, file: str) -> None:
    text = (ISSUES / file).read_bytes().decode()
    issue = parse(text, path=file).issue
    if form in IN_PATH:
        assert re.search(IN_PATH[form], file)
    elif form in IN_TEXT:
        assert re.search(IN_TEXT[form], text, re.MULTILINE)
    elif form in FIRST_PART:
        assert isinstance(issue.parts[0], FIRST_PART[form])
    else:
        assert getattr(issue, MISSING[form]) is None


def test_there_are_many_issues_in_both_languages_and_none_twice() -> None:
    files = [path for path in ISSUES.rglob("*.md") if path.name != "README.md"]
    issues = [parse(path.read_bytes().decode(), path=path.relative_to(ISSUES)).issue for path in files]
    refs = [issue.ref for issue in issues if not issue.draft]
    assert len(files) >= 28
    assert len(set(refs)) == len(refs)
    assert min(sum(ref.lang == lang for ref in refs) for lang in ("zh", "en")) >= 12
