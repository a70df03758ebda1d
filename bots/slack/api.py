"""The Web API: one way to call any method in any workspace, with our errors."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from slack_sdk.web.async_client import AsyncWebClient

from bots.slack.budget import PATIENCE, Budget
from bots.slack.errors import RAISED, send_error
from core.delivery.model import SendError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.clock import Clock

TIMEOUT_SECONDS = 20
TRIES = 3
A_MOMENT = timedelta(seconds=1)


class Api:
    """Calls methods. What was surely not done is tried again as long as a reader waits; what may have been, never."""

    def __init__(self, base_url: str, clock: Clock) -> None:
        self._clock = clock
        self._budget = Budget(clock)
        self.client = AsyncWebClient(base_url=base_url, timeout=TIMEOUT_SECONDS, retry_handlers=[])

    async def call(self, method: str, arguments: Mapping[str, Any], *, token: str) -> dict[str, Any]:
        """Call a method with JSON-ready arguments; return its answer. Raises ``SendError`` and nothing else."""
        for _try in range(TRIES - 1):
            try:
                return await self._ask(method, arguments, token)
            except SendError as error:
                if (wait := _wait(error)) is None:
                    raise
                await self._clock.sleep(wait)
        return await self._ask(method, arguments, token)

    async def _ask(self, method: str, arguments: Mapping[str, Any], token: str) -> dict[str, Any]:
        # Methods that only read take form fields. https://docs.slack.dev/apis/web-api/#post_bodies
        body: dict[str, Any] = {"token": token, **arguments}
        await self._budget.turn(method, arguments, token)
        try:
            if any(isinstance(value, dict | list) for value in arguments.values()):
                response = await self.client.api_call(method, json=body)
            else:
                response = await self.client.api_call(method, params=body)
        except RAISED as error:
            refused = send_error(error)
            if refused.retry_after:
                self._budget.hold(method, token, refused.retry_after)
            raise refused from error
        return dict(response.data) if isinstance(response.data, dict) else {}


def _wait(error: SendError) -> timedelta | None:
    """Return after what time a call may be tried again, None if it may not or nobody would wait for so long."""
    if error.kind == "transient":
        return A_MOMENT
    if error.kind == "wait" and error.retry_after and error.retry_after <= PATIENCE:
        return error.retry_after
    return None
