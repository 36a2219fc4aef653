"""How plain values look on the wire: times as UTC ISO 8601 with microseconds and "Z", ids as text.

The annotated types below give the OpenAPI document its formats; see ``common.api.schema``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, overload
from uuid import UUID

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Meaning:
    """What the OpenAPI document says of a value: its format, the words it may be, a sentence about it."""

    format: str = ""
    about: str = ""
    words: tuple[str, ...] = ()


Id = Annotated[str, Meaning(format="uuid")]
Time = Annotated[str, Meaning(format="date-time")]


@overload
def stamp(at: datetime) -> Time: ...
@overload
def stamp(at: None) -> None: ...
@overload
def stamp(at: datetime | None) -> Time | None: ...
def stamp(at: datetime | None) -> Time | None:
    """An aware time in the one form every answer, event and webhook uses: 2026-11-23T09:44:05.123456Z."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")[:-6] + "Z" if at else None


@overload
def ident(key: UUID) -> Id: ...
@overload
def ident(key: None) -> None: ...
@overload
def ident(key: UUID | None) -> Id | None: ...
def ident(key: UUID | None) -> Id | None:
    """An id as text."""
    return str(key) if key else None
