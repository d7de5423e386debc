"""Accounts as a CSV file: given out as it is taken in, and taken whole or with each row's fault named."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from server.db.models import users
from server.domain.result_file import decode
from server.errors import BadInput, QueueError

if TYPE_CHECKING:
    from server.db.engine import Transaction
    from server.operations.accounts import Accounts
    from server.operations.context import Context, View
    from server.operations.staff import Official

COLUMNS = ("username", "name", "role", "agencies", "services")
NEEDED = ("username", "role")
# Each new account is a password that is hashed.
MOST_ROWS = 300
ALL = "*"


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in a row (counted from 1, with the row of the columns) and a column, if it is one column's."""

    row: int
    column: str
    problem: str


class AccountFiles:
    """Takes accounts in from a file, and gives them out."""

    def __init__(self, context: Context, accounts: Accounts) -> None:
        self._context = context
        self._accounts = accounts

    def export(self, by: Official) -> str:
        """Write the accounts that somebody answers for; "*" stands for every agency or service."""
        out = io.StringIO()
        writer = csv.writer(out)
        writer.writerow((*COLUMNS, "disabled"))
        for each in self._accounts.all(by):
            lists = [ALL if keys is None else ";".join(keys) for keys in (each["agencies"], each["services"])]
            name = f"'{each['name']}" if each["name"][:1] in ("=", "+", "-", "@") else each["name"]
            writer.writerow(
                (each["username"], name, each["role"], *lists, "yes" if each["disabled_at"] else "")
            )
        return out.getvalue()

    def take_in(self, by: Official, data: bytes) -> View:
        """
        Make the accounts that are new and change those that are known, or do nothing.

        Returns:
            `faults` that kept the file from being taken: row, column and problem of each; or who was `made`, each
            with the password that opens the account once, and how many were `changed`.
        """
        rows, faults = _read(data)
        passwords = {row["username"]: self._context.randomness.password() for _, row in rows}
        known, new = self._known(), {}
        for line, row in [] if faults else rows:
            if row["username"] not in known:
                try:
                    new[row["username"]] = self._accounts.prepare(
                        by, password=passwords[row["username"]], **row
                    )
                except QueueError as error:
                    faults.append(_fault(line, error))
        try:
            with self._context.database.write() as tx:
                changed = 0 if faults else self._write(tx, by, rows, known, new, faults)
                if faults:
                    raise _Undone
        except _Undone:
            return {"faults": sorted(faults, key=lambda each: each.row), "made": [], "changed": 0}
        made = [
            {"username": key, "name": row["name"], "password": passwords[key]} for key, row in new.items()
        ]
        return {"faults": [], "made": made, "changed": changed}

    def _write(
        self,
        tx: Transaction,
        by: Official,
        rows: list[tuple[int, View]],
        known: dict[str, int],
        new: dict[str, View],
        faults: list[Fault],
    ) -> int:
        changed = 0
        for line, row in rows:
            try:
                if row["username"] in new:
                    self._accounts.add_in(tx, by, new[row["username"]])
                else:
                    changes = {key: value for key, value in row.items() if key != "username"}
                    changed += self._accounts.change_in(tx, by, known[row["username"]], changes)
            except QueueError as error:
                faults.append(_fault(line, error))
        return changed

    def _known(self) -> dict[str, int]:
        with self._context.database.read() as connection:
            rows = connection.execute(
                select(users.c.username, users.c.id).where(users.c.centre == self._context.centre)
            ).fetchall()
        return {row.username: row.id for row in rows}


class _Undone(Exception):
    """Undoes the transaction of a file with a fault."""


def _fault(row: int, error: QueueError) -> Fault:
    if isinstance(error, BadInput):
        field = str(error.facts["field"])
        return Fault(row, field, f"admin.wrong_{field}")
    return Fault(row, "username", f"errors.{error.key}")


def _read(data: bytes) -> tuple[list[tuple[int, View]], list[Fault]]:
    """Read the rows, each with its number; a file that is none is a fault of row 0."""
    text, _ = decode(data)
    if text is None or "\0" in text or not text.strip():
        return [], [Fault(0, "", "admin.file_unreadable")]
    first = text.splitlines()[0]
    delimiter = ";" if first.count(";") > first.count(",") else ","
    try:
        table = list(
            csv.reader(io.StringIO(text.lstrip("\ufeff"), newline=""), delimiter=delimiter, strict=True)
        )
    except csv.Error:
        return [], [Fault(0, "", "admin.file_unreadable")]
    names = [each.strip().casefold() for each in table[0]]
    faults = [Fault(1, each, "admin.file_column") for each in NEEDED if each not in names]
    faults += [Fault(1, each, "admin.file_unknown") for each in names if each not in (*COLUMNS, "disabled")]
    if faults:
        return [], faults
    rows: list[tuple[int, View]] = []
    seen: set[str] = set()
    for line, cells in enumerate(table[1:], 2):
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(names):
            faults.append(Fault(line, "", "admin.file_cells"))
            continue
        row = _row({name: cell.strip() for name, cell in zip(names, cells, strict=True)})
        if row["username"] in seen:
            faults.append(Fault(line, "username", "admin.file_twice"))
        seen.add(row["username"])
        rows.append((line, row))
    if not rows and not faults:
        faults.append(Fault(0, "", "admin.file_no_rows"))
    if len(rows) > MOST_ROWS:
        faults.append(Fault(0, "", "admin.file_too_many"))
    return rows, faults


def _row(cells: dict[str, str]) -> View:
    """Read a row; "*" is every agency or service, a column that is not there stays as it is or is every one."""
    row: dict[str, Any] = {"username": cells["username"], "role": cells["role"]}
    name = cells.get("name", "")
    if name:
        row["name"] = name[1:] if name[:1] == "'" and name[1:2] in ("=", "+", "-", "@") else name
    for column in ("agencies", "services"):
        if column in cells:
            listed = [each.strip() for each in cells[column].split(";") if each.strip()]
            row[column] = None if listed == [ALL] else listed
    return row
