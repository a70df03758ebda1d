"""A strict language model server: OpenAI's chat completions and Anthropic's messages, over a real socket.

Without instructions it answers a question with the first sentence of the first story, "… [1]", and explains a term
in a sentence: whatever is grounded passes. ``plan`` makes it say anything else, slowly, brokenly, or not at all.
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

import regex
from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

Json: TypeAlias = dict[str, Any]
Speech: TypeAlias = "str | Callable[[Json], str]"
"""What the model says, or how it makes that from the JSON that it was asked with."""

Event: TypeAlias = "tuple[str, Json | str]"

KEY = "sk-test-4f9d1c77aa"
MODEL = "little-model"
OPENAI_FIELDS = frozenset(
    ["model", "messages", "max_tokens", "max_completion_tokens", "temperature", "stream", "stream_options"]
)
ANTHROPIC_FIELDS = frozenset(["model", "system", "messages", "max_tokens", "stream"])


@dataclass(frozen=True, kw_only=True)
class Turn:
    """How one request is answered.

    ``wait`` passes before the first byte, ``pause`` between the pieces (of ``size`` characters). With ``status`` the
    request is refused. ``breaks`` ends the connection after so many pieces, ``stops`` ends the text in good order but
    unfinished; ``garbage`` sends something that is no JSON. ``plain`` answers at once, without a stream.
    """

    say: Speech | None = None
    wait: float = 0
    pause: float = 0
    size: int = 8
    status: int = 200
    retry_after: int | None = None
    breaks: int | None = None
    stops: bool = False
    garbage: bool = False
    plain: bool = False


@dataclass
class FakeModel:
    """Refuses what the real servers refuse, and keeps what it was asked."""

    url: str = ""
    key: str = KEY
    model: str = MODEL
    lists: bool = True
    usual: Turn = field(default_factory=Turn)
    asked: list[Json] = field(default_factory=list)
    """The JSON of each request's user message."""
    rules: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    closed: int = 0
    """How many requests their callers gave up."""
    planned: deque[Turn] = field(default_factory=deque)

    @property
    def openai(self) -> str:
        """The base URL for the openai SDK."""
        return f"{self.url}/v1"

    def settings(self, provider: str = "openai") -> dict[str, str]:
        """Return the environment of a program that uses this model."""
        return {
            "PAPERBOY_LLM__PROVIDER": provider,
            "PAPERBOY_LLM__BASE_URL": self.openai if provider == "openai" else self.url,
            "PAPERBOY_LLM__API_KEY": self.key,
            "PAPERBOY_LLM__MODEL": self.model,
        }

    def plan(self, *turns: Turn) -> None:
        """Answer the next requests like this, and those after them as usual."""
        self.planned.extend(turns)

    # what both servers share

    def turn(self) -> Turn:
        return self.planned.popleft() if self.planned else self.usual

    def speech(self, turn: Turn) -> str:
        asked = self.asked[-1]
        if turn.say is None:
            return grounded(asked)
        return turn.say if isinstance(turn.say, str) else turn.say(asked)

    def hear(self, rules: str, text: str) -> None:
        self.rules.append(rules)
        self.asked.append(json.loads(text))

    def refusal(self, status: int, message: str, kind: str) -> web.Response:
        self.refused.append(message)
        error = {"message": f"{message} (key {self.key})", "type": kind, "code": kind, "param": None}
        return web.json_response({"type": "error", "error": error}, status=status)

    async def stream(self, request: web.Request, turn: Turn, events: Iterator[Event]) -> web.StreamResponse:
        """Send server-sent events, the way the turn says."""
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-cache"})
        try:
            await asyncio.sleep(turn.wait)
            await response.prepare(request)
            if turn.garbage:
                await response.write(b'event: content_block_delta\ndata: {"choices": [{"delta"\n\n')
                return response
            for number, (name, data) in enumerate(events):
                if turn.breaks is not None and number > turn.breaks:
                    assert request.transport is not None
                    request.transport.abort()
                    return response
                said = data if isinstance(data, str) else json.dumps(data, ensure_ascii=False)
                await response.write(f"{f'event: {name}{chr(10)}' if name else ''}data: {said}\n\n".encode())
                await asyncio.sleep(turn.pause)
        except (asyncio.CancelledError, ConnectionError):
            self.closed += 1
            raise
        return response


def grounded(asked: Json) -> str:
    """Return an answer that stands in the first story; a term is explained from general knowledge."""
    if "term" in asked:
        return "A way to make a large thing out of small ones that take turns. It saves work."
    story = asked["stories"][0]
    first = regex.split(r"(?<=[。！？])|(?<=[.!?])\s|\n", story["text"].strip() or story["title"])[0].strip()
    return f"{first} [1]"


def pieces(text: str, size: int) -> list[str]:
    """Return the text in pieces."""
    return [text[start : start + size] for start in range(0, len(text), size)] or [""]


def bearer(request: web.Request) -> str:
    """Return the key of the Authorization header."""
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    return key if scheme == "Bearer" else ""


async def chat_completions(request: web.Request) -> web.StreamResponse:
    """Serve ``POST /v1/chat/completions``."""
    fake: FakeModel = request.app[FAKE]
    if bearer(request) != fake.key:
        return fake.refusal(401, "Incorrect API key provided", "invalid_api_key")
    body = await request.json()
    if wrong := openai_problem(body):
        return fake.refusal(400, wrong, "invalid_request_error")
    if body["model"] != fake.model:
        return fake.refusal(404, f"The model {body['model']} does not exist", "model_not_found")
    system, user = (message["content"] for message in body["messages"])
    fake.hear(system, user)
    turn = fake.turn()
    if turn.status != 200:
        return _refused(fake, turn)
    said = fake.speech(turn)
    usage = {"prompt_tokens": len(system + user) // 3, "completion_tokens": len(said) // 3 + 1}
    usage["total_tokens"] = usage["prompt_tokens"] + usage["completion_tokens"]
    about = {"id": "chatcmpl-1", "created": 1, "model": fake.model}
    if turn.plain:
        await asyncio.sleep(turn.wait)
        choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": said}}
        return web.json_response({**about, "object": "chat.completion", "choices": [choice], "usage": usage})

    def events() -> Iterator[Event]:
        def chunk(delta: Json, reason: str | None = None) -> Json:
            choice = {"index": 0, "delta": delta, "finish_reason": reason}
            return {**about, "object": "chat.completion.chunk", "choices": [choice]}

        yield "", chunk({"role": "assistant", "content": ""})
        for piece in pieces(said, turn.size):
            yield "", chunk({"content": piece})
        yield "", chunk({}, "length" if turn.stops else "stop")
        yield "", {**about, "object": "chat.completion.chunk", "choices": [], "usage": usage}
        yield "", "[DONE]"

    return await fake.stream(request, turn, events())


def openai_problem(body: Json) -> str:
    """Return what is wrong with a request for a chat completion, "" if nothing is."""
    if unknown := set(body) - OPENAI_FIELDS:
        return f"Unrecognized request arguments supplied: {sorted(unknown)}"
    roles = [message.get("role") for message in body.get("messages", ())]
    if roles != ["system", "user"] or not all(isinstance(one.get("content"), str) for one in body["messages"]):
        return "messages must be one of the system and one of the user"
    if body.get("stream") is not True or body.get("stream_options") != {"include_usage": True}:
        return "this client always streams, with usage"
    if "max_tokens" in body and "max_completion_tokens" in body:
        return "max_tokens and max_completion_tokens cannot both be set"
    return _length_problem(body.get("max_tokens", body.get("max_completion_tokens")))


def _length_problem(length: object) -> str:
    return "" if isinstance(length, int) and 0 < length <= 4096 else "max_tokens must be between 1 and 4096"


async def messages(request: web.Request) -> web.StreamResponse:
    """Serve ``POST /v1/messages``."""
    fake: FakeModel = request.app[FAKE]
    if fake.key not in {request.headers.get("x-api-key"), bearer(request)}:
        return fake.refusal(401, "invalid x-api-key", "authentication_error")
    if "anthropic-version" not in request.headers:
        return fake.refusal(400, "anthropic-version: header is required", "invalid_request_error")
    body = await request.json()
    if wrong := anthropic_problem(body):
        return fake.refusal(400, wrong, "invalid_request_error")
    if body["model"] != fake.model:
        return fake.refusal(404, f"model: {body['model']}", "not_found_error")
    fake.hear(body["system"], body["messages"][0]["content"])
    turn = fake.turn()
    if turn.status != 200:
        return _refused(fake, turn)
    said = fake.speech(turn)

    def events() -> Iterator[Event]:
        usage = {"input_tokens": len(body["system"]) // 3, "output_tokens": 1}
        message: Json = {
            "id": "msg_1", "type": "message", "role": "assistant", "model": fake.model, "content": [],
            "stop_reason": None, "stop_sequence": None, "usage": usage,
        }  # fmt: skip
        yield "message_start", {"type": "message_start", "message": message}
        block = {"type": "text", "text": ""}
        yield "content_block_start", {"type": "content_block_start", "index": 0, "content_block": block}
        yield "ping", {"type": "ping"}
        for piece in pieces(said, turn.size):
            delta = {"type": "text_delta", "text": piece}
            yield "content_block_delta", {"type": "content_block_delta", "index": 0, "delta": delta}
        yield "content_block_stop", {"type": "content_block_stop", "index": 0}
        ending = {"stop_reason": "max_tokens" if turn.stops else "end_turn", "stop_sequence": None}
        written = {"output_tokens": len(said) // 3 + 1}
        yield "message_delta", {"type": "message_delta", "delta": ending, "usage": written}
        yield "message_stop", {"type": "message_stop"}

    return await fake.stream(request, turn, events())


def anthropic_problem(body: Json) -> str:
    """Return what is wrong with a request for a message, "" if nothing is."""
    if unknown := set(body) - ANTHROPIC_FIELDS:
        return f"{sorted(unknown)}: Extra inputs are not permitted"
    said = body.get("messages", ())
    if [one.get("role") for one in said] != ["user"] or not isinstance(said[0].get("content"), str):
        return "messages: one of the user is expected"
    if not isinstance(body.get("system"), str) or body.get("stream") is not True:
        return "system must be text, and this client always streams"
    return _length_problem(body.get("max_tokens"))


def _refused(fake: FakeModel, turn: Turn) -> web.Response:
    response = fake.refusal(turn.status, "planned", "planned")
    if turn.retry_after is not None:
        response.headers["Retry-After"] = str(turn.retry_after)
    return response


async def one_model(request: web.Request) -> web.Response:
    """Serve ``GET /v1/models/{id}`` of Anthropic's."""
    fake: FakeModel = request.app[FAKE]
    if fake.key not in {request.headers.get("x-api-key"), bearer(request)}:
        return fake.refusal(401, "Incorrect API key provided", "invalid_api_key")
    if request.match_info["id"] != fake.model:
        return fake.refusal(404, "The model does not exist", "model_not_found")
    about = {"display_name": fake.model, "created_at": "2026-01-01T00:00:00Z", "owned_by": "nobody", "created": 1}
    return web.json_response({"id": fake.model, "object": "model", "type": "model", **about})


async def all_models(request: web.Request) -> web.Response:
    """Serve ``GET /v1/models`` of OpenAI's."""
    fake: FakeModel = request.app[FAKE]
    if bearer(request) != fake.key:
        return fake.refusal(401, "Incorrect API key provided", "invalid_api_key")
    if not fake.lists:
        raise web.HTTPNotFound
    model = {"id": fake.model, "object": "model", "created": 1, "owned_by": "nobody"}
    return web.json_response({"object": "list", "data": [model]})


FAKE: web.AppKey[FakeModel] = web.AppKey("fake")


@asynccontextmanager
async def fake_model() -> AsyncIterator[FakeModel]:
    """Serve a model on a free port of this machine."""
    fake = FakeModel()
    app = web.Application()
    app[FAKE] = fake
    app.router.add_post("/v1/chat/completions", chat_completions)
    app.router.add_post("/v1/messages", messages)
    app.router.add_get("/v1/models", all_models)
    app.router.add_get("/v1/models/{id}", one_model)
    runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    assert site._server is not None
    port = site._server.sockets[0].getsockname()[1]  # type: ignore[attr-defined]  # a server of asyncio
    fake.url = f"http://127.0.0.1:{port}"
    try:
        yield fake
    finally:
        await runner.cleanup()
