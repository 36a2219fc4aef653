"""The simulator's control addresses, as far as the demo needs them."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from common import http


class SimulatorAway(Exception):
    """The simulator does not answer, or refused; the sentence says what it said."""


def put_number(phone_number_id: str, body: dict[str, Any]) -> None:
    """Register or update a business number."""
    _call("PUT", f"/control/numbers/{phone_number_id}", body)


def put_line(number: str, body: dict[str, Any]) -> None:
    """Register or update a telephone line."""
    _call("PUT", f"/control/lines/{number}", body)


def customer_writes(body: dict[str, Any]) -> None:
    """Let a customer write; the simulator sends the signed webhook."""
    _call("POST", "/control/messages", body)


def _call(method: str, path: str, body: dict[str, Any]) -> None:
    try:
        answer = http.call(method, settings.SIMULATOR_URL + path, json=body, timeout_s=10)
    except (http.NotSent, http.NoAnswer) as error:
        raise SimulatorAway(f"The simulator at {settings.SIMULATOR_URL} does not answer: {error}") from error
    if answer.status >= 300:
        raise SimulatorAway(f"The simulator refused {path}: {answer.status} {answer.body[:200]!r}")
