"""What went over the wire: API calls in, webhooks out, with what was answered. The newest two thousand."""

from collections import deque
from dataclasses import dataclass
from typing import Any

from simulator.clock import iso
from simulator.feed import Feed

_KEPT = 2000
_BODY_SHOWN = 20_000


@dataclass(slots=True)
class WireEntry:
    """One exchange. `direction`, seen from here: `in` = an API call came, `out` = a webhook went."""

    seq: int
    at: float
    direction: str
    label: str
    method: str
    path: str
    status: int | None
    ms: float
    channel: str | None = None
    number: str | None = None
    detail: str | None = None
    body: bytes = b""
    size: int = 0

    def as_dict(self) -> dict[str, Any]:
        """The entry as JSON: `body` is text, cut after 20,000 bytes; `size` is the whole length."""
        return {
            "seq": self.seq, "at": iso(self.at), "direction": self.direction, "label": self.label,
            "method": self.method, "path": self.path, "status": self.status, "ms": round(self.ms, 1),
            "channel": self.channel, "number": self.number, "detail": self.detail,
            "size": self.size, "body": self.body.decode("utf-8", "replace"),
        }  # fmt: skip


class WireLog:
    """A ring of exchanges that also tells the open pages."""

    def __init__(self, feed: Feed) -> None:
        self._feed = feed
        self._seq = 0
        self._entries: deque[WireEntry] = deque(maxlen=_KEPT)

    def add(self, *, body: bytes, **fields: Any) -> None:
        """Note an exchange; takes the fields of WireEntry but `seq` and `size`."""
        self._seq += 1
        entry = WireEntry(seq=self._seq, body=body[:_BODY_SHOWN], size=len(body), **fields)
        self._entries.append(entry)
        self._feed.publish("wire", entry.as_dict)

    def after(self, seq: int, limit: int = 500) -> list[dict[str, Any]]:
        """Entries after a number, oldest first; without a number worth naming, the newest `limit`."""
        found = [entry for entry in self._entries if entry.seq > seq]
        return [entry.as_dict() for entry in (found[:limit] if seq else found[-limit:])]
