"""JSON of what a search finds; docs/wire.md explains it."""

from __future__ import annotations

from typing import Annotated, TypedDict

from common.wire import Id, Meaning, Time
from inbox.wire import CustomerLine


class FoundPerson(TypedDict):
    """A customer that a search found, and their newest conversation."""

    customer: CustomerLine
    thread_id: Id | None


class FoundWords(TypedDict):
    """A message or note that a search found; `text` is a stretch of it around the first word."""

    kind: Annotated[str, Meaning(words=("message", "note"))]
    id: Id
    thread_id: Id
    customer: CustomerLine
    text: str
    direction: Annotated[str | None, Meaning(about="`inbound` or `outbound`; null for a note.")]
    author: Annotated[str | None, Meaning(about="The member who wrote it.")]
    at: Time


class Found(TypedDict):
    """What a search found, newest first. `words`: what to set apart in the texts."""

    words: list[str]
    people: list[FoundPerson]
    messages: list[FoundWords]
