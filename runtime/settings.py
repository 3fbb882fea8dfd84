"""Settings: from options, then PIANQU_* variables, then <data>/pianqu.toml, then defaults; faults in one line."""

import os
import tomllib
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from platformdirs import user_state_path
from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from runtime.errors import UserError

PREFIX = "PIANQU_"
FILE_NAME = "pianqu.toml"
NO_REDIS = "off"


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid", env_ignore_empty=True)

    data: Path = Field(default_factory=lambda: user_state_path("pianqu", appauthor=False))
    database_url: str | None = Field(default=None, repr=False)
    redis_url: str | None = Field(default=None, repr=False)  # "off": none, and none is started
    cache: Path | None = None  # what can be made again; <data>/cache by default
    county: Path | None = None
    host: str = Field(default="127.0.0.1", min_length=1)
    port: int = Field(default=8119, ge=0, le=65535)
    workers: int = Field(default=1, ge=1, le=64)
    pool_size: int = Field(default=10, ge=1, le=200)
    poll_seconds: float = Field(default=0.25, gt=0, le=1)
    retention_days: int = Field(default=180, ge=1)  # six months of logs is what level-3 protection expects
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    time_scale: float = Field(default=1.0, gt=0, le=100_000)
    automatic: bool = False  # order without the one key, for every kind of incident

    @property
    def cache_folder(self) -> Path:
        return self.cache or self.data / "cache"

    @field_validator("data", "cache", "county", mode="after")
    @classmethod
    def _absolute(cls, path: Path | None) -> Path | None:
        return None if path is None else Path(os.path.abspath(path.expanduser()))  # noqa: PTH100 (symlinks stay)

    @field_validator("database_url", mode="after")
    @classmethod
    def _database_url(cls, url: str | None) -> str | None:
        if url is not None:
            _checked(url, ("postgresql", "postgres"), "postgresql://user:password@host:5432/name")
        return url

    @field_validator("redis_url", mode="after")
    @classmethod
    def _redis_url(cls, url: str | None) -> str | None:
        if url is not None and url != NO_REDIS:
            _checked(url, ("redis", "rediss", "unix"), "redis://:password@host:6379/0, or off")
        return url


def _checked(url: str, schemes: tuple[str, ...], like: str) -> None:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise ValueError(f"is not a URL; write it like {like}") from None
    if parts.scheme not in schemes:
        raise ValueError(f"is not a URL of the kind wanted; write it like {like}")


def load_settings(**overrides: Any) -> Settings:
    """Options that are None count as not given, so that a command line can pass everything it has."""
    given = {name: value for name, value in overrides.items() if value is not None}
    data = (
        given.get("data")
        or os.environ.get(PREFIX + "DATA")
        or Settings.model_fields["data"].get_default(call_default_factory=True)
    )
    file = Path(data).expanduser() / FILE_NAME
    in_file = _read(file)
    # Variables win over the file: what the environment names is left out of what the file gives.
    from_file = {
        name: value
        for name, value in in_file.items()
        if name not in given and not os.environ.get(PREFIX + name.upper())
    }
    try:
        return Settings(**{**from_file, **given})
    except ValidationError as error:
        raise UserError(_one_line(error, given, in_file, file)) from None


def _read(file: Path) -> dict[str, Any]:
    try:
        found = tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UserError(f"{file}: not readable as TOML ({error}); correct it or remove it") from None
    except OSError as error:
        raise UserError(f"{file}: cannot be read ({error.strerror}); correct its permissions") from None
    if "data" in found:
        raise UserError(
            f"{file}: data: cannot be set in the file that lies in it; use {PREFIX}DATA or --data"
        )
    return found


def _one_line(error: ValidationError, given: dict[str, Any], in_file: dict[str, Any], file: Path) -> str:
    fault = error.errors(include_url=False, include_context=False)[0]
    name = str(fault["loc"][0]) if fault["loc"] else "settings"
    if name in given:
        where = "--" + name.replace("_", "-")
    elif os.environ.get(PREFIX + name.upper()):
        where = PREFIX + name.upper()
    else:
        where = f"{file}: {name}"
    if fault["type"] == "extra_forbidden":
        return f"{where}: no such setting; known are {', '.join(Settings.model_fields)}"
    message = fault["msg"].removeprefix("Value error, ")
    secret = name.endswith("_url")  # may hold a password
    shown = "" if secret else f" {fault.get('input')!r}"
    return f"{where}{shown}: {message[:1].lower() + message[1:]}"
