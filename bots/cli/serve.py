"""The command ``run``."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from bots.cli.app import console
from bots.logs import set_up_logs
from bots.serve import Role, serve
from bots.settings import Settings


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(run)


def run(
    role: Annotated[Role, typer.Option(help="Which part of a larger installation this process is.")] = "all",
) -> None:
    """Start the desk and every platform that has a token."""
    settings = Settings()
    set_up_logs(settings)

    def started(url: str) -> None:
        console.print(f"Paperboy is ready: {url}" if url else "Paperboy is ready.", soft_wrap=True)

    asyncio.run(serve(settings, role, started=started))
