"""Every payload fits the types of the published API."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from hostile import DOCUMENTS

if TYPE_CHECKING:
    from core.render.port import Renderer

pytestmark = pytest.mark.specs
SIMPLE = {"Integer": int, "String": str, "Boolean": bool, "Float": float}


@pytest.fixture(scope="session")
def spec() -> dict[str, Any]:
    """The methods and types of the Bot API."""
    folder = os.environ.get("SPECS_DIR")
    if not folder:
        pytest.skip("SPECS_DIR is not set")
    loaded: dict[str, Any] = json.loads(Path(folder, "telegram-bot-api-10.1.json").read_text(encoding="utf-8"))
    return loaded


@pytest.mark.parametrize("name", DOCUMENTS)
def test_payloads_fit_the_method(name: str, renderer: Renderer, spec: dict[str, Any]) -> None:
    for message in renderer.render(DOCUMENTS[name]):
        fields = spec["methods"][message.method]["fields"]
        assert misfits(spec, fields, {"chat_id": 1, **message.payload}, message.method) == []


def test_a_wrong_type_is_found(spec: dict[str, Any]) -> None:
    fields = spec["methods"]["sendMessage"]["fields"]
    payload = {"chat_id": 1, "text": 5, "entities": [{"type": "bold", "offset": "0"}], "colour": "red"}
    assert misfits(spec, fields, payload, "sendMessage") == [
        "sendMessage.text: 5 is no String",
        "sendMessage.entities[0].offset: '0' is no Integer",
        "sendMessage.entities[0].length is missing",
        "sendMessage.colour is unknown",
    ]


def misfits(spec: dict[str, Any], fields: list[dict[str, Any]], value: dict[str, Any], path: str) -> list[str]:
    """Return where an object does not fit its fields."""
    known = {field["name"]: field for field in fields}
    found: list[str] = []
    for name, part in value.items():
        if name in known:
            found += _value_misfits(spec, known[name]["types"], part, f"{path}.{name}")
    found += [f"{path}.{name} is missing" for name, field in known.items() if field["required"] and name not in value]
    found += [f"{path}.{name} is unknown" for name in value if name not in known]
    return found


def _value_misfits(spec: dict[str, Any], types: list[str], value: object, path: str) -> list[str]:
    attempts = [_type_misfits(spec, kind, value, path) for kind in types]
    return min(attempts, key=len)


def _type_misfits(spec: dict[str, Any], kind: str, value: object, path: str) -> list[str]:
    if kind in SIMPLE:
        return [] if type(value) is SIMPLE[kind] else [f"{path}: {value!r} is no {kind}"]
    if kind.startswith("Array of "):
        inner = kind.removeprefix("Array of ")
        if not isinstance(value, list):
            return [f"{path}: {value!r} is no {kind}"]
        return [problem for n, part in enumerate(value) for problem in _type_misfits(spec, inner, part, f"{path}[{n}]")]
    if not isinstance(value, dict):
        return [f"{path}: {value!r} is no {kind}"]
    return misfits(spec, spec["types"][kind].get("fields", []), value, path)
