"""
What a form does to a configuration: pure, from files to files.

Whatever is written can have faults: the one loader (`bundling.load_files`) names them, here with their forms.
"""

from __future__ import annotations

from server.config.editing.fields import Field
from server.config.editing.layout import ENTRIES, FORMS, ORDER, describe
from server.config.editing.parts import (
    Entry,
    TakenKey,
    UnknownEntry,
    Use,
    Values,
    add_entry,
    change,
    change_entry,
    entries,
    entry,
    keys,
    read,
    remove_entry,
    uses,
)
from server.config.editing.places import Fault, MissingName, faults, missing_in, missing_names, problems
from server.config.editing.raw import RawFaults, change_raw, read_raw
from server.config.editing.spreadsheets import RowFault, Taken, columns_of, give_csv, take_csv
from server.config.editing.uploads import NotTaken, take_configuration
from server.config.editing.written import Written, open_files

__all__ = [
    "ENTRIES",
    "FORMS",
    "ORDER",
    "Entry",
    "Fault",
    "Field",
    "MissingName",
    "NotTaken",
    "RawFaults",
    "RowFault",
    "Taken",
    "TakenKey",
    "UnknownEntry",
    "Use",
    "Values",
    "Written",
    "add_entry",
    "change",
    "change_entry",
    "change_raw",
    "columns_of",
    "describe",
    "entries",
    "entry",
    "faults",
    "give_csv",
    "keys",
    "missing_in",
    "missing_names",
    "open_files",
    "problems",
    "read",
    "read_raw",
    "remove_entry",
    "take_configuration",
    "take_csv",
    "uses",
]
