"""Set-based writes for tenant tables: multi-row VALUES, as row security, Citus and speed all want it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import cache, lru_cache, partial
from typing import Any
from uuid import UUID

import django.db.backends.postgresql.base  # noqa: F401 - says how ids are read, before we do
import orjson
from django.db import connection, models
from django.db.models import Lookup
from psycopg2.extensions import new_type, register_type
from psycopg2.extras import execute_values
from psycopg2.sql import SQL, Composable, Identifier

PAGE = 500

#: PostgreSQL's number for the type uuid.
_UUID = 2950


@lru_cache(maxsize=10_000)
def _id(text: str) -> UUID:
    return UUID(text)


#: Ids come again and again, a person's and a thread's in each row about them. The same object is found in a
#: dictionary at once, a new one costs more than reading the rest of its row.
register_type(new_type((_UUID,), "UUID", lambda text, _: None if text is None else _id(text)))


def insert_rows(
    rows: Sequence[models.Model], *, on_conflict: str = "", returning: Sequence[str] = ()
) -> list[tuple[Any, ...]]:
    """Insert unsaved rows of one model in one statement per 500, and return the columns asked for.

    Not ``bulk_create``: Django 5.2 writes INSERT … SELECT unnest, which row security refuses on Citus.
    on_conflict: SQL after ON CONFLICT, e.g. "DO NOTHING" (rows skipped by it return nothing).
    """
    if not rows:
        return []
    model = type(rows[0])
    names = [str(field.column) for field in model._meta.concrete_fields]
    columns = [read(rows) for read in _readers(model)]
    found = _insert(model._meta.db_table, names, columns, on_conflict, returning)
    for row in rows:
        row._state.adding = False
    return found


def insert_values(
    model: type[models.Model],
    columns: Sequence[str],
    values: Sequence[Sequence[Any]],
    *,
    on_conflict: str = "",
) -> None:
    """As ``insert_rows``, of plain values, for thousands that nobody looks at again. `columns` are the first
    of each row; the others get what a new row has."""
    if values:
        blank = model()
        others = [n for n, field in enumerate(model._meta.concrete_fields) if field.column not in columns]
        names = [str(model._meta.concrete_fields[n].column) for n in others]
        same = [_readers(model)[n]([blank]) * len(values) for n in others]
        every = [*zip(*values, strict=True), *same]
        _insert(model._meta.db_table, [*columns, *names], every, on_conflict)


def _insert(
    table: str,
    names: Sequence[str],
    columns: Sequence[Column],
    on_conflict: str,
    returning: Sequence[str] = (),
) -> list[tuple[Any, ...]]:
    statement: Composable = SQL("INSERT INTO {} ({}) VALUES %s").format(Identifier(table), _names(names))
    if on_conflict:
        statement += SQL(f" ON CONFLICT {on_conflict}")
    if returning:
        statement += SQL(" RETURNING ") + _names(returning)
    return _write(statement, columns, fetch=bool(returning))


def write_values(
    statement: Composable | str, values: Sequence[Sequence[Any]], *, casts: Sequence[str] = (),
    fetch: bool = False, page_size: int = PAGE,
) -> list[tuple[Any, ...]]:  # fmt: skip
    """Run a statement with VALUES %s for these rows, `page_size` at a time. casts: for each column, "" or
    what follows its value ("::uuid")."""
    return _write(statement, list(zip(*values, strict=True)), casts=casts, fetch=fetch, page_size=page_size)


def _write(
    statement: Composable | str, columns: Sequence[Column], *, casts: Sequence[str] = (),
    fetch: bool = False, page_size: int = PAGE,
) -> list[tuple[Any, ...]]:  # fmt: skip
    """What a column has the same in all rows is quoted once for all: of a message that is two columns in
    three."""
    if not columns:
        return []
    varies = [not n or not _is_same(column) for n, column in enumerate(columns)]
    told = list(casts) or [""] * len(columns)
    with connection.cursor() as cursor:
        places, varying = [], []
        for column, is_varying, cast in zip(columns, varies, told, strict=True):
            if not is_varying:
                same = cursor.cursor.mogrify("%s", [column[0]]).decode().replace("%", "%%")
                places.append(same + cast)
                continue
            text = _as_text(column)
            places.append("%s" + (cast or ("" if text is column else "::uuid")))
            varying.append(text)
        found = execute_values(
            cursor.cursor, statement, list(zip(*varying, strict=True)),
            template=f"({', '.join(places)})", page_size=page_size, fetch=fetch,
        )  # fmt: skip
    return found or []


def _is_same(column: Column) -> bool:
    return column.count(column[0]) == len(column)


def _as_text(column: Column) -> Column:
    """Ids as text: that is five times as fast as what psycopg2 makes of each. Another column as it is."""
    kinds = set(map(type, column))
    if UUID not in kinds or not kinds <= _IDS:
        return column
    return [None if one is None else str(one) for one in column]


def _names(columns: Iterable[str]) -> Composable:
    return SQL(", ").join(map(Identifier, columns))


#: What each row has in one place.
Column = Sequence[Any]
Reader = Callable[[Sequence[models.Model]], list[Any]]

_IDS = frozenset({UUID, type(None)})
#: What psycopg2 writes as it is.
_AS_IT_IS = frozenset({str, int, bool, datetime, type(None)})
#: Exactly these: a field of our own, such as an encrypted one, decides itself what is written.
_PLAIN_FIELDS = frozenset({
    models.BigIntegerField, models.BooleanField, models.CharField, models.DateTimeField, models.IntegerField,
    models.PositiveIntegerField, models.PositiveSmallIntegerField, models.SmallIntegerField, models.TextField,
    models.UUIDField,
})  # fmt: skip


@cache
def _readers(model: type[models.Model]) -> list[Reader]:
    """How each column of new rows is read, in the order of the fields."""
    return [_reader(field) for field in model._meta.concrete_fields]


def _reader(field: models.Field[Any, Any]) -> Reader:
    """Plain values go as they are, what Django would make of them is the same; the rest by Django's way."""

    def by_django(row: models.Model) -> Any:
        return field.get_db_prep_save(field.pre_save(row, add=True), connection)

    def each_by_django(rows: Sequence[models.Model]) -> list[Any]:
        return [by_django(row) for row in rows]

    if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False):
        return each_by_django
    if type(field) is models.JSONField:
        return each_by_django if field.encoder else partial(_documents, field.attname, by_django)
    target = field.target_field if isinstance(field, models.ForeignKey) else field
    is_plain = type(target) in _PLAIN_FIELDS
    return partial(_plain_values, field.attname, by_django) if is_plain else each_by_django


def _plain_values(
    name: str, by_django: Callable[[models.Model], Any], rows: Sequence[models.Model]
) -> list[Any]:
    values = [row.__dict__[name] if name in row.__dict__ else getattr(row, name) for row in rows]
    kinds = set(map(type, values))
    if kinds <= _AS_IT_IS:
        return values
    if _is_same(values):
        return [by_django(rows[0])] * len(rows)
    return [*_as_text(values)] if kinds <= _IDS else [by_django(row) for row in rows]


def _documents(
    name: str, by_django: Callable[[models.Model], Any], rows: Sequence[models.Model]
) -> list[Any]:
    return [_document(getattr(row, name), partial(by_django, row)) for row in rows]


def _document(value: Any, by_django: Callable[[], Any]) -> Any:
    if value is None:
        return None
    try:
        return orjson.dumps(value).decode() if type(value) in (dict, list) else by_django()
    except TypeError:  # keys that are no text, numbers of more than 64 bits
        return by_django()


def update_from_values(
    sql: str, values: Sequence[Sequence[Any]], *, template: str | None = None
) -> list[tuple[Any, ...]]:
    """Run one UPDATE … FROM (VALUES %s) … [RETURNING …] for many rows, all in one statement.

    The second column of the values is the id of the row they are for, and :these in the statement all of
    them, an array: the rows are found by it, and joined with their values as ``joined_by_hash`` says. Without
    it they would be looked for among all that the tenant has, and so it must be there (ValueError).
    """
    if ":these" not in sql:
        raise ValueError(f"The statement does not name its rows by :these: {sql}")
    if not values:
        return []
    casts = [place.partition("%s")[2].rstrip(" )") for place in template.split(",")] if template else ()
    ids = ",".join(str(row[1]) for row in values)
    with connection.cursor() as cursor:
        these = cursor.cursor.mogrify("%s::uuid[]", [f"{{{ids}}}"]).decode()
        statement = _WITHOUT_LOOPS + sql.replace(":these", these)
        found = write_values(statement, values, casts=casts, fetch="RETURNING" in sql, page_size=len(values))
        cursor.cursor.execute(_WITH_LOOPS)
    return found


_WITHOUT_LOOPS, _WITH_LOOPS = "SET LOCAL enable_nestloop = off;", "SET LOCAL enable_nestloop = on"


def joined_by_hash(statement: str) -> str:
    """The statement, joined by hash or in order, however few rows PostgreSQL believes a table to have.

    For a table joined to a subquery of itself, or to values. A table that autovacuum counted before its rows
    were committed looks empty to the planner, and so does the part of a new tenant among big ones; it then
    reads the other side anew for each row: a file of 10,000 took more than a minute. Name the rows by an
    indexed column on both sides: all that fit it are read, once.
    """
    return f"{_WITHOUT_LOOPS}{statement};{_WITH_LOOPS}"


class Among(Lookup):
    """A column of ids or words is one of an array's; see ``among``."""

    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        column, told = self.process_lhs(compiler, connection)
        kind = "uuid" if self.lhs.output_field.db_type(connection) == "uuid" else "text"
        return f"{column} = ANY(%s::{kind}[])", [*told, self.rhs]


def among(field: str, values: Iterable[UUID | str | None]) -> Among:
    """A condition for ``filter``: `field` is one of these ids or words, told as one array.

    For many: Django's ``__in`` prepares, and PostgreSQL reads, each value by itself.
    """
    return Among(models.F(field), [str(value) for value in values if value is not None])


def lock_keys(keys: Sequence[str]) -> None:
    """Take one advisory lock per key until the commit, always in the same order (reliability rule 5)."""
    if keys:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(hashtextextended(k, 0)) FROM unnest(%s::text[]) AS k",
                [sorted(set(keys))],
            )


def as_json(value: Any) -> str | None:
    """A value for a jsonb column in raw SQL; None is NULL."""
    return None if value is None else orjson.dumps(value).decode()
