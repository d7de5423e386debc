"""Connections that end with what let them in: a staff session, a device's token."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Any

from server.errors import QueueError
from server.events import EventKind

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from server.events import Event

log = logging.getLogger(__name__)

LOOK_EVERY_S = 2.0
AT_ONCE = (EventKind.DEVICE_REVOKED, EventKind.ACCOUNT_CHANGED)


class Ties:
    """
    The connections of this process that hang on something which can end.

    What ends it may happen in another process, or only by the time: so each tie is looked at every few seconds, and
    at once where the log tells of it.
    """

    def __init__(self, io: Any) -> None:
        self._io = io
        self._ties: dict[tuple[str, str], str] = {}
        self._checks: dict[str, Callable[[], object]] = {}
        self._woken = threading.Event()
        self._stopping = threading.Event()

    def tie(self, namespace: str, sid: str, key: str, check: Callable[[], object]) -> None:
        """
        Have a connection closed when `check` raises a QueueError.

        Args:
            key: Names what it hangs on, as others may hang on it too: such is checked once for all.
        """
        self._checks[key] = check
        self._ties[namespace, sid] = key

    def untie(self, namespace: str, sid: str) -> str | None:
        """Forget a connection that has ended. Returns what it hung on, if nothing else of this namespace does."""
        key = self._ties.pop((namespace, sid), None)
        if key is None or key not in self._ties.values():
            self._checks.pop(key or "", None)
        others = any(space == namespace and each == key for (space, _), each in list(self._ties.items()))
        return None if others else key

    def look(self) -> None:
        """Close what hangs on nothing any more."""
        ended = {key for key, check in list(self._checks.items()) if not _holds(check)}
        if not ended:
            return
        for (namespace, sid), key in list(self._ties.items()):
            if key in ended:
                self.untie(namespace, sid)
                self._io.server.disconnect(sid, namespace=namespace)

    def hear(self, events: Sequence[Event]) -> None:
        """Look soon where the log tells that something ended."""
        if any(event.kind in AT_ONCE for event in events):
            self._woken.set()

    def run(self) -> None:
        """Look until `stop`."""
        while not self._stopping.is_set():
            self._woken.wait(LOOK_EVERY_S)
            self._woken.clear()
            try:
                self.look()
            except Exception:
                log.exception("could not look whether connections have ended")

    def stop(self) -> None:
        """End `run` soon."""
        self._stopping.set()
        self._woken.set()


def _holds(check: Callable[[], object]) -> bool:
    try:
        check()
    except QueueError:
        return False
    return True
