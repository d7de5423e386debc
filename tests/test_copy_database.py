import sqlite3
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "deploy"))
import copy_database

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def database(tmp_path):
    """A database in use: its last rows are in the write-ahead log only."""
    path = tmp_path / "navbat.sqlite"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE tickets (number)")
        connection.executemany("INSERT INTO tickets VALUES (?)", [("A001",), ("A002",)])
        yield path


def test_a_copy_holds_what_is_still_in_the_write_ahead_log(database, tmp_path):
    made = copy_database.copy(database, tmp_path / "backup", now=NOON)

    with closing(sqlite3.connect(made)) as copied:
        assert copied.execute("SELECT number FROM tickets").fetchall() == [("A001",), ("A002",)]
    assert made.name == "navbat-20261124T120000Z.sqlite"
    assert made.stat().st_mode & 0o077 == 0
    assert [path.name for path in made.parent.iterdir()] == [made.name]


def test_only_the_newest_copies_stay(database, tmp_path):
    folder = tmp_path / "backup"
    made = [copy_database.copy(database, folder, now=NOON + timedelta(hours=hour)) for hour in range(4)]

    copy_database.prune(folder, stem="navbat", keep=2)

    assert sorted(folder.iterdir()) == made[2:]


def test_a_damaged_database_leaves_no_copy(tmp_path):
    broken = tmp_path / "navbat.sqlite"
    broken.write_bytes(b"SQLite format 3\0" + b"\xff" * 8192)

    with pytest.raises(sqlite3.DatabaseError):
        copy_database.copy(broken, tmp_path / "backup", now=NOON)

    assert list((tmp_path / "backup").iterdir()) == []


def test_a_missing_database_is_named(tmp_path, capsys):
    assert copy_database.main([str(tmp_path / "missing.sqlite"), str(tmp_path)]) == 1
    assert "missing.sqlite: no such file" in capsys.readouterr().err
