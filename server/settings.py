"""What a start goes by: config.yaml, then the environment, then the command line."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from server.clock import system_clock
from server.config import Config, ConfigErrors, load
from server.config.loading import load_server
from server.config.managed import Managed
from server.errors import StartError

if TYPE_CHECKING:
    import argparse

    from server.clock import Clock
    from server.operations import Queue

DEFAULT_CONFIG = Path("config.yaml")


@dataclass(frozen=True, slots=True)
class Settings:
    """A checked configuration, and where this process runs."""

    config: Config
    managed: Managed
    config_path: Path
    data_dir: Path
    database_url: str
    redis_url: str | None
    secret_key: str | None
    sso_secret: str | None
    host: str
    port: int

    @property
    def is_sqlite(self) -> bool:
        """Tell whether the embedded database is used, which carries one process."""
        return self.database_url.startswith("sqlite")

    @property
    def public_url(self) -> str:
        """Tell the address that phones reach when the configuration names none."""
        host = "127.0.0.1" if self.host in ("0.0.0.0", "::", "") else self.host
        return self.config.centre.public_url or f"http://{host}:{self.port}"

    def open_queue(self, *, is_start: bool = False) -> Queue:
        """Open the operations for one act of the command line."""
        from server.app import open_queue

        self.data_dir.mkdir(parents=True, exist_ok=True)
        return open_queue(
            self.config,
            managed=self.managed,
            database_url=self.database_url,
            public_url=self.public_url,
            is_start=is_start,
        )


def config_path(options: argparse.Namespace) -> Path:
    """Tell where config.yaml is."""
    return Path(options.config or os.environ.get("NAVBAT_CONFIG") or DEFAULT_CONFIG)


def read_settings(options: argparse.Namespace, clock: Clock = system_clock) -> Settings:
    """
    Read the configuration and what overrides it.

    Raises:
        ConfigErrors: Every fault of the configuration.
        StartError: An environment variable that cannot be.
    """
    path = config_path(options)
    config, centre, faults = None, None, None
    try:
        config = load(path)
        server, centre = config.server, config.centre.key
    except ConfigErrors as error:
        faults = error
        server, centre = load_server(path)
        if server.managed == "file":
            raise
    data_dir = Path(options.data_dir or _environment("NAVBAT_DATA_DIR") or server.data_dir)
    database_url = (
        _environment("NAVBAT_DATABASE_URL")
        or server.database_url
        or f"sqlite:///{data_dir.resolve() / 'navbat.sqlite'}"
    )
    managed = Managed()
    if config is None or server.managed == "pages":
        from server.version_in_force import choose

        config, managed = choose(
            path,
            config,
            faults,
            server=server,
            centre=centre,
            database_url=database_url,
            data_dir=data_dir,
            now=clock(),
        )
    return Settings(
        config=config,
        managed=managed,
        config_path=path,
        data_dir=data_dir,
        database_url=database_url,
        redis_url=_environment("NAVBAT_REDIS_URL") or server.redis_url,
        secret_key=_environment("NAVBAT_SECRET_KEY") or server.secret_key,
        sso_secret=_environment("NAVBAT_SSO_SECRET"),
        host=getattr(options, "host", None) or _environment("NAVBAT_HOST") or server.host,
        port=getattr(options, "port", None) or _port(server.port),
    )


def _environment(name: str) -> str | None:
    """Read a variable, or the file that `NAME_FILE` names, where secrets are mounted as files."""
    file = os.environ.get(f"{name}_FILE")
    if file:
        try:
            return Path(file).read_text("utf-8").strip()
        except OSError as error:
            raise StartError(f"{name}_FILE: cannot read {file}: {error.strerror}") from error
    return os.environ.get(name) or None


def _port(default: int) -> int:
    text = _environment("NAVBAT_PORT")
    if text is None:
        return default
    if not text.isdecimal() or not 1 <= int(text) <= 65_535:
        raise StartError(f"NAVBAT_PORT: {text!r} is no port; use a number from 1 to 65535")
    return int(text)
