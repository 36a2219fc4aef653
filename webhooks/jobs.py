"""What a courier takes along: an endpoint's next deliveries, with all that sending them needs."""

from __future__ import annotations

import logging
import threading
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic
from uuid import UUID

from django.utils import timezone

from webhooks.models import Delivery
from webhooks.sending import Try, post

log = logging.getLogger(__name__)

#: Nothing more is begun so long after the start; with one request's own time it ends well within the lease.
BEGIN_S = 15.0
LEASE_S = 45
#: So many failures in one batch mean that it is the endpoint.
FAILURES_MOST = 3


@dataclass(frozen=True, slots=True)
class Parcel:
    """One delivery and its bytes."""

    delivery: Delivery
    body: bytes


@dataclass
class Batch:
    """Deliveries of one endpoint, held under `token`. strands: how many threads carry them.

    done: what came of those that were tried, in the order in which it was known.
    """

    tenant_id: UUID
    endpoint_id: UUID
    token: UUID
    url: str
    secrets: list[str]
    parcels: deque[Parcel]
    strands: int
    is_suspect: bool
    done: list[tuple[Delivery, Try]] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _failures: int = 0
    _is_over: bool = False

    def carry(self) -> bool:
        """Send one after the other until none is left, the time is up, or it makes no sense to go on.

        Run by each strand; True for the last of them to end.
        """
        until = monotonic() + BEGIN_S
        while monotonic() < until and (parcel := self._next()):
            self._note(parcel, self._send(parcel))
        with self._lock:
            self.strands -= 1
            return self.strands == 0

    def _send(self, parcel: Parcel) -> Try:
        """A fault of ours counts as a failure: it costs this delivery, and none of the others."""
        key = str(parcel.delivery.event_id)
        try:
            return post(self.url, parcel.body, event_id=key, secrets=self.secrets)
        except Exception:
            log.exception("a webhook failed", extra={"delivery": str(parcel.delivery.id)})
            return Try(timezone.now(), 0, error="Something went wrong here.")

    def _next(self) -> Parcel | None:
        with self._lock:
            return None if self._is_over or not self.parcels else self.parcels.popleft()

    def _note(self, parcel: Parcel, found: Try) -> None:
        with self._lock:
            self.done.append((parcel.delivery, found))
            self._failures += not found.is_ok
            self._is_over |= found.is_not_now or self._failures >= FAILURES_MOST


@dataclass(frozen=True, slots=True)
class Turn:
    """What a tenant's turn gave: batches to carry, and when it is due again."""

    batches: list[Batch]
    due_at: datetime | None
