"""Buttons on Discord."""

from __future__ import annotations

from bots.discord.buttons import action_rows, count, pressed, short
from core.document.nodes import Action, Actions
from core.render.buttons import token


def actions(command: str, many: int) -> tuple[Action, ...]:
    return tuple(Action(f"{command} {n}", command, str(n)) for n in range(many))


def test_five_buttons_of_one_command_stand_in_one_row() -> None:
    (row,) = action_rows((Actions((actions("section", 3), actions("section", 5)[3:])),), "en")
    assert [part["custom_id"] for part in row["components"]] == [f"section {n}" for n in range(5)]


def test_six_buttons_of_one_command_become_a_menu() -> None:
    (row,) = action_rows((Actions((actions("section", 3), actions("section", 6)[3:])),), "zh")
    (menu,) = row["components"]
    assert menu["placeholder"] == "请选择……"
    assert [option["value"] for option in menu["options"]] == [f"section {n}" for n in range(6)]
    assert pressed(menu["custom_id"], ["section 4"]) == "section 4"


def test_the_same_action_twice_has_two_ids_and_one_meaning() -> None:
    again = Action("Again", "today")
    (row,) = action_rows((Actions(((again, again, again),)),), "en")
    ids = [part["custom_id"] for part in row["components"]]
    assert ids == ["today", "^2 today", "^3 today"]
    assert {pressed(custom_id) for custom_id in ids} == {"today"}


def test_long_data_goes_as_its_token() -> None:
    action = Action("Search", "search", "长" * 100)
    assert short(action.data) == token(action.data)
    assert short("search " + "x" * 93) == "search " + "x" * 93


def test_too_many_buttons_become_menus_within_the_limit() -> None:
    rows = action_rows((Actions(tuple((Action(f"{n}", f"c{n}"), Action(f"{n}", f"d{n}")) for n in range(100))),), "en")
    assert count(rows) <= 30
    assert sum(len(row["components"][0]["options"]) for row in rows) == 200
