"""Several server processes under gunicorn."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING, Any

from gunicorn import sock
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter

from server.restarting import begin_anew, handed_over
from server.serving import CONNECTIONS, STOP_WITHIN_S, make_app, settle_memory, with_logs

if TYPE_CHECKING:
    from flask import Flask

    from server.settings import Settings


class Workers(BaseApplication):  # type: ignore[misc]
    """Gunicorn with the hall's settings in place of a configuration file of its own."""

    def __init__(self, settings: Settings, count: int) -> None:
        self.settings = settings
        self._count = count
        super().__init__()

    def load_config(self) -> None:
        """Set gunicorn up."""
        options: dict[str, Any] = {
            "bind": f"{self.settings.host}:{self.settings.port}",
            "workers": self._count,
            "worker_class": "gevent",
            "worker_connections": CONNECTIONS,
            # Open websockets would hold a stopping worker for the whole of this time.
            "graceful_timeout": STOP_WITHIN_S,
            "timeout": 60,
            # Longer than a proxy keeps a connection: one that closes under a request loses it.
            "keepalive": 75,
            "proc_name": "navbat",
            # Its default path is one for each user: a second server would meet the first one's.
            "control_socket_disable": True,
            "post_worker_init": _start,
            "worker_exit": _stop,
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """Wire the application, in the worker and after it was patched for greenlets."""
        with_logs()
        return make_app(self.settings)

    def run(self) -> None:
        """Serve until SIGINT or SIGTERM."""
        Parent(self).run()


class Parent(Arbiter):  # type: ignore[misc]
    """Gunicorn's parent process, which begins anew in its own place when a worker finds that it is time."""

    def __init__(self, app: Workers) -> None:
        self._settings = app.settings
        super().__init__(app)

    def start(self) -> None:
        """Listen, with what the process before listened with if there was one."""
        if (listener := handed_over(self._settings)) is not None:
            self.LISTENERS = sock.create_sockets(self.cfg, self.log, [listener])
        super().start()

    def handle_hup(self) -> None:
        """Replace the workers: with pages all of this process, which first applies what is due while nobody serves."""
        if self._settings.managed.by == "file":
            super().handle_hup()
            return
        # What several workers ask for happens once: such a signal would end the next process while it starts.
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        ended = []
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT):
            signal.signal(number, lambda *_: ended.append(True))
        kept = os.dup(self.LISTENERS[0].fileno())
        self.stop()
        if ended:
            raise StopIteration
        begin_anew(kept, self._settings)


def serve_workers(settings: Settings, count: int) -> None:
    """Serve until SIGINT or SIGTERM."""
    Workers(settings, count).run()


def _start(worker: Any) -> None:
    hall = worker.wsgi.extensions["hall"]
    hall.on_due = lambda: os.kill(worker.ppid, signal.SIGHUP)
    hall.start()
    settle_memory()


def _stop(_server: Any, worker: Any) -> None:
    worker.wsgi.extensions["hall"].stop()
