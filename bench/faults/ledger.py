"""What was said and what was promised, on disk before anything else happens."""

from __future__ import annotations

import asyncio
import os
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

import orjson

Direction = Literal["in", "out"]


@dataclass(frozen=True, slots=True)
class Entry:
    """The `number`-th message of this direction between a tenant and a phone.

    key: of a customer's message the provider's id, of an agent's the id in the API's answer.
    """

    tenant: str
    phone: str
    direction: Direction
    number: int
    key: str = ""

    @property
    def text(self) -> str:
        """The words of this message, which no other message has."""
        return f"{self.tenant}|{self.phone}|{self.direction}|{self.number}"


def entry_of(text: str, key: str) -> Entry | None:
    """The entry whose words these are; None for words of somebody else."""
    match text.split("|"):
        case [tenant, phone, "in" | "out" as direction, number] if number.isdecimal():
            return Entry(tenant, phone, direction, int(number), key)
    return None


class Ledger:
    """Entries in a file, one JSON object a line. written_at: text → monotonic time."""

    def __init__(self, path: Path) -> None:
        self.entries: list[Entry] = []
        self.written_at: dict[str, float] = {}
        self._file = path.open("ab")

    async def write(self, entry: Entry) -> None:
        """Keep an entry; returns when it is on disk."""
        self.entries.append(entry)
        self.written_at[entry.text] = time.monotonic()
        self._file.write(orjson.dumps(asdict(entry)) + b"\n")
        self._file.flush()
        await asyncio.to_thread(os.fsync, self._file.fileno())

    def close(self) -> None:
        """No more entries."""
        self._file.close()
