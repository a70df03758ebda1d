"""Commands in plain words; everything else is a question."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from core.commands.registry import COMMANDS
from core.commands.wishes import wished
from core.document.text import plain

if TYPE_CHECKING:
    from tests.core.commands.conftest import Ask


@pytest.mark.parametrize(
    ("said", "wish"),
    [
        ("Hi!", ("start", "")),
        ("你好～", ("start", "")),
        ("What can you do?", ("start", "")),
        ("commands", ("help", "")),
        ("What’s new?", ("today", "")),
        ("Please show me today's issue", ("today", "")),
        ("有什么新闻？", ("today", "")),
        ("给我来一份日报", ("today", "")),
        ("今天都发生了什么", ("today", "")),
        ("yesterday's issue", ("issue", "yesterday")),
        ("昨天的日报", ("issue", "yesterday")),
        ("往期", ("archive", "")),
        ("What did I miss?", ("catchup", "")),
        ("subscribe", ("subscribe", "")),
        ("Send me this every day at 8", ("subscribe", "every day at 8")),
        ("subscribe 8:30 Shanghai", ("subscribe", "8:30 shanghai")),
        ("每天早上8点发给我", ("subscribe", "每天早上8点")),
        ("工作日晚上9点推送给我", ("subscribe", "工作日晚上9点")),
        ("STOP", ("unsubscribe", "")),
        ("退订", ("unsubscribe", "")),
        ("别再发了！", ("unsubscribe", "")),
        ("How do I unsubscribe?", ("help", "unsubscribe")),
        ("怎么订阅？", ("help", "subscribe")),
        ("改时区", ("settings", "zone")),
        ("English please", ("lang", "en")),
        ("换成中文吧", ("lang", "zh")),
        ("When is the next issue?", ("why", "")),
        ("几点推送", ("why", "")),
        ("Why didn’t I get today’s issue?", ("why", "")),
        ("今天怎么没收到？", ("why", "")),
        ("下一期什么时候来？", ("why", "")),
        ("pause", ("pause", "")),
        ("Pause for a week, please", ("pause", "for a week")),
        ("暂停三天", ("pause", "三天")),
        ("恢复推送", ("pause", "off")),
        ("subscribe me at nine", ("subscribe", "nine")),
        ("Change my time to 7am", ("settings", "time 7am")),
        ("move it to half past eight Berlin", ("settings", "time half past eight berlin")),
        ("改成每天七点", ("settings", "time 每天七点")),
        ("把推送时间改到晚上9点", ("settings", "time 晚上9点")),
    ],
)
def test_a_message_that_is_only_a_wish_is_a_command(said: str, wish: tuple[str, str]) -> None:
    assert wished(said) == wish
    assert wish[0] in COMMANDS


@pytest.mark.parametrize(
    "said",
    [
        "Hello Kitty in the news?",
        "stop words",
        "subscribe to Heron news",
        "订阅费多少",
        "send me the news about Heron 3",
        "what's new in models",
        "每天早上8点发布的新闻",
        "subscribe at the museum 12",
        "English tests for children",
        "pause before you answer",
        "暂停训练一周的公司",
        "改成开源的模型",
        "what changed to 8-bit",
        "",
        "？",
        f"{'请' * 200}退订",
    ],
)
def test_a_message_that_says_more_is_a_question(said: str) -> None:
    assert wished(said) is None


async def test_a_wish_does_what_its_command_does(ask: Ask) -> None:
    assert (await ask("ask 今天的日报")).document == (await ask("today")).document
    assert "08:30" in plain((await ask("ask Subscribe 8:30 Shanghai", lang="en")).document.blocks)
    assert "Unsubscribed" in plain((await ask("ask STOP", lang="en")).document.blocks)
    assert "isn't subscribed" in plain((await ask("why", lang="en")).document.blocks)


async def test_who_may_not_use_a_command_may_not_in_plain_words(ask: Ask) -> None:
    assert "Only admins" in plain((await ask("ask unsubscribe", lang="en", manager=False)).document.blocks)


@pytest.mark.parametrize(
    ("said", "lang", "answer"),
    [
        ("Thank you 🙏", "en", "You're welcome"),
        ("Ｔｈａｎｋｓ！", "en", "You're welcome"),
        ("thanks ❤", "en", "You're welcome"),
        ("OK?", "en", "All right"),
        ("谢谢！", "zh", "不客气"),
        ("OK", "en", "All right"),
        ("知道了。", "zh", "好的"),
        ("good night", "en", "See you with the next issue"),
        ("拜拜～", "zh", "下期见"),
    ],
)
async def test_courtesies_are_returned(ask: Ask, said: str, lang: str, answer: str) -> None:
    assert answer in plain((await ask(f"ask {said}", lang=lang)).document.blocks)
