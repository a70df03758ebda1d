"""What commands and options are called in Chinese, and in Taiwan and Hong Kong, whose words and characters differ.

Whatever is missing here keeps its name, and its description in simplified characters.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

NAMES: Final[Mapping[str, tuple[str, str]]] = {
    "today": ("今日", "今日"), "models": ("模型", "模型"), "apps": ("应用", "應用"), "dev": ("开发", "開發"),
    "tips": ("技巧", "技巧"), "products": ("产品", "產品"), "section": ("栏目", "單元"), "lesson": ("小课堂", "小課堂"),
    "pick": ("今日之选", "今日之選"), "issue": ("某日", "某日"), "archive": ("往期", "往期"),
    "catchup": ("补看", "補看"), "explain": ("解释", "解釋"), "search": ("搜索", "搜尋"), "subscribe": ("订阅", "訂閱"),
    "settings": ("设置", "設定"), "pause": ("暂停", "暫停"), "why": ("投递情况", "推播狀況"), "lang": ("语言", "語言"),
    "unsubscribe": ("退订", "取消訂閱"), "start": ("开始", "開始"), "ask": ("提问", "提問"), "help": ("帮助", "說明"),
    "full": ("全文", "全文"), "new": ("新对话", "新對話"), "forgetme": ("忘记我", "忘記我"), "date": ("日期", "日期"),
    "name": ("名称", "名稱"), "term": ("术语", "術語"), "depth": ("深度", "深度"), "words": ("关键词", "關鍵字"),
    "time": ("时间", "時間"), "zone": ("时区", "時區"), "days": ("天数", "天數"), "setting": ("选项", "選項"),
    "question": ("问题", "問題"), "command": ("命令", "指令"), "channel": ("频道", "頻道"),
}  # fmt: skip
"""By the English name: simplified, traditional."""

TRADITIONAL: Final[Mapping[str, str]] = {
    "Today's issue on one page": "今天這一期，一頁看完",
    "New models and trends": "模型：新發布和趨勢",
    "Apps and platforms": "應用：產品功能和平台動態",
    "Tools, APIs and SDKs for developers": "開發：工具、API 和 SDK",
    "Practice and insight": "技巧：實作與洞見",
    "Products and launches": "產品：新品和發布",
    "Any section of an issue": "看任意一個單元",
    "The lesson of the day": "今天的小課堂",
    "The pick of the day": "今日之選",
    "The issue of another day": "看某一天的那一期",
    "All issues, newest first": "全部往期，最新的在前",
    "What the last days brought": "最近幾天都有什麼",
    "What the archive says about a term": "查一個術語，看往期怎麼說",
    "Find words in all issues": "在全部往期裡搜尋",
    "Get each issue at the time you choose": "依你選的時間接收每一期",
    "Time, language, sections and more": "時間、語言、單元等設定",
    "No issues for some days": "暫停推播幾天",
    "What happened to the last delivery, and when the next one comes": "上次推播的情況，以及下次的時間",
    "Answer in Chinese or English": "切換回覆語言：中文或英文",
    "Stop getting issues": "不再接收推播",
    "Hello, and how this works": "打個招呼，看看怎麼用",
    "The whole issue": "完整的一期",
    "Ask the archive": "向往期提問",
    "Start a new conversation": "開始新的對話",
    "Erase what is kept about me": "刪除關於我的紀錄",
    "All commands, with examples": "全部指令和用法範例",
    "Chinese or English": "中文或英文",
    "A day, such as 2/19 or yesterday": "日期，例如 2/19 或昨天",
    "Issues up to this day": "看這一天及更早的",
    "The section's name": "單元名稱",
    "A term, such as MoE": "術語，例如 MoE",
    "simple or deep": "simple（淺白）或 deep（深入）",
    "Simpler": "說簡單點",
    "In depth": "講深一點",
    "What to look for": "關鍵字",
    "When, such as 8:30 or 8pm; also days, such as weekdays": "時間，例如 8:30 或晚上 8 點；也可以加上「工作日」",
    "Where you are: a city or a time zone": "所在地：城市或時區",
    "A setting and its value, such as time 8:45": "設定項目和值，例如 time 8:45",
    "How many days; leave empty to turn it on or off": "天數；留空則暫停或恢復",
    "Your question": "你的問題",
    "A command to explain": "想了解的指令",
    "Another channel than this one, such as a forum": "目前頻道以外的頻道，例如論壇",
    "Explain this": "解釋一下",
    "Ask about this": "就此提問",
}
"""By the English text."""
