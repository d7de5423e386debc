"""A copy taken while the hall runs, and its return: every row, and a log that still verifies."""

from __future__ import annotations

import dataclasses
import gzip
import io
import json
import shutil
import stat
import threading
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, insert, inspect, select

from server.app import open_queue
from server.backup import backup, restore
from server.cli import run
from server.db.engine import make_engine
from server.db.migrating import migrate, migrate_to
from server.db.models import events, leases, tickets
from server.db.tables import metadata
from server.errors import StartError
from server.operations.ledger import Ledger, origin
from server.operations.log_export import export_day, write_lines
from server.signing import load_key
from server.verifying import verify
from tests.builders import BIRTH, PASSPORT, create_ticket, open_counter

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from server.config import Config
    from server.operations import Queue
    from tests.conftest import FixedClock

CENTRE = "asan-1"


@pytest.fixture
def source(queue: Queue, database_url: str, clock: FixedClock, tmp_path: Path) -> Path:
    """A hall with a day of work behind it, whose log is sealed; the folder of its key."""
    folder = tmp_path / "data"
    folder.mkdir()
    ledger = Ledger(dataclasses.replace(queue.context, log_key=load_key(origin(CENTRE), folder)))
    official = open_counter(queue, 6)
    for service in (PASSPORT, BIRTH, PASSPORT):
        ticket = create_ticket(queue, service, printer="kiosk-1", language="ru")
        queue.tickets.follow(ticket["token"])
        clock.advance(minutes=1)
    queue.counters.next(6, official)
    queue.visits.start(6, official)
    queue.visits.finish(6, official)
    ledger.seal()
    return folder


@pytest.fixture
def other_url(database_url: str, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    """A database of the other kind; as it is told, with tables and no rows."""
    if database_url.startswith("sqlite"):
        make: Callable[[], str] = request.getfixturevalue("make_postgresql_url")
        return make()
    return f"sqlite:///{tmp_path / 'other.sqlite'}"


def rows(url: str) -> dict[str, list[Any]]:
    engine = make_engine(url)
    with engine.connect() as connection:
        found = {
            table.name: sorted(map(repr, connection.execute(select(table))))
            for table in metadata.sorted_tables
        }
    engine.dispose()
    return found


def test_every_row_comes_back_in_a_database_of_either_kind_and_the_log_verifies(
    config: Config, source: Path, database_url: str, other_url: str, clock: FixedClock, tmp_path: Path
) -> None:
    file, folder = tmp_path / "copy.navbat", tmp_path / "elsewhere"

    copied = backup(database_url, source, file, centre=CENTRE)
    returned = restore(other_url, folder, file, centre=CENTRE)

    before, after = rows(database_url), rows(other_url)
    assert returned == copied == sum(map(len, before.values()))
    assert after == before
    assert {"events", "tickets", "print_jobs", "followed", "seals"} & {
        name for name, each in after.items() if each
    }
    assert (folder / "log.key").read_bytes() == (source / "log.key").read_bytes()
    assert stat.S_IMODE(file.stat().st_mode) == stat.S_IMODE((folder / "log.key").stat().st_mode) == 0o600

    # The hall goes on where it was: the next number, and a log that anyone can check.
    key = load_key(origin(CENTRE), folder)
    queue = open_queue(config, database_url=other_url, clock=clock, log_key=key)
    assert create_ticket(queue, PASSPORT)["number"] == "A003"
    Ledger(queue.context).seal()
    lines = io.StringIO()
    write_lines(export_day(queue.context, clock().date()), lines)
    report = verify(io.StringIO(lines.getvalue()), key.public)
    queue.context.database.close()
    assert report.is_good, list(report.lines())


def test_a_copy_is_of_one_moment_and_holds_up_nobody(
    queue: Queue, source: Path, database_url: str, tmp_path: Path
) -> None:
    stop, issued = threading.Event(), 0

    def issue() -> None:
        nonlocal issued
        while not stop.is_set():
            create_ticket(queue, PASSPORT)
            issued += 1

    thread = threading.Thread(target=issue, daemon=True)
    thread.start()
    for number in range(2):
        file = tmp_path / f"copy-{number}"
        backup(database_url, source, file, centre=CENTRE)
        target = f"sqlite:///{tmp_path / f'copy-{number}.sqlite'}"
        restore(target, tmp_path / f"data-{number}", file, centre=CENTRE)
        engine = make_engine(target)
        with engine.connect() as connection:
            kept = connection.execute(select(func.count()).select_from(tickets)).scalar()
            told = connection.execute(
                select(func.count()).select_from(events).where(events.c.kind == "ticket.issued")
            ).scalar()
        engine.dispose()
        assert kept == told
    stop.set()
    thread.join(10)
    assert issued > 0


def change(file: Path, **facts: str) -> Path:
    """Write a copy with other facts in its head."""
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        head, *rest = lines.readlines()
    changed = file.with_name("changed")
    with gzip.open(changed, "wt", encoding="utf-8") as out:
        out.write(json.dumps(json.loads(head) | facts) + "\n")
        out.writelines(rest)
    return changed


def test_what_must_not_be_overwritten_or_cannot_be_read_is_refused(
    sqlite_template: Path, config: Config, tmp_path: Path, clock: FixedClock
) -> None:
    shutil.copy(sqlite_template, tmp_path / "hall.sqlite")
    url, folder, file = f"sqlite:///{tmp_path / 'hall.sqlite'}", tmp_path / "data", tmp_path / "copy"
    folder.mkdir()
    load_key(origin(CENTRE), folder)
    queue = open_queue(config, database_url=url, clock=clock)
    create_ticket(queue, PASSPORT)
    queue.context.database.close()
    backup(url, folder, file, centre=CENTRE)
    half = tmp_path / "half"
    half.write_bytes(file.read_bytes()[:-200])

    def refused(why: str, source: Path = file, into: str = url, data: Path = folder, **options: Any) -> None:
        before = rows(url)
        with pytest.raises(StartError, match=why):
            restore(into, data, source, **({"centre": CENTRE} | options))
        assert rows(url) == before

    refused("not empty")
    refused("no whole copy", half, replace=True)
    refused("of the centre", centre="asan-2", replace=True)
    refused("newer than", change(file, version="9999"), replace=True)
    other = tmp_path / "other-data"
    other.mkdir()
    load_key(origin(CENTRE), other)
    refused("another key", into=f"sqlite:///{tmp_path / 'new.sqlite'}", data=other)
    engine = make_engine(url)
    lease = {
        "centre": CENTRE,
        "name": "timers",
        "holder": "x",
        "expires_at": datetime.now(UTC) + timedelta(seconds=9),
    }
    with engine.begin() as connection:
        connection.execute(insert(leases), lease)
    refused("a server is running", replace=True)
    with engine.begin() as connection:
        connection.execute(leases.delete())
    engine.dispose()

    assert restore(url, folder, file, centre=CENTRE, replace=True) > 0


def test_an_older_copy_is_brought_to_this_version(sqlite_template: Path, tmp_path: Path) -> None:
    """The copy of an empty hall as the older program would have written it: with the tables and columns it had."""
    old, new = (f"sqlite:///{tmp_path / name}.sqlite" for name in ("old", "new"))
    engine = make_engine(old)
    migrate_to(engine, "0012")
    had = {
        table: {column["name"] for column in inspect(engine).get_columns(table)}
        for table in inspect(engine).get_table_names()
    }
    engine.dispose()
    shutil.copy(sqlite_template, tmp_path / "hall.sqlite")
    backup(f"sqlite:///{tmp_path / 'hall.sqlite'}", tmp_path, tmp_path / "copy", centre=CENTRE)
    older = change(tmp_path / "copy", version="0012")
    with gzip.open(older, "rt", encoding="utf-8") as lines:
        head, *parts = map(json.loads, lines)
    kept = [head]
    for part in parts:
        if "table" not in part:
            kept.append(part)
        elif part["table"] in had:
            kept.append(part | {"columns": [each for each in part["columns"] if each in had[part["table"]]]})
    with gzip.open(older, "wt", encoding="utf-8") as out:
        out.writelines(json.dumps(each) + "\n" for each in kept)

    restore(new, tmp_path, older, centre=CENTRE)

    assert "followed" not in had
    engine = make_engine(new)
    assert "followed" in inspect(engine).get_table_names()
    assert not migrate(engine)
    engine.dispose()


def test_the_command_copies_and_brings_back(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first, second = ["--data-dir", str(tmp_path / "one")], ["--data-dir", str(tmp_path / "two")]
    assert run(["device", "add", "board", "--kind", "display", *first]) == 0

    assert run(["backup", str(tmp_path / "copy"), *first]) == 0
    assert "keep it as you keep the server" in capsys.readouterr().err
    assert run(["restore", str(tmp_path / "copy"), *second]) == 0
    assert run(["backup", str(tmp_path / "again"), *second]) == 0
    assert run(["restore", str(tmp_path / "missing"), *second]) == 1
