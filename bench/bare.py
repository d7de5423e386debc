"""
The yardstick: Flask, Flask-SocketIO and gevent with one ticket's SQL in raw `sqlite3`, and nothing else.

No check of what comes in, no sign-in, no log, no print job, no rule. Durable as the hall is: WAL, synchronous=FULL.
"""

from __future__ import annotations

from gevent import monkey

monkey.patch_all()

import json  # noqa: E402
import socket  # noqa: E402
import sqlite3  # noqa: E402
import sys  # noqa: E402
import threading  # noqa: E402
import time  # noqa: E402
from typing import Any  # noqa: E402

from flask import Flask, jsonify, request  # noqa: E402
from flask_socketio import SocketIO, join_room  # noqa: E402

ROOM = "hall"
SCHEMA = """
CREATE TABLE IF NOT EXISTS sequences (day TEXT, series TEXT, last INTEGER NOT NULL, PRIMARY KEY (day, series));
CREATE TABLE IF NOT EXISTS tickets (
    id INTEGER PRIMARY KEY, day TEXT NOT NULL, series TEXT NOT NULL, number INTEGER NOT NULL, service TEXT NOT NULL,
    state TEXT NOT NULL, due_at REAL NOT NULL, counter INTEGER, UNIQUE (day, series, number));
CREATE INDEX IF NOT EXISTS ix_waiting ON tickets (due_at) WHERE state = 'waiting';
"""
NEXT_NUMBER = """
INSERT INTO sequences VALUES (?, ?, 1) ON CONFLICT (day, series) DO UPDATE SET last = last + 1 RETURNING last
"""
INSERT = "INSERT INTO tickets (day, series, number, service, state, due_at) VALUES (?, ?, ?, ?, 'waiting', ?)"
FIRST = "SELECT id, number FROM tickets WHERE state = 'waiting' ORDER BY due_at LIMIT 1"
CALL = "UPDATE tickets SET state = 'called', counter = ? WHERE id = ? AND state = 'waiting'"


def make_app(path: str) -> Flask:
    """Wire the yardstick on a database file."""
    app = Flask(__name__)
    sockets = SocketIO(app, async_mode="gevent", transports=["websocket"], cookie=None)
    database = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    database.executescript(f"PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; {SCHEMA}")
    lock = threading.Lock()
    board: dict[str, Any] = {"value": {}, "count": 0}

    @app.post("/tickets")
    def issue() -> Any:
        service = request.get_json()["service"]
        day = time.strftime("%Y-%m-%d")
        with lock:
            database.execute("BEGIN IMMEDIATE")
            number = database.execute(NEXT_NUMBER, (day, "A")).fetchone()[0]
            id = database.execute(INSERT, (day, "A", number, service, time.time() + 900)).lastrowid
            database.execute("COMMIT")
        return jsonify(id=id, number=f"A{number:03}"), 201

    @app.post("/counters/<int:counter>/next")
    def call(counter: int) -> Any:
        with lock:
            database.execute("BEGIN IMMEDIATE")
            id, number = database.execute(FIRST).fetchone()
            database.execute(CALL, (counter, id))
            database.execute("COMMIT")
        return jsonify(id=id, number=f"A{number:03}")

    @app.post("/board")
    def set_board() -> Any:
        board["value"] = request.get_json()
        return jsonify(size=len(json.dumps(board["value"])))

    @app.post("/push")
    def push() -> Any:
        """Send the board to everyone, with a number in it that was not there before."""
        board["count"] += 1
        number = f"X{board['count']:04}"
        sockets.emit("board", board["value"] | {"mark": number}, namespace="/hall", to=ROOM)
        return jsonify(number=number)

    @sockets.on("connect", namespace="/hall")  # type: ignore[untyped-decorator]
    def connect(_auth: Any = None) -> None:
        join_room(ROOM)

    return app


def main(path: str, port: int) -> None:
    """Serve until the process is ended."""
    from gevent.pywsgi import WSGIServer

    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    # Without it small answers wait for a delayed acknowledgement, and any server would look fast beside this one.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    listener.bind(("127.0.0.1", port))
    listener.listen(1024)
    WSGIServer(listener, make_app(path), log=None).serve_forever()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
