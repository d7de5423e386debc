"""Answering browsers: an app on a real port of this process."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from werkzeug.serving import make_server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask
    from werkzeug.serving import BaseWSGIServer

# How often a server looks whether it shall end: werkzeug's half a second would be waited for after every test.
LOOKS_EVERY_S = 0.02


def answer(app: Flask, host: str = "127.0.0.1", port: int = 0) -> BaseWSGIServer:
    """Let an app answer, on a free port unless one is given; `shutdown` and `server_close` end it."""
    server = make_server(host, port, app, threaded=True)
    threading.Thread(target=server.serve_forever, args=(LOOKS_EVERY_S,), daemon=True).start()
    return server


@contextmanager
def serving(app: Flask, *, host: str = "127.0.0.1", live: bool = False) -> Iterator[str]:
    """
    Let an app answer on a free port, and give its address; its database is closed in the end.

    Args:
        live: Send at once what has changed, to tablets too; else a screen hears of it when it asks.
    """
    server = answer(app, host)
    hall = app.extensions["hall"]
    if live:
        hall.sockets.start()
        hall.tablets.start()
    try:
        yield f"http://{host}:{server.port}"
    finally:
        if live:
            hall.tablets.stop()
            hall.sockets.stop()
        server.shutdown()
        server.server_close()
        hall.queue.context.database.close()
