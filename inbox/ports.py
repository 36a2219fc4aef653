"""What a channel must offer the house, and the words the two of them speak.

A channel (``channels_<kind>/adapter.py``) translates a provider's wire format into these dataclasses and
back. It reads and writes no rows of the inbox, starts no tasks and needs no database, so its tests need
none either. The inbox decides what to do; the adapter only says what happened.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
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

#: Why a call did not reach a person.
CallReason = Literal["busy", "no_answer", "voicemail", "declined", "cancelled"]

#: The time of an item whose provider names none: the moment it reached us stands in its place.
UNTOLD = datetime.min.replace(tzinfo=UTC)

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


What = Literal["marketing", "started", "all"]


@dataclass(frozen=True, slots=True)
class Hold:
    """Something that must not leave an account now.

    what: marketing, everything we start ourselves outside a reply window, or everything; why, fix: sentences;
    until: None = until the provider says otherwise.
    """

    what: What
    why: str
    fix: str = ""
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class ProviderError:
    """An error in the provider's words. code: as text; title: short; detail: for humans, may be empty.

    hold: what else of this account would be refused now."""

    code: str
    title: str
    detail: str = ""
    reason: Reason | CallReason | Literal[""] = ""
    hold: Hold | None = None


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

    direction: "outbound" is ours, and already sent; is_new: it was written just now. Opens no window.
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


Spoken = InboundMessage | InboundReaction | InboundChange | InboundConsent | CopiedMessage
Inbound = Spoken | StatusReport | AddressChange | Notice


# ---------------------------------------------------------------- what goes out


@dataclass(frozen=True, slots=True)
class Account:
    """A connected account as an adapter sees it: no row, secrets in the clear, never logged.

    webhook_url: where the provider reaches this channel."""

    external_id: str
    base_url: str
    config: Json
    secrets: Mapping[str, str] = field(repr=False)
    webhook_url: str = ""


@dataclass(frozen=True, slots=True)
class OutboundFile:
    """A file to send. ``open`` gives a fresh binary stream each time; url: where a provider may fetch it for
    some minutes, for those that want an address."""

    kind: FileKind
    filename: str
    mime: str
    size_bytes: int
    open: Callable[[], BinaryIO]
    url: str = ""


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
    written and no clear answer came, so a second try might send twice (reliability rule 11). hold: what else
    of this account would be refused now, so that it waits instead. is_held: what the message is made of may
    not be used at the moment; it waits, and is no failure.
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
        hold: Hold | None = None,
        is_held: bool = False,
    ) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason, self.detail, self.permanent = reason, detail, permanent
        self.retry_after_s, self.provider_code, self.title = retry_after_s, provider_code, title
        self.may_have_sent, self.hold, self.is_held = may_have_sent, hold, is_held


@dataclass(frozen=True, slots=True)
class Flaw:
    """Something in a message for which its provider would refuse it.

    pointer: where, in the body of our API ("/text", "/content/buttons/0/title"); detail: one sentence."""

    pointer: str
    detail: str


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
class Alphabet:
    """How a text is cut into parts. characters: those that take one unit, and of_two those that take two; a
    text with any other is written in the wide alphabet, where every UTF-16 unit counts.

    single, joined: units that fit a text of one part, and each part of a longer one; wide_*: the same there.
    """

    characters: str
    of_two: str
    single: int
    joined: int
    wide_single: int
    wide_joined: int


@dataclass(frozen=True, slots=True)
class Limits:
    """The rules of a channel that pages and operations obey without knowing its name.

    text_chars: of a plain message; caption_chars: beside a file; reply_window_h: how long after the
    customer's last message a free reply is allowed (None = always); needs_template: outside that window only
    a template may go. converses: can it carry a conversation? If not, answers go where it was held before.
    alphabet: where texts are cut into parts that are paid one by one. opt_out_stops_all: who opts out here
    wants no message at all; elsewhere it stops marketing.
    """

    text_chars: int
    caption_chars: int
    files: Mapping[FileKind, FileRule]
    reply_window_h: float | None = None
    needs_template: bool = False
    pace: Pace = Pace()
    alphabet: Alphabet | None = None
    converses: bool = True
    opt_out_stops_all: bool = False


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
class CanBlock(Protocol):
    def block(self, account: Account, *, person: tuple[Claim, ...], blocked: bool) -> None:
        """Block a person at the provider, so that their messages no longer reach us, or let them again.

        person: their addresses here, the best first. Safe to repeat. Raises SendError."""
        ...


@runtime_checkable
class CanCheck(Protocol):
    def check(self, account: Account, *, webhook_url: str) -> list[CheckStep]:
        """Ask the provider whether this account works, step by step; never raises for a refusal."""
        ...


@runtime_checkable
class CanCheckContent(Protocol):
    def check_content(self, *, kind: str, text: str, content: Json, file_kind: str) -> list[Flaw]:
        """Everything for which the provider would refuse a message like this. Pure.

        content: by kind, see docs/wire.md; file_kind: kind of the uploaded file that goes with it, or ""."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """News of how an account of ours stands with its provider; what is left out stays as it was.

    facts: "quality" (high, medium, low, ""), "per_second", "people_per_day" (-1: no limit), "pool" (what
    shares that limit), and words for people under any other name. holds: by their reason; None ends one.
    of: entries of ``Channel.config`` of the accounts it is about, when the news names none.
    """

    facts: Json = field(default_factory=dict)
    holds: Mapping[str, Hold | None] = field(default_factory=dict)
    of: Mapping[str, str] = field(default_factory=dict)
    at: datetime | None = None


@runtime_checkable
class CanTellStanding(Protocol):
    def standing_of(self, notice: Notice) -> Standing | None:
        """What a notice says of an account, or None. Pure."""
        ...

    def ask_standing(self, account: Account) -> Standing:
        """How the account stands now, as the provider tells. Raises SendError."""
        ...


@runtime_checkable
class KeepsTemplates(Protocol):
    """Keeps copies of the messages its provider approves; reads them inside the tenant's scope.

    A template is {id, name, language, category, status, reason, quality, paused_until, components,
    parameter_format}. status: APPROVED may be sent, PAUSED and DISABLED are held, the rest is refused.
    """

    def templates(self, channel_id: UUID) -> list[Json]:
        """Every template of a channel, by name and language; drafts included."""
        ...

    def template(self, channel_id: UUID, *, name: str, language: str) -> Json | None:
        """One of them, None when there is no copy of it."""
        ...


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a notice that an adapter took. reason: one sentence for admins."""

    outcome: Literal["stored", "duplicate", "ignored"]
    reason: str = ""


@runtime_checkable
class TakesNotices(Protocol):
    def take_notice(self, notice: Notice, *, channel_id: UUID | None) -> Taken | None:
        """Write what a notice says into tables of the adapter's own, inside the tenant's scope and the
        transaction that stores the webhook; no calls, safe to run twice.

        channel_id: whose address it came to. None when it is about something the adapter keeps nothing of.
        """
        ...


@runtime_checkable
class HearsOfChannels(Protocol):
    def channel_changed(self, *, channel_id: UUID) -> None:
        """A channel of this kind was connected or changed; inside that transaction, so no calls."""
        ...


@runtime_checkable
class GroupsAccounts(Protocol):
    """Several of its accounts belong to one thing, and some news names only that."""

    #: The entry of ``Channel.config`` with the provider's id of it.
    group_key: str


# ---------------------------------------------------------------- providers that do not ask twice


@runtime_checkable
class OwnAddress(Protocol):
    """Each channel has a signed address of its own: what it names by no number we know is that channel's."""

    own_address: bool


@runtime_checkable
class KeepsAddress(Protocol):
    def kept(self, hook: Hook) -> bytes:
        """What of a checked request is stored: its body, and what its signed address told. Pure."""
        ...


@runtime_checkable
class SpoolsHooks(Protocol):
    """This provider does not repeat a webhook that found us away: keep it on the disk until PostgreSQL is
    back (reliability rule 2)."""

    spools_hooks: bool


@runtime_checkable
class CanListRecent(Protocol):
    def list_recent(self, account: Account, *, since: datetime) -> list[bytes]:
        """What happened on this account since then, as bodies that ``parse`` reads. Raises SendError."""
        ...


@dataclass(frozen=True, slots=True)
class Segments:
    """How a text will be cut. offending: characters that force the wide alphabet, each once; straightened:
    the same text without them, or "" where that cannot be done or is not needed."""

    encoding: str
    segments: int
    units: int
    offending: str = ""
    straightened: str = ""


@runtime_checkable
class CountsSegments(Protocol):
    def count_segments(self, text: str) -> Segments:
        """What a text costs. Pure."""
        ...


@dataclass(frozen=True, slots=True)
class StoredCall:
    """The message a running call speaks."""

    text: str
    content: Json


@runtime_checkable
class AnswersCalls(Protocol):
    def call_ref(self, hook: Hook) -> str:
        """The ``Outbound.ref`` whose words this checked request needs for its answer, or ""."""
        ...

    def answer_call(self, hook: Hook, call: StoredCall | None) -> Answer:
        """What the provider hears, from the request and the stored message alone; None: it is not known."""
        ...
