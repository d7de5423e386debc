"""How each printer is, kept where every process and the next start can read it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from server.db.models import printer_states

if TYPE_CHECKING:
    from printing.jobs import PrinterState
    from printing.link import Confirmation
    from server.db.models import Record
    from server.operations.context import Context

DIALECTS: dict[str, Any] = {"sqlite": sqlite, "postgresql": postgresql}


class PrinterStates:
    """
    Reads and writes the rows of printers.

    A problem is asked for at every ticket: `problem` answers from memory, which `refresh` renews once a second.
    """

    def __init__(self, context: Context) -> None:
        self._context = context
        self._problems: dict[str, str] = {}

    def all(self) -> dict[str, Record]:
        """Read the rows, by printer; a printer that has never been spoken to has none."""
        with self._context.database.read() as connection:
            rows = connection.execute(
                select(printer_states).where(printer_states.c.centre == self._context.centre)
            ).fetchall()
        return {row.printer: row for row in rows}

    def refresh(self) -> None:
        """Learn what other processes have found."""
        rows = self.all().values()
        self._problems = {row.printer: row.problem for row in rows if row.problem is not None}

    def problem(self, printer: str | None) -> str | None:
        """Tell what keeps a printer from printing, as far as is known here."""
        return self._problems.get(printer) if printer is not None else None

    def proved(self, printer: str, uri: str) -> Confirmation | None:
        """Tell how a printer was found to confirm, unless it has another address now."""
        row = self.all().get(printer)
        if row is None or row.uri != uri:
            return None
        found: Confirmation | None = row.confirmation
        return found

    def keep_proof(self, printer: str, uri: str, confirmation: Confirmation) -> None:
        """Keep how a printer confirms."""
        now = self._context.clock()
        self._put(
            {"printer": printer, "uri": uri, "confirmation": confirmation, "since_at": now},
            ("uri", "confirmation"),
        )

    def keep_state(self, state: PrinterState, uri: str) -> None:
        """Keep a printer's problem or its end."""
        if state.problem is None:
            self._problems.pop(state.printer, None)
        else:
            self._problems[state.printer] = state.problem
        self._put(
            {
                "printer": state.printer,
                "uri": uri,
                "problem": state.problem,
                "warning": state.warning,
                "since_at": state.since,
            },
            ("problem", "warning", "since_at"),
        )

    def _put(self, row: dict[str, Any], changing: tuple[str, ...]) -> None:
        with self._context.database.write() as tx:
            insert = DIALECTS[tx.connection.dialect.name].insert(printer_states)
            statement = insert.values(centre=tx.centre, **row).on_conflict_do_update(
                index_elements=[printer_states.c.centre, printer_states.c.printer],
                set_={name: row[name] for name in changing},
            )
            tx.execute(statement)
