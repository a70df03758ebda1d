"""What the program does by itself: it learns words each night, and compares numbers from its first issue on."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bots.serve import chores
from bots.settings import Settings
from bots.wiring import open_house
from core.digest.parse import parse

if TYPE_CHECKING:
    from bots.wiring import House

TWINS = (
    ("灯塔换灯", "海员欢迎。", "A lighthouse gets a lamp", "Sailors cheer."),
    ("老灯塔出售", "价格未定。", "Old lighthouse for sale", "No price yet."),
    ("风暴中的灯塔", "墙壁开裂。", "The lighthouse in a storm", "Walls crack."),
    ("谁建了灯塔", "档案有答案。", "Who built that lighthouse", "Files tell."),
)
ISSUE = """# 第一期

**2026-03-18**

## 模型

- **小模型 A** — 9,400 次下载，88 ❤️。
- **大模型 B** — 1.2 万下载，12 ❤️。
- **模型 C** — 没有数字。
"""


async def publish(house: House, path: str, text: str) -> None:
    await house.publish(text, parse(text, path=Path(path)).issue)


async def test_words_are_learnt_from_twins_every_night(data: Path) -> None:
    async with open_house(Settings(data_dir=data, dictionary="off")) as house:
        for day, (*zh, en_title, en_text) in enumerate(TWINS, 1):
            for lang, title, text in (("zh", *zh), ("en", en_title, en_text)):
                story = f"# T\n\n## Apps\n\n- **{title}** — {text} [source](https://example.com/{day})\n"
                await publish(house, f"daily/{lang}/2026-03-0{day}.md", story)
        only = "# T\n\n## 应用\n\n- **灯塔看守退休** — 无人接班。\n"
        await publish(house, "daily/zh/2026-03-09.md", only)
        asked = "Which lighthouse keeper retired?"
        assert "灯塔看守退休" not in [one.title for one in (await house.answer(asked)).nearest]
        nightly = next(task for task in chores(house) if task.name == "learn")
        assert (nightly.period, nightly.hour) == (timedelta(days=1), 3)
        await nightly.do()
        await house.search.warm()  # as each program does every minute
        answer = await house.answer(asked)
        assert "灯塔看守退休" in [one.title for one in (*answer.citations, *answer.nearest)]


@pytest.mark.parametrize("question", ["哪个模型下载最多？", "下载量最高的是哪个模型"])
async def test_numbers_of_a_single_issue_are_compared(question: str, data: Path) -> None:
    async with open_house(Settings(data_dir=data)) as house:
        await publish(house, "daily/zh/2026-03-18.md", ISSUE)
        answer = await house.answer(question)
        assert [one.title for one in answer.citations] == ["大模型 B", "小模型 A"]
        assert "1.2 万下载" in answer.text
