"""What an operator can set: environment variables ``PAPERBOY_…`` first, then ``paperboy.toml``.

Every field is documented in ``docs/operator.md``; a test fails on one that is not.
"""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, Field, SecretStr, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class TelegramSettings(BaseModel):
    """A Telegram bot. Without a token Telegram is not started.

    ``webhook_url`` is the public address that updates come to ("": they are fetched), ``paid_broadcast`` lets posts
    beyond the free 30 a second be paid with Stars.
    """

    token: SecretStr | None = None
    api_url: str = "https://api.telegram.org/bot"
    webhook_url: str = ""
    paid_broadcast: bool = False


class DiscordSettings(BaseModel):
    """A Discord app. Without a token Discord is not started."""

    token: SecretStr | None = None
    api_url: str = "https://discord.com/api/v10"
    gateway_url: str = ""


class SlackSettings(BaseModel):
    """A Slack app. Without a bot token (or a client id and secret) Slack is not started."""

    bot_token: SecretStr | None = None
    app_token: SecretStr | None = None
    signing_secret: SecretStr | None = None
    client_id: str = ""
    client_secret: SecretStr | None = None
    token_key: SecretStr | None = None
    prefix: str = ""
    managers: Literal["members", "admins"] = "members"
    api_url: str = "https://slack.com/api/"

    @property
    def is_served(self) -> bool:
        """Whether there is a workspace to serve, or one may install the app."""
        return self.bot_token is not None or bool(self.client_id)

    @model_validator(mode="after")
    def _installable(self) -> SlackSettings:
        if self.client_id and not (self.client_secret and self.token_key):
            raise ValueError("a Slack client id needs a client secret, and a token key to keep tokens with")
        return self


class DeskSettings(BaseModel):
    """The local web page. Bound elsewhere than loopback it demands ``token``."""

    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
    token: SecretStr | None = None
    base_url: str = ""

    @property
    def is_local(self) -> bool:
        """Whether only this machine can reach the desk."""
        return self.host in LOOPBACK

    @property
    def url(self) -> str:
        """Where a browser finds the desk."""
        return self.base_url or f"http://{self.host}:{self.port}"


class Settings(BaseSettings):
    """All settings of one installation. Raises pydantic's ValidationError on a value that cannot be."""

    model_config = SettingsConfigDict(
        env_prefix="PAPERBOY_", env_nested_delimiter="__", toml_file="paperboy.toml", extra="ignore"
    )

    name: str = "Paperboy"
    data_dir: Path = Path("data")
    database_url: str = ""
    issues: Annotated[tuple[str, ...], NoDecode] = ()
    edition: str = "daily"
    lang: Literal["zh", "en"] = "en"
    zone: str = "UTC"
    time: str = "08:00"
    vocabulary: Path | None = None
    poll_minutes: int = Field(default=5, ge=1)
    admins: Annotated[frozenset[str], NoDecode] = frozenset()
    log: Literal["console", "json"] = "console"
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    telegram: TelegramSettings = TelegramSettings()
    discord: DiscordSettings = DiscordSettings()
    slack: SlackSettings = SlackSettings()
    desk: DeskSettings = DeskSettings()

    @field_validator("issues", "admins", mode="before")
    @classmethod
    def _comma_separated(cls, value: object) -> object:
        return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Let the environment win over the file."""
        del dotenv_settings, file_secret_settings
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)

    @property
    def database(self) -> str:
        """The database's URL: the one that was set, else a SQLite file in the data folder."""
        return self.database_url or f"sqlite+aiosqlite:///{self.data_dir / 'paperboy.db'}"

    def secret(self) -> bytes:
        """Return this installation's own secret; the first call makes it, in the data folder, for the owner only."""
        file = self.data_dir / "secret"
        if not file.exists():
            self.data_dir.mkdir(parents=True, exist_ok=True)
            file.touch(mode=0o600)
            file.write_bytes(secrets.token_bytes(32))
        return file.read_bytes()
