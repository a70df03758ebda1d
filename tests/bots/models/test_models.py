"""Both SDKs against a strict server: what is written arrives, and every failure has a name of ours."""

from __future__ import annotations

import asyncio
import importlib
from contextlib import aclosing
from typing import TYPE_CHECKING

import pytest
from pydantic import SecretStr, ValidationError

from bots import models
from bots.models import open_model
from bots.models.trouble import trouble_of
from bots.settings import ModelSettings
from core.answers.model import ModelError, Prompt, Usage
from core.errors import UsageError
from tests.fakes.model import KEY, MODEL, FakeModel, Turn, fake_model

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from types import ModuleType

    from core.answers.model import Model

PROMPT = Prompt(rules="Be brief.", text='{"term": "MoE"}', length=100)
SAID = "Small experts take turns. 专家轮流上场。"


@pytest.fixture
async def fake() -> AsyncIterator[FakeModel]:
    async with fake_model() as server:
        yield server


@pytest.fixture(params=["openai", "anthropic"])
def provider(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def opened(fake: FakeModel, provider: str, **changes: object) -> Model:
    url = fake.openai if provider == "openai" else fake.url
    values = {"model": MODEL, "base_url": url, "api_key": SecretStr(KEY), "provider": provider, **changes}
    model = open_model(ModelSettings.model_validate(values))
    assert model is not None
    return model


async def written(model: Model) -> tuple[str, Usage | None]:
    said, usage = "", None
    try:
        async with aclosing(model.write(PROMPT)) as pieces:
            async for piece in pieces:
                if isinstance(piece, Usage):
                    usage = piece
                else:
                    said += piece
    finally:
        await model.close()
    return said, usage


async def trouble_of_check(model: Model) -> str:
    try:
        await model.check()
    except ModelError as error:
        return error.trouble
    finally:
        await model.close()
    return ""


async def test_what_is_written_arrives_with_what_it_took(fake: FakeModel, provider: str) -> None:
    fake.plan(Turn(say=SAID))
    said, usage = await written(opened(fake, provider))
    assert said == SAID
    assert usage
    assert usage.total > 0
    assert not fake.refused


async def test_a_server_that_does_not_stream_is_heard_too(fake: FakeModel) -> None:
    fake.plan(Turn(say=SAID, plain=True))
    said, usage = await written(opened(fake, "openai"))
    assert said == SAID
    assert usage


@pytest.mark.parametrize(
    ("turn", "trouble"),
    [
        (Turn(status=401), "refused"),
        (Turn(status=403), "refused"),
        (Turn(status=404), "missing"),
        (Turn(status=400), "rejected"),
        (Turn(status=422), "rejected"),
        (Turn(status=429, retry_after=30), "limited"),
        (Turn(status=500), "broken"),
        (Turn(say=SAID, breaks=3), ("unreachable", "broken")),
        (Turn(say=SAID, stops=True), "broken"),
        (Turn(say=SAID, garbage=True), "broken"),
    ],
)
async def test_every_failure_has_a_name_and_tells_no_key(
    fake: FakeModel, provider: str, turn: Turn, trouble: str | tuple[str, ...]
) -> None:
    fake.plan(turn)
    with pytest.raises(ModelError) as caught:
        await written(opened(fake, provider))
    assert caught.value.trouble in trouble
    assert KEY not in str(caught.value)
    assert caught.value.__cause__ is None
    assert len(fake.asked) == 1  # nothing is tried again behind our back: a reader waits


async def test_a_server_that_is_not_there_is_unreachable(fake: FakeModel, provider: str) -> None:
    with pytest.raises(ModelError) as caught:
        await written(opened(fake, provider, base_url="http://127.0.0.1:9/v1"))
    assert caught.value.trouble == "unreachable"


async def test_giving_up_ends_the_request(fake: FakeModel, provider: str) -> None:
    fake.plan(Turn(say=SAID, pause=30))
    asking = asyncio.create_task(written(opened(fake, provider)))
    async with asyncio.timeout(20):
        while not fake.asked:  # noqa: ASYNC110  an SDK takes a while to import
            await asyncio.sleep(0.02)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        while not fake.closed:  # noqa: ASYNC110  the server notices a moment later
            await asyncio.sleep(0.02)


async def test_a_model_is_checked_without_asking_it_anything(fake: FakeModel, provider: str) -> None:
    assert await trouble_of_check(opened(fake, provider)) == ""
    assert await trouble_of_check(opened(fake, provider, model="another")) == "missing"
    assert await trouble_of_check(opened(fake, provider, api_key=SecretStr("wrong"))) == "refused"
    assert not fake.asked


async def test_a_server_that_lists_no_models_is_there(fake: FakeModel) -> None:
    fake.lists = False
    assert await trouble_of_check(opened(fake, "openai")) == ""


def test_each_kind_of_error_of_an_sdk_has_a_meaning(provider: str) -> None:
    sdk, adapter = importlib.import_module(provider), importlib.import_module(f"bots.models.{provider}_sdk")
    told = [kind for kind in map(vars(sdk).get, sdk.__all__) if isinstance(kind, type)]
    errors = {kind for kind in told if issubclass(kind, sdk.APIStatusError | sdk.APIConnectionError)}
    unsaid = {kind for kind in errors if not set(kind.__mro__) & set(adapter.TROUBLES)}
    assert unsaid == {sdk.APIStatusError}
    assert trouble_of(ValueError(), adapter.TROUBLES) == "broken"


@pytest.mark.parametrize(
    ("values", "provider"),
    [
        ({"model": "claude-9", "api_key": "k"}, "anthropic"),
        ({"model": "gpt-9", "api_key": "k"}, "openai"),
        ({"model": "claude-9", "base_url": "http://127.0.0.1:11434/v1"}, "openai"),
        ({"model": "any", "base_url": "https://api.anthropic.com", "api_key": "k"}, "anthropic"),
        ({"model": "any", "base_url": "http://127.0.0.1:1", "provider": "anthropic"}, "anthropic"),
    ],
)
def test_the_sdk_follows_from_model_and_address(values: dict[str, str], provider: str) -> None:
    assert ModelSettings.model_validate(values).chosen == provider


@pytest.mark.parametrize("values", [{"base_url": "http://127.0.0.1:1"}, {"api_key": "k"}, {"model": "gpt-9"}])
def test_half_a_model_is_refused(values: dict[str, str]) -> None:
    with pytest.raises(ValidationError, match="needs"):
        ModelSettings.model_validate(values)


def test_without_a_model_no_sdk_is_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "import_module", pytest.fail)
    assert open_model(ModelSettings()) is None


def test_a_missing_sdk_is_named_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(_name: str) -> ModuleType:
        raise ModuleNotFoundError("No module named 'openai'", name="openai")

    monkeypatch.setattr(models, "import_module", missing)
    with pytest.raises(UsageError, match=r"pip install '\.\[openai\]'"):
        open_model(ModelSettings(model="m", base_url="http://127.0.0.1:1"))
    assert importlib.import_module("bots.models") is models
