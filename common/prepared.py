"""Queries whose words are made once.

To build a queryset and to compile it takes several times longer than PostgreSQL needs to find one row by its
key. Worth it for what every request asks, and for nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any, Generic, TypeVar

from django.db import connection, connections, models
from django.db.models.query import get_related_populators

Row = TypeVar("Row", bound=models.Model)


class Prepared(Generic[Row]):
    """A query by a few values. build: gives the queryset for values such as `marks`, which occur nowhere else
    in it: where they stand, those of a call will stand. select_related is obeyed, prefetch_related is not."""

    def __init__(self, build: Callable[..., models.QuerySet[Row]], *marks: Any) -> None:
        self._build, self._marks = build, marks

    def rows(self, *values: Any) -> list[Row]:
        """The rows for these values, which must be of the columns' own types."""
        sql, places = self._words
        with connection.cursor() as cursor:
            cursor.execute(sql, [fixed if place is None else values[place] for place, fixed in places])
            found = cursor.fetchall()
        return [self._row(one) for one in self._compiler.results_iter([found])]

    @cached_property
    def _compiler(self) -> Any:
        """Speaks the database's language without a connection: those belong to threads, which end."""
        never_opened = connections.create_connection(connection.alias)
        return self._build(*self._marks).query.get_compiler(connection=never_opened)

    @cached_property
    def _words(self) -> tuple[str, Sequence[tuple[int | None, Any]]]:
        """The SQL, and for each of its values which of a call's it is, if it is one."""
        sql, values = self._compiler.as_sql()
        return sql, [(self._place(value), value) for value in values]

    def _place(self, value: Any) -> int | None:
        return next(
            (n for n, one in enumerate(self._marks) if type(one) is type(value) and one == value), None
        )

    @cached_property
    def _shape(self) -> tuple[Any, list[str], slice, list[Any]]:
        self._words  # noqa: B018  compiling tells the shape
        kind = self._compiler.klass_info
        first, last = kind["select_fields"][0], kind["select_fields"][-1] + 1
        names = [one[0].target.attname for one in self._compiler.select[first:last]]
        related = get_related_populators(kind, self._compiler.select, connection.alias)  # type: ignore[call-arg]
        return kind["model"], names, slice(first, last), related

    def _row(self, values: Sequence[Any]) -> Row:
        model, names, own, related = self._shape
        row: Row = model.from_db(connection.alias, names, values[own])
        for one in related:
            one.populate(values, row)
        return row
