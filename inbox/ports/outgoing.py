"""What we send, what became of it, and the rules of a channel."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import BinaryIO

from inbox.ports.incoming import (
    Claim,
    Hold,
)
from inbox.ports.words import (
    FileKind,
    Json,
    MessageKind,
    Reason,
)


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
    some minutes, for those that want an address. key: the same for all messages that carry this very file,
    "" when no other does; known_id: what the provider calls it, when it was given it before and keeps it."""

    kind: FileKind
    filename: str
    mime: str
    size_bytes: int
    open: Callable[[], BinaryIO]
    url: str = ""
    key: str = ""
    known_id: str = ""


@dataclass(frozen=True, slots=True)
class Direct:
    """A message leaves without a template, outside the reply window too (see ``SendsDirectly``).

    category: what it is for; ttl_s: how long the provider tries to deliver it, None for as long as it does.
    """

    category: str
    ttl_s: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outbound:
    """One message to one person.

    ref: our delivery id; put into the provider's echo field so that an answer lost on the way can be proved.
    to: every address of the person this channel can use, best first. content: by kind, e.g. for a template
    {"name", "language", "components"}, for a reaction {"target", "emoji"}, for a location {"latitude", …}.
    identity_key: the one the person had last; a provider that knows such keys refuses the message when they
    have another by now ("identity_changed"). "" when none is known. expires_at: of no use from then on; a
    provider that can hold messages back is told not to deliver it later. direct: set for a message without
    a template that may leave outside the reply window. files: uploads that the content names, as
    {"image": {"attachment_id": …}}, by that id.
    """

    ref: str
    to: tuple[Claim, ...]
    kind: MessageKind
    text: str = ""
    content: Json = field(default_factory=dict)
    reply_to: str = ""
    file: OutboundFile | None = None
    identity_key: str = ""
    expires_at: datetime | None = None
    direct: Direct | None = None
    files: Mapping[str, OutboundFile] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that the provider was given and keeps. key: that of the OutboundFile; external_id: its id there;
    for_s: how long it may be named instead of giving it again."""

    key: str
    external_id: str
    for_s: float


@dataclass(frozen=True, slots=True)
class SendResult:
    """The provider took the message. external_id: its id there; learned: addresses its answer showed; kept:
    a file that need not be given again."""

    external_id: str
    learned: tuple[Claim, ...] = ()
    kept: Kept | None = None


class SendError(Exception):
    """A send that did not end with the provider's yes.

    permanent: trying again as it is cannot work. retry_after_s: not before. may_have_sent: bytes were
    written and no clear answer came, so a second try might send twice (reliability rule 11). hold: what else
    of this account would be refused now, so that it waits instead. is_held: what the message is made of may
    not be used at the moment; it waits, and is no failure. advice: what happened and what to do, in sentences
    for whoever wrote the message, where the provider's own words (`detail`) do not say it.
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
        advice: str = "",
    ) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason, self.detail, self.permanent = reason, detail, permanent
        self.retry_after_s, self.provider_code, self.title = retry_after_s, provider_code, title
        self.may_have_sent, self.hold, self.is_held, self.advice = may_have_sent, hold, is_held, advice


@dataclass(frozen=True, slots=True)
class Flaw:
    """Something in a message for which its provider would refuse it.

    pointer: where, in the body of our API ("/text", "/content/buttons/0/title"); detail: one sentence."""

    pointer: str
    detail: str


@dataclass(frozen=True, slots=True)
class FileRule:
    """What the provider takes of one kind of file.

    converts: types its adapter makes into one of those when it sends, from files of up to converts_bytes."""

    mimes: tuple[str, ...]
    max_bytes: int
    converts: tuple[str, ...] = ()
    converts_bytes: int = 0

    @property
    def all_mimes(self) -> tuple[str, ...]:
        """Every type that may be given to the channel."""
        return tuple(dict.fromkeys((*self.mimes, *self.converts)))

    def most_bytes(self, mime: str) -> int:
        """How large a file of this type may be; 0: none of this type is taken."""
        taken = self.max_bytes if mime in self.mimes else 0
        return max(taken, self.converts_bytes if mime in self.converts else 0)


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
    wants no message at all; elsewhere it stops marketing. offers: what can be sent beside texts, files and
    templates: kinds, and types of interactive messages.
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
    offers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CheckStep:
    """One step of checking a connection, for people: what was asked, did it work, what to do if not."""

    name: str
    ok: bool
    detail: str
    fix: str = ""
