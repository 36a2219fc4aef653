"""Set-based writes for tenant tables: multi-row VALUES, as row security, Citus and speed all want it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

import orjson
from django.db import connection, models
from psycopg2.extras import execute_values
from psycopg2.sql import SQL, Composable, Identifier

PAGE = 500


def insert_rows(
    rows: Sequence[models.Model], *, on_conflict: str = "", returning: Sequence[str] = ()
) -> list[tuple[Any, ...]]:
    """Insert unsaved rows of one model in one statement per 500, and return the columns asked for.

    Not ``bulk_create``: Django 5.2 writes INSERT … SELECT unnest, which row security refuses on Citus.
    on_conflict: SQL after ON CONFLICT, e.g. "DO NOTHING" (rows skipped by it return nothing).
    """
    if not rows:
        return []
    fields = rows[0]._meta.concrete_fields
    readers = _readers(type(rows[0]))
    values = [[read(row) for read in readers] for row in rows]
    statement: Composable = SQL("INSERT INTO {} ({}) VALUES %s").format(
        Identifier(rows[0]._meta.db_table), _names(str(field.column) for field in fields)
    )
    if on_conflict:
        statement += SQL(f" ON CONFLICT {on_conflict}")
    if returning:
        statement += SQL(" RETURNING ") + _names(returning)
    with connection.cursor() as cursor:
        found = execute_values(cursor.cursor, statement, values, page_size=PAGE, fetch=bool(returning))
    return found or []


def _names(columns: Iterable[str]) -> Composable:
    return SQL(", ").join(map(Identifier, columns))


Reader = Callable[[models.Model], Any]

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
    """How each column of a new row is read, in the order of the fields."""
    return [_reader(field) for field in model._meta.concrete_fields]


def _reader(field: models.Field[Any, Any]) -> Reader:
    """Plain values go as they are, what Django would make of them is the same; the rest by Django's way."""

    def by_django(row: models.Model) -> Any:
        return field.get_db_prep_save(field.pre_save(row, add=True), connection)

    def plain(row: models.Model) -> Any:
        value = getattr(row, name)
        if type(value) in _AS_IT_IS:
            return value
        return str(value) if type(value) is UUID else by_django(row)

    def document(row: models.Model) -> Any:
        value = getattr(row, name)
        try:
            return orjson.dumps(value).decode() if type(value) in (dict, list) else by_django(row)
        except TypeError:  # keys that are no text, numbers of more than 64 bits
            return by_django(row)

    name = field.attname
    if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False):
        return by_django
    if type(field) is models.JSONField:
        return by_django if field.encoder else document
    target = field.target_field if isinstance(field, models.ForeignKey) else field
    return plain if type(target) in _PLAIN_FIELDS else by_django


def update_from_values(
    sql: str, values: Sequence[Sequence[Any]], *, template: str | None = None
) -> list[tuple[Any, ...]]:
    """Run one UPDATE … FROM (VALUES %s) … [RETURNING …] for many rows, all in one statement."""
    if not values:
        return []
    with connection.cursor() as cursor:
        fetch = "RETURNING" in sql
        found = execute_values(
            cursor.cursor, sql, values, template=template, page_size=len(values), fetch=fetch
        )
    return found or []


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
