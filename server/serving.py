"""Serves a hall: one process on SQLite, any number on PostgreSQL."""

from __future__ import annotations

import gc
import logging
import os
import signal
import socket
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from server.errors import StartError
from server.restarting import UnderWay, begin_anew, handed_over

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator

    from flask import Flask

    from server.hall import Demo
    from server.settings import Settings

log = logging.getLogger(__name__)

STOP_WITHIN_S = 2
CONNECTIONS = 5000
LOCK_FILE = "server.lock"


def patch() -> None:
    """
    Make this process one of greenlets; before anything else is imported.

    Ctrl-C ends it at once as long as it starts: nothing is half done then that a power cut could not leave, while an
    exception in the middle of an import may be swallowed by whatever is imported, and the stop forgotten.
    """
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    from gevent import monkey

    monkey.patch_all()


def serve(options: argparse.Namespace) -> int:
    """Run `navbat serve`."""
    if options.workers > 1:
        return _serve_many(options)
    if options.workers < 1:
        raise StartError("--workers: at least 1")
    patch()
    from server.settings import read_settings

    settings = read_settings(options)
    with_logs()
    with alone(settings):
        serve_one(settings, make_app(settings))
    return 0


def with_logs() -> None:
    """Log to standard output, one line each, as service managers expect."""
    logging.basicConfig(
        stream=sys.stdout,
        level=os.environ.get("NAVBAT_LOG_LEVEL", "INFO").upper(),
        format="%(asctime)s %(levelname)s %(name)s %(message)s",
    )
    logging.getLogger("alembic").setLevel(logging.WARNING)


def make_app(settings: Settings, *, demo: Demo | None = None) -> Flask:
    """Wire the application of a patched process."""
    from gevent import get_hub

    from server.app import create_app
    from server.forecasting import ForecastProcess
    from server.voice.speaker import make_speaker

    def offload(work: Callable[[], Any]) -> Any:
        # CPU work in a real thread: on the hub's own it would hold up every request.
        return get_hub().threadpool.apply(work)

    return create_app(
        settings.config,
        managed=settings.managed,
        data_dir=settings.data_dir,
        database_url=settings.database_url,
        redis_url=settings.redis_url,
        public_url=settings.public_url,
        secret_key=settings.secret_key,
        sso_secret=settings.sso_secret,
        async_mode="gevent",
        offload=offload,
        demo=demo,
        forecaster=ForecastProcess(),
        speaker=make_speaker(settings.config, settings.data_dir),
    )


def serve_one(settings: Settings, app: Flask, *, on_ready: Callable[[], None] = lambda: None) -> None:
    """
    Serve in this process until SIGINT or SIGTERM, then stop within a few seconds.

    When a newer version of the configuration is due it stops too, and begins anew in its own place.

    Raises:
        StartError: The port is taken.
    """
    import gevent
    from gevent.event import Event
    from gevent.pywsgi import WSGIServer

    listener = _listen(settings)
    hall = app.extensions["hall"]
    under_way = UnderWay(app)
    server = WSGIServer(listener, under_way, log=None, error_log=logging.getLogger("server.http"))
    # Not server.stop itself: a signal that comes while the server starts would be forgotten.
    stopping, ended = Event(), Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        gevent.signal_handler(number, lambda: (ended.set(), stopping.set()))
    hall.on_due = stopping.set
    hall.start()
    server.start()
    settle_memory()
    log.info("serving %s on http://%s:%d", settings.config.centre.key, settings.host, settings.port)
    on_ready()
    stopping.wait()
    kept = None if ended.is_set() else os.dup(listener.fileno())
    server.stop(STOP_WITHIN_S)
    hall.stop()
    with gevent.Timeout(STOP_WITHIN_S, False):
        while under_way.count:
            gevent.sleep(0.01)
    hall.queue.context.database.close()
    if kept is not None and not ended.is_set():
        begin_anew(kept, settings)
    log.info("stopped")


def settle_memory() -> None:
    """
    Have what was loaded at the start left alone by the garbage collector.

    Going through the catalogue, the modules and the routes again and again stops everybody for milliseconds.
    """
    gc.collect()
    gc.freeze()


def _listen(settings: Settings) -> Any:
    from gevent import socket as green

    family = green.AF_INET6 if ":" in settings.host else green.AF_INET
    if (number := handed_over(settings)) is not None:
        return green.socket(fileno=number)
    listener = green.socket(family, green.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    # Accepted sockets inherit it. Without it each small answer waits for the peer's delayed acknowledgement.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        listener.bind((settings.host, settings.port))
    except OSError as error:
        raise StartError(
            f"cannot listen on {settings.host}:{settings.port}: {error.strerror}; choose another with --port"
        ) from error
    listener.listen(1024)
    listener.setblocking(False)
    return listener


@contextmanager
def alone(settings: Settings) -> Iterator[None]:
    """
    Keep a second server from the SQLite file: its writers would wait for each other with all their visitors.

    To be entered before the database is opened, as that migrates it and applies the configuration.

    Raises:
        StartError: Another server has the file.
    """
    if not settings.is_sqlite:
        yield
        return
    import fcntl

    data_dir = settings.data_dir
    data_dir.mkdir(parents=True, exist_ok=True)
    with (data_dir / LOCK_FILE).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise StartError(
                f"another server is running on {data_dir}; stop it, or use PostgreSQL for several "
                "(NAVBAT_DATABASE_URL)"
            ) from error
        yield


def _serve_many(options: argparse.Namespace) -> int:
    from server.settings import read_settings

    settings = read_settings(options)
    if settings.is_sqlite:
        raise StartError(
            f"--workers {options.workers}: SQLite carries one server process, as only one can write at a time and "
            "the others would freeze meanwhile; set NAVBAT_DATABASE_URL to a PostgreSQL database"
        )
    if settings.redis_url is None:
        log.warning("no NAVBAT_REDIS_URL: the workers hear of each other once a second, from the database")
    from server.workers import serve_workers

    # Migrated and configured once, before the workers start.
    settings.open_queue(is_start=True).context.database.close()
    serve_workers(settings, options.workers)
    return 0
