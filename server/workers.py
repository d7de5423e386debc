"""Several server processes under gunicorn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gunicorn.app.base import BaseApplication

from server.serving import CONNECTIONS, STOP_WITHIN_S, make_app, settle_memory, with_logs

if TYPE_CHECKING:
    from flask import Flask

    from server.settings import Settings


class Workers(BaseApplication):  # type: ignore[misc]
    """Gunicorn with the hall's settings in place of a configuration file of its own."""

    def __init__(self, settings: Settings, count: int) -> None:
        self._settings = settings
        self._count = count
        super().__init__()

    def load_config(self) -> None:
        """Set gunicorn up."""
        options: dict[str, Any] = {
            "bind": f"{self._settings.host}:{self._settings.port}",
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
        return make_app(self._settings)


def serve_workers(settings: Settings, count: int) -> None:
    """Serve until SIGINT or SIGTERM."""
    Workers(settings, count).run()


def _start(worker: Any) -> None:
    worker.wsgi.extensions["hall"].start()
    settle_memory()


def _stop(_server: Any, worker: Any) -> None:
    worker.wsgi.extensions["hall"].stop()
