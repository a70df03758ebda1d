from __future__ import annotations

import sys
from typing import Any

import discord
import pytest

from bots.discord.errors import TABLE, send_error


class Response:
    def __init__(self, status: int, headers: dict[str, str] | None = None) -> None:
        self.status = status
        self.reason = "reason"
        self.headers = headers or {}


def failure(status: int, code: int = 0, headers: dict[str, str] | None = None) -> discord.HTTPException:
    kind = {403: discord.Forbidden, 404: discord.NotFound}.get(status, discord.HTTPException)
    response: Any = Response(status, headers)
    return kind(response, {"code": code, "message": "said"})


def test_every_exception_of_the_sdk_is_in_the_table() -> None:
    public = {one for one in vars(discord.errors).values() if isinstance(one, type) and issubclass(one, Exception)}
    assert public - TABLE.keys() == set()


INSIDE = {"ReconnectWebSocket", "WebSocketClosure"}
"""What the SDK's gateway catches itself."""
UNUSED = ("discord.app_commands", "discord.opus", "discord.oggparse")
"""The SDK's own framework for commands, and voice."""


def test_whatever_else_the_sdk_raises_in_any_module_we_use_is_classified() -> None:
    found = {
        one
        for name, module in sys.modules.items()
        if name.split(".")[0] == "discord"
        for one in vars(module).values()
        if isinstance(one, type) and issubclass(one, Exception) and one.__module__.startswith("discord.")
    }
    last_resort = TABLE.keys() - {discord.DiscordException}
    left = {one.__name__ for one in found if not issubclass(one, tuple(last_resort)) and not _is_unused(one)}
    assert left - INSIDE == {"DiscordException"}


def _is_unused(error: type[Exception]) -> bool:
    return error.__module__.startswith(UNUSED)


@pytest.mark.parametrize(
    ("code", "kind"),
    [*((code, "fatal") for code in (4004, 4010, 4011, 4012, 4013, 4014)), (4000, "transient"), (4009, "transient")],
)
def test_closed_gateways_are_classified(code: int, kind: str) -> None:
    socket: Any = Response(code)
    assert send_error(discord.ConnectionClosed(socket, shard_id=0, code=code)).kind == kind


def test_subclasses_stand_before_their_bases() -> None:
    kinds = list(TABLE)
    assert [(a, b) for at, a in enumerate(kinds) for b in kinds[at + 1 :] if issubclass(b, a)] == []


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        *((404, code, "gone") for code in (10003, 10004, 10013, 10015, 50027)),
        (403, 50278, "gone"),
        (403, 40007, "gone"),
        (403, 50007, "pause"),
        *((403, code, "config") for code in (50001, 50013, 200000, 240000)),
        *((400, code, "config") for code in (50008, 50024, 50083, 160005, 160006, 220001, 40067)),
        *((429, code, "wait") for code in (20016, 20022, 20028, 20029, 30046, 40003)),
        *((400, code, "transient") for code in (130000, 110000, 40004, 40006)),
        (503, 0, "transient"),
        *((400, code, "content") for code in (50035, 50006, 40005, 50109, 0)),
        (401, 0, "fatal"),
        *((403, code, "fatal") for code in (40001, 50014, 40333, 40002)),
    ],
)
def test_codes_are_classified(status: int, code: int, kind: str) -> None:
    assert send_error(failure(status, code, {"Via": "1.1 google", "Retry-After": "3"})).kind == kind


PAGE = "<!DOCTYPE html>\n<title>Access denied</title>"


def test_a_page_in_the_way_shuts_out_the_address_and_is_no_reason_to_read() -> None:
    response: Any = Response(403, {"Retry-After": "90"})
    denied = send_error(discord.Forbidden(response, PAGE))
    assert (denied.kind, denied.ban, denied.reason.count("<")) == ("fatal", True, 0)
    response = Response(502)
    broken = send_error(discord.DiscordServerError(response, PAGE))
    assert (broken.kind, broken.reason) == ("transient", "502 reason")


@pytest.mark.parametrize(
    ("status", "said"), [(404, {"code": 0, "message": "404: Not Found"}), (404, PAGE), (407, PAGE), (302, "")]
)
def test_an_address_that_is_not_discords_ends_no_subscription(status: int, said: Any) -> None:  # noqa: ANN401
    response: Any = Response(status)
    missed = send_error(discord.HTTPException(response, said))
    assert missed.kind == "fatal"
    assert "PAPERBOY_DISCORD__API_URL" in missed.reason


def test_a_limit_without_via_stops_everything_for_its_time() -> None:
    banned = send_error(failure(429, headers={"Retry-After": "90"}))
    assert banned.kind == "fatal"
    assert banned.retry_after is not None
    assert banned.retry_after.total_seconds() == 90
