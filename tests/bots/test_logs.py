"""What the program's log holds."""

from __future__ import annotations

import logging
import secrets
from typing import TYPE_CHECKING, Literal

import pytest
import structlog
from telegram import Bot

from bots.logs import set_up_logs
from bots.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def logs() -> Iterator[None]:
    root = logging.getLogger()
    before = root.handlers[:], root.level
    set_up_logs(Settings())
    yield
    root.handlers[:], root.level = before
    structlog.reset_defaults()


@pytest.mark.usefixtures("logs")
@pytest.mark.parametrize("name", ["httpx", "procrastinate.worker", "procrastinate.periodic"])
def test_libraries_tell_of_trouble_and_not_of_every_step(name: str) -> None:
    library = logging.getLogger(name)
    assert not library.isEnabledFor(logging.INFO)
    assert library.isEnabledFor(logging.WARNING)


@pytest.mark.usefixtures("logs")
def test_no_bot_tells_its_token_however_much_is_logged(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs(Settings(log_level="debug"))
    logging.getLogger("test").debug("all is told")
    Bot("424242:a-token")
    printed = capsys.readouterr().err
    assert "all is told" in printed
    assert "a-token" not in printed


@pytest.mark.usefixtures("logs")
@pytest.mark.parametrize("form", ["console", "json"])
def test_a_traceback_shows_no_values(form: Literal["console", "json"], capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs(Settings(log=form))
    token = secrets.token_hex()
    try:
        int(f"{token} is no number"[len(token) :])
    except ValueError:
        structlog.get_logger("test").exception("it failed")
    printed = capsys.readouterr().err
    assert "is no number" in printed
    assert token not in printed
