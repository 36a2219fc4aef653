"""A tick each second: whatever became due, or whose wake-up was lost, gets its worker woken."""

from __future__ import annotations

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand
from django.db import Error, connection

from common.wake import wake

_DUE = """
SELECT DISTINCT queue FROM common_workqueue
WHERE due_at <= now() OR (leased_until > now() AND common_is_gone(holder))
"""
_UNREAD = """
SELECT EXISTS (SELECT 1 FROM inbox_receipt
  WHERE state = 'new' AND (lease_until IS NULL OR lease_until < now() OR common_is_gone(holder)))
"""


class Command(BaseCommand):
    help = "Wake workers for what has become due. Ticks may be lost or doubled."

    def handle(self, *_: Any, **__: Any) -> None:
        stopped = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopped.set())
        while not stopped.wait(1):
            try:
                tick()
            except Error as error:  # PostgreSQL is away; it may come back
                self.stderr.write(f"clock: {type(error).__name__}")
                connection.close()


def tick() -> None:
    """Send the wake-ups that are due; a few small statements."""
    with connection.cursor() as cursor:
        cursor.execute(_UNREAD)
        if cursor.fetchone()[0]:
            wake("receipts")
        cursor.execute(_DUE)
        for (queue,) in cursor.fetchall():
            wake(queue)
