"""Counting what is sent to PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from psycopg2.extensions import cursor as Cursor  # noqa: N812 - a class


@contextmanager
def counted() -> Iterator[list[Any]]:
    """Every statement of Django's connection until the block ends; BEGIN and COMMIT are not among them."""
    seen: list[Any] = []

    class Counting(Cursor):
        def execute(self, query: Any, vars: Any = None) -> None:  # noqa: A002 - psycopg2's name
            seen.append(query)
            super().execute(query, vars)

    connection.ensure_connection()
    raw: Any = connection.connection
    raw.cursor_factory = Counting
    try:
        yield seen
    finally:
        raw.cursor_factory = Cursor
