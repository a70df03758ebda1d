"""Commands in plain words: "today's issue", "unsubscribe", "每天早上 8 点发给我". Pure.

Only a message that says nothing else is taken for a command; anything more is a question to the archive.
"""

# ruff: noqa: E501 — phrases of one command read best on one line
from __future__ import annotations

from datetime import time

import regex

from core.commands.pause import parse_days
from core.commands.phrases import AROUND, bare, by_phrase
from core.errors import UsageError
from core.subscriptions.hours import SPOKEN
from core.subscriptions.when import parse_when

LONGEST = 200
"""Nobody wishes in more characters; and what stands around a wish is taken off piece by piece, which takes its time."""
_PHRASES = """
start: hi | hello | hey | hi there | hello there | good morning | good evening | help | who are you | what are you | what is this | what can you do | what can i ask | how does this work
start: 你好 | 您好 | 嗨 | 哈喽 | 早 | 早安 | 早上好 | 晚上好 | 大家好 | 在吗 | 帮助 | 你是谁 | 你是什么 | 你能做什么 | 你能干什么 | 你会什么 | 你会做什么 | 怎么用 | 我能问什么
help: commands | all commands | the commands | menu | the menu
help: 命令 | 所有命令 | 全部命令 | 有哪些命令 | 菜单
today: today | today's issue | today's news | today's digest | today's paper | the news | news | any news | what's new | what is new | what's new today | what's the news | what's happening | what's going on | what happened today | what's hot | what's interesting | anything interesting | anything new | headlines | the headlines | top stories | today's top stories | latest issue | the latest issue | newest issue | the newest issue | the latest | the digest | the issue
today: 今天 | 今天的 | 今天的日报 | 今天的新闻 | 今天的内容 | 今天这一期 | 今天这期 | 今日 | 今日日报 | 今日新闻 | 今日头条 | 今日要闻 | 日报 | 新闻 | 最新一期 | 最新的一期 | 最新的日报 | 最新日报 | 头条 | 要闻 | 看看今天的 | 今天有什么 | 今天有啥 | 今天有什么新闻 | 今天有啥新闻 | 今天有什么消息 | 今天发生了什么 | 今天都发生了什么 | 有什么新闻 | 有啥新闻 | 有什么消息 | 有什么新消息 | 有什么新鲜事 | 有啥新鲜事 | 有新闻吗 | 有什么新的 | 有啥新的 | 最近有什么新闻 | 最近有啥新闻 | 最近有什么新鲜事 | 最近有什么消息 | 有什么值得看的 | 今天有什么值得看的 | 有什么好看的 | 最近有什么进展 | 最近有什么新进展
issue yesterday: yesterday | yesterday's issue | yesterday's news | yesterday's digest | yesterday's paper
issue yesterday: 昨天 | 昨天的 | 昨天的日报 | 昨天的新闻 | 昨天那期 | 昨天那一期 | 昨日日报 | 昨日新闻
archive: archive | the archive | all issues | past issues | older issues | back issues
archive: 往期 | 往期列表 | 过刊 | 历史 | 历史日报 | 以前的日报 | 所有日报
catchup: catch me up | catch up | what did i miss | what have i missed | what i missed
catchup: 我错过了什么 | 错过了什么 | 我错过的 | 补看 | 补一下
subscribe: subscribe | subscribe me | sign me up | i want to subscribe | send me this every day | send it to me every day
subscribe: 订阅 | 我要订阅 | 订阅日报 | 每天发给我 | 每天推送给我 | 天天发给我
unsubscribe: unsubscribe | unsubscribe me | stop | stop it | stop sending | stop sending me this | stop sending me issues | stop the issues | no more issues | i want to unsubscribe
unsubscribe: 退订 | 我要退订 | 取消订阅 | 我要取消订阅 | 停止推送 | 取消推送 | 别发了 | 别再发了 | 不要发了 | 不要再发了 | 不要再推送了 | 别推送了
help subscribe: how do i subscribe | how to subscribe | how can i subscribe
help subscribe: 怎么订阅 | 如何订阅 | 怎样订阅 | 在哪订阅
help unsubscribe: how do i unsubscribe | how to unsubscribe | how can i unsubscribe | how do i stop this
help unsubscribe: 怎么退订 | 如何退订 | 怎么取消订阅 | 如何取消订阅 | 怎样取消订阅
settings: settings | my settings | preferences | options | change the time | change my time | another time
settings: 设置 | 我的设置 | 偏好 | 选项 | 改时间 | 换个时间 | 修改时间 | 改设置
settings zone: time zone | timezone | my time zone | change the time zone | change my time zone
settings zone: 时区 | 改时区 | 换时区 | 修改时区 | 我的时区
lang: language | languages | change language | change the language
lang: 语言 | 换语言 | 改语言 | 切换语言 | 换个语言
lang en: english | in english | speak english | english please | switch to english
lang en: 英文 | 英语 | 说英文 | 说英语 | 用英文 | 用英语 | 换成英文 | 改成英文 | 切换到英文 | 切换成英文 | 把语言换成英文 | 用英文回答
lang zh: chinese | in chinese | speak chinese | chinese please | switch to chinese
lang zh: 中文 | 汉语 | 说中文 | 讲中文 | 用中文 | 换成中文 | 改成中文 | 切换到中文 | 切换成中文 | 把语言换成中文 | 用中文回答
why: next issue | the next issue | when is the next issue | when does the next issue come | when does it come | when do i get it | am i subscribed | when is the next one | when will i get it | when will i get the next issue | when will i get my next issue | what time do you send it | what time does it come | where is today's issue | where is my issue | why is it late | i didn't get today's issue | why didn't i get today's issue | why did i not get today's issue
why: 下一期 | 下一期什么时候 | 下期什么时候 | 什么时候发 | 什么时候推送 | 几点发 | 几点推送 | 我订阅了吗 | 下一期什么时候来 | 下一期什么时候送 | 下期什么时候来 | 什么时候送 | 什么时候来 | 几点送 | 几点来 | 怎么没收到 | 为什么没收到 | 今天怎么没收到 | 今天为什么没收到 | 今天怎么没发 | 怎么还没来 | 怎么还没收到 | 今天的怎么还没来
pause: pause | pause it | pause the issues | 暂停 | 暂停推送
pause off: resume | unpause | 恢复 | 恢复推送 | 继续推送 | 取消暂停
"""
_ROWS = (row.split(": ") for row in _PHRASES.strip().splitlines())
_COMMANDS = by_phrase(
    ((command, args), phrases) for line, phrases in _ROWS for command, _, args in [line.partition(" ")]
)
_AROUND = regex.compile(
    r"^(?:please|pls|can you|could you|(?:can|could) i (?:have|get|see)|show me|give me|send me|i want|i'd like|"
    r"请|麻烦|帮我|给我|我想看看?|我要看|看看|看一?下|来一?[份期个]?)\s*|\s*(?:please|pls|now|thanks|thank you|吧|呀|啊|呢|谢谢|一下)$"
)
_EVERY_DAY = (
    r"(?:please )?subscribe(?: me)?(?: (?:at|for|to))?(?= )(?P<when>.+)",
    r"(?:please )?(?:send|deliver) (?:me |us )?(?:this|it|the (?:issue|digest|news|paper))(?: to (?:me|us))?(?= )(?P<when>.+)",
    r"(?:请|帮我|我要|我想)*订阅(?:到|在)?(?P<when>.+)",
    r"(?:请|帮我)?(?P<when>.+?)(?:给我)?(?:发|推送|推)(?:给我|给我们|过来|日报|新闻)+",
)
_ANOTHER_TIME = (
    r"(?:please )?(?:change|move|set) (?:it|the time|my time)(?: to)?(?= )(?P<when>.+)",
    r"(?:请|帮我)?(?:把)?(?:推送)?(?:时间)?[改换](?:到|成|为)(?P<when>.+)",
)
_SLOTS = (
    *((regex.compile(pattern), "subscribe", "") for pattern in _EVERY_DAY),
    *((regex.compile(pattern), "settings", "time ") for pattern in _ANOTHER_TIME),
)
_CLOCK = regex.compile(rf"\d|\b(?:{'|'.join(SPOKEN)})\b|[一二两三四五六七八九十]\s?点|noon|midnight|中午|午夜")
_PAUSE = regex.compile(r"(?:pause|暂停)(?: it| the issues|推送)?\s*(?P<days>.+)")


def meant(command: str, args: str) -> tuple[str, str]:
    """Return the command that a line means, and its arguments: those of the wish, if it asks in the words of one."""
    return (wished(args) if command == "ask" else None) or (command, args)


def wished(said: str) -> tuple[str, str] | None:
    """Return the command that a message asks for in plain words, and its arguments; None if it is a question."""
    if len(said) > LONGEST:
        return None
    words = bare(said)
    short = words
    while short not in _COMMANDS and (less := _AROUND.sub("", short).strip(AROUND)) != short:
        short = less
    return _COMMANDS.get(short) or _pause(short) or _slot(words)


def _pause(words: str) -> tuple[str, str] | None:
    found = _PAUSE.fullmatch(words)
    return ("pause", found["days"]) if found and parse_days(found["days"]) else None


def _slot(words: str) -> tuple[str, str] | None:
    """Return what subscribes at a time that is named, or changes it: "send me this every day at 8"."""
    for pattern, command, topic in _SLOTS:
        found = pattern.fullmatch(words)
        if not found or not _CLOCK.search(found["when"]):
            continue
        when = found["when"].strip()
        try:
            parse_when(when, default_zone="UTC", default_time=time())
        except UsageError:
            return None
        return command, topic + when
    return None
