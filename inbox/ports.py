"""What a channel must offer the house, and the words the two of them speak.

A channel (``channels_<kind>/adapter.py``) translates a provider's wire format into these dataclasses and
back. It reads and writes no rows of the inbox, starts no tasks and needs no database, so its tests need
none either. The inbox decides what to do; the adapter only says what happened.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, BinaryIO, Literal, Protocol, runtime_checkable
from uuid import UUID

from django.forms import Form

Json = dict[str, Any]

FileKind = Literal["image", "video", "audio", "voice", "document", "sticker"]
PlainKind = Literal["text", "location", "contacts", "reaction", "order", "call", "system", "unknown"]
ChoiceKind = Literal["template", "interactive", "button_reply", "list_reply", "flow_reply"]
MessageKind = Literal[FileKind, PlainKind, ChoiceKind]
ReportedStatus = Literal["sent", "delivered", "read", "failed"]
Reason = Literal[
    "config", "auth", "invalid", "recipient", "opted_out", "window_closed", "throttled", "unavailable"
]

#: Kinds of address. A phone is stored as E.164 with "+", every other kind as the provider writes it.
PHONE = "phone"


# ---------------------------------------------------------------- the door


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


# ---------------------------------------------------------------- what came in


@dataclass(frozen=True, slots=True)
class Claim:
    """One way to reach a person, as the provider wrote it: kind "phone" (+E.164) or a provider's own id."""

    kind: str
    value: str


@dataclass(frozen=True, slots=True)
class Person:
    """Who wrote. claims: every address shown, the most lasting first; may be empty only for notices."""

    claims: tuple[Claim, ...] = ()
    name: str = ""
    profile: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class InboundFile:
    """A file that still has to be fetched from the provider (see ``CanFetchMedia``)."""

    kind: FileKind
    media_id: str
    mime: str
    filename: str = ""
    url: str = ""
    sha256: str = ""
    size_bytes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """Common to everything a webhook can carry.

    account: the provider's id of our account (``Channel.external_id``); "" when the item names none.
    path: where in the body the item stood; raw: that part of the body, kept whole.
    """

    account: str
    path: str
    raw: Json = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class InboundMessage(Item):
    """A message of a customer. text: what an agent should read (body, caption, pressed title), or ""."""

    external_id: str
    sender: Person
    kind: MessageKind
    occurred_at: datetime
    text: str = ""
    content: Json = field(default_factory=dict)
    reply_to: str = ""
    files: tuple[InboundFile, ...] = ()
    opens_window: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class InboundReaction(Item):
    """A person put an emoji on a message, or took it away (emoji "")."""

    external_id: str
    sender: Person
    target: str
    emoji: str
    occurred_at: datetime
    opens_window: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class InboundChange(Item):
    """A person edited or took back an earlier message; may come before the message itself."""

    external_id: str
    sender: Person
    target: str
    change: Literal["edit", "revoke"]
    occurred_at: datetime
    text: str = ""
    content: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ProviderError:
    """An error in the provider's words. code: as text; title: short; detail: for humans, may be empty."""

    code: str
    title: str
    detail: str = ""
    reason: Reason | Literal[""] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusReport(Item):
    """What became of a message of ours. May be late, doubled and out of order.

    client_ref: what we gave as ``Outbound.ref``, when the provider echoes it; word: the provider's own word.
    participant: who in a group, else "".
    """

    external_id: str
    status: ReportedStatus
    occurred_at: datetime
    word: str
    recipient: Person = Person()
    participant: str = ""
    client_ref: str = ""
    error: ProviderError | None = None
    pricing: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressChange(Item):
    """A person's address was replaced by another one."""

    external_id: str
    old: Claim
    new: Claim
    also: tuple[Claim, ...] = ()
    occurred_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice(Item):
    """Something about the account, or something we do not know: kept whole and shown, never dropped.

    topic: the provider's name for it ("message_template_status_update"); known: whether its meaning is
    known but not used yet; detail: one sentence for admins.
    """

    topic: str
    known: bool
    detail: str = ""


Inbound = InboundMessage | InboundReaction | InboundChange | StatusReport | AddressChange | Notice


# ---------------------------------------------------------------- what goes out


@dataclass(frozen=True, slots=True)
class Account:
    """A connected account as an adapter sees it: no row, secrets in the clear, never logged."""

    external_id: str
    base_url: str
    config: Json
    secrets: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class OutboundFile:
    """A file to send. ``open`` gives a fresh binary stream each time."""

    kind: FileKind
    filename: str
    mime: str
    size_bytes: int
    open: Callable[[], BinaryIO]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outbound:
    """One message to one person.

    ref: our delivery id; put into the provider's echo field so that an answer lost on the way can be proved.
    to: every address of the person this channel can use, best first. content: by kind, e.g. for a template
    {"name", "language", "components"}, for a reaction {"target", "emoji"}, for a location {"latitude", …}.
    """

    ref: str
    to: tuple[Claim, ...]
    kind: MessageKind
    text: str = ""
    content: Json = field(default_factory=dict)
    reply_to: str = ""
    file: OutboundFile | None = None


@dataclass(frozen=True, slots=True)
class SendResult:
    """The provider took the message. external_id: its id there; learned: addresses its answer showed."""

    external_id: str
    learned: tuple[Claim, ...] = ()


class SendError(Exception):
    """A send that did not end with the provider's yes.

    permanent: trying again as it is cannot work. retry_after_s: not before. may_have_sent: bytes were
    written and no clear answer came, so a second try might send twice (reliability rule 11).
    """

    def __init__(
        self,
        reason: Reason,
        detail: str,
        *,
        permanent: bool,
        retry_after_s: float | None = None,
        provider_code: str = "",
        title: str = "",
        may_have_sent: bool = False,
    ) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason, self.detail, self.permanent = reason, detail, permanent
        self.retry_after_s, self.provider_code, self.title = retry_after_s, provider_code, title
        self.may_have_sent = may_have_sent


@dataclass(frozen=True, slots=True)
class FileRule:
    """What the provider takes of one kind of file."""

    mimes: tuple[str, ...]
    max_bytes: int


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast may we send: per account and second, and per person (a bucket of `burst`, one back each
    `every_s`). None = no limit known."""

    per_second: float | None = None
    pair_burst: int | None = None
    pair_every_s: float | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """The rules of a channel that pages and operations obey without knowing its name.

    text_chars: of a plain message; caption_chars: beside a file; reply_window_h: how long after the
    customer's last message a free reply is allowed (None = always); needs_template: outside that window only
    a template may go.
    """

    text_chars: int
    caption_chars: int
    files: Mapping[FileKind, FileRule]
    reply_window_h: float | None = None
    needs_template: bool = False
    pace: Pace = Pace()


@dataclass(frozen=True, slots=True)
class CheckStep:
    """One step of checking a connection, for people: what was asked, did it work, what to do if not."""

    name: str
    ok: bool
    detail: str
    fix: str = ""


class Adapter(Protocol):
    """One provider. Stateless: one instance per process serves every account."""

    kind: str
    label: str
    limits: Limits
    connect_form: type[Form]
    #: Names in ``Channel.secrets`` that the door checks a webhook with, e.g. ("app_secret", "verify_token").
    #: The first one identifies the provider app: accounts with equal values share one app.
    hook_secrets: tuple[str, ...]
    #: Kinds of address this channel can send to, best first.
    address_kinds: tuple[str, ...]
    #: What this provider wants to hear once its body is stored.
    answer: Answer

    def handshake(self, hook: Hook, credentials: Credentials) -> Answer | None:
        """Answer the provider's check of our address, or None if this request is not one.

        Raises BadSignature when it is one and the token is wrong."""
        ...

    def verify(self, hook: Hook, credentials: Credentials) -> None:
        """Check the signature over the raw body in constant time; raises BadSignature. Pure."""
        ...

    def parse(self, body: bytes) -> list[Inbound]:
        """Everything in the body, each item naming its account, in the order it stood. Pure.

        Raises Unparsable only when nothing at all can be read; a bad item becomes a Notice."""
        ...

    def send(self, account: Account, message: Outbound) -> SendResult:
        """Hand one message to the provider (uploading its file first). Raises SendError."""
        ...


@runtime_checkable
class CanFetchMedia(Protocol):
    def fetch(
        self, account: Account, *, media_id: str, url: str, max_bytes: int
    ) -> AbstractContextManager[BinaryIO]:
        """Stream one file of a customer; raises SendError (permanent when it is gone or too large)."""
        ...


@runtime_checkable
class CanMarkRead(Protocol):
    def mark_read(self, account: Account, *, external_id: str, typing: bool = False) -> None:
        """Show the customer that their messages up to this one were read (and that we are typing)."""
        ...


@runtime_checkable
class CanCheck(Protocol):
    def check(self, account: Account, *, webhook_url: str) -> list[CheckStep]:
        """Ask the provider whether this account works, step by step; never raises for a refusal."""
        ...


@runtime_checkable
class CanListTemplates(Protocol):
    def list_templates(self, account: Account) -> list[Json]:
        """Approved templates: {id, name, language, category, status, components, parameter_format}."""
        ...


@runtime_checkable
class KeepsTemplates(Protocol):
    """A channel that keeps its provider's templates in rows of its own; the tenant's scope must be open."""

    def templates(self, channel_id: UUID) -> list[Json]:
        """Every template of a channel: {name, language, category, status, components, …}."""
        ...

    def template(self, channel_id: UUID, *, name: str, language: str) -> Json | None:
        """One template, or None when the channel has none of this name and language."""
        ...
