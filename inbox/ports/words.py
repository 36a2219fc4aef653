"""Words every channel shares: kinds, reasons, and one request to a webhook address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

Json = dict[str, Any]

FileKind = Literal["image", "video", "audio", "voice", "document", "sticker"]
PlainKind = Literal["text", "location", "contacts", "reaction", "order", "call", "system", "unknown"]
ChoiceKind = Literal["template", "interactive", "button_reply", "list_reply", "flow_reply"]
MessageKind = Literal[FileKind, PlainKind, ChoiceKind]
ReportedStatus = Literal["sent", "delivered", "read", "failed", "cancelled"]
Reason = Literal[
    "config",
    "auth",
    "invalid",
    "recipient",
    "opted_out",
    "window_closed",
    "throttled",
    "unavailable",
    "identity_changed",
]

#: Why a call did not reach a person.
CallReason = Literal["busy", "no_answer", "voicemail", "declined", "cancelled"]

#: The time of an item whose provider names none: the moment it reached us stands in its place.
UNTOLD = datetime.min.replace(tzinfo=UTC)

#: Kinds of address. A phone is stored as E.164 with "+", every other kind as the provider writes it.
PHONE = "phone"


@dataclass(frozen=True, slots=True)
class Hook:
    """One request to a webhook address, as it came over the wire.

    headers: names in lower case; query: last value of each name; body: the raw bytes, never re-serialised.
    """

    method: str
    url: str
    headers: Mapping[str, str]
    query: Mapping[str, str]
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the provider hears back."""

    status: int = 200
    body: bytes = b""
    content_type: str = "text/plain"


#: Secret name → accepted values (two while one is being rotated), e.g. {"app_secret": ("…",)}.
Credentials = Mapping[str, Sequence[str]]


class BadSignature(Exception):
    """The body was not signed with any of the accepted secrets."""


class Unparsable(Exception):
    """A correctly signed body that cannot be read at all; the reason is shown to admins."""
