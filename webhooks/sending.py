"""One request to a tenant's own server, and what came of it. Asks no database."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

from django.utils import timezone

from common import http
from common.signed_calls import signed_headers
from common.wire import stamp
from webhooks.wire import WebhookTry

#: A 2xx that comes later is none.
TIMEOUT_S = 15.0
#: Kept of an answer; and read of it, the rest is nobody's business.
ANSWER_CHARS, ANSWER_BYTES = 1_000, 4_096
GONE = 410
#: "Not now": the endpoint as a whole gets a pause.
NOT_NOW = frozenset({429, 502, 503, 504})
WAIT_MOST = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Try:
    """What one request came to. status: None without an answer; error: "" for a success; wait: as the
    endpoint asked for."""

    at: datetime
    ms: int
    status: int | None = None
    error: str = ""
    answer: str = ""
    wait: timedelta | None = None

    @property
    def is_ok(self) -> bool:
        """Is the event delivered?"""
        return not self.error

    @property
    def is_not_now(self) -> bool:
        """Would the next request fare alike?"""
        return self.status is None or self.status in NOT_NOW or self.status == GONE

    @property
    def shape(self) -> WebhookTry:
        """As the log keeps it."""
        return {
            "at": stamp(self.at),
            "status": self.status,
            "ms": self.ms,
            "error": self.error or None,
            "answer": self.answer,
        }


def post(url: str, body: bytes, *, event_id: str, secrets: Sequence[str]) -> Try:
    """Sign these bytes and send them, once. Never raises for what the other side does."""
    at, began = timezone.now(), time.monotonic()
    signed = signed_headers(body, keys=secrets, call_id=event_id, at=at)
    try:
        answer = http.call(
            "POST", url, headers={"Content-Type": "application/json", **signed}, data=body,
            timeout_s=TIMEOUT_S, max_bytes=ANSWER_BYTES, cut=True,
        )  # fmt: skip
    except (http.AddressRefused, http.NotSent, http.NoAnswer, http.TooLarge) as error:
        return Try(at, _ms_since(began), error=str(error)[:300])
    return _read(at, _ms_since(began), answer)


def _read(at: datetime, ms: int, answer: http.HttpAnswer) -> Try:
    said = answer.body.decode(errors="replace").replace("\0", "")[:ANSWER_CHARS]
    error = "" if answer.is_ok else _complaint(answer.status)
    wait = _wait(answer.headers.get("retry-after", ""), at) if answer.status in NOT_NOW else None
    return Try(at, ms, answer.status, error, said, wait)


def _complaint(status: int) -> str:
    if 300 <= status < 400:
        return f"It answered with status {status}; redirects are not followed."
    return f"It answered with status {status}."


def _wait(said: str, now: datetime) -> timedelta | None:
    """Retry-After: seconds, or a date."""
    if said.isascii() and said.isdigit():
        return min(timedelta(seconds=min(int(said[:9]), 86_400)), WAIT_MOST)
    try:
        at = parsedate_to_datetime(said)
        return min(max(at - now, timedelta()), WAIT_MOST)
    except (ValueError, TypeError):
        return None


def _ms_since(began: float) -> int:
    return round((time.monotonic() - began) * 1000)
