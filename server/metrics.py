"""What a monitoring system reads: figures of the hall and of the machine, without personal data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from server.db import queries

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prometheus_client.core import Metric

    from server.hall import Hall


def exposition(hall: Hall) -> bytes:
    """
    Write the figures in Prometheus' text format.

    They are read from the database when they are asked for, so every worker answers the same.
    """
    from prometheus_client import CollectorRegistry, generate_latest

    registry = CollectorRegistry()
    registry.register(_Collector(hall))
    return generate_latest(registry)


class _Collector:
    def __init__(self, hall: Hall) -> None:
        self._hall = hall

    def describe(self) -> list[Metric]:
        return []

    def collect(self) -> Iterator[Metric]:
        from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

        context = self._hall.queue.context
        with context.database.read() as connection:
            waiting = queries.waiting_by_service(connection, context.centre)
            counters = queries.all_counters(connection, context.centre)
            jobs = queries.print_jobs_by_state(connection, context.centre)
            newest = queries.last_event_id(connection, context.centre)
            alarms = queries.count_alarms(connection, context.centre)
        by_agency = GaugeMetricFamily("navbat_waiting", "Tickets that wait", labels=["agency"])
        for agency in context.config.agencies:
            services = [each.key for each in context.config.services if each.agency == agency.key]
            by_agency.add_metric([agency.key], sum(waiting.get(key, 0) for key in services))
        yield by_agency
        by_state = GaugeMetricFamily("navbat_counters", "Counters", labels=["state"])
        for state in ("open", "paused", "closed"):
            by_state.add_metric([state], sum(row.state == state for row in counters))
        yield by_state
        by_job = GaugeMetricFamily("navbat_print_jobs", "Print jobs that are not done", labels=["state"])
        for state, count in jobs.items():
            by_job.add_metric([state], count)
        yield by_job
        printers = GaugeMetricFamily(
            "navbat_printer_problem",
            "1 while a problem keeps a printer from printing",
            labels=["printer", "problem"],
        )
        warnings = GaugeMetricFamily(
            "navbat_printer_warning",
            "1 while something will soon keep a printer from printing",
            labels=["printer", "warning"],
        )
        for key, row in self._hall.queue.printer_states.all().items():
            printers.add_metric([key, row.problem or "none"], int(row.problem is not None))
            warnings.add_metric([key, row.warning or "none"], int(row.warning is not None))
        yield printers
        yield warnings
        slips = GaugeMetricFamily(
            "navbat_printer_slips",
            "Slips at a printer: queued, sending (it is busy with them), held for a person to decide",
            labels=["printer", "state"],
        )
        for printer in self._hall.queue.print_desk.printers():
            for state, count in printer["jobs"].items():
                slips.add_metric([printer["key"], state], count)
        yield slips
        overtaken = CounterMetricFamily(
            "navbat_overtaken", "Calls that passed a waiting visitor beyond the promised bound"
        )
        overtaken.add_metric([], alarms)
        yield overtaken
        log = CounterMetricFamily("navbat_log_entries", "Entries of the log")
        log.add_metric([], newest)
        yield log
        sealed = CounterMetricFamily("navbat_log_sealed", "Entries of the log under a signed head")
        head = self._hall.queue.ledger.brief()
        sealed.add_metric([], head["size"] if head else 0)
        yield sealed
        late = GaugeMetricFamily("navbat_log_late", "1 while entries wait too long to be sealed")
        late.add_metric([], int(self._hall.queue.ledger.is_late()))
        yield late
