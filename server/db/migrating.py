"""Brings a database to the version that the code needs, or refuses one that is newer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, inspect, text

from server.errors import StartError
from server.lean import without

HEAD = "0020"
FOLDER = Path(__file__).parent / "migrations"


def migrate(engine: Engine) -> bool:
    """
    Migrate if there is something to do; Alembic is imported only then.

    Returns:
        Whether the database was changed.

    Raises:
        StartError: The database was made by a newer version.
    """
    with engine.connect() as connection:
        version = version_of(connection)
    if version == HEAD:
        return False
    if version is not None and version not in known_versions():
        raise StartError(
            f"the database is of version {version}, newer than this program's {HEAD}: install the newer program"
        )
    with engine.begin() as connection:
        _upgrade(connection)
    return True


def known_versions() -> list[str]:
    """List the versions that this program can bring further, the oldest first."""
    return sorted(path.name.split("_", 1)[0] for path in (FOLDER / "versions").glob("[0-9]*_*.py"))


def migrate_to(engine: Engine, version: str) -> None:
    """Bring an empty or older database to one version."""
    with engine.begin() as connection:
        _upgrade(connection, version)


def version_of(connection: Connection) -> str | None:
    """Tell a database's version; None while it has no tables."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _upgrade(connection: Connection, version: str = "head") -> None:
    with without("pygments"):  # for coloured tracebacks of templates, of which there are none
        from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    attributes: dict[str, Any] = config.attributes
    attributes["connection"] = connection
    if connection.dialect.name == "postgresql":
        # Two workers that start together: the second finds it done.
        connection.execute(text("SELECT pg_advisory_xact_lock(5284176)"))
    command.upgrade(config, version)
