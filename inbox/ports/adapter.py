"""The adapter itself, and the abilities the core asks for with isinstance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import BinaryIO, Literal, NamedTuple, Protocol, runtime_checkable
from uuid import UUID

from django.forms import Form
from django.utils.functional import Promise

from inbox.ports.incoming import (
    Claim,
    Hold,
    Inbound,
    Notice,
)
from inbox.ports.outgoing import (
    Account,
    CheckStep,
    Direct,
    Flaw,
    Limits,
    Outbound,
    SendResult,
)
from inbox.ports.words import (
    Answer,
    Credentials,
    Hook,
    Json,
)


class Adapter(Protocol):
    """One provider. Stateless: one instance per process serves every account."""

    kind: str

    @property
    def label(self) -> str:
        """The name people know this kind of channel by, in the reader's language."""
        ...

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


@dataclass(frozen=True, slots=True)
class Leaving:
    """A message of ours that is about to leave."""

    channel_id: UUID
    message_id: UUID
    message: Outbound


@runtime_checkable
class NotesDepartures(Protocol):
    def note_departures(self, leaving: Sequence[Leaving]) -> None:
        """Keep in tables of its own what these messages will be known by, all of one tenant, in the
        transaction that claims them."""
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


@dataclass(frozen=True, slots=True)
class DirectRule:
    """What an account may send outside the reply window without a template. categories: what for; text_chars:
    how long its words may be."""

    categories: tuple[str, ...]
    text_chars: int


@runtime_checkable
class SendsDirectly(Protocol):
    """Its provider lets some accounts write outside the reply window without a template."""

    def direct_rule(self, config: Json) -> DirectRule | None:
        """What an account with this config may send so, None when nothing. Pure."""
        ...

    def direct_flaws(
        self, *, kind: str, text: str, content: Json, file_kind: str, direct: Direct
    ) -> list[Flaw]:
        """Everything for which the provider would refuse such a message; see ``CanCheckContent``. Pure."""
        ...


@runtime_checkable
class CanHalt(Protocol):
    def halt(self, account: Account, *, external_id: str, content: Json) -> None:
        """Stop a message of ours that is still going on at the provider: a call that waits, rings or speaks.

        content: of the message, with all that reports told of it. What is over already is no error, and
        nobody is asked about it where the content tells. Safe to repeat. Raises SendError."""
        ...


@runtime_checkable
class BarsPeople(Protocol):
    def why_barred(self, *, to: Claim, category: str) -> str:
        """Why a template of this category never reaches this address, in a sentence; "" if it may. Pure."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """News of how an account of ours stands with its provider; what is left out stays as it was.

    facts: "quality" (high, medium, low, ""), "per_second", "people_per_day" (-1: no limit), "pool" (what
    shares that limit), "token_until" (when our permission ends), and words under any other name. holds: by
    their reason; None ends one. of: entries of ``Channel.config`` of the accounts it is about, when the news
    names none.
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
class TemplateWarning:
    """Templates that cannot be sent, or soon cannot. tone: warn or bad; fix: what a person can do."""

    tone: Literal["warn", "bad"]
    sentence: str
    fix: str


@runtime_checkable
class WarnsOfTemplates(Protocol):
    def template_warnings(self, channel_id: UUID) -> list[TemplateWarning]:
        """One for each kind of trouble among a channel's templates; reads inside the tenant's scope."""
        ...


@dataclass(frozen=True, slots=True)
class HealthNote:
    """Something of an adapter's own on the page of health. what: its name; tone: ok, warn, bad; at: when."""

    what: str
    tone: str
    sentence: str
    fix: str = ""
    at: datetime | None = None


@runtime_checkable
class TellsHealth(Protocol):
    def health(self, channel_id: UUID) -> list[HealthNote]:
        """How the adapter's own things of a channel are doing; nothing about what is not in use."""
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


class Link(NamedTuple):
    """A page of the adapter's own. name: of its address; words: for people; icon."""

    name: str
    words: Promise
    icon: str


@runtime_checkable
class OffersPages(Protocol):
    """Has pages of its own in the console."""

    #: Of one channel; their addresses take its id.
    channel_pages: tuple[Link, ...]
    #: Other ways to connect an account than by its form.
    connect_pages: tuple[Link, ...]


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
class TellsReports(Protocol):
    """This provider reports on what we sent in bodies of their own: they stand behind what people write."""

    def only_reports(self, body: bytes) -> bool:
        """Is there nothing else in this body? Quick, without reading it whole; False in doubt."""
        ...


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
