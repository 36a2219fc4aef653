"""Record a fact inside an operation's transaction; its number comes with that one's last statement."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, Protocol
from uuid import UUID

import orjson
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from common.ids import uuid7
from common.sql import write_values
from common.tenancy import Pending, add_pending, before_commit, require_tenant, take_pending

log = logging.getLogger(__name__)

#: Rows of one statement. More are slower: each holds a message and its thread's line, and a megabyte of them
#: no longer fits where PostgreSQL reads fast.
AT_ONCE = 50
SYSTEM = {"kind": "system", "id": None, "name": "Parley"}


class Subscriber(Protocol):
    """Told after a commit that a tenant has events up to `seq`, the newest ones of these types."""

    def __call__(self, *, tenant_id: UUID, seq: int, types: Set[str]) -> None: ...


@dataclass(slots=True)
class Fact:
    """What is to become one Event row; see ``record``."""

    type: str
    data: Mapping[str, Any]
    actor: Mapping[str, Any] = field(default_factory=lambda: SYSTEM)
    at: datetime = field(default_factory=timezone.now)
    thread_id: UUID | None = None
    customer_id: UUID | None = None
    audience: UUID | None = None
    id: UUID = field(default_factory=uuid7)


@dataclass
class _Facts(Pending):
    facts: Sequence[Fact]


def record(
    kind: str,
    data: Mapping[str, Any],
    *,
    actor: Mapping[str, Any] = SYSTEM,
    at: datetime | None = None,
    thread_id: UUID | None = None,
    customer_id: UUID | None = None,
    audience: UUID | None = None,
) -> None:
    """Note that `kind` ("message.received") happened, with plain values in `data`.

    Writes one Event row when the open scope commits; a savepoint rolled back takes it along. `audience`: the
    one member who may see it. Raises Unscoped.
    """
    record_all([Fact(kind, data, actor, at or timezone.now(), thread_id, customer_id, audience)])


def record_all(facts: Sequence[Fact]) -> None:
    """``record`` for many at once, in their order."""
    if facts:
        add_pending(_Facts(facts))


def head() -> int:
    """The number of the last event of the open scope's tenant."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT seq FROM events_eventcounter WHERE tenant_id = %s", [require_tenant()])
        row = cursor.fetchone()
    return row[0] if row else 0


def _flush() -> None:
    """Number and write what was recorded. The counter's row stays locked until the commit, so numbers
    appear in order and none is missing."""
    facts = [fact for pending in take_pending(_Facts) for fact in pending.facts]
    if not facts:
        return
    tenant_id = require_tenant()
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [tenant_id, uuid7(), len(facts)])
        last = cursor.fetchone()[0]
    rows = [_row(tenant_id, fact, last - len(facts) + n) for n, fact in enumerate(facts, start=1)]
    write_values(_INSERT, rows, page_size=AT_ONCE)
    types = {fact.type for fact in facts}
    transaction.on_commit(lambda: _announce(tenant_id, last, types))


_COUNT = """
INSERT INTO events_eventcounter (tenant_id, id, seq) VALUES (%s, %s, %s)
ON CONFLICT (tenant_id) DO UPDATE SET seq = events_eventcounter.seq + EXCLUDED.seq RETURNING seq
"""
_INSERT = """
INSERT INTO events_event (tenant_id, id, seq, type, at, actor, data, thread_id, customer_id, audience)
VALUES %s
"""


def _row(tenant_id: UUID, fact: Fact, seq: int) -> tuple[Any, ...]:
    actor, data = orjson.dumps(fact.actor).decode(), orjson.dumps(fact.data).decode()
    return (
        tenant_id,
        fact.id,
        seq,
        fact.type,
        fact.at,
        actor,
        data,
        fact.thread_id,
        fact.customer_id,
        fact.audience,
    )


@cache
def _subscribers() -> list[Subscriber]:
    return [import_string(name) for name in settings.EVENT_SUBSCRIBERS]


def _announce(tenant_id: UUID, seq: int, types: Set[str]) -> None:
    for subscriber in _subscribers():
        try:
            subscriber(tenant_id=tenant_id, seq=seq, types=types)
        except Exception:  # a failing listener never stops another, and never the write
            log.exception("event subscriber failed", extra={"tenant": str(tenant_id), "seq": seq})


before_commit(_flush, order=1)
