"""
Turns on SQLite: any number read, one writes, and those who come while one is at work share its commit.

A durable commit waits for the disk, and the whole process with it. Visitors who tap in the same moment are therefore
written in one transaction, each behind a savepoint of its own, and all are answered when it is on the disk.
"""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from server.db.prepared import FastConnection

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Engine

KEPT_READERS = 10


class Batch:
    """An open transaction and what is to be done after its commit."""

    def __init__(self, connection: FastConnection) -> None:
        # IMMEDIATE takes the file's lock first, so that no writer fails in the middle because another came before.
        connection.run("BEGIN IMMEDIATE")
        self.connection = connection
        self.after: list[Callable[[], None]] = []
        self.done = threading.Event()
        self.error: BaseException | None = None


class Writer:
    """
    Lets one at a time write.

    The first of a batch leads it: it lets the others in who are ready, commits, and tells them.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self._connection: FastConnection | None = None
        self._batch: Batch | None = None

    @contextmanager
    def turn(self, after: Callable[[], None]) -> Iterator[FastConnection]:
        """
        Write on the connection that is given; committed at the end, undone by an exception.

        Args:
            after: Called once it is committed, in the order of the turns.
        """
        raised: BaseException | None = None
        with self._lock:
            leads = self._batch is None
            batch = self._batch = self._batch or self._begin()
            if batch.error is not None:
                raise batch.error
            try:
                batch.connection.run("SAVEPOINT turn")
                yield batch.connection
                batch.connection.run("RELEASE turn")
                batch.after.append(after)
            except BaseException as error:
                raised = error
                self._undo(batch)
        if leads:
            self._finish(batch)
        else:
            batch.done.wait()
        # Nobody is answered before the commit, not even with a refusal: it may rest on what another has written.
        if raised is not None:
            raise raised
        if batch.error is not None:
            raise batch.error

    def close(self) -> None:
        """Give the connection back."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def _begin(self) -> Batch:
        if self._connection is None:
            self._connection = FastConnection(self._engine.connect())
        return Batch(self._connection)

    def _undo(self, batch: Batch) -> None:
        """Undo a turn; after some errors, such as a full disk, SQLite has undone the whole transaction by itself."""
        try:
            batch.connection.run("ROLLBACK TO turn")
            batch.connection.run("RELEASE turn")
        except Exception as error:
            batch.error = error

    def _finish(self, batch: Batch) -> None:
        try:
            # Whoever is ready to write comes first: under gevent one round of the loop, on threads a switch.
            time.sleep(0)
        finally:
            with self._lock:
                self._batch = None
                self._commit(batch)
            try:
                if batch.error is None:
                    for after in batch.after:
                        after()
            finally:
                batch.done.set()

    def _commit(self, batch: Batch) -> None:
        try:
            batch.connection.end(commit=batch.error is None)
        except Exception as error:
            batch.error = error
        if batch.error is not None:
            # Whatever state it is in: the next batch begins on another.
            self._connection = None
            with suppress(Exception):
                batch.connection.invalidate()
                batch.connection.close()


class Readers:
    """Lends connections for reading; each sees one state of the database from its first read to its end."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._idle: list[FastConnection] = []

    @contextmanager
    def turn(self) -> Iterator[FastConnection]:
        """Read on the connection that is given."""
        try:
            connection = self._idle.pop()
        except IndexError:
            connection = FastConnection(self._engine.connect())
        try:
            connection.run("BEGIN")
            yield connection
        finally:
            connection.end(commit=False)
            if len(self._idle) < KEPT_READERS:
                self._idle.append(connection)
            else:
                connection.close()

    def close(self) -> None:
        """Give the idle connections back."""
        while self._idle:
            self._idle.pop().close()
