from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from core.commands.dispatch import dispatch, minds_rights
from core.commands.guard import Guard, Rate
from core.commands.model import Request
from core.commands.registry import COMMANDS
from core.document.nodes import Actions
from core.document.text import plain, walk
from core.errors import StorageError
from core.target import Target

if TYPE_CHECKING:
    from clock import ManualClock
    from core.commands.model import Reply
    from core.commands.services import Services
    from core.document.nodes import Action
    from tests.core.commands.conftest import Ask

CHAT = Target(platform="paper", account="bot", chat="reader")
APOLOGY = "Something went wrong"


def said(reply: Reply) -> str:
    return plain(reply.document.blocks)


def buttons(reply: Reply) -> list[Action]:
    return [
        action for block in reply.document.blocks if isinstance(block, Actions) for row in block.rows for action in row
    ]


class Broken:
    """Stands in for a part whose database is gone."""

    def __getattr__(self, name: str) -> object:
        raise StorageError("disk full at /var/lib/secret-path")


async def test_an_unexpected_error_becomes_an_apology_with_the_reference_of_the_log(services: Services) -> None:
    broken = replace(services, archive=Broken())  # type: ignore[arg-type]  # broken on purpose
    with capture_logs() as logs:
        reply = await dispatch(Request(command="today", args="", target=CHAT, user="u", lang="en"), broken)
    assert said(reply).startswith(APOLOGY)
    assert logs[0]["reference"] in said(reply)
    assert logs[0]["command"] == "today"
    assert "secret-path" not in said(reply)
    assert reply.private


async def test_an_error_before_the_language_is_known_is_answered_too(services: Services) -> None:
    broken = replace(services, preferences=Broken())  # type: ignore[arg-type]  # broken on purpose
    reply = await dispatch(Request(command="today", args="", target=CHAT, user="u", lang="zh"), broken)
    assert said(reply).startswith("抱歉")


async def test_who_asks_too_often_is_asked_to_wait_and_then_answered_again(
    services: Services, clock: ManualClock
) -> None:
    guarded = replace(services, guard=Guard(Rate(burst=2, per_second=0.5)))
    request = Request(command="start", args="", target=CHAT, user="u", lang="en")
    answers = [said(await dispatch(request, guarded)) for _ in range(3)]
    assert answers[2] == "That was a lot at once. Please try again in 2 seconds."
    assert answers[0] == answers[1] != answers[2]
    other = replace(request, user="someone else")
    assert said(await dispatch(other, guarded)) == answers[0]
    clock.advance(timedelta(seconds=2))
    assert said(await dispatch(request, guarded)) == answers[0]


@pytest.mark.parametrize("name", ["subscribe", "unsubscribe", "settings", "pause", "lang"])
async def test_only_managers_change_what_a_chat_gets(name: str, ask: Ask, services: Services) -> None:
    reply = await ask(f"/{name} 8:30", manager=False)
    assert said(reply).startswith(f"Only admins of this chat can use /{name} here.")
    assert reply.private
    assert await services.subscriptions.find(CHAT, "daily") is None


@pytest.mark.parametrize("line", ["unsubscribe", "UNSUBSCRIBE", "/unsubscribe", "\tunsubscribe", "Ask unsubscribe"])
def test_rights_are_minded_however_a_command_is_written(line: str) -> None:
    command, _space, args = line.partition(" ")
    assert minds_rights(command, args)


@pytest.mark.parametrize("name", sorted(name for name, each in COMMANDS.items() if each.audience != "manager"))
async def test_everybody_may_use_the_other_commands(name: str, ask: Ask) -> None:
    assert "Only admins" not in said(await ask(f"/{name}", manager=False))


@pytest.mark.parametrize(
    ("platform", "chosen", "lang"),
    [("zh-hans", None, "zh"), ("en-US", None, "en"), (None, None, "en"), ("de", None, "en"), ("en", "zh", "zh")],
)
async def test_replies_come_in_the_chosen_language_then_the_readers_then_ours(
    platform: str | None, chosen: str | None, lang: str, ask: Ask
) -> None:
    if chosen:
        await ask(f"/lang {chosen}")
    assert (await ask("/start", lang=platform)).document.lang == lang


async def test_a_chinese_publication_speaks_chinese_to_whom_nothing_is_known_of(services: Services) -> None:
    chinese = replace(services, publication=replace(services.publication, lang="zh"))
    reply = await dispatch(Request(command="start", args="", target=CHAT, user="u"), chinese)
    assert reply.document.lang == "zh"


@pytest.mark.parametrize("line", ["/TODAY", "/Today", "today", "/today "])
async def test_a_command_is_known_however_it_is_written(line: str, ask: Ask) -> None:
    assert "Polaris 2" in said(await ask(line))


@pytest.mark.parametrize("lang", ["en", "zh"])
async def test_every_button_leads_somewhere(lang: str, ask: Ask) -> None:
    """Press all buttons that can be reached from the first page, and none is a dead end."""
    waiting, pressed = ["start", "settings", "search 2", "why"], set[str]()
    while waiting:
        line = waiting.pop()
        if line in pressed:
            continue
        pressed.add(line)
        reply = await ask(line.removeprefix("+"), lang=lang, pressed=True)
        assert not reply.private or line.startswith(("help", "settings", "pause", "unsubscribe")), (line, said(reply))
        assert APOLOGY not in said(reply)
        assert "抱歉" not in said(reply)
        waiting.extend(action.data for action in buttons(reply))
    assert len(pressed) > 60


@pytest.mark.parametrize("name", sorted(COMMANDS))
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    args=st.one_of(
        st.text(max_size=60),
        st.sampled_from(
            [
                "--page 0",
                "--page 99999999999",
                "x" * 5000,
                "\ud800",
                "a/b/2026-02-19",
                "𝟚/𝟙𝟡",
                "%(x)s {x} {0}",
                "\u202e2/19",
            ]
        ),
    )
)
async def test_whatever_a_reader_writes_is_answered_without_an_apology(name: str, args: str, ask: Ask) -> None:
    reply = await ask(f"/{name} {args}")
    assert APOLOGY not in said(reply), args
    assert reply.document.title


@pytest.mark.parametrize("name", ["today", "issue", "archive", "catchup", "section", "lesson", "pause"])
async def test_a_number_longer_than_any_is_answered(name: str, ask: Ask) -> None:
    assert APOLOGY not in said(await ask(f"/{name} {'一' * 5000}"))


@pytest.mark.parametrize(
    "text", ["<script>alert()</script>", "**bold** [x](javascript:x)", "@everyone {term}", "\u202eevil"]
)
@pytest.mark.parametrize("name", ["explain", "search", "issue", "section", "pause", "lang", "settings", "subscribe"])
async def test_arguments_are_only_text(name: str, text: str, ask: Ask) -> None:
    reply = await ask(f"/{name} {text}")
    kinds = {type(node).__name__ for node in walk(reply.document.blocks)}
    assert kinds <= {"Heading", "Paragraph", "Text", "Actions"}
    assert "\u202e" not in said(reply) + reply.document.title
