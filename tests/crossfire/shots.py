"""From the table to requests: a call with its ids taken from somebody else, one at a time and all at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.crossfire.routes import Call, Row
from tests.crossfire.table import TABLE, ids_of, template_of
from tests.crossfire.twins import picture

Rows = Mapping[str, str]


@dataclass(frozen=True)
class Shot:
    """One request, not yet sent. place: where a foreign id stands ("" for nowhere); typed: every id in it."""

    method: str
    address: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    place: str = ""
    typed: frozenset[str] = frozenset()

    @property
    def is_api(self) -> bool:
        return self.address.startswith("api/")

    @property
    def in_address(self) -> bool:
        """Is a foreign id in the address itself?"""
        here = places(self.address, self.method) if self.place == "all" else [self.place]
        return any(place.startswith("address.") for place in here)

    def __str__(self) -> str:
        return f"{self.method.upper()} /{self.address} [{self.place or 'plain'}]"


def places(address: str, method: str) -> list[str]:
    """Where an id stands: "address.thread_id", "query.channel", "body.to.customer_id", …"""
    found: list[str] = []
    _fill(_parts(address, method), "", lambda place, _: found.append(place))
    return found


def aimed(address: str, method: str, own: Rows, foreign: Rows, place: str) -> Shot:
    """The call with one place (or "all", or "" for none) taken from `foreign`."""
    typed: set[str] = set()

    def choose(here: str, row: Row) -> str:
        chosen = (foreign if place in {here, "all"} else own)[row.name]
        typed.add(chosen)
        return chosen

    parts = _fill(_parts(address, method), "", choose)
    path = "/" + template_of(address).format(**parts["address"])
    return Shot(method, address, path, parts["query"], parts["body"], place, frozenset(typed))


def salvo(address: str, method: str) -> Iterator[str]:
    """The places to aim at: each alone, and all at once where that is no whole link."""
    found = places(address, method)
    yield from found
    if len(found) > 1 and not TABLE[address].is_link:
        yield "all"


def _parts(address: str, method: str) -> dict[str, Any]:
    call = TABLE[address].calls.get("get" if method == "head" else method, Call())
    return {"address": ids_of(address), "query": dict(call.query), "body": call.body}


def _fill(value: Any, place: str, choose: Any) -> Any:
    if isinstance(value, Row):
        return choose(place, value)
    if isinstance(value, Mapping):
        return {name: _fill(inner, f"{place}.{name}".strip("."), choose) for name, inner in value.items()}
    if isinstance(value, list):
        return [_fill(inner, place, choose) for inner in value]
    return value


@dataclass(frozen=True)
class Answer:
    """What came back, read to its end."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def location(self) -> str:
        """Where it leads, or ""."""
        return self.headers.get("Location", "")

    def __str__(self) -> str:
        return f"{self.status} {self.location} {self.body[:150]!r}"


def fire(client: Client, shot: Shot, key: str = "") -> Answer:
    """Send it. A failure inside becomes the answer a caller would get."""
    client.raise_request_exception = False
    headers = {"Request-Id": "raid"} | ({"Authorization": f"Bearer {key}"} if key else {})
    sent = _send(client, shot, headers)
    body = b"".join(sent.streaming_content) if sent.streaming else sent.content
    return Answer(sent.status_code, dict(sent.items()), body)


def _send(client: Client, shot: Shot, headers: dict[str, str]) -> Any:
    method, path = shot.method.upper(), shot.path
    if method in {"GET", "HEAD"}:
        return getattr(client, shot.method)(path, dict(shot.query), headers=headers)
    if method == "POST" and path == "/api/v1/attachments":
        return client.post(path, {"file": _upload()}, headers=headers)
    if method == "POST" and not shot.is_api:
        return client.post(path, shot.body or {}, headers=headers)
    body = b"" if shot.body is None or not shot.is_api else orjson.dumps(shot.body)
    return client.generic(method, path, body, content_type="application/json", headers=headers)


def _upload() -> SimpleUploadedFile:
    return SimpleUploadedFile("raid.png", picture(), content_type="image/png")
