"""What the guides name is there: files, headings, commands with their options, settings, targets of make."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import regex
from typer.main import get_command

from bots.cli.app import app
from bots.settings import names

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
TEXTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
GUIDES = [path for path in TEXTS if path.name != "CHANGELOG.md"]
BLOCK = regex.compile(r"^```.*?^```", regex.DOTALL | regex.MULTILINE)
SPAN = regex.compile(r"`[^`]+`")
LINK = regex.compile(r"\]\((?!https?:|mailto:)([^)\s#]*)#?([^)\s]*)\)")
HEADING = regex.compile(r"^#+ (.*)$", regex.MULTILINE)
CALL = regex.compile(r"(?<=[`\s]|bin/)(?<!namespace )paperboy +([a-z-][^\n#`]*)")


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def anchors(path: Path) -> set[str]:
    """Return what GitHub calls the headings of a text in links."""
    headings = HEADING.findall(BLOCK.sub("", path.read_text(encoding="utf-8")))
    return {regex.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-") for heading in headings}


def code(path: Path) -> Iterator[str]:
    text = path.read_text(encoding="utf-8")
    yield from BLOCK.findall(text)
    yield from SPAN.findall(BLOCK.sub("", text))


def unknown(words: list[str]) -> list[str]:
    """Return the words of a call that are no command, or no option of the command that they begin with."""
    command = get_command(app)
    while words and (inner := getattr(command, "commands", {}).get(words[0])):
        command, words = inner, words[1:]
    if hasattr(command, "commands") and words and not words[0].startswith("--"):
        return words[:1]
    options = {"--help"}.union(*(one.opts + one.secondary_opts for one in command.params))
    return [word for word in words if word.startswith("--") and word not in options]


@pytest.mark.parametrize("path", TEXTS, ids=name)
def test_every_link_leads_somewhere(path: Path) -> None:
    for place, anchor in LINK.findall(BLOCK.sub("", path.read_text(encoding="utf-8"))):
        target = (path.parent / place).resolve() if place else path
        assert target.exists(), place
        assert not anchor or anchor in anchors(target), f"{place}#{anchor}"


@pytest.mark.parametrize("path", GUIDES, ids=name)
def test_every_command_is_one_of_the_program(path: Path) -> None:
    calls = [call.partition(" | ")[0] for piece in code(path) for call in CALL.findall(piece)]
    assert [call for call in calls if unknown(regex.sub(r"[\[\]]", " ", call).split())] == []


@pytest.mark.parametrize("path", GUIDES, ids=name)
def test_every_setting_is_one(path: Path) -> None:
    named = set(regex.findall(r"PAPERBOY_[A-Z0-9_]+(?<!_)", path.read_text(encoding="utf-8")))
    known = set(names())
    assert {one for one in named - known if not any(setting.startswith(f"{one}__") for setting in known)} == set()


@pytest.mark.parametrize("path", GUIDES, ids=name)
def test_every_target_is_in_the_makefile(path: Path) -> None:
    targets = regex.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), regex.MULTILINE)
    assert {found for piece in code(path) for found in regex.findall(r"\bmake ([a-z]+)", piece)} <= set(targets)
