"""Cursor pages by key: a cursor names the last row's place, so inserts cause neither gaps nor repeats."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

import orjson
from django.db.models import Model, Q, QuerySet
from django.utils.dateparse import parse_datetime

from common.api.problems import Fault, Problem
from common.wire import Json

M = TypeVar("M", bound=Model)
Position = list[Any]


@dataclass(frozen=True, slots=True)
class Page(Generic[M]):
    """Rows of one page; next: the cursor that continues, None at the end."""

    rows: list[M]
    next: str | None

    def shape(self, data: Sequence[Any]) -> Json:
        """The answer of a list: `data` are the shapes of `rows`."""
        return {"data": list(data), "has_more": self.next is not None, "next": self.next}


@dataclass(frozen=True)
class Keyset:
    """An order that an index gives: one or two columns, both rising or both falling, the last one unique.

    name: goes into the cursor, so that one order's cursor is refused by another. kinds: how a value is read
    back. leading: columns that are constant in the rows but lead the index, so that it is used for the order.
    """

    name: str
    fields: tuple[str, ...]
    kinds: tuple[Callable[[str], Any], ...]
    is_falling: bool = True
    leading: tuple[str, ...] = ()

    def order(self, rows: QuerySet[M]) -> QuerySet[M]:
        """The rows in this order."""
        sign = "-" if self.is_falling else ""
        return rows.order_by(*self.leading, *(f"{sign}{field}" for field in self.fields))

    def follow(self, rows: QuerySet[M], position: Position) -> QuerySet[M]:
        """The rows after a position. The first condition alone bounds the index scan."""
        beyond = "lt" if self.is_falling else "gt"
        if len(self.fields) == 1:
            return rows.filter(**{f"{self.fields[0]}__{beyond}": position[0]})
        first, second = self.fields
        tie = Q(**{f"{first}__{beyond}": position[0]}) | Q(**{f"{second}__{beyond}": position[1]})
        return rows.filter(tie, **{f"{first}__{beyond}e": position[0]})

    def position(self, row: Model) -> Position:
        """Where a row stands."""
        return [getattr(row, field) for field in self.fields]

    def page(self, rows: QuerySet[M], *, limit: int, after: str | None = None) -> Page[M]:
        """At most `limit` rows after the cursor `after`: one statement."""
        if after:
            rows = self.follow(rows, self.read(after))
        found = list(self.order(rows)[: limit + 1])
        cursor = self.cursor(found[limit - 1]) if len(found) > limit else None
        return Page(found[:limit], cursor)

    def cursor(self, row: Model) -> str:
        """The opaque text for a row's place."""
        packed = orjson.dumps([self.name, *self.position(row)])
        return base64.urlsafe_b64encode(packed).rstrip(b"=").decode()

    def read(self, cursor: str, parameter: str = "after") -> Position:
        """Undo ``cursor``. Raises Problem for anything else."""
        try:
            name, *values = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
            if name == self.name and len(values) == len(self.kinds):
                return [kind(value) for kind, value in zip(self.kinds, values, strict=True)]
        except (ValueError, TypeError, AttributeError, binascii.Error):
            pass
        fault = Fault(f"?{parameter}", "This is not a cursor of this list in this order.")
        raise Problem("validation_failed", errors=[fault])


def moment(text: str) -> datetime:
    """A cursor's time. Raises ValueError."""
    found = parse_datetime(text)
    if found is None or found.tzinfo is None:
        raise ValueError(text)
    return found


#: Newest first by id; a UUIDv7 carries its time.
BY_ID = Keyset("id", ("id",), (UUID,))
