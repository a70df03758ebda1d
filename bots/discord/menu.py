"""The registry as Discord's application commands.

https://docs.discord.com/developers/interactions/application-commands
"""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from core.commands.registry import COMMANDS
from core.i18n import mark, texts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bots.discord.api import Api
    from core.commands.model import Command, Parameter
    from core.storage.notes import SqlNotes

CHAT_INPUT, MESSAGE = 1, 3
STRING, CHANNEL = 3, 7
CHANNELS: Final = (0, 5, 10, 11, 12, 15)
"""Text, announcements, threads of all kinds, forums."""
EVERYWHERE: Final = {"integration_types": [0, 1], "contexts": [0, 1, 2]}
CHINESE: Final = ("zh-CN", "zh-TW")
DESCRIPTION_LENGTH = 100
COMPLETED: Final = frozenset({"date", "section", "term", "words", "zone", "time", "text"})
EXPLAIN, ASK = mark("Explain this"), mark("Ask about this")
WHERE: Final = "channel"
HASH: Final = "discord:commands:"
_NAMES: Final[Mapping[str, str]] = {
    "today": "今日", "models": "模型", "apps": "应用", "dev": "开发", "tips": "技巧", "products": "产品",
    "section": "栏目", "lesson": "小课堂", "pick": "今日之选", "issue": "某日", "archive": "往期", "explain": "解释",
    "search": "搜索", "subscribe": "订阅", "settings": "设置", "pause": "暂停", "why": "投递情况", "lang": "语言",
    "unsubscribe": "退订", "start": "开始", "ask": "提问", "help": "帮助", "full": "全文",
    "date": "日期", "name": "名称", "term": "术语", "words": "关键词", "time": "时间", "zone": "时区", "days": "天数",
    "setting": "选项", "question": "问题", "command": "命令", WHERE: "频道", "page": "页码",
}  # fmt: skip
"""What commands and options are called in Chinese; one that is not here keeps its name."""


def commands() -> list[dict[str, Any]]:
    """Return every command to register: those of the menu and the questions, then two on messages."""
    shown = [command for command in COMMANDS.values() if command.menu or command.name == "ask"]
    return [*map(_slash, shown), _on_message(EXPLAIN), _on_message(ASK)]


def _slash(command: Command) -> dict[str, Any]:
    where = [_where()] if command.audience == "manager" else []
    options = [_option(parameter) for parameter in command.parameters]
    return {
        "type": CHAT_INPUT,
        "name": command.name,
        **_localized("name", _NAMES.get(command.name)),
        **_described(command.summary),
        "options": [*sorted(options, key=lambda option: not option["required"]), *where],
        **EVERYWHERE,
    }


def _option(parameter: Parameter) -> dict[str, Any]:
    option = {
        "type": STRING,
        "name": parameter.name,
        **_localized("name", _NAMES.get(parameter.name)),
        **_described(parameter.summary),
        "required": parameter.required,
    }
    if parameter.kind == "lang":
        option["choices"] = [{"name": "中文", "value": "zh"}, {"name": "English", "value": "en"}]
    elif parameter.kind in COMPLETED:
        option["autocomplete"] = True
    return option


def _where() -> dict[str, Any]:
    return {
        "type": CHANNEL,
        "name": WHERE,
        **_localized("name", _NAMES[WHERE]),
        **_described(mark("Another channel than this one, such as a forum")),
        "required": False,
        "channel_types": list(CHANNELS),
    }


def _on_message(name: str) -> dict[str, Any]:
    return {"type": MESSAGE, "name": name, **_localized("name", texts("zh")(name)), **EVERYWHERE}


def _described(summary: str) -> dict[str, Any]:
    zh = texts("zh")(summary)[:DESCRIPTION_LENGTH]
    return {"description": summary[:DESCRIPTION_LENGTH], **_localized("description", zh)}


def _localized(field: str, chinese: str | None) -> dict[str, Any]:
    return {f"{field}_localizations": dict.fromkeys(CHINESE, chinese)} if chinese else {}


def digest_of(wanted: list[dict[str, Any]]) -> str:
    """Return a hash of the commands, to see whether they have changed."""
    return sha256(json.dumps(wanted, sort_keys=True).encode()).hexdigest()


async def sync(api: Api, notes: SqlNotes, application: str) -> bool:
    """Register the commands if they are not those registered last; return whether that was so."""
    wanted = commands()
    digest = digest_of(wanted)
    if await notes.get(HASH + application) == digest:
        return False
    await api.call("PUT", "/applications/{application_id}/commands", wanted, application_id=application)
    await notes.put(HASH + application, digest)
    return True
