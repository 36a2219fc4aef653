"""A provider that answers well until it does not: one server for many cases at once, told apart by their
paths."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import orjson

from tests.servers import ByteServer, byte_server, read_request
from tests.spoiled import ANSWERS, SLOW, whole

VERSION = "v26.0"
#: What stands in a good answer for the address of the case.
HERE = "http://here"
#: After these nobody knows where the next answer would begin.
BROKEN = {*SLOW, "an endless body", "half a body"}


@dataclass(frozen=True)
class Good:
    """An answer as the provider gives it when all is well. body: bytes as they are, anything else as JSON."""

    body: Any
    status: int = 200
    kind: str = "application/json"

    def write(self, out: Any, here: str) -> None:
        """The whole of it, with the address of this case in it."""
        raw = self.body if isinstance(self.body, bytes) else orjson.dumps(self.body)
        whole(self.status, raw.replace(HERE.encode(), here.encode()), self.kind)(out, None)


@dataclass
class Case:
    """goods: the answers in turn; spoiled_at: which of them (from 0) is hostile instead, and all later ones
    too; answer: how, by its name in ``tests.spoiled``."""

    url: str
    goods: list[Good]
    spoiled_at: int
    answer: str = ""
    asked: int = 0


@dataclass
class Peer:
    """The server, with a case for each first part of the path."""

    url: str = ""
    cases: dict[str, Case] = field(default_factory=dict)

    def case(self, goods: list[Good], spoiled_at: int = 1_000, answer: str = "") -> Case:
        """Another one; its `url` is what the account calls."""
        name = f"c{len(self.cases)}"
        self.cases[name] = Case(f"{self.url}{name}/{VERSION}", goods, spoiled_at, answer)
        return self.cases[name]

    def talk(self, connection: socket.socket, server: ByteServer) -> None:
        """Answer until the client hangs up, or an answer has no end; then the connection is of no use."""
        out = SimpleNamespace(write=connection.sendall)
        while request := read_request(connection):
            case = self.cases[request.split(b"/", 2)[1].decode()]
            turn, case.asked = case.asked, case.asked + 1
            if turn < case.spoiled_at:
                case.goods[turn].write(out, case.url)
                continue
            ANSWERS[case.answer](out, server.over)
            if case.answer in BROKEN:
                return


@contextmanager
def peer() -> Iterator[Peer]:
    """Listens until the block ends."""
    found = Peer()
    with byte_server(found.talk) as server:
        found.url = server.url
        yield found


class Hurry(threading.local):
    """How many calls of this thread may still take their time."""

    left = 1_000
