"""What an operator can set: environment variables ``PAPERBOY_…`` first, then ``paperboy.toml``.

Every field is documented in ``docs/operator.md``; a test fails on one that is not.
"""

from __future__ import annotations

import os
import re
from datetime import time, timedelta
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, Field, SecretStr, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from core.delivery.model import OnUnknown
from core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pydantic_core import ErrorDetails

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
PREFIX, WITHIN = "PAPERBOY_", "__"
FILE = "paperboy.toml"
RECEIPTS_DAYS = 31
"""As many days as a monthly edition has an issue for, see ``core.schedule.expect``."""


class Part(BaseModel, str_strip_whitespace=True):
    """Settings that belong together. A file that holds a secret often ends with a line break, which is none of it."""


class TelegramSettings(Part):
    """A Telegram bot. Without a token Telegram is not started.

    ``webhook_url`` is the public address that updates come to ("": they are fetched), ``paid_broadcast`` lets posts
    beyond the free 30 a second be paid with Stars.
    """

    token: SecretStr | None = None
    api_url: str = "https://api.telegram.org/bot"
    webhook_url: str = ""
    paid_broadcast: bool = False


class DiscordSettings(Part):
    """A Discord app. Without a token Discord is not started."""

    token: SecretStr | None = None
    api_url: str = "https://discord.com/api/v10"
    gateway_url: str = ""


class SlackSettings(Part):
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

    @field_validator("prefix")
    @classmethod
    def _is_a_prefix(cls, value: str) -> str:
        if not re.fullmatch(r"[a-z0-9_-]{0,20}", value):
            raise ValueError(f"{value!r} begins no slash command; write up to 20 of a-z, 0-9, - and _, such as news-")
        return value

    @field_validator("api_url")
    @classmethod
    def _is_a_folder(cls, value: str) -> str:
        return value.rstrip("/") + "/"

    @property
    def is_served(self) -> bool:
        """Whether there is a workspace to serve, or one may install the app."""
        return self.bot_token is not None or bool(self.client_id)

    @model_validator(mode="after")
    def _installable(self) -> SlackSettings:
        if self.client_id and not (self.client_secret and self.token_key):
            raise ValueError("a Slack client id needs a client secret, and a token key to keep tokens with")
        return self


class DeskSettings(Part):
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


class ModelSettings(Part):
    """A language model that answers are written with. Without ``model`` they are quoted.

    ``provider`` names the SDK; without it, Claude at no address of its own is Anthropic's and all else speaks OpenAI's
    language. ``patience`` is how many seconds a reader waits for the first checked sentence (for the whole answer,
    where it cannot be shown while it grows) before the quoted answer comes instead, ``seconds`` what the whole may
    take. ``questions_per_day`` are one reader's, ``tokens_per_day`` the installation's; 0 sets no limit.
    """

    model: str = ""
    provider: Literal["", "openai", "anthropic"] = ""
    base_url: str = ""
    api_key: SecretStr | None = None
    patience: float = Field(default=2.5, gt=0, le=120)
    seconds: float = Field(default=20, gt=0, le=600)
    questions_per_day: int = Field(default=100, ge=0)
    tokens_per_day: int = Field(default=1_000_000, ge=0)
    at_once: int = Field(default=4, ge=1)

    @property
    def chosen(self) -> Literal["openai", "anthropic"]:
        """The SDK to use."""
        if self.provider:
            return self.provider
        hosted = "anthropic.com" in self.base_url or (not self.base_url and self.model.startswith("claude"))
        return "anthropic" if hosted else "openai"

    @model_validator(mode="after")
    def _whole(self) -> ModelSettings:
        if (self.base_url or self.api_key) and not self.model:
            raise ValueError("an address or a key of a language model needs the model's name")
        if self.model and not self.base_url and not self.api_key:
            raise ValueError("a hosted language model needs a key, one of your own the address of its server")
        return self


class DoubtSettings(Part):
    """What becomes of a page that may have been sent, in chats of one reader and in those that many read."""

    private: OnUnknown = "resend"
    shared: OnUnknown = "ask"


class Settings(BaseSettings):
    """All settings of one installation. Raises pydantic's ValidationError on a value that cannot be."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        str_strip_whitespace=True,
        env_nested_delimiter=WITHIN,
        enable_decoding=False,
        toml_file=FILE,
        extra="ignore",
        env_ignore_empty=True,
    )

    name: str = "Paperboy"
    data_dir: Path = Path("data")
    database_url: str = ""
    issues: tuple[str, ...] = ()
    edition: str = "daily"
    lang: Literal["zh", "en"] = "en"
    zone: str = "UTC"
    time: str = "08:00"
    vocabulary: Path | None = None
    dictionary: str = ""
    vectors: Literal["off", "on"] = "off"
    remember_hours: float = Field(default=48, ge=0)
    status_port: int = Field(default=0, ge=0, le=65535)
    engine: Literal["embedded", "procrastinate"] = "embedded"
    shares: int = Field(default=1, ge=1, le=100)
    canary: Literal["", "percent", "editors"] = ""
    canary_minutes: int = Field(default=10, ge=1)
    on_unknown: DoubtSettings = DoubtSettings()
    receipts_days: int = Field(default=90, ge=0, le=36500)
    poll_minutes: int = Field(default=5, ge=1)
    admins: frozenset[str] = frozenset()
    log: Literal["console", "json"] = "console"
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    telegram: TelegramSettings = TelegramSettings()
    discord: DiscordSettings = DiscordSettings()
    slack: SlackSettings = SlackSettings()
    desk: DeskSettings = DeskSettings()
    llm: ModelSettings = ModelSettings()

    @field_validator("vectors", mode="before")
    @classmethod
    def _said_otherwise(cls, value: object) -> object:
        return {True: "on", False: "off"}[value] if isinstance(value, bool) else value

    @field_validator("dictionary")
    @classmethod
    def _is_there(cls, value: str) -> str:
        if value not in {"", "off"} and not Path(value).is_file():
            raise ValueError("there is no such file")
        return value

    @field_validator("zone")
    @classmethod
    def _is_a_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:  # an unknown name, a bad one, a folder of zones
            raise ValueError(f"there is no zone {value!r}; write it as Europe/Berlin") from error
        return value

    @field_validator("time")
    @classmethod
    def _is_a_time(cls, value: str) -> str:
        wrong = f"{value!r} is no time of day in whole minutes; write it as 08:00"
        try:
            at = time.fromisoformat(value)
        except ValueError as error:
            raise ValueError(wrong) from error
        if at != at.replace(second=0, microsecond=0, tzinfo=None):
            raise ValueError(wrong)
        return value

    @field_validator("receipts_days")
    @classmethod
    def _outlasts_an_edition(cls, value: int) -> int:
        if 0 < value < RECEIPTS_DAYS:
            raise ValueError(
                f"{value} days are too few for a monthly edition, whose last issue must be known to have come until "
                f"the next one does; write {RECEIPTS_DAYS} or more, or 0 to keep receipts for good"
            )
        return value

    @field_validator("admins")
    @classmethod
    def _are_users(cls, value: frozenset[str]) -> frozenset[str]:
        if wrong := [user for user in sorted(value) if not all(user.partition(":"))]:
            raise ValueError(f"{wrong[0]!r} is no user; write platform:user id, as in telegram:12345")
        return value

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
        """Let the environment win over the file. Raises UsageError if that cannot be read."""
        del dotenv_settings, file_secret_settings
        return init_settings, env_settings, _file(settings_cls)

    @model_validator(mode="after")
    def _fits_together(self) -> Settings:
        if self.engine == "procrastinate" and not self.database_url.startswith("postgresql"):
            raise ValueError("PAPERBOY_ENGINE=procrastinate needs PAPERBOY_DATABASE_URL to name a PostgreSQL database")
        if self.canary == "editors" and not self.admins:
            raise ValueError("PAPERBOY_CANARY=editors needs PAPERBOY_ADMINS to name the editors")
        return self

    @property
    def receipts_kept(self) -> timedelta | None:
        """How long receipts are kept once their run is over, None for good."""
        return timedelta(days=self.receipts_days) if self.receipts_days else None

    @property
    def database(self) -> str:
        """The database's URL: the one that was set, else a SQLite file in the data folder."""
        return self.database_url or f"sqlite+aiosqlite:///{self.data_dir / 'paperboy.db'}"


def names(model: type[BaseModel] = Settings, prefix: str = PREFIX) -> Iterator[str]:
    """Give the names of all settings in the environment."""
    for name, field in model.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from names(field.annotation, f"{prefix}{name.upper()}{WITHIN}")
        else:
            yield prefix + name.upper()


def wrong(problem: ErrorDetails) -> str:
    """Return a sentence about a setting that cannot be what it is."""
    name = PREFIX + WITHIN.join(str(part) for part in problem["loc"]).upper()
    match problem["type"]:
        case "value_error":
            said = str(problem["ctx"]["error"])
            return f"{name}: {said}" if problem["loc"] else said
        case "model_type":
            within = ", ".join(one for one in names() if one.startswith(name + WITHIN))
            return f"{name} is a group of settings: {within}"
        case _:
            return f"{name}: {problem['msg']}"


def strays() -> Sequence[str]:
    """Return a sentence about each name in the environment or the file that looks like a setting and is none."""
    known = list(names(prefix=""))
    given = [name.upper().removeprefix(PREFIX) for name in os.environ if name.upper().startswith(PREFIX)]
    given += _flat(_file(Settings)())
    return [_stray(name, get_close_matches(name, known, 1)) for name in given if name not in known]


def _stray(name: str, meant: Sequence[str]) -> str:
    said = f"{PREFIX}{name} is no setting"
    return f"{said}; did you mean {PREFIX}{meant[0]}?" if meant else said


def _file(settings: type[BaseSettings]) -> TomlConfigSettingsSource:
    try:
        return TomlConfigSettingsSource(settings)
    except (ValueError, OSError) as error:
        raise UsageError(f"{FILE} cannot be read: {error}") from error


def _flat(table: Mapping[str, Any]) -> Iterator[str]:
    for name, value in table.items():
        if isinstance(value, dict):
            yield from (f"{name.upper()}{WITHIN}{within}" for within in _flat(value))
        else:
            yield name.upper()
