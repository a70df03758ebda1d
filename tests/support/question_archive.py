# ruff: noqa: E501 — a story reads best on one line
"""The archive that answers are evaluated on: 62 issues made from hand-written stories, and fillers between them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = Path(__file__).parent.parent / "data" / "questions"
HEADINGS = {
    "models": ("🧠 模型", "🧠 Models"),
    "apps": ("📱 应用", "📱 Apps"),
    "dev": ("🔧 开发", "🔧 Dev"),
    "tips": ("📝 技巧", "📝 Tips"),
    "products": ("🚀 产品", "🚀 Products"),
    "research": ("🔬 研究", "🔬 Research"),
    "insight": ("🔍 洞察", "🔍 Insight"),
}
FILLERS = 4
_WHO = ("Northwind", "Bluebird", "Kestrel", "Lumen", "Harbor", "Tessera", "Orchid", "Quarry", "Saffron", "Willow")
_WHAT = (
    ("models", "{who}-{n}B 更新", "文本生成模型，支持工具调用，{k} 下载。", "{who}-{n}B updated", "A text model with tool calling, {k} downloads."),
    ("models", "{who} 视觉模型 {n}", "能读图表与文档，{n} ❤️。", "{who} Vision {n}", "It reads charts and documents, {n} likes."),
    ("apps", "{who} 推出助手应用", "可以总结会议、翻译邮件，还能安排日程。", "{who} ships an assistant app", "It sums up meetings, translates mail and keeps the calendar."),
    ("dev", "{who} SDK {n}.0", "新的 API 支持流式输出与批量处理，延迟降低 {n}%。", "{who} SDK {n}.0", "The new API streams and batches, with {n}% less latency."),
    ("dev", "{who} 开源代码审查工具", "在拉取请求里指出漏洞，可本地部署。", "{who} opens a code review tool", "It flags flaws in pull requests and runs on your own servers."),
    ("tips", "来自 {who} 的提示词清单", "{n} 条写提示词的经验，附例子。", "A prompt checklist from {who}", "{n} habits for writing prompts, with examples."),
    ("products", "{who} 发布智能眼镜", "内置语音助手，售价 {n}9 美元。", "{who} presents smart glasses", "With a voice assistant, for {n}9 dollars."),
    ("research", "{who} 论文：更快的推理", "在 {n} 个基准上提速，精度不变。", "{who} paper on faster inference", "Faster on {n} benchmarks without losing accuracy."),
    ("insight", "{who} 完成融资", "估值 {n} 亿美元，将扩建数据中心。", "{who} closes a round", "Valued at {n}00 million dollars, it will build a data center."),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    kind: str
    lang: str
    question: str
    ids: frozenset[str]
    prior: str = ""
    held: bool = False


def rows(name: str) -> list[list[str]]:
    lines = (FOLDER / name).read_text(encoding="utf-8").splitlines()
    return [[cell.strip() for cell in line.split("|")] for line in lines if line and not line.startswith("#")]


def questions() -> list[Asked]:
    """Return the questions; every second one of each kind is held back from tuning."""
    found: list[Asked] = []
    seen: dict[str, int] = {}
    for kind, lang, question, ids, *prior in rows("questions.txt"):
        seen[kind] = seen.get(kind, 0) + 1
        found.append(
            Asked(
                kind=kind,
                lang=lang,
                question=question,
                ids=frozenset(ids.split(",")) - {"-"},
                prior=prior[0] if prior else "",
                held=seen[kind] % 4 in {0, 3},
            )
        )
    return found


def titles() -> dict[str, str]:
    """Return the id of each story and lesson by title."""
    told = {title: row[0] for row in rows("stories.txt") for title in (row[3], row[5]) if title}
    return told | {title: row[0] for row in rows("lessons.txt") for title in (row[2], row[4]) if title}


def issues() -> Iterator[tuple[str, str]]:
    """Yield the path and Markdown of each issue."""
    random = Random(7)  # noqa: S311  # the same archive every time
    stories, lessons = rows("stories.txt"), rows("lessons.txt")
    for day in range(1, 32):
        told = [
            (row[2], row[3:5], row[5:7], f"https://news.example.com/{row[0]}") for row in stories if int(row[1]) == day
        ]
        told += [_filler(random, day, number) for number in range(FILLERS)]
        for side, lang in enumerate(("zh", "en")):
            lesson = next((row for row in lessons if int(row[1]) == day), None)
            yield f"daily/{lang}/2026-03-{day:02}.md", _issue(day, side, told, lesson)


def _filler(random: Random, day: int, number: int) -> tuple[str, list[str], list[str], str]:
    section, *texts = random.choice(_WHAT)
    values = {"who": random.choice(_WHO), "n": random.randint(2, 90), "k": random.randint(1000, 9000)}
    zh, zh_text, en, en_text = (text.format(**values) for text in texts)
    return section, [zh, zh_text], [en, en_text], f"https://filler.example.com/{day}/{number}"


def _issue(day: int, side: int, told: list[tuple[str, list[str], list[str], str]], lesson: list[str] | None) -> str:
    lines = [f"# {('三月的第 {} 天', 'Day {} of March')[side].format(day)}", "", f"**2026-03-{day:02}**", ""]
    for section, headings in HEADINGS.items():
        here = [(texts[side], url) for kind, *texts, url in told if kind == section and texts[side][0]]
        if here:
            lines += [f"## {headings[side]}", ""]
            lines += [f"- **{title}** — {text} [{('原文', 'source')[side]}]({url})" for (title, text), url in here]
            lines.append("")
    if lesson:
        term, text = lesson[2 + 2 * side : 4 + 2 * side]
        lines += [f"## 🎓 {('模型小课堂：什么是', 'Model literacy: what is ')[side]}{term}{'？?'[side]}", "", text, ""]
    return "\n".join(lines)
