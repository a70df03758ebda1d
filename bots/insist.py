"""Trying again what a platform did not do, while a reader waits for it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar

from core.delivery.model import SendError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection

    from core.clock import Clock
    from core.delivery.model import ErrorClass

T = TypeVar("T")

TRIES = 3
A_MOMENT = timedelta(seconds=1)
"""How long is waited where the platform names no time."""
A_MINUTE = timedelta(minutes=1)
UNDONE: frozenset[ErrorClass] = frozenset({"wait", "transient"})
HARMLESS: frozenset[ErrorClass] = UNDONE | {"unknown"}
"""What may be tried again: what surely was not done; of what does no harm when it is done twice, what may have been."""


async def insist(
    do: Callable[[], Awaitable[T]],
    clock: Clock,
    *,
    again: Collection[ErrorClass] = UNDONE,
    patience: timedelta = A_MINUTE,
) -> T:
    """Return what ``do`` returns; after an error of a kind in ``again`` it is tried again when the platform permits.

    Raises ``SendError`` after the last try, and at once where the platform asks for more ``patience`` than there is.
    """
    for _try in range(TRIES - 1):
        try:
            return await do()
        except SendError as error:
            wait = error.retry_after or A_MOMENT
            if error.kind not in again or wait > patience:
                raise
            await clock.sleep(wait)
    return await do()
