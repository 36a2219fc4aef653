"""Outlasting PostgreSQL's absences: a restart or a deadlock must not cost work that was done already."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import TypeVar

from django.db import InterfaceError, OperationalError, connection

log = logging.getLogger(__name__)

T = TypeVar("T")

PATIENCE_S = 10.0
PAUSE_S = 0.2

#: The connection was lost or could not be made, a deadlock was broken, the server shuts down or is too busy:
#: nothing that the statement or its values are to blame for.
AWAY = (OperationalError, InterfaceError)


def outlast(work: Callable[[], T]) -> T:
    """Run `work`, a whole transaction that may run twice, again and again while PostgreSQL is away.

    Raises what `work` raised last after ten seconds; at once when it is part of a larger transaction.
    """
    until = time.monotonic() + PATIENCE_S
    while True:
        try:
            return work()
        except AWAY as error:
            if connection.in_atomic_block or time.monotonic() > until:
                raise
            log.warning("trying again: %s", type(error).__name__)
            connection.close()
            time.sleep(PAUSE_S)
