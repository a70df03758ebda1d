# ruff: noqa: E501 — a story reads best on one line
"""The six archives that answers are evaluated on, made from hand-written stories and fillers between them.

The first one is what search was tuned on, by every second question. The second one is in the forms of several
publishers and asks other questions; refusals and everyday words were tuned on it. The third one was written
before that, and is only measured. The fourth one, with longer stories, was written by somebody who knew nothing of
how answers are found; only what vectors count was chosen on every second question of it, too. The fifth one, with
stories as short as a digest's, was written in the same way to be measured only. So was the sixth one, which is all
hand-written, has picks of the day, and has days in one language only.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = Path(__file__).parent.parent / "data" / "questions"
FIRST, SECOND, THIRD, FOURTH, FIFTH, SIXTH = "first", "second", "third", "fourth", "fifth", "sixth"
TODAY = {
    FIRST: date(2026, 3, 31),
    SECOND: date(2026, 3, 10),
    THIRD: date(2026, 5, 11),
    FOURTH: date(2026, 7, 11),
    FIFTH: date(2026, 10, 16),
    SIXTH: date(2026, 12, 26),
}
HEADINGS = {
    "models": ("🧠 模型", "🧠 Models"),
    "apps": ("📱 应用", "📱 Apps"),
    "dev": ("🔧 开发", "🔧 Dev"),
    "tips": ("📝 技巧", "📝 Tips"),
    "products": ("🚀 产品", "🚀 Products"),
    "research": ("🔬 研究", "🔬 Research"),
    "insight": ("🔍 洞察", "🔍 Insight"),
    "quick": ("⚡ 快讯", "⚡ Quick links"),
}
FILLERS = {FIRST: 4, SECOND: 13, THIRD: 12, FOURTH: 12, FIFTH: 12, SIXTH: 0}
DAYS = {
    FIRST: (date(2026, 3, 1), 31),
    SECOND: (date(2026, 1, 5), 64),
    THIRD: (date(2026, 4, 1), 40),
    FOURTH: (date(2026, 6, 1), 40),
    FIFTH: (date(2026, 8, 1), 77),
    SIXTH: (date(2026, 10, 19), 69),
}
MISSING = {
    FIRST: (),
    SECOND: ("01-11", "01-18", "01-25", "02-01", "02-08", "02-22", "03-08"),
    THIRD: ("04-05", "04-12", "04-19", "04-26", "05-01", "05-03"),
    FOURTH: ("06-07", "06-14", "06-19", "06-21", "06-28", "07-05"),
    FIFTH: (
        *("08-02", "08-09", "08-16", "08-23", "08-30", "09-06", "09-13", "09-20", "09-27", "10-04", "10-11"),
        *("09-25", "10-01", "10-02"),
    ),
    SIXTH: ("10-25", "11-01", "11-08", "11-22", "12-06", "12-20", "12-25"),
}
"""Days without an issue."""
_KNOWN = (
    "OpenAI",
    "Anthropic",
    "Google",
    "Qwen",
    "阿里云|Alibaba Cloud",
    "腾讯|Tencent",
    "百度|Baidu",
    "华为|Huawei",
    "微软|Microsoft",
    "Mistral",
    "DeepSeek",
    "智谱|Zhipu",
    "月之暗面|Moonshot",
    "MiniMax",
    "英伟达|NVIDIA",
    "AMD",
    "Hugging Face",
    "Databricks",
    "Perplexity",
    "字节跳动|ByteDance",
    "美团|Meituan",
    "蚂蚁|Ant Group",
    "Cohere",
    "Meta",
    "亚马逊|Amazon",
    "苹果|Apple",
    "IBM",
    "商汤|SenseTime",
)
_WHO = {
    FIRST: ("Northwind", "Bluebird", "Kestrel", "Lumen", "Harbor", "Tessera", "Orchid", "Quarry", "Saffron", "Willow"),
    SECOND: _KNOWN,
    THIRD: _KNOWN,
    FOURTH: _KNOWN,
    FIFTH: _KNOWN,
    SIXTH: _KNOWN,
}  # fmt: skip
_MODELS = ("Qwen3-VL-32B", "DeepSeek-OCR 2", "GLM-Image", "Step-3.5-Flash", "Hunyuan-A13B", "LongCat-Flash", "Ling-2.5-1T", "ERNIE 5.0", "Phi-5", "Granite 4.1", "Nemotron 3 Super", "Gemma 3n", "SmolLM4", "OLMo 3.1", "Devstral 2", "Ministral 3", "Command A+", "LFM2.5", "InternVL 4", "MiniCPM-V 5", "Claude Haiku 4.5", "Gemini 3 Flash", "GPT-5.2", "Kimi-Dev 2", "Grok 4.2")  # fmt: skip
_WHAT = (
    ("models", "{org}-{n}B 更新", "文本生成模型，支持工具调用，{k} 下载。", "{org}-{n}B updated", "A text model with tool calling, {k} downloads."),
    ("models", "{org} 视觉模型 {n}", "能读图表与文档，{n} ❤️。", "{org} Vision {n}", "It reads charts and documents, {n} likes."),
    ("apps", "{org} 推出助手应用", "可以总结会议、翻译邮件，还能安排日程。", "{org} ships an assistant app", "It sums up meetings, translates mail and keeps the calendar."),
    ("dev", "{org} SDK {n}.0", "新的 API 支持流式输出与批量处理，延迟降低 {n}%。", "{org} SDK {n}.0", "The new API streams and batches, with {n}% less latency."),
    ("dev", "{org} 开源代码审查工具", "在拉取请求里指出漏洞，可本地部署。", "{org} opens a code review tool", "It flags flaws in pull requests and runs on your own servers."),
    ("tips", "来自 {org} 的提示词清单", "{n} 条写提示词的经验，附例子。", "A prompt checklist from {org}", "{n} habits for writing prompts, with examples."),
    ("products", "{org} 发布智能眼镜", "内置语音助手，售价 {n}9 美元。", "{org} presents smart glasses", "With a voice assistant, for {n}9 dollars."),
    ("research", "{org} 论文：更快的推理", "在 {n} 个基准上提速，精度不变。", "{org} paper on faster inference", "Faster on {n} benchmarks without losing accuracy."),
    ("insight", "{org} 完成融资", "估值 {n} 亿美元，将扩建数据中心。", "{org} closes a round", "Valued at {n}00 million dollars, it will build a data center."),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    kind: str
    lang: str
    question: str
    ids: frozenset[str]
    prior: str = ""
    held: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A story in both languages: title and text each, empty where it is not told."""

    section: str
    texts: tuple[tuple[str, str], tuple[str, str]]
    url: str


def rows(name: str, archive: str = FIRST) -> list[list[str]]:
    folder = FOLDER if archive == FIRST else FOLDER / archive
    lines = (folder / name).read_text(encoding="utf-8").splitlines()
    return [[cell.strip() for cell in line.split("|")] for line in lines if line and not line.startswith("#")]


def questions(archive: str = FIRST) -> list[Asked]:
    """Return the questions; every second one of each kind is held back from tuning."""
    found: list[Asked] = []
    seen: dict[str, int] = {}
    for kind, lang, question, ids, *prior in rows("questions.txt", archive):
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


def picks(archive: str = FIRST) -> list[list[str]]:
    """Return the picks of the day, each with the title of its story: day, zh title and text, en title and text."""
    if archive != SIXTH:
        return []
    told = {row[0]: row for row in rows("stories.txt", archive)}
    return [[day, told[name][3], zh, told[name][5], en] for name, day, zh, en in rows("picks.txt", archive)]


def titles(archive: str = FIRST) -> dict[str, str]:
    """Return the id of each story and lesson by title; a lesson's is its term without what stands in brackets."""
    told = {title: row[0] for row in rows("stories.txt", archive) for title in (row[3], row[5]) if title}
    terms = {term: row[0] for row in rows("lessons.txt", archive) for term in (row[2], row[4])}
    return told | {re.sub(r"\s*[(（].*", "", term): number for term, number in terms.items()}


def issues(archive: str = FIRST) -> Iterator[tuple[str, str]]:
    """Yield the path and Markdown of each issue; a language in which a day tells nothing has none."""
    random = Random(7)  # noqa: S311  # the same archive every time
    stories, lessons, picked = rows("stories.txt", archive), rows("lessons.txt", archive), picks(archive)
    fillers = _WHAT if archive == FIRST else [tuple(row) for row in rows("fillers.txt", archive)]
    for day in _days(archive):
        told = [
            Told(
                section=row[2],
                texts=((row[3], row[4]), (row[5], row[6])),
                url="" if archive != FIRST and number % 3 == 0 else f"https://news.example.com/{row[0]}",
            )
            for number, row in enumerate(stories)
            if _is_on(day, row[1])
        ]
        told += [_filler(random, archive, random.choice(fillers)) for _ in range(FILLERS[archive])]
        if archive != FIRST:
            random.shuffle(told)
        lesson = next((row for row in lessons if _is_on(day, row[1])), None)
        pick = next((row for row in picked if _is_on(day, row[0])), None)
        for side, lang in enumerate(("zh", "en")):
            if any(one.texts[side][0] for one in told):
                yield f"daily/{lang}/{day}.md", _issue(archive, day, side, told, lesson, pick)


def _days(archive: str) -> list[date]:
    first, count = DAYS[archive]
    days = [first + timedelta(days=number) for number in range(count)]
    return [day for day in days if f"{day:%m-%d}" not in MISSING[archive]]


def _is_on(day: date, days: str) -> bool:
    return days == str(day.day) if days.isdigit() else f"{day:%m-%d}" in days.split(",")


def _filler(random: Random, archive: str, template: tuple[str, ...]) -> Told:
    section, *texts = template
    org = random.choice(_WHO[archive])
    values = {
        "n": random.randint(2, 90),
        "k": random.randint(*((1000, 9000) if archive == FIRST else (40, 990))),
        "m": random.randint(1, 9),
        "model": random.choice(_MODELS),
    }
    zh, zh_text = (text.format(org=org.split("|")[0], **values) for text in texts[:2])
    en, en_text = (text.format(org=org.split("|")[-1], **values) for text in texts[2:])
    url = f"https://filler.example.com/{random.randint(1, 10**9)}"
    return Told(section=section, texts=((zh, zh_text), (en, en_text)), url=url)


def _issue(
    archive: str, day: date, side: int, told: list[Told], lesson: list[str] | None, pick: list[str] | None
) -> str:
    lines = [f"# {('第 {} 天', 'Day {}')[side].format(day.timetuple().tm_yday)}", "", f"**{day}**", ""]
    form = _FORMS[0 if archive == FIRST else day.toordinal() % len(_FORMS)]
    for section, headings in HEADINGS.items():
        here = [(*one.texts[side], one.url) for one in told if one.section == section and one.texts[side][0]]
        if here:
            lines += [f"## {headings[side]}", "", *form(here, side), ""]
    if lesson:
        term, text = lesson[2 + 2 * side : 4 + 2 * side]
        lines += [f"## 🎓 {('模型小课堂：什么是', 'Model literacy: what is ')[side]}{term}{'？?'[side]}", "", text, ""]
    if pick:
        title, text = pick[1 + 2 * side : 3 + 2 * side]
        lines += [f"## 🎯 {('今日之选：', 'Pick of the day: ')[side]}{title}", "", text, ""]
    return "\n".join(lines)


def _dashes(here: list[tuple[str, str, str]], side: int) -> list[str]:
    return [f"- **{title}** — {text}{_link(url, ('原文', 'source')[side])}" for title, text, url in here]


def _headed(here: list[tuple[str, str, str]], side: int) -> list[str]:
    more = ("查看详情 →", "Read more →")[side]
    numbered = enumerate(here, 1)
    return [f"### {number}. {title}\n\n{text}\n\n{_link(url, more)}\n" for number, (title, text, url) in numbered]


def _bullets(here: list[tuple[str, str, str]], _side: int) -> list[str]:
    return [f"• **[{title}]({url})** — {text}\n" if url else f"• **{title}** — {text}\n" for title, text, url in here]


def _colons(here: list[tuple[str, str, str]], side: int) -> list[str]:
    return [f"**{title}**: {text}{_link(url, ('来源', 'Link')[side])}\n" for title, text, url in here]


def _link(url: str, text: str) -> str:
    return f" [{text}]({url})" if url else ""


_FORMS = (_dashes, _headed, _bullets, _colons)
