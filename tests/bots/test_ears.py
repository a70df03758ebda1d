"""Listening to platforms, of which one may refuse its token."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

import pytest
from structlog.testing import capture_logs

from bots.ears import Ears, RefusedError
from core.delivery.model import SendError
from core.errors import StorageError


@dataclass
class Platform:
    """Raises, or listens until it is cancelled."""

    name: str
    error: Exception | None = None
    heard: bool = False

    async def serve(self) -> None:
        if self.error:
            raise self.error
        self.heard = True
        await asyncio.Event().wait()


def ears(*platforms: Platform, alone: bool = True) -> Ears:
    served: Any = platforms
    return Ears(served, alone=alone, wait=0.01)


REFUSED = SendError("fatal", "Discord refuses the token")


async def test_a_platform_that_refuses_its_token_leaves_the_others_alone() -> None:
    other, stop = Platform("slack"), asyncio.Event()
    listening = ears(Platform("discord", ExceptionGroup("tasks", [REFUSED])), other)
    task = asyncio.create_task(listening.listen(stop))
    async with asyncio.timeout(2):
        while not other.heard:  # noqa: ASYNC110 — nothing else tells
            await asyncio.sleep(0)
    assert not stop.is_set()
    stop.set()
    await task
    listening.complain()


async def test_who_only_listens_ends_with_a_sentence_when_every_token_is_refused() -> None:
    stop = asyncio.Event()
    listening = ears(Platform("discord", REFUSED))
    await listening.listen(stop)
    with pytest.raises(RefusedError, match=r"Discord refuses the token\. Set its token anew .PAPERBOY_DISCORD__"):
        listening.complain()


@pytest.mark.parametrize(
    ("error", "is_traced"),
    [
        (SendError("transient", "the connection was lost"), False),
        (ExceptionGroup("tasks", [StorageError("the connection was lost")]), False),
        (ValueError("the connection was lost"), True),
    ],
    ids=["platform", "database", "fault"],
)
async def test_a_platform_that_stumbles_is_told_of_and_listened_to_again(error: Exception, *, is_traced: bool) -> None:
    stumbling, stop = Platform("discord", error), asyncio.Event()
    with capture_logs() as logged:
        task = asyncio.create_task(ears(stumbling).listen(stop))
        async with asyncio.timeout(2):
            while not logged:  # noqa: ASYNC110 — nothing else tells
                await asyncio.sleep(0)
            stumbling.error = None
            while not stumbling.heard:  # noqa: ASYNC110 — nothing else tells
                await asyncio.sleep(0.001)
        stop.set()
        await task
    assert [(line["event"], "exc_info" in line) for line in logged] == [("platform stumbled", is_traced)]
    assert "the connection was lost" in str(logged)
