"""What PostgreSQL's planner believes of a table, and how many rows a statement really read."""

from __future__ import annotations

import contextlib

from django.db import connection

from tests.conftest import owner


def count_anew(table: str) -> None:
    """Count a table as autovacuum does. Rows that the open test has not committed are not seen: from now on
    the planner believes there are none."""
    with contextlib.closing(owner()) as other, other.cursor() as cursor:
        cursor.execute(f"ANALYZE {table}")
        other.commit()


def rows_read(table: str) -> int:
    """Rows of a table that this transaction has read so far."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0) FROM pg_stat_xact_user_tables"
            " WHERE relname = %s",
            [table],
        )
        found = cursor.fetchone()
    return int(found[0]) if found else 0
