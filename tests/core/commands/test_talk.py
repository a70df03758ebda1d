"""A reply to a post is about that post, and a quoted passage about its story."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from core.commands.model import Context, Request
from core.commands.talk import conversation_of, under_discussion
from core.target import Target

if TYPE_CHECKING:
    from core.commands.services import Services
    from tests.core.commands.conftest import Ask

REF = "daily/zh/2026-03-02"
CHAT = Target(platform="paper", account="bot", chat="reader")


def asking(**context: str) -> Request:
    return Request(command="ask", args="?", target=CHAT, user="u", context=Context(**context))


@pytest.mark.parametrize(
    ("context", "title"),
    [
        ({"issue": REF}, "北极星 2（Polaris 2）"),
        ({"issue": REF, "quote": "终端里的编码智能体，支持并行任务"}, "河狸 CLI 1.4"),
        ({"issue": REF, "quote": "河狸 CLI 1.4 — 终端里的"}, "河狸 CLI 1.4"),
        ({"issue": REF, "story": "ihsysy57"}, "河狸 CLI 1.4"),
        ({"issue": "daily/zh/2020-01-01", "story": "ihsysy57"}, ""),
        ({"issue": "no issue"}, ""),
        ({"quote": "谁用过河狸 CLI？\n听说不错"}, "谁用过河狸 CLI？ 听说不错"),
        ({}, ""),
    ],
)
async def test_what_is_answered_or_quoted_is_spoken_of(context: dict[str, str], title: str, services: Services) -> None:
    topic = await under_discussion(asking(**context), services)
    assert topic.title == title


async def test_a_question_below_a_post_leans_on_it(ask: Ask) -> None:
    below = Context(issue=REF, quote="终端里的编码智能体，支持并行任务")
    assert "河狸 CLI 1.4" not in str((await ask("ask 它是做什么的？", lang="zh")).document)
    assert "河狸 CLI 1.4" in str((await ask("ask 它是做什么的？", lang="zh", context=below)).document)


async def test_a_question_about_what_somebody_said_leans_on_it(ask: Ask) -> None:
    said = Context(quote="谁用过河狸 CLI？听说不错")
    assert "河狸 CLI 1.4" in str((await ask("ask 它是做什么的？", lang="zh", context=said)).document)


def test_each_thread_is_a_conversation_of_its_own() -> None:
    named = [conversation_of(asking(thread=thread)) for thread in ("", "1.1", "2.2")]
    assert len(set(named)) == 3
