"""Who asks, read once: every request of a target is undone, so each would read the same rows again."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib.auth.backends import ModelBackend

from tenants import middleware
from tenants.session_store import SessionStore

#: Where the house reads who asks, and by what it looks.
READS: list[tuple[Any, str, Callable[..., Any]]] = [
    (SessionStore, "_get_session_from_db", lambda store: store.session_key),
    (ModelBackend, "get_user", lambda _backend, user_id: user_id),
    (middleware, "membership_for", lambda user, wanted: (user.pk, wanted)),
    (middleware, "active_member", lambda user: user.pk),
]


class Memory:
    """The rows of those who have asked. All else of the way in is walked each time."""

    def __init__(self) -> None:
        self._read = [(place, name, getattr(place, name)) for place, name, _ in READS]
        self._remember = [self._remembered(getattr(place, name), key) for place, name, key in READS]

    @contextmanager
    def in_use(self) -> Iterator[None]:
        """Reads go here first until the block ends."""
        for (place, name, _), remember in zip(self._read, self._remember, strict=True):
            setattr(place, name, remember)
        try:
            yield
        finally:
            for place, name, read in self._read:
                setattr(place, name, read)

    def _remembered(self, read: Callable[..., Any], key: Callable[..., Any]) -> Callable[..., Any]:
        known: dict[Any, Any] = {}

        def do(*args: Any) -> Any:
            asked = key(*args)
            if asked not in known:
                known[asked] = read(*args)
            return _copied(known[asked])

        return do


def _copied(row: Any) -> Any:
    """A row of one's own, with rows of its own behind its keys: a request may change them."""
    row = copy.copy(row)
    if row is not None:
        row._state.fields_cache = {name: copy.copy(one) for name, one in row._state.fields_cache.items()}
    return row
