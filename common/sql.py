"""Set-based writes for tenant tables: multi-row VALUES, as row security, Citus and speed all want it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from types import NoneType
from typing import Any
from uuid import UUID

import orjson
from django.db import DEFAULT_DB_ALIAS, connection, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper
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
    fields, db = rows[0]._meta.concrete_fields, connections[DEFAULT_DB_ALIAS]
    of_json = {field for field in fields if isinstance(field, models.JSONField)}
    values = [[_prepared(field, row, field in of_json, db) for field in fields] for row in rows]
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


def _prepared(
    field: models.Field[Any, Any], row: models.Model, is_json: bool, db: BaseDatabaseWrapper
) -> Any:
    """A value as the driver takes it. Plain ones it takes as they are: asking Django costs more than that."""
    value = field.pre_save(row, add=True)
    return value if type(value) in _PLAIN and not is_json else field.get_db_prep_save(value, db)


_PLAIN = {NoneType, bool, int, str, UUID}


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
