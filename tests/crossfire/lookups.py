"""Which fields of a form the house looks at: what stands in any other is of no matter, whatever it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.http import QueryDict

#: Ways to look at one field, and ways to look at all of them.
OF_ONE = ("__getitem__", "__contains__", "getlist", "_getlist")
OF_ALL = ("__iter__", "keys", "values", "items", "lists", "dict", "copy", "__deepcopy__", "urlencode")
EVERY = "*"


@contextmanager
def lookups() -> Iterator[set[str]]:
    """The names of the fields that are looked at until the block ends; EVERY when somebody takes them all."""
    found: set[str] = set()
    names = [*OF_ONE, *OF_ALL]
    before = {name: vars(QueryDict).get(name) for name in names}
    for name in names:
        setattr(QueryDict, name, _noted(getattr(QueryDict, name), found, is_of_one=name in OF_ONE))
    try:
        yield found
    finally:
        for name, own in before.items():
            if own is None:
                delattr(QueryDict, name)
            else:
                setattr(QueryDict, name, own)


def _noted(original: Callable[..., Any], found: set[str], *, is_of_one: bool) -> Callable[..., Any]:
    def do(self: QueryDict, *args: Any, **named: Any) -> Any:
        if not self._mutable:  # it stands; until then it is only being written
            found.add(args[0] if is_of_one else EVERY)
        return original(self, *args, **named)

    return do
