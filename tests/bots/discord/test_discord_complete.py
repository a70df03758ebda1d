"""What is offered while somebody types an option."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from bots.discord.complete import LONGEST, MOST, choices
from bots.settings import Settings
from bots.wiring import open_house
from core.commands.model import Request
from core.digest.parse import parse
from core.digest.sections import Vocabulary
from core.target import Target

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bots.wiring import House

READER = Request(command="", args="", target=Target(platform="discord", account="1001", chat="501"), user="42")
ISSUE = """---
date: 2026-02-19
lang: zh
---
# 模型开源的一天

## 🧠 模型

- **GLM-5** — 开源文本生成模型。

## 🎓 模型小课堂：什么是基础设施噪声？

同样的代码换台机器跑，得分可能相差几个百分点。
"""


@pytest.fixture
async def house(data: Path) -> AsyncIterator[House]:
    async with open_house(Settings(data_dir=data)) as opened:
        await opened.publish(ISSUE, parse(ISSUE, vocabulary=Vocabulary.bundled()).issue)
        yield opened


@pytest.mark.parametrize(
    ("command", "option", "typed", "lang", "name", "value"),
    [
        ("models", "date", "", "zh", "2026 年 2 月 19 日 · 模型开源的一天", "2026-02-19"),
        ("models", "date", "02-19", "en", "February 19, 2026 · 模型开源的一天", "2026-02-19"),
        ("section", "name", "dev", "en", "🔧 Dev", "dev"),
        ("explain", "term", "噪声", "zh", "基础设施噪声", "基础设施噪声"),
        ("search", "words", "开源", "zh", "GLM-5", "GLM-5"),
        ("issue", "date", "2/19", "zh", "2026 年 2 月 19 日 · 模型开源的一天", "2026-02-19"),
        ("issue", "date", "March 5, 2026", "en", "March 5, 2026", "2026-03-05"),
        ("subscribe", "zone", "上海", "zh", "上海 · Asia/Shanghai", "Asia/Shanghai"),
        ("subscribe", "zone", "UTC+8", "en", "UTC+8", "Etc/GMT-8"),
        ("subscribe", "time", "8:4", "en", "8:4", "8:4"),
        ("pause", "days", "", "en", "7 days", "7"),
        ("settings", "setting", "静默", "zh", "静默推送", "silent on"),
        ("settings", "setting", "zone tok", "en", "Time zone Tokyo · Asia/Tokyo", "zone Asia/Tokyo"),
        ("help", "command", "expl", "en", "/explain · What the archive says about a term", "explain"),
    ],
)
async def test_an_option_is_completed(
    house: House, command: str, option: str, typed: str, lang: str, name: str, value: str
) -> None:
    data: dict[str, Any] = {"name": command, "options": [{"name": option, "value": typed, "focused": True}]}
    found = await choices(data, replace(READER, lang=lang), house.services)
    assert {"name": name, "value": value} in found
    assert found[0]["name"] == name or option != "zone"
    assert len(found) <= MOST
    assert all(0 < len(text) <= LONGEST for choice in found for text in choice.values())
