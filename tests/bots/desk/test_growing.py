"""With a model, an answer on the desk grows sentence by sentence, and its JSON keeps its shape."""

from __future__ import annotations

import asyncio
import json
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from bots.settings import ModelSettings
from desks import open_desk, served
from tests.fakes.model import FakeModel, Turn, fake_model

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

QUESTION = {"text": "How many parameters does Heron 3 have?", "conversation": "reader", "lang": "en"}
FIRST = "Heron 3 has 128B parameters [1]."
SECOND = "Each token passes through 12B [1]."
LATE = 15
"""Seconds: far above the patience, for busy machines, and far below what a slow model takes."""


@pytest.fixture
async def model() -> AsyncIterator[FakeModel]:
    async with fake_model() as fake:
        yield fake


@pytest.fixture
async def client(model: FakeModel, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    async with opened(model, tmp_path, patience=20) as client:
        yield client


@asynccontextmanager
async def opened(model: FakeModel, tmp_path: Path, **changes: object) -> AsyncIterator[httpx.AsyncClient]:
    values = {"base_url": model.openai, "api_key": model.key, "model": model.model, **changes}
    llm = ModelSettings.model_validate(values)
    async with (
        open_desk(tmp_path, llm=llm) as desk,
        served(desk.app) as url,
        httpx.AsyncClient(base_url=url, timeout=30) as client,
    ):
        yield client


async def streamed(client: httpx.AsyncClient) -> list[tuple[str, dict[str, Any]]]:
    response = await client.post("/api/chat", json=QUESTION, headers={"Accept": "text/event-stream"})
    assert response.headers["content-type"].startswith("text/event-stream")
    events = [event.split("\n") for event in response.text.strip().split("\n\n")]
    return [(name.removeprefix("event: "), json.loads(data.removeprefix("data: "))) for name, data in events]


async def test_an_answer_grows_by_sentences_and_ends_as_the_whole(client: httpx.AsyncClient, model: FakeModel) -> None:
    model.plan(Turn(say=f"{FIRST} {SECOND}", pause=0.01))
    *grown, (last, whole) = await streamed(client)
    assert [(name, data["text"]) for name, data in grown] == [("growing", FIRST), ("growing", f"{FIRST} {SECOND}")]
    assert last == "answer"
    assert set(whole) == {"pages", "lang"}
    assert whole["pages"][0]["text"].startswith(f"{FIRST} {SECOND}")


async def test_without_asking_for_a_stream_the_answer_is_json(client: httpx.AsyncClient, model: FakeModel) -> None:
    model.plan(Turn(say=FIRST))
    answer = (await client.post("/api/chat", json=QUESTION)).json()
    assert set(answer) == {"pages", "lang"}
    assert answer["pages"][0]["text"].startswith(FIRST)
    model.plan(Turn(say=FIRST))
    asked = (await client.post("/api/ask", json={"text": QUESTION["text"], "lang": "en"})).json()
    assert set(asked) == {"answer", "lang", "found", "citations", "nearest"}
    assert asked["answer"].startswith(FIRST)


async def test_what_is_wrong_is_never_seen_to_grow(client: httpx.AsyncClient, model: FakeModel) -> None:
    model.plan(Turn(say="Heron 3 has 999B parameters [1]."), Turn(say="Heron 3 has 999B parameters [1]."))
    events = await streamed(client)
    assert [name for name, _data in events] == ["answer"]
    assert "999" not in str(events)
    assert "128B" in events[0][1]["pages"][0]["text"]


async def test_a_command_is_answered_in_a_stream_too(client: httpx.AsyncClient) -> None:
    response = await client.post(
        "/api/chat", json={"text": "/help", "conversation": "reader"}, headers={"Accept": "text/event-stream"}
    )
    assert response.text.startswith("event: answer\n")


async def test_whatever_a_model_does_the_quoted_answer_comes_in_time(model: FakeModel, tmp_path: Path) -> None:
    assert ModelSettings().patience < 3
    slow = [
        Turn(wait=30),
        Turn(say=FIRST, pause=1),
        Turn(say=f"{FIRST} {SECOND * 40}", pause=0.2),
        Turn(say=FIRST, breaks=2),
        Turn(say=FIRST, garbage=True),
        Turn(status=500),
        Turn(status=429, retry_after=60),
    ]

    async def ask(client: httpx.AsyncClient, number: int) -> tuple[float, dict[str, Any]]:
        began = time.monotonic()
        asked = {"text": QUESTION["text"], "lang": "en", "conversation": f"reader-{number}"}
        answer = (await client.post("/api/ask", json=asked)).json()
        return time.monotonic() - began, answer

    model.plan(*slow)
    async with opened(model, tmp_path) as client:
        answers = await asyncio.gather(*[ask(client, number) for number in range(len(slow))])
    for seconds, answer in answers:
        assert seconds < LATE
        assert answer["found"]
        assert "128B parameters" in answer["answer"]
        assert FIRST not in answer["answer"]
