"""Models behind an OpenAI-compatible endpoint: Ollama, vLLM, llama.cpp, hosted ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import openai
from openai.types.chat.chat_completion import ChatCompletion, Choice

from bots.models.trouble import translated
from core.answers.model import ModelError, Usage

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterator, Mapping

    from openai.types.chat import ChatCompletionChunk

    from bots.settings import ModelSettings
    from core.answers.model import Prompt, Trouble

HOSTED = "https://api.openai.com/v1"
NO_KEY = "none"
"""What is sent where no key is set: local servers take any, and without one the SDK looks for others' in the
environment."""

TROUBLES: Mapping[type[Exception], Trouble] = {
    openai.APIConnectionError: "unreachable",
    openai.AuthenticationError: "refused",
    openai.PermissionDeniedError: "refused",
    openai.NotFoundError: "missing",
    openai.RateLimitError: "limited",
    openai.BadRequestError: "rejected",
    openai.UnprocessableEntityError: "rejected",
    openai.ConflictError: "rejected",
    openai.InternalServerError: "broken",
}


class OpenAIModel:
    """Satisfies ``core.answers.model.Model``. ``hosted`` is OpenAI's own, which names the limit differently."""

    def __init__(self, client: openai.AsyncOpenAI, name: str, *, hosted: bool) -> None:
        self._client = client
        self._hosted = hosted
        self.name = name

    async def write(self, prompt: Prompt) -> AsyncGenerator[str | Usage, None]:
        """Yield the text as it is written."""
        async with translated(self.name, TROUBLES):
            stream = await self._client.chat.completions.create(
                model=self.name,
                messages=[{"role": "system", "content": prompt.rules}, {"role": "user", "content": prompt.text}],
                max_completion_tokens=prompt.length if self._hosted else openai.omit,
                max_tokens=openai.omit if self._hosted else prompt.length,
                temperature=openai.omit if self._hosted else 0,
                stream=True,
                stream_options={"include_usage": True},
            )
            async with stream:
                pieces = _at_once(stream) if _is_json(stream) else stream
                async for piece in pieces:
                    for said in _said(piece, self.name):
                        yield said

    async def close(self) -> None:
        """Let go of its connections."""
        await self._client.close()

    async def check(self) -> None:
        """Ask which models there are. Not every server tells: one that does not know the question is there at least."""
        async with translated(self.name, TROUBLES):
            try:
                listed = {model.id async for model in self._client.models.list()}
            except openai.NotFoundError:
                return
            if not listed & {self.name, f"{self.name}:latest"}:
                raise ModelError("missing", f"{self.name} is none of the server's models")


def _is_json(stream: openai.AsyncStream[ChatCompletionChunk]) -> bool:
    return str(stream.response.headers.get("content-type", "")).startswith("application/json")


async def _at_once(stream: openai.AsyncStream[ChatCompletionChunk]) -> AsyncGenerator[ChatCompletion, None]:
    """Yield the one answer of a server that does not stream."""
    yield ChatCompletion.model_validate_json(await stream.response.aread())


def _said(piece: ChatCompletionChunk | ChatCompletion, name: str) -> Iterator[str | Usage]:
    for choice in piece.choices[:1]:
        said = choice.message.content if isinstance(choice, Choice) else choice.delta.content
        if said:
            yield said
        if choice.finish_reason not in {None, "stop"}:
            raise ModelError("broken", f"{name} stopped before its answer was whole: {choice.finish_reason}")
    if piece.usage:
        yield Usage(read=piece.usage.prompt_tokens, written=piece.usage.completion_tokens)


def open_model(settings: ModelSettings) -> OpenAIModel:
    """Return the configured model."""
    key = settings.api_key.get_secret_value() if settings.api_key else NO_KEY
    client = openai.AsyncOpenAI(api_key=key, base_url=settings.base_url or HOSTED, max_retries=0, timeout=60)
    return OpenAIModel(client, settings.model, hosted=settings.base_url in {"", HOSTED})
