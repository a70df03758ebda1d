"""Anthropic's models, over their own API."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anthropic

from bots.models.trouble import translated
from core.answers.model import ModelError, Usage

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping

    from bots.settings import ModelSettings
    from core.answers.model import Prompt, Trouble

HOSTED = "https://api.anthropic.com"

TROUBLES: Mapping[type[Exception], Trouble] = {
    anthropic.APIConnectionError: "unreachable",
    anthropic.AuthenticationError: "refused",
    anthropic.PaymentRequiredError: "refused",
    anthropic.PermissionDeniedError: "refused",
    anthropic.NotFoundError: "missing",
    anthropic.RateLimitError: "limited",
    anthropic.OverloadedError: "limited",
    anthropic.BadRequestError: "rejected",
    anthropic.ContentTooLargeError: "rejected",
    anthropic.UnprocessableEntityError: "rejected",
    anthropic.ConflictError: "rejected",
    anthropic.PreconditionFailedError: "rejected",
    anthropic.RequestHeaderFieldsTooLargeError: "rejected",
    anthropic.RequestTimeoutError: "broken",
    anthropic.ClientClosedRequestError: "broken",
    anthropic.InternalServerError: "broken",
}


class AnthropicModel:
    """Satisfies ``core.answers.model.Model``."""

    def __init__(self, client: anthropic.AsyncAnthropic, name: str) -> None:
        self._client = client
        self.name = name

    async def write(self, prompt: Prompt) -> AsyncGenerator[str | Usage, None]:
        """Yield the text as it is written."""
        async with translated(self.name, TROUBLES):
            stream = await self._client.messages.create(
                model=self.name,
                system=prompt.rules,
                messages=[{"role": "user", "content": prompt.text}],
                max_tokens=prompt.length,
                stream=True,
            )
            read, reason = 0, None
            async with stream:
                async for event in stream:
                    if event.type == "message_start":
                        read = event.message.usage.input_tokens
                    elif event.type == "content_block_delta" and event.delta.type == "text_delta":
                        yield event.delta.text
                    elif event.type == "message_delta":
                        reason = event.delta.stop_reason
                        yield Usage(read=read, written=event.usage.output_tokens)
            if reason not in {"end_turn", "stop_sequence"}:
                raise ModelError("broken", f"{self.name} stopped before its answer was whole: {reason}")

    async def close(self) -> None:
        """Let go of its connections."""
        await self._client.close()

    async def check(self) -> None:
        """Ask whether the model is there."""
        async with translated(self.name, TROUBLES):
            await self._client.models.retrieve(self.name)


def open_model(settings: ModelSettings) -> AnthropicModel:
    """Return the configured model."""
    key = settings.api_key.get_secret_value() if settings.api_key else ""
    client = anthropic.AsyncAnthropic(api_key=key, base_url=settings.base_url or HOSTED, max_retries=0, timeout=60)
    return AnthropicModel(client, settings.model)
