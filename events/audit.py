"""Note what people do to the set-up: who, to what, before and after; written with the change itself.

Events tell programs and browsers that something is so; this says to an auditor who made it so, is kept for
good, and is seen by nobody else. A transaction is one action: what it does to one thing is one row.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from django.utils import timezone

from common.logs import request_id
from common.sql import insert_rows
from common.tenancy import Pending, add_pending, before_commit, take_pending
from events.bus import SYSTEM
from events.models import Change

Values = Mapping[str, Any]

#: Who is behind the request being answered.
_actor: ContextVar[Values | None] = ContextVar("actor", default=None)


@contextmanager
def acting(actor: Values | None) -> Iterator[None]:
    """Everything noted inside is `actor`'s doing, unless it says otherwise."""
    token = _actor.set(actor)
    try:
        yield
    finally:
        _actor.reset(token)


@dataclass
class _Note(Pending):
    action: str
    about_id: UUID | None
    about: str
    before: Values
    after: Values
    actor: Values
    request_id: str
    at: datetime
    is_making: bool


def note(
    action: str,
    about_id: UUID | None,
    about: str,
    *,
    before: Values | None = None,
    after: Values | None = None,
    actor: Values | None = None,
) -> None:
    """Note that somebody did `action` ("team.changed") to the thing with this id and name.

    before, after: plain values, never secrets; only what differs is kept, and where both are given and
    nothing differs, nothing was done. Writes one Change when the open scope commits; a savepoint rolled back
    takes it along. Raises Unscoped.
    """
    if before is not None and after is not None:
        before, after = _differing(_plain(before), _plain(after))
        if not before and not after:
            return
    who = actor or _actor.get() or SYSTEM
    add_pending(
        _Note(
            action,
            about_id,
            about[:200],
            _plain(before),
            _plain(after),
            _plain(who),
            request_id.get(),
            timezone.now(),
            before is None,
        )
    )


def _plain(values: Values | None) -> dict[str, Any]:
    """As JSON will hold them: ids and times are text."""
    found: dict[str, Any] = orjson.loads(orjson.dumps(dict(values or {}), default=str))
    return found


def _differing(before: dict[str, Any], after: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Both without what they share, at any depth; a list is kept whole."""
    old, new = dict(before), dict(after)
    for name in before.keys() & after.keys():
        a, b = before[name], after[name]
        if a == b:
            del old[name], new[name]
        elif isinstance(a, dict) and isinstance(b, dict):
            old[name], new[name] = _differing(a, b)
    return old, new


def _over(values: Values, newer: Values) -> dict[str, Any]:
    """`values` with those of `newer` in their place, at any depth."""
    found = dict(values)
    for name, value in newer.items():
        has_both = isinstance(value, dict) and isinstance(found.get(name), dict)
        found[name] = _over(found[name], value) if has_both else value
    return found


def _flush() -> None:
    notes: dict[Any, _Note] = {}
    for one in take_pending(_Note):
        first = notes.setdefault(one.about_id or id(one), one)
        if first is not one:
            first.before = {} if first.is_making else _over(one.before, first.before)
            first.after = _over(first.after, one.after)
    insert_rows([_row(one) for one in notes.values()])


def _row(one: _Note) -> Change:
    return Change(
        at=one.at,
        actor=one.actor,
        actor_id=one.actor.get("id"),
        action=one.action,
        about_id=one.about_id,
        about=one.about,
        before=one.before,
        after=one.after,
        request_id=one.request_id,
    )


before_commit(_flush, order=0)
