"""A running hall: the operations, and what goes on beside the requests."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from server.restarting import Watch

if TYPE_CHECKING:
    from collections.abc import Callable

    from server.forecasting import ForecastProcess
    from server.operations import Queue
    from server.printers import Printers
    from server.pushing import Pushing
    from server.relay import Relay
    from server.sending import Sender
    from server.sockets import Sockets
    from server.tablets import Tablets
    from server.timers import Timers
    from server.voice.speaker import Speaker

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Demo:
    """What the demonstration's index page shows: accounts and devices with what opens them."""

    accounts: list[dict[str, str]] = field(default_factory=list)
    devices: list[dict[str, str]] = field(default_factory=list)


@dataclass(slots=True)
class Hall:
    """
    A running hall: the operations, and what goes on beside the requests.

    Attributes:
        on_due: Called when a newer version of the configuration is due, where pages manage it.
    """

    queue: Queue
    printers: Printers
    sockets: Sockets
    tablets: Tablets
    timers: Timers
    relay: Relay | None
    sender: Sender
    demo: Demo | None = None
    forecaster: ForecastProcess | None = None
    speaker: Speaker | None = None
    pushing: Pushing | None = None
    on_due: Callable[[], None] | None = None
    watch: Watch | None = None

    def start(self) -> None:
        """Begin the work beside the requests."""
        start = self.sockets.io.start_background_task
        for task in self.relay.tasks() if self.relay else []:
            start(task)
        self.sockets.start()
        self.tablets.start()
        start(self.timers.run)
        start(self.timers.seal)
        start(self.sender.run)
        if self.pushing:
            start(self.pushing.run)
        if self.on_due and self.queue.config_versions.managed == "pages":
            self.watch = Watch(self.queue, self.on_due)
            start(self.watch.run)

    def stop(self) -> None:
        """End it, within about two seconds."""
        if self.watch:
            self.watch.stop()
        self.timers.stop()
        self.sender.stop()
        if self.pushing:
            self.pushing.stop()
        self.sockets.stop()
        self.tablets.stop()
        if self.relay:
            self.relay.stop()
        self.printers.agents.stop()
        self.printers.stop()
        if self.forecaster:
            self.forecaster.close()
        if self.speaker:
            self.speaker.close()

    def readiness(self) -> dict[str, dict[str, Any]]:
        """Tell of each part whether it is in order."""
        checks: dict[str, dict[str, Any]] = {}
        try:
            with self.queue.context.database.read() as connection:
                connection.exec_driver_sql("SELECT 1")
            checks["database"] = {"ok": True}
        except Exception as error:  # whatever the driver says, the answer is "not ready"
            log.warning("the database does not answer", exc_info=True)
            checks["database"] = {"ok": False, "error": type(error).__name__}
        checks["clock"] = {"ok": self.timers.ticks > 0, "leads": self.timers.leads}
        checks["log"] = {"ok": not self.queue.ledger.is_late()}
        checks["spooler"] = {"ok": self.printers.is_running or not self.timers.leads}
        managed = self.queue.context.managed
        if managed.by == "pages":
            # The hall is open, if with the version before: no reason to turn visitors away, but one to look.
            passed = [each.number for each in managed.passed_over]
            checks["config"] = {"ok": True, "version": managed.number, "passed_over": passed}
        if self.relay:
            # Without it the workers hear of each other a second later: no reason to turn visitors away.
            checks["bus"] = {"ok": True, "connected": self.relay.is_connected()}
        return checks
