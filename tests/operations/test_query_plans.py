"""The next ticket is found by a seek for each service, on the index of waiting tickets, on both databases."""

from __future__ import annotations

from sqlalchemy import text

from server.db import queries
from server.operations.serving import LANES
from tests.builders import PASSPORT, create_ticket


def test_the_rule_seeks_and_never_scans(queue):
    for _ in range(300):
        create_ticket(queue, PASSPORT)
    services = queue.config.counter[6].services

    plan = _plan(queue, services)

    if queue.context.database.is_sqlite:
        used = [line for line in plan if "tickets" in line or " w " in line or " t " in line]
        assert any("ix_tickets_waiting (centre=? AND service=? AND lane=?)" in line for line in used), plan
        assert any("ix_tickets_waiting_bound (centre=? AND bound=?)" in line for line in used), plan
        assert not any(line.startswith(("SCAN t", "SCAN w")) for line in plan), plan
        assert not any("TEMP B-TREE" in line for line in plan), plan
    else:
        assert any("using ix_tickets_waiting on" in line for line in plan), plan
        assert any("using ix_tickets_waiting_bound on" in line for line in plan), plan
        assert not any("Seq Scan on tickets" in line or "Sort" in line for line in plan), plan


def _plan(queue, services):
    database = queue.context.database
    with database.engine.connect() as connection:
        if not database.is_sqlite:
            # A few hundred rows are read whole faster than by an index; ask for the plan of many.
            connection.execute(text("SET enable_seqscan = off"))
            connection.execute(text("ANALYZE tickets"))
        explain = "EXPLAIN QUERY PLAN " if database.is_sqlite else "EXPLAIN "
        statement = text(explain + queries.HEADS[connection.dialect.name])
        rows = connection.execute(
            statement,
            {
                "centre": queue.context.centre,
                "services": queries._json(services),
                "lanes": queries._json(LANES),
                "bounds": queries._json(("counter:6",)),
            },
        ).fetchall()
    return [str(row[-1]) for row in rows]
