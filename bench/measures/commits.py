"""What PostgreSQL takes for the smallest durable write: the limit of any answer given after a commit."""

from __future__ import annotations

import contextlib
import time

import psycopg2

from bench.house import House

COMMITS = 200


def commit_ms(home: House) -> list[float]:
    """Milliseconds of single-row transactions in a table of the receipt's shape, one after the other."""
    with contextlib.closing(psycopg2.connect(home.superuser_url)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE bench_commit (LIKE inbox_receipt INCLUDING ALL)")
            try:
                return [_commit(cursor) for _ in range(COMMITS)]
            finally:
                cursor.execute("DROP TABLE bench_commit")


def _commit(cursor: psycopg2.extensions.cursor) -> float:
    began = time.perf_counter()
    cursor.execute(
        "INSERT INTO bench_commit (id, kind, app_id, body, received_at, state, attempts) "
        "VALUES (gen_random_uuid(), 'bare', gen_random_uuid(), %s, now(), 'new', 0)",
        [b"x" * 700],
    )
    return (time.perf_counter() - began) * 1000
