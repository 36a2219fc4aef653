"""Voice calls in our words: a session is an SDP text, and whoever speaks it is somewhere else."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, runtime_checkable

from inbox.ports.incoming import Claim
from inbox.ports.outgoing import Account
from inbox.ports.words import Json


@dataclass(frozen=True, slots=True)
class CallPermission:
    """May we call this person? may_ask: may they be asked to allow it; until: how long it lasts (None: for
    good, or there is none)."""

    may_call: bool
    may_ask: bool
    until: datetime | None = None
    raw: Json = field(default_factory=dict, repr=False)


@runtime_checkable
class CarriesCalls(Protocol):
    """Its provider brings calls whose sound goes straight between a browser and the customer's phone."""

    def accept_call(self, account: Account, *, external_id: str, sdp: str) -> None:
        """Answer a ringing call with our session. Raises SendError."""
        ...

    def reject_call(self, account: Account, *, external_id: str) -> None:
        """Decline a ringing call. Raises SendError."""
        ...

    def end_call(self, account: Account, *, external_id: str) -> None:
        """Hang up. Raises SendError."""
        ...

    def call_permission(self, account: Account, *, to: tuple[Claim, ...]) -> CallPermission:
        """May this person be called now? to: their addresses, the best first. Raises SendError."""
        ...

    def start_call(self, account: Account, *, to: tuple[Claim, ...], sdp: str, ref: str) -> str:
        """Call a person with our offer; returns the provider's id of the call. Raises SendError."""
        ...
