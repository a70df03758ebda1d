"""What an operator is told about the language model, and that its key is told to nobody."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from bots import models
from bots.cli import delivery
from bots.doctor import examine
from bots.settings import ModelSettings, Settings
from bots.wiring import open_house
from tests.fakes.model import KEY, FakeModel, fake_model

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bots.platform import Finding


@pytest.fixture
async def fake() -> AsyncIterator[FakeModel]:
    async with fake_model() as server:
        yield server


async def findings(data: Path, fake: FakeModel, *, spent: int = 0, **changes: Any) -> list[Finding]:  # noqa: ANN401
    values = {"model": fake.model, "base_url": fake.openai, "api_key": KEY, **changes}
    async with open_house(Settings(data_dir=data, llm=ModelSettings.model_validate(values))) as house:
        await house.spending.spend(spent)
        return [one async for one in examine(house) if one.subject == "model"]


async def test_a_model_that_answers_is_fine(fake: FakeModel, tmp_path: Path) -> None:
    (found,) = await findings(tmp_path, fake)
    assert (found.level, found.message) == ("ok", "little-model answers")


@pytest.mark.parametrize(
    ("changes", "setting"),
    [
        ({"api_key": "sk-another-secret"}, "PAPERBOY_LLM__API_KEY"),
        ({"model": "other"}, "PAPERBOY_LLM__MODEL"),
        ({"base_url": "http://127.0.0.1:9/v1"}, "PAPERBOY_LLM__BASE_URL"),
    ],
)
async def test_what_is_wrong_is_named_with_what_to_set(
    changes: dict[str, Any], setting: str, fake: FakeModel, tmp_path: Path
) -> None:
    (found,) = await findings(tmp_path, fake, **changes)
    assert found.level == "error"
    assert setting in found.advice
    assert "sk-" not in found.message + found.advice


async def test_tokens_that_are_used_up_are_told(fake: FakeModel, tmp_path: Path) -> None:
    _fine, found = await findings(tmp_path, fake, spent=500, tokens_per_day=500)
    assert found.level == "warning"
    assert "500 tokens of today are used" in found.message


async def test_without_a_model_answers_are_quoted(tmp_path: Path) -> None:
    async with open_house(Settings(data_dir=tmp_path)) as house:
        (found,) = [one async for one in examine(house) if one.subject == "model"]
    assert (found.level, found.message) == ("ok", "none is named; answers are quoted")


def test_a_command_that_asks_no_model_does_not_wait_for_its_sdk(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    named = {"DATA_DIR": str(tmp_path), "LLM__MODEL": "gpt-9", "LLM__API_KEY": KEY, "LLM__TOKENS_PER_DAY": "500"}
    for name, value in named.items():
        monkeypatch.setenv(f"PAPERBOY_{name}", value)
    monkeypatch.setattr(models, "import_module", pytest.fail)
    delivery.status(as_json=True)
    assert json.loads(capsys.readouterr().out)["model"] == {"tokens": 0, "of": 500, "used_up": False}
