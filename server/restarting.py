"""A start in place: when a newer version of the configuration is due, the server begins anew as the same process."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from server.operations import Queue
    from server.settings import Settings

log = logging.getLogger(__name__)

LISTENER = "NAVBAT_LISTENER"
LOOK_EVERY_S = 1.0
# So long a start may keep others waiting until it is asked for once more.
ASK_AGAIN_TICKS = 60


class Watch:
    """Looks whether a newer version is due, and says so until this process has gone."""

    def __init__(self, queue: Queue, on_due: Callable[[], None]) -> None:
        self._queue = queue
        self._on_due = on_due
        self._stop = threading.Event()

    def run(self) -> None:
        """Look each second until `stop`."""
        ticks = 0
        while not self._stop.wait(LOOK_EVERY_S):
            try:
                number = self._queue.config_versions.due()
            except Exception:
                log.exception("whether a newer configuration is due could not be read; it is tried again")
                continue
            if number is not None:
                if ticks % ASK_AGAIN_TICKS == 0:
                    log.info("version %d of the configuration is due: beginning anew", number)
                    self._on_due()
                ticks += 1

    def stop(self) -> None:
        """End `run` soon."""
        self._stop.set()


class UnderWay:
    """Counts the requests that are being answered; live connections, which do not end by themselves, are none."""

    def __init__(self, app: Any) -> None:
        self._app = app
        self.count = 0

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        """Answer a request."""
        if environ["PATH_INFO"].startswith("/socket.io"):
            return self._app(environ, start_response)
        from werkzeug.wsgi import ClosingIterator

        self.count += 1
        try:
            return ClosingIterator(self._app(environ, start_response), self._done)
        except BaseException:
            self._done()
            raise

    def _done(self) -> None:
        self.count -= 1


def begin_anew(listener: int, settings: Settings) -> None:
    """
    Run this program again in this process, as it was called; never returns.

    Args:
        listener: Handed over, so that whoever knocks meanwhile waits and is not turned away.
    """
    os.set_inheritable(listener, True)
    os.environ[LISTENER] = f"{listener} {settings.host} {settings.port}"
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    # Signals that this process keeps back or leaves unheard would be so in the next one too.
    signal.pthread_sigmask(signal.SIG_SETMASK, set())
    os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])


def handed_over(settings: Settings) -> int | None:
    """Take what the process before listened with, if it is still where this one is to listen; None: nothing."""
    number, _, place = os.environ.pop(LISTENER, "").partition(" ")
    if not number:
        return None
    listener = int(number)
    os.set_inheritable(listener, False)
    if place == f"{settings.host} {settings.port}":
        return listener
    os.close(listener)
    return None
