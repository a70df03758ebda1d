"""Every payload fits the published schema of create-message."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from bots.discord.render import DiscordRenderer
from hostile import DOCUMENTS
from openapi import misfits

pytestmark = pytest.mark.specs


@pytest.fixture(scope="session")
def spec() -> dict[str, Any]:
    """Discord's OpenAPI document."""
    folder = os.environ.get("SPECS_DIR")
    if not folder:
        pytest.skip("SPECS_DIR is not set")
    loaded: dict[str, Any] = json.loads(Path(folder, "discord-openapi.json").read_text(encoding="utf-8"))
    return loaded


@pytest.mark.parametrize("name", DOCUMENTS)
def test_payloads_fit_the_schema(name: str, spec: dict[str, Any]) -> None:
    for message in DiscordRenderer().render(DOCUMENTS[name]):
        assert misfits(spec, "MessageCreateRequest", message.payload) == []


def test_a_wrong_payload_is_found(spec: dict[str, Any]) -> None:
    text = {"type": 10, "content": ""}
    payload = {"flags": "1", "colour": 2, "components": [{"type": 17, "components": [text]}]}
    assert sorted(misfits(spec, "MessageCreateRequest", payload)) == [
        "MessageCreateRequest.colour is unknown",
        "MessageCreateRequest.components[0].components[0].content: 0 is not within 1 and 4000",
        "MessageCreateRequest.flags: '1' is no integer or null",
    ]
