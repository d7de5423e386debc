"""Sends what is due: takes rows, lets go of the database, sends, and writes what became of each."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

from server.errors import QueueError
from server.notice_texts import Message, NoticeWords
from server.sending.providers import NotSent

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from server.operations import Queue
    from server.operations.notices import Notice
    from server.sending.providers import Provider

log = logging.getLogger(__name__)

EVERY_S = 2.0


class Sender:
    """
    Works in the process that does a centre's work by the clock.

    Args:
        leads: Tells whether this process is the one.
    """

    def __init__(self, queue: Queue, providers: Mapping[str, Provider], *, leads: Callable[[], bool]) -> None:
        self._queue = queue
        self._providers = providers
        self._leads = leads
        self._words = NoticeWords(queue.context)
        self._stop = threading.Event()

    def run(self) -> None:
        """Send until `stop`."""
        if not self._providers:
            return
        while not self._stop.wait(EVERY_S):
            if not self._leads():
                continue
            try:
                self.send_due()
                self.tell_calls()
            except Exception:
                log.exception("messages could not be sent; it is tried again")

    def stop(self) -> None:
        """End `run` soon."""
        self._stop.set()

    def send_due(self) -> int:
        """Send what is due; returns how many were taken up."""
        taken = self._queue.notices.take()
        for notice in taken:
            if self._stop.is_set():
                break  # the rest is taken again when it counts as lost
            self._send(notice)
        return len(taken)

    def tell_calls(self) -> int:
        """Tell those who left a telephone at the desk that they are called; returns how many were."""
        provider = self._providers.get("sms")
        if provider is None:
            return 0
        sent = 0
        for call in self._queue.reception.calls_to_tell():
            try:
                provider.send(call.telephone, self._words.of_call(call))
                sent += 1
            except NotSent as error:
                log.warning("the call of %s was not told: %s", call.label, error.reason)
                self._queue.reception.told(call.id, call.called_at, is_sent=error.is_final)
            else:
                self._queue.reception.told(call.id, call.called_at, is_sent=True)
        return sent

    def _send(self, notice: Notice) -> None:
        provider = self._providers.get(notice.contact.kind)
        if provider is None:
            self._queue.notices.end(notice, "failed", "no provider")
            return
        message = self._write(notice)
        if message is None:
            self._queue.notices.end(notice, "dropped")
            return
        try:
            provider.send(notice.contact.address, message)
        except NotSent as error:
            if error.is_final:
                self._queue.notices.end(notice, "failed", error.reason)
                is_over = True
            else:
                is_over = not self._queue.notices.try_again(notice, error.reason)
            log.warning("message %s not sent: %s%s", notice.id, error.reason, "; given up" if is_over else "")
        else:
            self._queue.notices.end(notice, "sent")

    def _write(self, notice: Notice) -> Message | None:
        """Write a message as things stand now; None where it has nothing to say any more."""
        try:
            if notice.appointment is not None:
                appointment = self._queue.appointments.by_id(notice.appointment)
                wanted = "cancelled" if notice.kind == "cancelled" else "booked"
                if appointment["state"] != wanted or appointment["sequence"] != notice.sequence:
                    return None
                return self._words.of_appointment(notice, appointment)
            if notice.result is not None:
                result = self._queue.results.by_id(notice.result)
                return self._words.of_result(notice, result) if result["state"] == "ready" else None
        except QueueError:
            return None
        return None
