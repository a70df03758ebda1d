"""Pages that are turned in place: each shows where it is, leads to its neighbours, and keeps within the limits."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from bots.discord.render import DiscordRenderer
from bots.slack.render import SlackRenderer
from bots.telegram.render import TelegramRenderer
from bots.telegram.rich import TelegramRichRenderer
from core.document.nodes import Action, Actions, Document, Item, Paragraph, Text
from core.render.paginate import turning
from discord_rules import problems as discord_problems
from slack_rules import problems as slack_problems
from telegram_rules import problems as telegram_problems

if TYPE_CHECKING:
    from core.render.port import Message, Renderer

LINE = "section models daily/en/2026-03-02"
OWN = Action("Back to the issue", "issue", "daily/en/2026-03-02")


def _refused(message: Message) -> list[str]:
    match message.method:
        case "messages":
            return discord_problems(message.payload)
        case "chat.postMessage":
            return slack_problems(message.payload)
        case method:
            return telegram_problems(method, message.payload)


@pytest.fixture(params=[TelegramRenderer(), TelegramRichRenderer(), DiscordRenderer(), SlackRenderer()])
def renderer(request: pytest.FixtureRequest) -> Renderer:
    each: Renderer = request.param
    return each


def stories(count: int, turn: str = LINE) -> Document:
    items = tuple(
        Item((Paragraph((Text(f"Story {number}. " + "Some words about it. " * 30),)),)) for number in range(count)
    )
    return Document(blocks=(*items, Actions(((OWN,),))), title="Models", turn=turn)


def test_every_page_has_the_buttons_of_the_document_and_those_that_turn(renderer: Renderer) -> None:
    messages = renderer.render(stories(120))
    assert len(messages) > 2
    for number, message in enumerate(messages, 1):
        assert message.actions == (OWN, *turning(LINE, number, len(messages)))
        assert [action.label for action in message.actions][1:] == [
            *(["‹"] if number > 1 else []),
            f"{number}/{len(messages)}",
            *(["›"] if number < len(messages) else []),
        ]
        assert _refused(message) == []


def test_nothing_is_lost_between_turned_pages(renderer: Renderer) -> None:
    text = "".join(message.text for message in renderer.render(stories(120)))
    assert [f"Story {number}." in text for number in range(120)] == [True] * 120


def test_a_document_of_one_page_is_not_turned(renderer: Renderer) -> None:
    (turned,) = renderer.render(stories(1))
    (plain,) = renderer.render(stories(1, turn=""))
    assert json.dumps(turned.payload) == json.dumps(plain.payload)


def test_pages_below_each_other_have_buttons_on_the_last_alone(renderer: Renderer) -> None:
    messages = renderer.render(stories(120, turn=""))
    assert [message.actions for message in messages] == [*[()] * (len(messages) - 1), (OWN,)]
