"""Which configuration a start goes by where pages manage it: the newest published version that is due and can be used."""

from __future__ import annotations

import logging
import shutil
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from server.config import Config, ConfigErrors, bundling, config_digest, load
from server.config.managed import Managed, PassedOver
from server.db.config_versions import all_of, are_there, files_of
from server.db.engine import make_engine, one_moment
from server.errors import StartError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sqlalchemy import Connection

    from server.config import Server
    from server.settings import Settings

log = logging.getLogger(__name__)

FOLDER = "config"
# Unpacked versions beside the one in force, which another process may still go by.
KEEP = 3


def choose(
    path: Path,
    on_disk: Config | None,
    faults: ConfigErrors | None,
    *,
    server: Server,
    centre: str | None,
    database_url: str,
    data_dir: Path,
    now: datetime,
) -> tuple[Config, Managed]:
    """
    Find the version that is due; a faulty one is passed over for the one before, as a hall must open.

    Args:
        path: Of config.yaml, which is taken where the database has no version yet, or none that can be used.
        on_disk: What stands there; None: `faults` says what is wrong with it.
        server: What that file says of where the program runs; it holds in any case.

    Raises:
        ConfigErrors: Neither a version nor the file can be used.
        StartError: The file does not say which centre this is.
    """
    if centre is None:
        raise StartError(f"{path}: `centre.key` is needed there also where pages manage the rest")
    passed: list[PassedOver] = []
    newest = 0
    with _database(database_url) as connection:
        for row in all_of(connection, centre) if connection is not None else ():
            if row.from_at > now:
                continue
            newest = newest or row.number
            assert connection is not None
            files = files_of(connection, centre, row.number) or {}
            try:
                config = _unpacked(files, data_dir / FOLDER / f"{row.number}-{row.digest[:12]}")
            except ConfigErrors as error:
                log.error(
                    "version %d of the configuration cannot be used, and is passed over:\n%s",
                    row.number,
                    error,
                )
                passed.append(PassedOver(row.number, tuple(str(each) for each in error.problems)))
                continue
            managed = Managed(
                by="pages",
                number=row.number,
                newest=newest,
                passed_over=tuple(passed),
                differs=_differing(on_disk, connection, centre),
                faults=tuple(str(each) for each in faults.problems) if faults else (),
            )
            _warn(path, managed)
            return config.model_copy(update={"server": server}), managed
    if on_disk is None:
        assert faults is not None
        raise faults
    if not newest:
        return on_disk, Managed(by="pages", files=bundling.pack(path))
    log.error("no version of the configuration can be used: %s is taken in its place", path)
    return on_disk, Managed(by="pages", newest=newest, passed_over=tuple(passed))


@contextmanager
def _database(url: str) -> Iterator[Connection | None]:
    """Open a database to read; None where it knows of no versions yet."""
    if url.startswith("sqlite:///") and not Path(url.removeprefix("sqlite:///")).exists():
        yield None
        return
    engine = make_engine(url)
    try:
        with engine.connect() as connection, one_moment(connection):
            yield connection if are_there(connection) else None
    finally:
        engine.dispose()


def _unpacked(files: bundling.Files, folder: Path) -> Config:
    try:
        path = bundling.unpack(files, folder)
        _tidy(folder)
    except OSError:  # of another user, who runs the server: this is one act of the command line
        path = bundling.unpack(files, Path(tempfile.mkdtemp(prefix="navbat-config-")))
    return load(path)


def _tidy(folder: Path) -> None:
    """Erase what earlier versions were unpacked to."""

    def number(each: Path) -> int:
        return int(each.name.partition("-")[0])

    with suppress(OSError, ValueError):
        others = sorted((each for each in folder.parent.iterdir() if each != folder), key=number)
        for each in others[:-KEEP]:
            shutil.rmtree(each, ignore_errors=True)


def _differing(on_disk: Config | None, connection: Connection, centre: str) -> tuple[str, ...]:
    """Name the sections in which config.yaml is not what it was when it was last taken over."""
    taken = next((row for row in all_of(connection, centre) if row.source == "files"), None)
    if on_disk is None or taken is None or taken.digest == config_digest(on_disk):
        return ()
    with suppress(ConfigErrors):
        before = bundling.load_files(files_of(connection, centre, taken.number) or {})
        return tuple(each for each in bundling.differences(before, on_disk) if each != "server")
    return ()


def _warn(path: Path, managed: Managed) -> None:
    """Say what stands in config.yaml and does not hold."""
    if managed.faults:
        log.warning("%s has faults; version %d is in force, and in order", path, managed.number)
    if managed.differs:
        log.warning(
            "%s differs from what was taken over, in %s; version %d is in force. `navbat config import` publishes "
            "the file, if that is wanted",
            path,
            ", ".join(managed.differs),
            managed.number,
        )


def tell_of_versions(settings: Settings) -> None:
    """
    Print what waits for its time, and whether it could be used.

    Nothing of it keeps the server from starting: it goes by the version before.
    """
    managed, config = settings.managed, settings.config
    if managed.files is not None:
        print("pages manage the configuration: it becomes version 1 at the next start")
    with _database(settings.database_url) as connection:
        for row in all_of(connection, config.centre.key) if connection is not None else ():
            if row.number <= managed.newest:
                break
            assert connection is not None
            try:
                bundling.load_files(files_of(connection, config.centre.key, row.number) or {})
                state = "in order"
            except ConfigErrors as error:
                state = f"cannot be used, and would be passed over:\n{error}"
            at = row.from_at.astimezone(config.centre.zone_info).isoformat(timespec="minutes")
            print(f"version {row.number}, from {at}: {state}")
