"""The house keeps its order."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_no_packages_under_tests() -> None:
    assert list((ROOT / "tests").rglob("__init__.py")) == []
