"""The words of the table: who may call an address, and where in it an id can stand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

ANYONE = "anyone"  # no sign-in
PERSON = "person"  # signed in, in a workspace or not
MEMBER = "member"  # a member's session, never a key
AGENT = "agent"  # every member; over the API also a key
ADMIN = "admin"  # owners and admins; over the API also a key

METHODS = ("get", "head", "post", "put", "patch", "delete", "options")


@dataclass(frozen=True)
class Row:
    """A place for one of the rows that `Twin.rows` names."""

    name: str


@dataclass(frozen=True)
class Call:
    """What goes beside the address. body: JSON of an API call, fields of a page's form."""

    body: Any = None
    query: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Route:
    """who: the least that is let in. ids: place in the address → row, or a fixed text.

    is_link: whoever holds the whole link may open it, so it is never tried with all its parts right.
    is_ready: the control can make its calls; else they need a state that two steps of sign-in make.
    """

    who: str
    calls: Mapping[str, Call]
    ids: Mapping[str, Row | str] = field(default_factory=dict)
    is_link: bool = False
    is_ready: bool = True
    address: str = ""


def on(who: str, *, ids: Mapping[str, Row | str] | None = None, **calls: Call) -> Route:
    return Route(who, calls, ids or {})


def allauth(who: str, **calls: Call) -> Route:
    return Route(who, calls, is_ready=False)


GET = Call()
DO = Call()


def addresses() -> Iterator[str]:
    """Every address of the URL configuration, as the table writes them."""
    yield from _walk(get_resolver().url_patterns, "")


def _walk(patterns: list[URLPattern | URLResolver], before: str) -> Iterator[str]:
    for pattern in patterns:
        here = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, here)
        else:
            yield here
