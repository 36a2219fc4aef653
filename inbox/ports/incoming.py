"""What a webhook can carry, in our words."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from inbox.ports.words import (
    CallReason,
    FileKind,
    Json,
    MessageKind,
    Reason,
    ReportedStatus,
)


@dataclass(frozen=True, slots=True)
class Claim:
    """One way to reach a person, as the provider wrote it: kind "phone" (+E.164) or a provider's own id."""

    kind: str
    value: str


@dataclass(frozen=True, slots=True)
class Person:
    """Who wrote. claims: every address shown, the most lasting first; may be empty only for notices.

    identity_key: what the provider tells them apart by, if it says so: with another one the same address is
    answered by another phone, and perhaps by somebody else.
    """

    claims: tuple[Claim, ...] = ()
    name: str = ""
    profile: Json = field(default_factory=dict)
    identity_key: str = ""


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
    path: where in the body the item stood; raw: that part of the body, kept whole. group: of an item without
    an account, what our accounts belong to that it is about (see ``GroupsAccounts``), or "".
    """

    account: str
    path: str
    raw: Json = field(default_factory=dict, repr=False)
    group: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class InboundMessage(Item):
    """A message of a customer. text: what an agent should read (body, caption, pressed title), or "".

    A button_reply whose provider tells only the key has it in content["digits"]; its title is taken from the
    choices of the message it answers. consent: what the customer decided by writing it, if anything.
    participant: who wrote it, where the sender is a group.
    """

    external_id: str
    sender: Person
    kind: MessageKind
    occurred_at: datetime
    text: str = ""
    content: Json = field(default_factory=dict)
    reply_to: str = ""
    files: tuple[InboundFile, ...] = ()
    opens_window: bool = True
    consent: Literal["", "opted_out", "opted_in"] = ""
    participant: Person | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InboundReaction(Item):
    """A person put an emoji on a message, or took it away (emoji ""). participant: who, where the sender is a
    group."""

    external_id: str
    sender: Person
    target: str
    emoji: str
    occurred_at: datetime
    opens_window: bool = True
    participant: Person | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InboundChange(Item):
    """A person edited or took back an earlier message; may come before the message itself.

    is_ours: somebody of the business did so to a message of ours, in an app of the provider's."""

    external_id: str
    sender: Person
    target: str
    change: Literal["edit", "revoke"]
    occurred_at: datetime
    text: str = ""
    content: Json = field(default_factory=dict)
    is_ours: bool = False


What = Literal["marketing", "started", "all", "direct"]


@dataclass(frozen=True, slots=True)
class Hold:
    """Something that must not leave an account now.

    what: marketing, everything we start ourselves outside a reply window, everything, or what would go
    without a template there (which is refused rather than kept waiting); why, fix: sentences; until: None =
    until the provider says otherwise.
    """

    what: What
    why: str
    fix: str = ""
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class ProviderError:
    """An error in the provider's words. code: as text; title: short; detail: for humans, may be empty.

    hold: what else of this account would be refused now; advice: what happened and what to do, for people."""

    code: str
    title: str
    detail: str = ""
    reason: Reason | CallReason | Literal[""] = ""
    hold: Hold | None = None
    advice: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusReport(Item):
    """What became of a message of ours. May be late, doubled and out of order.

    client_ref: what we gave as ``Outbound.ref``, when the provider echoes it; word: the provider's own word.
    participant: who in a group, else ""; free_until: until when writing to this person costs nothing;
    learned: what else is known now, which joins the message's content.
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
    learned: Json = field(default_factory=dict)
    free_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InboundConsent(Item):
    """A person lets us send marketing (again), or no longer; everything else may still be sent."""

    external_id: str
    sender: Person
    allows: bool
    occurred_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CopiedMessage(Item):
    """A message that was not exchanged through us: written in the provider's own app, or before we came.

    direction: "outbound" is ours, and already sent; is_new: it was written just now; author: who wrote for
    us, if not somebody at the phone. Opens no window.
    """

    external_id: str
    person: Person
    direction: Literal["inbound", "outbound"]
    kind: MessageKind
    occurred_at: datetime
    text: str = ""
    content: Json = field(default_factory=dict)
    reply_to: str = ""
    files: tuple[InboundFile, ...] = ()
    is_new: bool = False
    author: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class InboundName(Item):
    """What somebody is called by an address book of ours or by the provider; nobody wrote anything.

    is_gone: they stand in the address book no longer."""

    person: Person
    occurred_at: datetime
    is_gone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressChange(Item):
    """A person's address was replaced by another one."""

    external_id: str
    old: Claim
    new: Claim
    also: tuple[Claim, ...] = ()
    occurred_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class InboundIdentity(Item):
    """A person's identity key is another one now; nobody wrote anything."""

    sender: Person
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


#: rang: a customer calls, with an offer. The others of calls of ours, except ended: their session came, their
#: phone rings, they took it, they declined.
CallNews = Literal["rang", "joined", "ringing", "accepted", "declined", "ended"]


@dataclass(frozen=True, slots=True, kw_only=True)
class InboundCall(Item):
    """News of a voice call. May be late, doubled and out of order.

    direction: who called; person: the customer, where shown; sdp: of rang (an offer) and joined (an answer);
    ref: what we gave to ``CarriesCalls.start_call``. Of ended: duration_s, None when nobody spoke, and error.
    """

    external_id: str
    news: CallNews
    direction: Literal["inbound", "outbound"]
    occurred_at: datetime
    person: Person = Person()
    sdp: str = ""
    ref: str = ""
    began_at: datetime | None = None
    duration_s: int | None = None
    error: ProviderError | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InboundCallRecord(Item):
    """What was kept of a voice call: its sound, or its words. May come before the call's own news.

    external_id: of the call; text: words that were told outright; file: what is still to be fetched.
    """

    external_id: str
    what: Literal["recording", "transcript"]
    occurred_at: datetime
    text: str = ""
    file: InboundFile | None = None


Spoken = InboundMessage | InboundReaction | InboundChange | InboundConsent | CopiedMessage
News = InboundCall | InboundCallRecord | InboundName | InboundIdentity | StatusReport | AddressChange
Inbound = Spoken | News | Notice
