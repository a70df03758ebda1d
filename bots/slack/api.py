"""The Web API: one way to call any method in any workspace, with our errors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aiohttp
from slack_sdk.errors import SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bots.slack.budget import Budget
from bots.slack.errors import send_error

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.clock import Clock

TIMEOUT_SECONDS = 20


class Api:
    """Calls methods. Nothing is tried again here: what may have been done must not be done twice."""

    def __init__(self, base_url: str, clock: Clock) -> None:
        self._budget = Budget(clock)
        self.client = AsyncWebClient(base_url=base_url, timeout=TIMEOUT_SECONDS, retry_handlers=[])

    async def call(self, method: str, arguments: Mapping[str, Any], *, token: str) -> dict[str, Any]:
        """Call a method with JSON-ready arguments; return its answer. Raises ``SendError`` and nothing else."""
        # Methods that only read take form fields. https://docs.slack.dev/apis/web-api/#post_bodies
        body: dict[str, Any] = {"token": token, **arguments}
        await self._budget.turn(method, arguments, token)
        try:
            if any(isinstance(value, dict | list) for value in arguments.values()):
                response = await self.client.api_call(method, json=body)
            else:
                response = await self.client.api_call(method, params=body)
        except (TimeoutError, SlackClientError, aiohttp.ClientError, OSError) as error:
            refused = send_error(error)
            if refused.retry_after:
                self._budget.hold(method, token, refused.retry_after)
            raise refused from error
        return dict(response.data) if isinstance(response.data, dict) else {}
