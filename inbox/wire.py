"""Types of the JSON of the inbox; docs/wire.md explains them, ``inbox.shapes`` makes them."""

from __future__ import annotations

from typing import Annotated, NotRequired, TypedDict

from common.wire import Id, Json, Meaning, Time
from customers.wire import Address, CustomerCard
from events.wire import Event
from inbox.wire_direct import DirectRule
from inbox.wire_reach import Place, Reach
from tenants.wire import Member, Team, Tenant

Direction = Annotated[str, Meaning(words=("inbound", "outbound"))]
STATUSES = (
    "received", "queued", "sending", "sent", "delivered", "read", "failed", "uncertain", "held", "cancelled",
)  # fmt: skip
Status = Annotated[str, Meaning(words=STATUSES)]
PriorityWord = Annotated[str, Meaning(words=("none", "low", "normal", "high", "urgent"))]
VIEWS = (
    "mine", "unassigned", "unread", "waiting", "mentions", "watching", "snoozed", "closed", "all",
)  # fmt: skip
ViewKey = Annotated[str, Meaning(words=VIEWS)]


# ---------------------------------------------------------------- threads


class CustomerLine(TypedDict):
    """A customer as a list shows them."""

    id: Id
    name: str
    addresses: list[Address]


class ChannelLine(TypedDict):
    """A channel as a list shows it."""

    id: Id
    kind: str
    name: str


class LastMessage(TypedDict):
    """The newest message of a thread, as a list shows it."""

    id: Id
    kind: str
    text: Annotated[str, Meaning(about="At most 160 characters.")]
    direction: Direction
    status: Status
    at: Time
    author: str | None


class Thread(TypedDict):
    """One piece of work with one customer; people see it as "conversation". `version` rises with every
    change. `read_count`, `mentioned` and `draft` are the calling member's own; a key has none."""

    id: Id
    inbox_id: Id
    customer: CustomerLine
    channel: ChannelLine | None
    status: Annotated[str, Meaning(words=("open", "snoozed", "closed"))]
    assignee_id: Id | None
    team_id: Id | None
    priority: PriorityWord
    labels: list[str]
    watcher_ids: Annotated[list[Id], Meaning(about="Members who hear of whatever happens here.")]
    snoozed_until: Time | None
    wake_on_reply: bool
    last_message: LastMessage | None
    waiting_since: Annotated[Time | None, Meaning(about="Since when the customer waits for an answer.")]
    answer_due_at: Annotated[Time | None, Meaning(about="By when the customer is to be answered.")]
    inbound_count: int
    scheduled_count: Annotated[
        int, Meaning(about="Messages that wait for their time, or could not leave then.")
    ]
    window_until: Annotated[Time | None, Meaning(about="Until when a free reply is allowed.")]
    active_at: Annotated[Time, Meaning(about="Its last message or reopening; what `newest` sorts by.")]
    created_at: Time
    updated_at: Time
    closed_at: Time | None
    version: int
    read_count: NotRequired[int | None]
    mentioned: NotRequired[bool]
    draft: NotRequired[str | None]


class ReadState(TypedDict):
    """How many of a thread's inbound messages the member has read."""

    thread_id: Id
    read_count: int


class View(TypedDict):
    """A view of the inbox and how many conversations stand in it; counted up to 10,000."""

    key: ViewKey
    count: int
    unread: int


class TeamCount(TypedDict):
    """How many open conversations a team has, and how many of them the member has not read."""

    id: Id
    count: int
    unread: int


class Views(TypedDict):
    """The views, as of event number `head`. A team without open conversations is left out of `teams`."""

    data: list[View]
    teams: list[TeamCount]
    head: int


# ---------------------------------------------------------------- messages


class Attachment(TypedDict):
    """A file. `url` and `preview_url` are null until it is ready; each leads to a link good for 5 minutes.
    link: set where the message only points at it (see `linked_files`)."""

    id: Id
    kind: str
    filename: str
    mime: str
    size_bytes: int | None
    width: int | None
    height: int | None
    duration_s: float | None
    waveform: list[int] | None
    state: Annotated[str, Meaning(words=("pending", "ready", "failed"))]
    detail: str
    url: str | None
    preview_url: str | None
    link: str


class Quote(TypedDict):
    """The message that one answers; only `provider_id` when it is not known here."""

    provider_id: str | None
    id: NotRequired[Id]
    text: NotRequired[str]
    kind: NotRequired[str]
    direction: NotRequired[Direction]
    author: NotRequired[str | None]


class MessageReaction(TypedDict):
    """The emoji that one side put on a message."""

    emoji: str
    by: Annotated[str, Meaning(words=("customer", "us"))]
    at: Time


class StatusEntry(TypedDict):
    """One status a message had."""

    status: str
    at: Time
    detail: NotRequired[str]


class MessageError(TypedDict):
    """Why a message failed."""

    code: str
    title: str
    detail: NotRequired[str]
    provider_code: NotRequired[str | None]
    advice: NotRequired[Annotated[str, Meaning(about="What happened and what to do, for people.")]]


class Pricing(TypedDict):
    """What the provider says the message costs: which kind of message it was to them, and why it is free."""

    category: NotRequired[Annotated[str, Meaning(about="marketing, utility, authentication, service, …")]]
    type: NotRequired[Annotated[str, Meaning(about="regular (charged), or the reason why it is free.")]]
    billable: NotRequired[bool]
    pricing_model: NotRequired[str]
    free_until: NotRequired[Time]


class Author(TypedDict):
    """Who wrote it, on our side; in a group also which customer."""

    kind: Annotated[str, Meaning(words=("member", "api_key", "system", "customer"))]
    id: Id | None
    name: str


class Message(TypedDict):
    """One message on one channel, to or from a customer."""

    id: Id
    thread_id: Id
    customer_id: Id
    channel_id: Id
    direction: Direction
    kind: str
    text: str
    content: Json
    attachments: list[Attachment]
    provider_id: str | None
    reply_to: Quote | None
    reactions: list[MessageReaction]
    status: Status
    status_history: list[StatusEntry]
    error: MessageError | None
    pricing: Pricing | None
    edited_at: Time | None
    revoked_at: Time | None
    sent_at: Annotated[Time | None, Meaning(about="The provider's own time.")]
    created_at: Time
    at: Annotated[Time, Meaning(about="Where it stands in the thread.")]
    client_ref: str | None
    author: Author | None
    attempts: int
    number: Annotated[int | None, Meaning(about="It is the customer's n-th message of the thread.")]


class Note(TypedDict):
    """An internal remark; the customer never sees it."""

    id: Id
    thread_id: Id
    text: str
    mentions: list[Id]
    author: Author
    client_ref: str
    created_at: Time
    at: Time


class Draft(TypedDict):
    """What a member has begun to write. channel_id: where a reply is to go; null for a note."""

    thread_id: Id
    mode: Annotated[str, Meaning(words=("reply", "note"))]
    channel_id: Id | None
    text: str
    reply_to: Id | None
    attachments: list[Attachment]
    updated_at: Time


class Entry(TypedDict):
    """One row of a timeline; `type` names the member that holds it."""

    type: Annotated[str, Meaning(words=("message", "note", "event"))]
    id: Id
    at: Time
    message: NotRequired[Message]
    note: NotRequired[Note]
    event: NotRequired[Event]


class Timeline(TypedDict):
    """A stretch of a thread, oldest first."""

    data: list[Entry]
    has_before: bool
    has_after: bool
    before: Annotated[str | None, Meaning(about="Give it as `before` to get what came earlier.")]
    after: Annotated[str | None, Meaning(about="Give it as `after` to get what came later.")]


# ---------------------------------------------------------------- channels, customers, the rest


class FileLimit(TypedDict):
    """What a provider takes of one kind of file."""

    mimes: list[str]
    max_bytes: int


class Alphabet(TypedDict):
    """How texts are cut into parts that are paid one by one: `characters` take one unit, `of_two` two; a text
    with any other is wide, and counted in UTF-16 units. A text of one part holds `single` units, each part of
    a longer one `joined`."""

    characters: str
    of_two: str
    single: int
    joined: int
    wide_single: int
    wide_joined: int


class Limits(TypedDict):
    """The rules of a channel. converses: can it carry a conversation, or only speak up? alphabet: null where
    a text is one message however long. opt_out_stops_all: who opted out gets no message at all here.
    offers: kinds, and types of interactive messages, that it takes beside texts, files and templates."""

    text_chars: int
    caption_chars: int
    files: dict[str, FileLimit]
    reply_window_h: float | None
    needs_template: bool
    alphabet: Alphabet | None
    converses: bool
    opt_out_stops_all: bool
    offers: list[str]


class Channel(TypedDict):
    """One connected account of a provider. address_kinds: the addresses it can write to, best first."""

    id: Id
    kind: str
    label: str
    name: str
    external_id: str
    address: str
    inbox_id: Id
    is_active: bool
    last_inbound_at: Time | None
    last_error: str
    last_error_at: Time | None
    address_kinds: list[str]
    limits: Limits | None
    can_block: Annotated[bool, Meaning(about="Can people be blocked here?")]
    carries_calls: Annotated[bool, Meaning(about="Can one speak with people here?")]
    direct: DirectRule | None


class Customer(CustomerCard):
    """A person the workspace talks to, and how they can be reached. `version` rises with every change. Of the
    places of a channel the first is the one that is written to by default."""

    reach: NotRequired[list[Reach]]
    places: NotRequired[list[Place]]


class Inbox(TypedDict):
    """A brand or department."""

    id: Id
    name: str


class Label(TypedDict):
    """A word a thread can carry."""

    name: str
    colour: int


class ThreadPage(TypedDict):
    """A page of threads."""

    data: list[Thread]
    has_more: bool
    next: str | None


class OpenThread(TypedDict):
    """A thread with what stands beside it."""

    thread: Thread
    customer: Customer
    timeline: Timeline


class Bootstrap(TypedDict):
    """Everything the inbox page needs at first, as of event number `head`."""

    head: int
    version: str
    me: Member
    tenant: Tenant
    members: list[Member]
    teams: list[Team]
    labels: list[Label]
    inboxes: list[Inbox]
    channels: list[Channel]
    views: list[View]
    team_counts: list[TeamCount]
    threads: ThreadPage
    thread: NotRequired[OpenThread]
    drafts: list[Draft]
    phone_url: NotRequired[str]
