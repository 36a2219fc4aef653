"""Queries whose words are made once.

To build a queryset and to compile it takes several times longer than PostgreSQL needs to find one row by its
key. Worth it for what every request asks, and for nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any, Generic, TypeVar
from uuid import UUID, uuid4

from django.db import connection, connections, models
from django.db.models.query import get_related_populators

Row = TypeVar("Row", bound=models.Model)


class Prepared(Generic[Row]):
    """A query by ids. build: gives the queryset for as many ids as `takes`; select_related is obeyed,
    prefetch_related is not."""

    def __init__(self, build: Callable[..., models.QuerySet[Row]], takes: int) -> None:
        self._build, self._takes = build, takes

    def rows(self, *ids: UUID) -> list[Row]:
        """The rows for these ids."""
        sql, places = self._words
        with connection.cursor() as cursor:
            cursor.execute(sql, [ids[place] if place is not None else value for place, value in places])
            found = cursor.fetchall()
        return [self._row(values) for values in self._compiler.results_iter([found])]

    @cached_property
    def _marks(self) -> list[UUID]:
        """Ids that nobody has; where they stand in the compiled query, the ids of a call will stand."""
        return [uuid4() for _ in range(self._takes)]

    @cached_property
    def _compiler(self) -> Any:
        """Speaks the database's language without a connection: those belong to threads, which end."""
        never_opened = connections.create_connection(connection.alias)
        return self._build(*self._marks).query.get_compiler(connection=never_opened)

    @cached_property
    def _words(self) -> tuple[str, Sequence[tuple[int | None, Any]]]:
        """The SQL, and for each of its values which id it is, if it is one."""
        sql, values = self._compiler.as_sql()
        known = {mark: place for place, mark in enumerate(self._marks)}
        return sql, [(known.get(value) if isinstance(value, UUID) else None, value) for value in values]

    @cached_property
    def _shape(self) -> tuple[Any, list[str], slice, list[Any]]:
        self._words  # noqa: B018  compiling tells the shape
        kind = self._compiler.klass_info
        first, last = kind["select_fields"][0], kind["select_fields"][-1] + 1
        names = [one[0].target.attname for one in self._compiler.select[first:last]]
        related = get_related_populators(kind, self._compiler.select, connection.alias)
        return kind["model"], names, slice(first, last), related

    def _row(self, values: Sequence[Any]) -> Row:
        model, names, own, related = self._shape
        row: Row = model.from_db(connection.alias, names, values[own])
        for one in related:
            one.populate(values, row)
        return row
