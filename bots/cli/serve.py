"""The command ``run``."""

from __future__ import annotations

import asyncio
import gc
from typing import TYPE_CHECKING, Annotated

import structlog
import typer

from bots.cli.app import console
from bots.logs import set_up_logs
from bots.serve import Role, serve
from bots.settings import Settings, strays

if TYPE_CHECKING:
    from collections.abc import Callable


ROLES = (
    "Which part of a larger installation this process is: listen answers readers, plan reads issues and plans, "
    "carry sends posts, desk is the page in the browser; all is everything."
)

log = structlog.get_logger(__name__)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(run)


def run(
    role: Annotated[Role, typer.Option(help=ROLES)] = "all",
) -> None:
    """Start the desk and every platform that has a token."""
    settings = Settings()
    set_up_logs(settings)
    for stray in strays():
        log.warning(stray)

    def started(url: str) -> None:
        gc.freeze()  # what is there by now stays: looking through it again and again takes a tenth of a courier's time
        console.print(f"Paperboy is ready: {url}" if url else "Paperboy is ready.", soft_wrap=True)

    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        runner.run(serve(settings, role, started=started))


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """Return the maker of uvloop's quicker loops, None where there is no uvloop."""
    try:
        import uvloop  # noqa: PLC0415  there is none for Windows
    except ImportError:
        return None
    return uvloop.new_event_loop
