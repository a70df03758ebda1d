"""The manifest asks for what the code uses, and for nothing else."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from bots.slack import budget
from bots.slack.manifest import main, manifest, written
from bots.slack.scopes import EVENTS, SCOPES
from core.commands.registry import COMMANDS
from tests.fakes.slack_scopes import EVENT_SCOPES, NEEDED, OTHER_SCOPES

if TYPE_CHECKING:
    from collections.abc import Iterator

Json = dict[str, Any]

ROOT = Path(__file__).parents[3]
FILE = ROOT / "deploy" / "slack-manifest.yaml"


@pytest.fixture(scope="module")
def shipped() -> Json:
    read: Json = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return read


def test_the_shipped_manifest_is_what_the_program_prints(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    main()
    how = "renew it: python -m bots.slack.manifest > deploy/slack-manifest.yaml"
    assert capsys.readouterr().out == FILE.read_text(encoding="utf-8"), how


def test_every_command_of_the_menu_is_a_slash_command(shipped: Json) -> None:
    listed = [one["command"] for one in shipped["features"]["slash_commands"]]
    names = {command.removeprefix("/").removeprefix("paperboy-") for command in listed}
    assert names == {name for name, command in COMMANDS.items() if command.menu} | {"paperboy"}


def test_scopes_are_exactly_those_that_methods_and_events_need(shipped: Json) -> None:
    methods = {scope for method in methods_called() for scope in NEEDED.get(method, ())}
    events = {
        scope for event in shipped["settings"]["event_subscriptions"]["bot_events"] for scope in EVENT_SCOPES[event]
    }
    assert set(shipped["oauth_config"]["scopes"]["bot"]) == methods | events | set(OTHER_SCOPES) == set(SCOPES)


def test_events_are_exactly_those_that_are_listened_to(shipped: Json) -> None:
    tree = ast.parse((ROOT / "bots" / "slack" / "app.py").read_text(encoding="utf-8"))
    heard = {call.args[0].value for call in calls(tree, "event")}
    told = shipped["settings"]["event_subscriptions"]["bot_events"]
    assert {name.partition(".")[0] for name in told} == heard
    assert told == list(EVENTS)


def test_shortcuts_are_those_that_are_listened_to(shipped: Json) -> None:
    tree = ast.parse((ROOT / "bots" / "slack" / "app.py").read_text(encoding="utf-8"))
    heard = {call.args[0].value for call in calls(tree, "shortcut")}
    assert {one["callback_id"] for one in shipped["features"]["shortcuts"]} == heard


def test_every_method_that_is_called_has_a_budget() -> None:
    assert methods_called() - budget.TIERS.keys() == {budget.POST}


def test_over_http_everything_comes_to_the_public_address() -> None:
    made = manifest(name="Wire", prefix="news-", url="https://wire.example.com", http=True, many=True, lang="en")
    urls = {command["url"] for command in made["features"]["slash_commands"]}
    urls |= {made["settings"][part]["request_url"] for part in ("event_subscriptions", "interactivity")}
    assert urls == {"https://wire.example.com/slack/events"}
    assert made["oauth_config"]["redirect_urls"] == ["https://wire.example.com/slack/oauth_redirect"]
    assert made["settings"]["token_rotation_enabled"]
    assert not made["settings"]["socket_mode_enabled"]
    assert "/news-search" in {command["command"] for command in made["features"]["slash_commands"]}
    assert yaml.safe_load(written(made)) == made


def test_a_chinese_publication_has_a_chinese_app() -> None:
    made = manifest(name="Wire", lang="zh")
    described = [made["display_information"]["description"], *(one["name"] for one in made["features"]["shortcuts"])]
    described += [command["description"] for command in made["features"]["slash_commands"]]
    assert [text for text in described if not re.search("[\u4e00-\u9fff]", text)] == []
    assert max(len(one["name"]) for one in made["features"]["shortcuts"]) <= 24


def test_workspaces_that_install_the_app_come_back_over_a_socket_too() -> None:
    made = manifest(name="Wire", url="https://wire.example.com", many=True, lang="en")
    assert made["oauth_config"]["redirect_urls"] == ["https://wire.example.com/slack/oauth_redirect"]
    assert made["settings"]["socket_mode_enabled"]


@pytest.mark.parametrize("way", ["SIGNING_SECRET", "CLIENT_ID"])
def test_an_address_that_the_manifest_needs_is_asked_for(
    way: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in (way, "CLIENT_SECRET", "TOKEN_KEY"):
        monkeypatch.setenv(f"PAPERBOY_SLACK__{name}", "x")
    with pytest.raises(SystemExit, match="PAPERBOY_DESK__BASE_URL"):
        main()


def calls(tree: ast.AST, name: str) -> Iterator[Any]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == name:
            yield node


def methods_called() -> set[str]:
    """Return the methods of the Web API that are named anywhere in the adapter, tables of them apart."""
    known = {*NEEDED, *budget.TIERS, budget.POST}
    found = set()
    for file in (ROOT / "bots" / "slack").glob("*.py"):
        if file.name != "budget.py":
            tree = ast.parse(file.read_text(encoding="utf-8"))
            found |= {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and node.value in known}
    return found


@pytest.mark.parametrize("guide", ["docs/slack.md", "docs/zh/slack.md"])
def test_the_guides_name_every_scope_and_event(guide: str) -> None:
    text = (ROOT / guide).read_text(encoding="utf-8")
    assert [name for name in (*SCOPES, *EVENTS) if f"`{name}`" not in text] == []
