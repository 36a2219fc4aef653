"""Statements that nobody waits for an answer to, sent together with the next one whose answer is read.

Tests run in a transaction that never ends, and so every scope and every operation sets a savepoint, names its
tenant and releases the savepoint: eight of the eleven statements of a small request. PostgreSQL gets the same
statements in the same order here, but without those that take back one another while nothing stood between
them, and without a journey for each.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import wraps
from typing import Any

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import connection, cursor

#: What can wait: it gives no rows, and fails only in a transaction that has failed already.
_WAITS = re.compile(r"(SAVEPOINT|RELEASE SAVEPOINT|ROLLBACK TO SAVEPOINT|SET LOCAL app\.tenant_id =) (\S+)\Z")
_ROLLBACK, _RELEASE = "ROLLBACK TO SAVEPOINT", "RELEASE SAVEPOINT"


class Waiting(list[str]):
    """The statements of one connection that still wait, oldest first."""

    def take(self, statement: str) -> bool:
        """Keep a statement for later; False when it cannot wait."""
        found = _WAITS.match(statement)
        if found and not self._takes_back(found[1], found[2]):
            self.append(statement)
        return found is not None

    def _takes_back(self, what: str, name: str) -> bool:
        """Whether the savepoint waits too, so that its end is done here."""
        if what not in (_ROLLBACK, _RELEASE) or f"SAVEPOINT {name}" not in self:
            return False
        place = self.index(f"SAVEPOINT {name}")
        if what == _RELEASE:
            del self[place]
        else:
            del self[place + 1 :]
        return True


class LaterConnection(connection):
    """A connection that knows what waits."""

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self.waiting = Waiting()

    def send_waiting(self) -> None:
        if self.waiting:
            with self.cursor() as sender:
                sender.execute("SELECT")

    def commit(self) -> None:
        self.send_waiting()
        super().commit()

    def rollback(self) -> None:
        self.waiting.clear()
        super().rollback()


def _after_waiting(name: str) -> Callable[..., Any]:
    """A method of the cursor that takes no statements before its own."""
    original = getattr(cursor, name)

    @wraps(original)
    def do(self: Any, *args: Any, **named: Any) -> Any:
        self.connection.send_waiting()
        return original(self, *args, **named)

    return do


class LaterCursor(cursor):
    """A cursor that sends what waits with its own statement."""

    connection: LaterConnection
    _kept, _before = b"", 0

    @property
    def query(self) -> bytes:
        """The last statement, without what was sent before it."""
        return self._kept or (super().query or b"")[self._before :]

    def execute(self, query: Any, values: Any = None) -> None:
        """One statement. What waits goes on waiting when the driver refuses to send it."""
        waiting = self.connection.waiting
        if self._can_wait(query, values) and waiting.take(query):
            self._kept = query.encode()
            return
        before = "".join(f"{one}; " for one in waiting)
        self._kept, self._before = b"", len(before)
        try:
            super().execute(_joined(before, query, self) if before else query, values)
        except psycopg2.Error as error:
            if error.pgcode:
                waiting.clear()
            raise
        waiting.clear()

    def _can_wait(self, query: Any, values: Any) -> bool:
        return isinstance(query, str) and values is None and not self.connection.autocommit

    copy_expert = _after_waiting("copy_expert")
    copy_from = _after_waiting("copy_from")
    copy_to = _after_waiting("copy_to")
    callproc = _after_waiting("callproc")
    executemany = _after_waiting("executemany")


def _joined(before: str, query: Any, sender: Any) -> Any:
    if isinstance(query, sql.Composable):
        query = query.as_string(sender)
    return before.encode() + query if isinstance(query, bytes) else before + query
