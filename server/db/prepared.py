"""
Statements that are built once are compiled once, and then cost little more than the driver's own call.

SQLAlchemy finds a statement's SQL anew at each execution, and makes a result that can do much more than is asked of it
here: five times the cost of a small statement itself, ten of which make a tap. A statement that comes a second time
is a constant of some module; from then on its SQL, and what converts its values, are kept with it.
"""

from __future__ import annotations

from collections import namedtuple
from typing import TYPE_CHECKING, Any, NoReturn

from sqlalchemy.exc import DBAPIError, MultipleResultsFound, NoResultFound

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from sqlalchemy import Connection, Dialect

    Converter = Callable[[Any], Any]

KEPT = "_navbat_prepared"
MISSING = object()


class Rows:
    """All rows of an execution, asked as SQLAlchemy's results are."""

    __slots__ = ("_rows", "rowcount")

    def __init__(self, rows: list[Any], rowcount: int) -> None:
        self._rows = rows
        self.rowcount = rowcount

    def __iter__(self) -> Iterator[Any]:
        return iter(self._rows)

    def fetchall(self) -> list[Any]:
        """Return every row."""
        return self._rows

    all = fetchall

    def first(self) -> Any:
        """Return the first row, or None."""
        return self._rows[0] if self._rows else None

    def one(self) -> Any:
        """Return the only row; raises NoResultFound or MultipleResultsFound."""
        if len(self._rows) != 1:
            raise (MultipleResultsFound if self._rows else NoResultFound)("not one row")
        return self._rows[0]

    def one_or_none(self) -> Any:
        """Return the only row, or None; raises MultipleResultsFound."""
        return self.one() if self._rows else None

    def scalar(self) -> Any:
        """Return the first row's first column, or None."""
        return self._rows[0][0] if self._rows else None

    def scalar_one(self) -> Any:
        """Return the only row's first column; raises as `one` does."""
        return self.one()[0]

    def scalars(self) -> Rows:
        """Return the first column of every row."""
        return Rows([row[0] for row in self._rows], self.rowcount)


class Prepared:
    """A compiled statement of one dialect, with what converts its parameters and columns."""

    def __init__(self, compiled: Any, dialect: Dialect) -> None:
        self.sql: str = compiled.string
        self._dialect = dialect
        converters = compiled._bind_processors
        # By name: the value when none is given, and what converts one that is.
        self._binds = [
            (name, MISSING if bind.required else _default(bind, converters.get(name)), converters.get(name))
            for name, bind in compiled.binds.items()
        ]
        if compiled.positional:
            order = {name: place for place, (name, _, _) in enumerate(self._binds)}
            self._binds = [self._binds[order[name]] for name in compiled.positiontup]
        self._positional: bool = compiled.positional
        self._columns: list[Any] = list(compiled._result_columns or ())
        self._ordered: bool = compiled._ordered_columns
        self._make_row: Callable[..., Any] | None = None
        self._converters: list[tuple[int, Converter]] = []

    def execute(self, connection: Connection, raw: Any, parameters: Mapping[str, Any]) -> Rows:
        """
        Run it on a driver's connection, of which SQLAlchemy's is told when it breaks.

        Raises:
            KeyError: A parameter is not given.
            DBAPIError: As SQLAlchemy would have raised it.
        """
        values = self._values(parameters)
        try:
            cursor = raw.execute(self.sql, values)
            rows = self._read(cursor) if cursor.description else []
            rowcount: int = cursor.rowcount
            cursor.close()
        except self._dialect.loaded_dbapi.Error as error:
            fail(connection, self.sql, values, error)
        return Rows(rows, rowcount)

    def _values(self, parameters: Mapping[str, Any]) -> Any:
        values = []
        for name, default, convert in self._binds:
            value = parameters.get(name, MISSING)
            if value is MISSING:
                if default is MISSING:
                    raise KeyError(name)
                value = default
            elif convert is not None:
                value = convert(value)
            values.append(value)
        if self._positional:
            return values
        return {name: value for (name, _, _), value in zip(self._binds, values, strict=True)}

    def _read(self, cursor: Any) -> list[Any]:
        if self._make_row is None:
            self._describe(cursor.description)
        make = self._make_row
        assert make is not None
        if not self._converters:
            return [make(row) for row in cursor.fetchall()]
        found = []
        for row in cursor.fetchall():
            values = list(row)
            for place, convert in self._converters:
                values[place] = convert(values[place])
            found.append(make(values))
        return found

    def _describe(self, description: Any) -> None:
        """Find out once how a row is made; the driver tells the columns' types with the first."""
        if self._ordered and len(self._columns) == len(description):
            names = [column.keyname for column in self._columns]
            types = [column.type for column in self._columns]
        else:  # SQL as text, in which some columns have been given a type by their name
            typed = {column.keyname: column.type for column in self._columns}
            names = [column[0] for column in description]
            types = [typed.get(name) for name in names]
        self._converters = [
            (place, convert)
            for place, (type_, column) in enumerate(zip(types, description, strict=True))
            if type_ is not None
            and (convert := type_._cached_result_processor(self._dialect, column[1])) is not None
        ]
        row: Any = namedtuple("Row", names, rename=True)  # type: ignore[misc]
        self._make_row = row._make


class FastConnection:
    """
    A connection in a transaction, whose constant statements are compiled once.

    Everything else goes to SQLAlchemy's connection, so that it can be used as one.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._kept_as = connection.dialect.name
        self.raw: Any = connection.connection.dbapi_connection

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    def execute(self, statement: Any, parameters: Any = None, **options: Any) -> Any:
        """Run a statement."""
        if not options and (parameters is None or type(parameters) is dict):
            prepared = self._prepared(statement, parameters)
            if prepared is not None:
                return prepared.execute(self._connection, self.raw, parameters or {})
        return self._connection.execute(statement, parameters, **options)

    def run(self, sql: str) -> None:
        """Run SQL that has neither parameters nor rows."""
        try:
            self.raw.execute(sql).close()
        except self._connection.dialect.loaded_dbapi.Error as error:
            fail(self._connection, sql, (), error)

    def end(self, *, commit: bool) -> None:
        """End a transaction that was begun by `run`; SQLAlchemy may have taken part in it."""
        if self._connection.in_transaction():
            (self._connection.commit if commit else self._connection.rollback)()
        elif self.raw.in_transaction:
            self.run("COMMIT" if commit else "ROLLBACK")

    def _prepared(self, statement: Any, parameters: dict[str, Any] | None) -> Prepared | None:
        """Find what is kept with a statement; None at the first time, and where SQLAlchemy must do it."""
        kept: dict[Any, Prepared | None] | None = statement.__dict__.get(KEPT)
        if kept is None:
            statement.__dict__[KEPT] = {}
            return None
        # Which columns an INSERT or UPDATE sets depends on what is given.
        key = (self._kept_as, tuple(parameters) if parameters and statement.is_dml else None)
        try:
            return kept[key]
        except KeyError:
            kept[key] = _prepare(statement, self._connection.dialect, parameters)
            return kept[key]


def _prepare(statement: Any, dialect: Dialect, parameters: dict[str, Any] | None) -> Prepared | None:
    compiled = statement.compile(
        dialect=dialect, column_keys=list(parameters) if parameters and statement.is_dml else None
    )
    needs_more = (
        compiled.post_compile_params
        or compiled.literal_execute_params
        or compiled.escaped_bind_names
        or getattr(compiled, "insert_prefetch", None)
        or getattr(compiled, "update_prefetch", None)
    )
    return None if needs_more else Prepared(compiled, dialect)


def _default(bind: Any, convert: Converter | None) -> Any:
    value = bind.effective_value
    return convert(value) if convert is not None else value


def fail(connection: Connection, sql: str, values: Any, error: Exception) -> NoReturn:
    """Raise a driver's error as SQLAlchemy does."""
    dialect = connection.dialect
    is_gone = dialect.is_disconnect(error, connection.connection.dbapi_connection, None)  # type: ignore[arg-type]
    if is_gone:
        connection.invalidate(error)
    raise DBAPIError.instance(
        sql, values, error, dialect.loaded_dbapi.Error, connection_invalidated=is_gone, dialect=dialect
    ) from error
