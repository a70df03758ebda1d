"""What all commands of the program share: the Typer app, ways to print, a way into the installation."""

from __future__ import annotations

import asyncio
import json
from datetime import date
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer
from rich.console import Console

from bots.settings import Settings
from bots.wiring import open_house
from core.errors import UsageError
from core.target import Target

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bots.wiring import House

T = TypeVar("T")
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
console = Console(highlight=False)
_errors = Console(stderr=True, highlight=False)


def say(text: str) -> None:
    """Print a line for the operator on the error stream, as plain text."""
    _errors.print(text, markup=False, soft_wrap=True)


def print_json(value: object) -> None:
    """Print a value as JSON on the output stream."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))


def in_house(use: Callable[[House], Awaitable[T]], *, model: bool = False) -> T:
    """Open the installation that the settings name, use it, and close it; with ``model`` if that may be asked."""

    async def opened() -> T:
        async with open_house(Settings(), model=model) as house:
            return await use(house)

    return asyncio.run(opened())


def target_of(key: str) -> Target:
    """Read a target as it stands on the command line. Raises UsageError if it is none."""
    try:
        return Target.from_key(key)
    except ValueError as error:
        raise UsageError(str(error)) from error


def day_of(text: str | None) -> date | None:
    """Read a date as it stands on the command line, None if there is none. Raises UsageError if it is no date."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise UsageError(f"“{text}” is no date; write it as 2026-02-19.") from None
