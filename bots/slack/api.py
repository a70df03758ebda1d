"""The Web API: one way to call any method in any workspace, with our errors."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from slack_sdk.web.async_client import AsyncWebClient

from bots.insist import insist
from bots.slack.budget import PATIENCE, Budget
from bots.slack.errors import RAISED, send_error

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.clock import Clock

TIMEOUT_SECONDS = 20


class Api:
    """Calls methods. What was surely not done is tried again as long as a reader waits; what may have been, never."""

    def __init__(self, base_url: str, clock: Clock) -> None:
        self._clock = clock
        self._budget = Budget(clock)
        self.client = AsyncWebClient(base_url=base_url, timeout=TIMEOUT_SECONDS, retry_handlers=[])

    async def call(self, method: str, arguments: Mapping[str, Any], *, token: str) -> dict[str, Any]:
        """Call a method with JSON-ready arguments; return its answer. Raises ``SendError`` and nothing else."""
        return await insist(partial(self._ask, method, arguments, token), self._clock, patience=PATIENCE)

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
