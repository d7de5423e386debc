"""Sections and their entries read and changed, as a form sees them: by field, as written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from server.config.editing.layout import ENTRIES, FORMS, describe
from server.config.editing.rewriting import same

if TYPE_CHECKING:
    from collections.abc import Iterator

    from server.config.editing.fields import Field
    from server.config.editing.layout import Entries
    from server.config.editing.written import Written

Values = dict[str, Any]
"""By a field's name what is written there; what is not written is not in it, or is None."""


@dataclass(frozen=True, slots=True)
class Entry:
    """
    One of a list.

    Attributes:
        id: What tells it from the others: its key, or "~3" by its place where its key is missing or used twice.
    """

    id: str
    values: Values


@dataclass(frozen=True, slots=True)
class Use:
    """Where a key is named: the form, its entry (empty in a section), the field."""

    name: str
    id: str
    field: str
    needed: bool


class UnknownEntry(LookupError):
    """There is no entry of this name."""


class TakenKey(ValueError):
    """There is an entry of this key already."""


def read(written: Written, name: str) -> Values:
    """Read a section as its form shows it."""
    held = written.at((name,))
    return _values(held if isinstance(held, dict) else {}, describe(name))


def entries(written: Written, name: str) -> list[Entry]:
    """List the entries of a list, in the order of the file."""
    kind = ENTRIES[name]
    if kind.shape in ("rows", "both"):
        return _of_rows(written, name, kind)
    if kind.shape == "map":
        held = written.at(kind.path)
        found = [
            {kind.id: key, **(each if isinstance(each, dict) else {})}
            for key, each in (held.items() if isinstance(held, dict) else ())
        ]
    else:
        found = [each if isinstance(each, dict) else {} for each in _list(written, kind)]
    ids = [_text(each.get(kind.id)) for each in found]
    return [
        Entry(id if id and ids.count(id) == 1 else f"~{index}", _values(each, describe(name)))
        for index, (id, each) in enumerate(zip(ids, found, strict=True))
    ]


def entry(written: Written, name: str, id: str) -> Entry:
    """
    Read one entry.

    Raises:
        UnknownEntry: There is none.
    """
    found = next((each for each in entries(written, name) if each.id == id), None)
    if found is None:
        raise UnknownEntry(name, id)
    return found


def change(written: Written, name: str, values: Values) -> None:
    """Write fields of a section; those that are not in `values` stay, and None takes one away."""
    fields = describe(name)
    if written.at((name,)) is None and all(values.get(each.name) is None for each in fields):
        return
    _write(written.place((name,), dict), fields, values)


def change_entry(written: Written, name: str, id: str, values: Values) -> str:
    """
    Write fields of an entry.

    Returns:
        By what it is known now.

    Raises:
        UnknownEntry: There is none.
    """
    before = entry(written, name, id)
    kind, fields = ENTRIES[name], describe(name)
    values = {key: each for key, each in values.items() if not (kind.kept and key == kind.id)}
    if kind.shape in ("rows", "both"):
        _change_row(written, name, str(before.values["key"]), values)
    elif kind.shape == "map":
        _write(written.place((*kind.path, id), dict), fields, values)
    else:
        index = [each.id for each in entries(written, name)].index(id)
        held = _list(written, kind)
        if not isinstance(held[index], dict):
            held[index] = {}
        _write(held[index], fields, values)
        return entries(written, name)[index].id
    return id


def add_entry(written: Written, name: str, values: Values) -> str:
    """
    Put a new entry at the end of its list; a service after those of its agency.

    Raises:
        TakenKey: Its key is there already.
    """
    kind, fields = ENTRIES[name], describe(name)
    key = _text(values.get(kind.id))
    if key and any(_text(each.values.get(kind.id)) == key for each in entries(written, name)):
        raise TakenKey(key)
    if kind.shape in ("rows", "both"):
        if not key or name not in written.tables:
            raise UnknownEntry(name, key)
        _add_row(written, name, key, values)
        _change_row(written, name, key, values)
        return key
    if kind.shape == "map":
        inside = {name: each for name, each in values.items() if name != kind.id}
        _write(written.place((*kind.path, key), dict), fields, inside)
        return key
    new: dict[str, Any] = {}
    _write(new, fields, values)
    written.place(kind.path, list).append(new)
    return entries(written, name)[-1].id


def remove_entry(written: Written, name: str, id: str) -> None:
    """
    Take an entry away, and its key from the lists that name it.

    An agency leaves the centre and stays in the catalogue, as long as services of it are there.

    Raises:
        UnknownEntry: There is none.
    """
    gone = entry(written, name, id)
    kind = ENTRIES[name]
    key = _text(gone.values.get(kind.id))
    if key:
        for use in uses(written, name, key):
            if not use.needed:
                _forget(written, use, key)
    if kind.shape in ("rows", "both"):
        _remove_row(written, name, str(gone.values["key"]), kind)
    elif kind.shape == "map":
        written.at(kind.path).pop(id)
    else:
        _list(written, kind).pop([each.id for each in entries(written, name)].index(id))


def uses(written: Written, name: str, key: str) -> list[Use]:
    """List where a key is named."""
    found = []
    for form in (*FORMS, *ENTRIES):
        fields = [field for field in describe(form) if field.of == name]
        if not fields:
            continue
        parts = entries(written, form) if form in ENTRIES else [Entry("", read(written, form))]
        for part in parts:
            for field in fields:
                value = part.values.get(field.name)
                named = value if isinstance(value, list) else [value]
                if key in map(_text, named) and not (form == "voice_zones" and name != "zones"):
                    found.append(Use(form, part.id, field.name, field.needed))
    return found


def _forget(written: Written, use: Use, key: str) -> None:
    values = entry(written, use.name, use.id).values if use.id else read(written, use.name)
    value = values[use.field]
    left: Any = [each for each in value if _text(each) != key] if isinstance(value, list) else None
    if use.id:
        change_entry(written, use.name, use.id, {use.field: left})
    else:
        change(written, use.name, {use.field: left})


def _values(held: dict[str, Any], fields: tuple[Field, ...]) -> Values:
    values: Values = {}
    for field in fields:
        value: Any = held
        for part in field.path:
            value = value.get(part) if isinstance(value, dict) else None
        if value is not None:
            values[field.name] = value
    return values


def _write(held: dict[str, Any], fields: tuple[Field, ...], values: Values) -> None:
    for field in fields:
        if field.name in values and not field.column:
            _put(held, field.path, values[field.name])


def _put(held: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    first, *rest = path
    if not rest:
        if value is None:
            held.pop(first, None)
        elif not (first in held and same(held[first], value)):
            held[first] = value
        return
    inner = held.get(first)
    if not isinstance(inner, dict):
        if value is None:
            return
        inner = held[first] = {}
    _put(inner, tuple(rest), value)
    if not inner and value is None:
        held.pop(first)  # an optional group of which nothing is left


def _list(written: Written, kind: Entries) -> list[Any]:
    held = written.at(kind.path)
    return held if isinstance(held, list) else []


def _text(value: Any) -> str:
    return "" if value is None or isinstance(value, (dict, list)) else str(value)


# What stands in the catalogue.


def _of_rows(written: Written, name: str, kind: Entries) -> list[Entry]:
    table = written.tables.get(name)
    places = written.at(kind.path) if kind.path else None
    places = places if isinstance(places, dict) else {}
    found = []
    keys = [row["key"] for row in table.rows] if table else []
    for index, row in enumerate(table.rows if table else ()):
        key = row["key"]
        own: Any = places.get(key)
        values = _values(
            own if isinstance(own, dict) else {}, tuple(f for f in describe(name) if not f.column)
        )
        if name == "agencies":
            values["here"] = key in places
        for field in describe(name):
            if field.column and not (field.name in ("minutes", "channels") and _has(own, field.name)):
                value = _cell(row, field)
                if value is not None:
                    values[field.name] = value
            elif field.column:
                values[field.name] = own[field.name]
        found.append(Entry(key if keys.count(key) == 1 and key else f"~{index}", values))
    return found


def _has(own: Any, key: str) -> bool:
    return isinstance(own, dict) and own.get(key) is not None


def _cell(row: dict[str, str], field: Field) -> Any:
    if field.kind == "names":
        names = {
            column.partition("_")[2]: cell.strip()
            for column, cell in row.items()
            if column.startswith(f"{field.column}_")
        }
        names.pop("basis", None)
        return {language: text for language, text in names.items() if text} or None
    cell = row.get(field.column, "")
    if field.kind == "choices":
        return [item.strip() for item in cell.split(";") if item.strip()] or None
    if field.kind == "number" and cell.isdecimal() and len(cell) < 10:
        return int(cell)
    return cell or None


def _change_row(written: Written, name: str, key: str, values: Values) -> None:
    table, kind = written.tables[name], ENTRIES[name]
    row = table.row(key)
    if row is None:
        raise UnknownEntry(name, key)
    own: Any = written.at((*kind.path, key)) if kind.path else None
    for field in describe(name):
        if field.column and field.name in values and field.name != "key":
            if _has(own, field.name) and field.name in ("minutes", "channels"):
                own[field.name] = values[field.name]  # this centre says otherwise than the catalogue
                if values[field.name] is None:
                    own.pop(field.name)
            elif not same(_cell(row, field), values[field.name]):
                _set_cell(table, row, field, values[field.name])
    fields = tuple(each for each in describe(name) if not each.column and each.name != "here")
    given = {each.name: values[each.name] for each in fields if each.name in values}
    if name == "agencies":
        if values.get("here") is False:
            if isinstance(places := written.at(kind.path), dict):
                places.pop(key, None)
            return
        if own is None and values.get("here"):
            own = written.place((*kind.path, key), dict)
    if own is None and any(each is not None for each in given.values()) and kind.path and name != "agencies":
        own = written.place((*kind.path, key), dict)
    if isinstance(own, dict):
        _write(own, fields, given)
        if not own and name == "services":
            _take_away(written, kind, key)


def _take_away(written: Written, kind: Entries, key: str) -> None:
    places = written.at(kind.path) if kind.path else None
    if isinstance(places, dict):
        places.pop(key, None)
        if not places and kind.path == ("services",):
            written.data.pop("services")  # a section that may be left out


def _set_cell(table: Any, row: dict[str, str], field: Field, value: Any) -> None:
    if field.kind == "names":
        for language, text in (value or {}).items():
            table.set(row, f"{field.column}_{language}", str(text))
        for column in [each for each in row if each.startswith(f"{field.column}_") and each != "name_basis"]:
            if column.partition("_")[2] not in (value or {}):
                table.set(row, column, "")
    elif isinstance(value, list):
        table.set(row, field.column, (";" if field.choices else "; ").join(map(str, value)))
    else:
        table.set(row, field.column, "" if value is None else str(value))


def _add_row(written: Written, name: str, key: str, values: Values) -> None:
    table = written.tables[name]
    place = len(table.rows)
    if name == "services":
        of_agency = [i for i, row in enumerate(table.rows) if row.get("agency") == values.get("agency")]
        place = of_agency[-1] + 1 if of_agency else place
    table.rows.insert(place, dict.fromkeys(table.columns, "") | {"key": key})
    table.lines.insert(place, 0)


def _remove_row(written: Written, name: str, key: str, kind: Entries) -> None:
    table = written.tables[name]
    _take_away(written, kind, key)
    if name == "agencies" and any(
        row.get("agency") == key for row in getattr(written.tables.get("services"), "rows", ())
    ):
        return
    index = next(i for i, row in enumerate(table.rows) if row["key"] == key)
    table.rows.pop(index)
    table.lines.pop(index)


def keys(written: Written, name: str) -> Iterator[str]:
    """Yield what may be named of a list: the keys of what this centre has of it."""
    for each in entries(written, name):
        if each.values.get("here") is not False:
            yield _text(each.values.get(ENTRIES[name].id))
