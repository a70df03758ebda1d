"""What an operator can set, and that the guide says so."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from pydantic import ValidationError

from bots.serve import policy
from bots.settings import Settings, SlackSettings, names, strays
from core.delivery.model import Doubts
from core.errors import UsageError

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", sorted(names()))
def test_every_setting_is_documented(name: str) -> None:
    guides = "\n".join(file.read_text(encoding="utf-8") for file in (ROOT / "docs").glob("*.md"))
    assert f"`{name}`" in guides


def test_a_file_that_cannot_be_read_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "paperboy.toml").write_text("name = \n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match=r"paperboy\.toml cannot be read: .*line 1"):
        Settings()


def test_a_name_that_is_no_setting_is_told_with_the_one_that_is_meant(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in [name for name in os.environ if name.startswith("PAPERBOY_")]:
        monkeypatch.delenv(name)
    assert strays() == []
    (tmp_path / "paperboy.toml").write_text("[desk]\nport = 9000\nprot = 9000\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PAPERBOY_TELEGRAM__TOKNE", "123:very-secret")
    monkeypatch.setenv("PAPERBOY_WEATHER", "fine")
    monkeypatch.setenv("paperboy_zone", "Europe/Berlin")
    assert strays() == [
        "PAPERBOY_TELEGRAM__TOKNE is no setting; did you mean PAPERBOY_TELEGRAM__TOKEN?",
        "PAPERBOY_WEATHER is no setting",
        "PAPERBOY_DESK__PROT is no setting; did you mean PAPERBOY_DESK__PORT?",
    ]


def test_secrets_hide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAPERBOY_TELEGRAM__TOKEN", "123:very-secret")
    monkeypatch.setenv("PAPERBOY_DESK__TOKEN", "very-secret")
    settings = Settings()
    assert "very-secret" not in repr(settings)
    assert settings.telegram.token is not None
    assert settings.telegram.token.get_secret_value() == "123:very-secret"


def test_a_line_break_at_the_end_of_a_secret_is_none_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAPERBOY_DISCORD__TOKEN", "1001.x.y\n")
    token = Settings().discord.token
    assert token
    assert token.get_secret_value() == "1001.x.y"


def test_lists_are_comma_separated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAPERBOY_ISSUES", "/srv/issues, https://git.example.com/issues.git ,")
    assert Settings().issues == ("/srv/issues", "https://git.example.com/issues.git")


def test_the_environment_wins_over_the_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "paperboy.toml").write_text('name = "From file"\nlang = "zh"\n[desk]\nport = 9000\n', encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PAPERBOY_NAME", "From environment")
    settings = Settings()
    assert (settings.name, settings.lang, settings.desk.port) == ("From environment", "zh", 9000)


def test_a_wrong_value_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAPERBOY_DESK__PORT", "eighty")
    with pytest.raises(ValidationError, match="port"):
        Settings()


def test_what_is_set_to_nothing_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAPERBOY_TELEGRAM__TOKEN", "")
    assert Settings().telegram.token is None


def test_what_becomes_of_pages_in_doubt_is_a_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    assert policy(Settings()).on_unknown == Doubts(shared="ask", private="resend")
    monkeypatch.setenv("PAPERBOY_ON_UNKNOWN__PRIVATE", "skip")
    assert policy(Settings()).on_unknown == Doubts(shared="ask", private="skip")
    monkeypatch.setenv("PAPERBOY_ON_UNKNOWN__SHARED", "shrug")
    with pytest.raises(ValidationError):
        Settings()


@pytest.mark.parametrize("prefix", ["News-", "/news", "the news", "n" * 21])
def test_a_prefix_that_begins_no_slash_command_is_refused(prefix: str) -> None:
    with pytest.raises(ValidationError, match="begins no slash command"):
        SlackSettings(prefix=prefix)


def test_an_address_of_slack_may_end_without_a_slash() -> None:
    assert SlackSettings(api_url="https://proxy.example.com/api").api_url == "https://proxy.example.com/api/"
