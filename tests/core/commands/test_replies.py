"""Every command's answers, as golden outlines: what a reader sees, in both languages."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from core.commands.registry import COMMANDS
from outline import outline

if TYPE_CHECKING:
    from tests.conftest import Golden
    from tests.core.commands.conftest import Ask

GOLDEN = Path(__file__).parent / "replies"
REF = "daily/zh/2026-03-02"

CONVERSATIONS = {
    "start": ["/start"],
    "help": ["/help", "/help subscribe", "/help nonsense"],
    "today": ["/today", "/today zh", "/today 中文"],
    "issue": ["/issue", "/issue 2/20", "/issue 昨天", "/issue 2026-02-25", "/issue soonish", f"issue {REF}"],
    "full": [f"full {REF}"],
    "archive": ["/archive", "/archive zh", "/archive 2/20", "/archive 2/20 --page 2"],
    "catchup": ["/catchup", "/catchup 2/20 zh --page 2", f"catchup {REF}", "/catchup 3/9", "/catchup soonish"],
    "models": ["/models", "/models 2/20", "/models yesterday"],
    "apps": ["/apps"],
    "dev": ["/dev zh"],
    "tips": ["/tips yesterday"],
    "products": ["/products"],
    "section": ["/section", "/section 模型", "/section dev 中文", f"section models {REF}", "/section gardening"],
    "story": [f"story ihsysy57 {REF}", f"story nokeyatall {REF}", "story ihsysy57 daily/zh/2020-01-01"],
    "lesson": ["/lesson", "/lesson 昨天", f"lesson {REF}"],
    "pick": ["/pick", "/pick 2/20"],
    "explain": [
        "/explain",
        "/explain MoE",
        "/explain 量化",
        "/explain Polaris",
        "/explain quantisation",
        "/explain weights",
        "/explain 量子",
        "/explain zzz",
    ],
    "search": ["/search", "/search open weights", "/search 智能体", "/search 模型 智能体 缓存 --page 2", "/search zzz"],
    "new": ["ask Polaris 2", "ask and what about it?", "/new", "ask and what about it?"],
    "forgetme": ["/subscribe 8:30 Shanghai", "/forgetme", "forgetme no", "/why", "forgetme yes", "/why"],
    "ask": ["ask", "ask what is seagull?", "ask 河狸有什么更新", "ask zzz"],
    "subscribe": [
        "/subscribe",
        "/subscribe",
        "/subscribe 8:30 上海",
        "/subscribe 8pm Berlin weekdays",
        "/subscribe 21:00 中文",
        "/subscribe at dawn",
        "/unsubscribe",
        "/unsubscribe",
        "/subscribe 20:00 Europe/Berlin mon,tue,wed,thu,fri zh",
    ],
    "unsubscribe": ["/unsubscribe", "/subscribe 7:00 Tokyo", "/unsubscribe"],
    "settings": [
        "/settings",
        "/subscribe 8:30 Shanghai",
        "/settings",
        "settings time",
        "settings time 09:00",
        "settings zone",
        "settings zone Europe/Berlin",
        "settings days",
        "settings days 7",
        "settings days weekends",
        "settings lang zh",
        "settings sections",
        "settings sections dev",
        "settings sections 模型",
        "settings sections models",
        "settings style full",
        "settings silent on",
        "settings pause",
        "settings pause 3",
        "settings pause off",
        "settings sections all",
        "settings pin maybe",
        "settings colour",
        "settings style pretty",
        "settings sections gardening",
    ],
    "pause": [
        "/pause",
        "/subscribe 8:30 Shanghai",
        "/pause 3 天",
        "/pause",
        "/pause",
        "/pause a week",
        "/pause many",
        "/pause 999",
    ],
    "why": ["/why", "/subscribe 8:30 Shanghai", "/why"],
    "lang": ["/lang", "/lang zh", "/lang", "/lang English", "/lang Klingon"],
    "page": [f"page 1 section models {REF}", f"page 9 full {REF}", "page x full", "page 2 subscribe 9:00", "page"],
    "unknown": ["/modles", "/xyzzy"],
}


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("name", CONVERSATIONS)
async def test_a_conversation_reads_like_this(name: str, lang: str, ask: Ask, golden: Golden) -> None:
    said = []
    for line in CONVERSATIONS[name]:
        reply = await ask(line, lang=lang)
        private = " (private)" if reply.private else ""
        said.append(f"> {line}{private}\n{outline(reply.document)}")
    golden(GOLDEN / f"{name}.{lang}.txt", "\n".join(said))


def test_every_command_has_a_conversation() -> None:
    assert set(CONVERSATIONS) - {"unknown"} == set(COMMANDS)
