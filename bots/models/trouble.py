"""The SDKs' errors in our words."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from core.answers.model import ModelError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from core.answers.model import Trouble


@asynccontextmanager
async def translated(name: str, troubles: Mapping[type[Exception], Trouble]) -> AsyncIterator[None]:
    """Raise what an SDK raises as ``ModelError``; only the error's kind is told, since its text may hold anything."""
    try:
        yield
    except ModelError:
        raise
    except Exception as error:  # noqa: BLE001  an SDK lets errors of what it is built on through
        raise ModelError(trouble_of(error, troubles), f"{name}: {type(error).__name__}") from None


def trouble_of(error: Exception, troubles: Mapping[type[Exception], Trouble]) -> Trouble:
    """Return the trouble of the error's nearest ancestor in the table; what is in no table is "broken"."""
    return next((troubles[kind] for kind in type(error).__mro__ if kind in troubles), "broken")
