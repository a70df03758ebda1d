"""What a platform did not do is tried again, when it permits, and never what it may have done."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bots.insist import HARMLESS, UNDONE, insist
from clock import ManualClock
from core.delivery.model import SendError

if TYPE_CHECKING:
    from collections.abc import Collection

    from core.delivery.model import ErrorClass


def limited(seconds: float) -> SendError:
    return SendError("wait", "too many", retry_after=timedelta(seconds=seconds))


BROKEN, DOUBTFUL, REFUSED = (SendError(kind, kind) for kind in ("transient", "unknown", "content"))


@pytest.mark.parametrize(
    ("errors", "again", "said", "waited"),
    [
        ([], UNDONE, "done", 0),
        ([BROKEN, limited(7)], UNDONE, "done", 8),
        ([BROKEN, BROKEN, BROKEN], UNDONE, "transient", 2),
        ([limited(30)], UNDONE, "done", 30),
        ([limited(31)], UNDONE, "too many", 0),
        ([DOUBTFUL], UNDONE, "unknown", 0),
        ([DOUBTFUL], HARMLESS, "done", 1),
        ([BROKEN, REFUSED], HARMLESS, "content", 1),
    ],
)
async def test_what_is_tried_again_and_after_what_time(
    errors: list[SendError], again: Collection[ErrorClass], said: str, waited: float
) -> None:
    clock, left = ManualClock(), list(errors)
    begun = clock.now()

    async def do() -> str:
        if left:
            raise left.pop(0)
        return "done"

    try:
        came = await insist(do, clock, again=again, patience=timedelta(seconds=30))
    except SendError as error:
        came = error.reason
    assert came == said
    assert clock.now() - begun == timedelta(seconds=waited)
