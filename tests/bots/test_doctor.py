"""What the doctor says about settings and runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bots.doctor import examine
from bots.settings import Settings
from bots.wiring import open_house
from newsroom import add_issue, add_readers, plan

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from bots.platform import Finding
    from bots.wiring import House


async def findings(house: House, subject: str) -> list[Finding]:
    return [one async for one in examine(house) if one.subject == subject]


async def test_a_run_that_nobody_carries_and_one_that_is_paused_are_told(tmp_path: Path) -> None:
    async with open_house(Settings(data_dir=tmp_path)) as house:
        assert await findings(house, "runs") == []
        await add_issue(house.database)
        await add_readers(house.database, 3)
        run = await plan(house.database)
        (stands,) = await findings(house, "runs")
        assert await house.run_service.pause(run)
        (paused,) = await findings(house, "runs")
    assert stands.level == "error"
    assert f"run {run} (daily/en/2026-03-02): 3 wait since 2026-03-02" in stands.message
    assert stands.advice.endswith("that has the token of fake:bot.")
    assert (paused.level, paused.message) == ("warning", f"run {run} (daily/en/2026-03-02) is paused")
    assert paused.advice == f"`paperboy resume {run}` goes on"


async def test_a_name_that_is_no_setting_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAPERBOY_TELEGRAM__TOKNE", "123:secret")
    async with open_house(Settings(data_dir=tmp_path)) as house:
        (found,) = [one for one in await findings(house, "settings") if "TOKNE" in one.message]
    assert found.level == "warning"
    assert "PAPERBOY_TELEGRAM__TOKEN" in found.message
    assert "secret" not in found.message + found.advice
