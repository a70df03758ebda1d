"""Buttons keep within what an inline keyboard takes, and lead where they should."""

from __future__ import annotations

import json

import pytest

from bots.telegram.keyboard import TOKEN_LENGTH, actions_of, keyboard, token
from core.document.nodes import Action, Actions


@pytest.mark.parametrize(
    ("data", "fits"), [("x" * 64, True), ("x" * 65, False), ("字" * 21, True), ("字" * 22, False), ("~x", False)]
)
def test_long_command_lines_are_named_by_a_token(data: str, *, fits: bool) -> None:
    action = Action("Open", data)
    name = token(action)
    assert (name is None) is fits
    button = keyboard(((action,),))["inline_keyboard"][0][0]
    assert button["callback_data"] == (data if fits else name)
    assert fits or (name and len(name) == TOKEN_LENGTH + 1 and name.startswith("~"))


def test_tokens_are_stable_and_differ() -> None:
    actions = [Action("Open", "search", "长" * 60 + str(number)) for number in range(100)]
    assert len({token(action) for action in actions}) == 100
    assert token(actions[0]) == token(Action("Other label", "search", "长" * 60 + "0"))


def test_wide_rows_are_divided() -> None:
    rows = actions_of((Actions((tuple(Action(str(number), "today") for number in range(19)),)),))
    assert [len(row) for row in rows] == [8, 8, 3]


def test_a_keyboard_has_no_more_than_it_may() -> None:
    many = Actions(tuple((Action("按钮" * 40, "story", f"key {number}"),) * 8 for number in range(40)))
    rows = actions_of((many,))
    markup = keyboard(rows)
    assert 1 <= sum(map(len, rows)) <= 100
    assert len(json.dumps(markup, ensure_ascii=False).encode()) <= 10_000


def test_a_label_is_short_and_on_one_line() -> None:
    button = keyboard(((Action(" two\nlines " + "x" * 100, "today"),),))["inline_keyboard"][0][0]
    assert button["text"].startswith("two lines")
    assert 3 < len(button["text"]) <= 64


@pytest.mark.parametrize("style", ["primary", "danger"])
def test_a_button_can_stand_out(style: str) -> None:
    button = keyboard(((Action("Stop", "unsubscribe", style=style),),))["inline_keyboard"][0][0]  # type: ignore[arg-type]  # one of the two
    assert button["style"] == style
