"""Types of the JSON of notifications; docs/wire.md explains them, ``notifications.shapes`` makes them."""

from __future__ import annotations

from typing import Annotated, Any, NotRequired, TypedDict

from common.wire import Id, Json, Meaning, Time
from inbox.wire import Message
from notifications.cost_wire import Cost
from notifications.models import Category, ConsentState, NotificationState, StepState

State = Annotated[str, Meaning(words=tuple(NotificationState.values))]
CategoryWord = Annotated[str, Meaning(words=tuple(Category.values))]
LaneWord = Annotated[str, Meaning(words=("urgent", "utility", "marketing"))]


class NotificationPage(TypedDict):
    """A notification and the messages of its steps, in the order they were queued."""

    notification: Notification
    messages: list[Message]
    costs: Annotated[list[Cost], Meaning(about="Of the messages that were charged so far.")]


class DecisionStep(TypedDict):
    """One rule and what it said, for people."""

    step: str
    ok: bool
    detail: str


class NotificationChange(TypedDict):
    """A state the notification came to."""

    state: State
    at: Time
    detail: NotRequired[str]


class NotificationStep(TypedDict):
    """One rung of the ladder. `status`: the highest its message reached, also after the rung was given up
    (`is_late`)."""

    id: Id
    place: int
    rung: Annotated[str, Meaning(about="The channel's kind or id, as the version names it.")]
    channel_id: Id | None
    channel: str | None
    must_reach: str
    patience_s: int
    state: Annotated[str, Meaning(words=tuple(StepState.values))]
    status: str
    is_late: bool
    reason: str
    message_id: Id | None
    started_at: Time | None
    due_at: Time | None
    reached_at: Time | None
    ended_at: Time | None


class NotificationAnswer(TypedDict):
    """What the person answered."""

    action: Annotated[str, Meaning(about="Key of the action; empty for other words.")]
    message_id: Id
    at: Time


class NotificationAuthor(TypedDict):
    """Who asked for it."""

    kind: str
    id: Id | None
    name: str


class Notification(TypedDict):
    """One run of a type for one customer."""

    id: Id | None
    type: str
    name: str
    version: int
    category: CategoryWord
    customer_id: Id | None
    language: str
    state: State
    reason: str
    data: Annotated[Json, Meaning(about="Personal values only for callers who may see them, else •••.")]
    metadata: Json
    dedupe_key: str
    lane: LaneWord
    test: bool
    request_id: str
    send_at: Time | None
    expires_at: Time
    due_at: Annotated[Time | None, Meaning(about="When something is to be done next.")]
    batch_id: Id | None
    action: str
    answered_at: Time | None
    acknowledged_by: Annotated[
        NotificationAuthor | None, Meaning(about="Who took note of it for the person.")
    ]
    doubled: Annotated[int, Meaning(about="How many more than one message of it reached the person.")]
    decision: list[DecisionStep]
    history: list[NotificationChange]
    steps: list[NotificationStep]
    answers: list[NotificationAnswer]
    created_by: NotificationAuthor
    created_at: Time
    updated_at: Time


class RenderedRung(TypedDict):
    """What one rung would send."""

    rung: str
    channel_id: Id | None
    channel: str | None
    language: str
    obstacle: str
    must_reach: str
    patience_s: int
    kind: str
    text: str
    content: Json


class NotificationReceipt(TypedDict):
    """The answer to a request. A dry run has no id, the state `simulated`, and says what it `would_be`."""

    id: Id | None
    state: State
    reason: str
    due_at: Time | None
    expires_at: Time
    customer_id: Id | None
    decision: list[DecisionStep]
    would_be: NotRequired[State]
    preview: NotRequired[list[RenderedRung]]


class NotificationFault(TypedDict):
    """One thing wrong with a request of a batch."""

    pointer: str
    detail: str


class BulkResult(TypedDict):
    """What became of one request of a batch: a receipt, or the reasons it was refused."""

    index: int
    accepted: bool
    notification: NotificationReceipt | None
    errors: list[NotificationFault]


class BulkAnswer(TypedDict):
    """The answer to a batch."""

    accepted: int
    refused: int
    data: list[BulkResult]


class NotificationVersion(TypedDict):
    """What a type says and how it gets through."""

    id: Id
    number: int
    state: Annotated[str, Meaning(words=("draft", "published"))]
    current: bool
    variables: list[Json]
    contents: Json
    ladder: list[Json]
    actions: list[Json]
    ttl_s: int
    quiet_hours: Annotated[str, Meaning(words=("obey", "pass"))]
    dedupe_window_s: int
    throttle: Json | None
    digest: Json | None
    lane: LaneWord
    fallback_language: str
    data_schema: Annotated[Json, Meaning(about="JSON Schema (2020-12) that `data` must satisfy.")]
    revision: int
    created_by: str
    created_at: Time
    updated_at: Time
    published_by: str
    published_at: Time | None


class NotificationType(TypedDict):
    """A named notification."""

    id: Id
    key: str
    name: str
    category: CategoryWord
    mandatory: bool
    archived_at: Time | None
    current: NotificationVersion | None
    figures: Annotated[dict[str, int], Meaning(about="State → how many of the last 24 hours, without tests.")]
    created_at: Time
    updated_at: Time


class VersionDifference(TypedDict):
    """One place where two versions differ."""

    pointer: str
    before: Any
    after: Any


class Consent(TypedDict):
    """A yes or no to one category on one kind of channel, `*` for all."""

    category: CategoryWord
    channel: str
    state: Annotated[str, Meaning(words=tuple(ConsentState.values))]
    source: str
    updated_at: Time


class ConsentChange(TypedDict):
    """One line of the history."""

    category: CategoryWord
    channel: str
    state: str
    source: str
    by: str
    at: Time


class Consents(TypedDict):
    """What a customer agreed to and what they want."""

    data: list[Consent]
    history: list[ConsentChange]
    preferences: Annotated[dict[str, bool], Meaning(about="Type → wanted, for types they spoke about.")]


class QuietHours(TypedDict):
    """When notifications wait, by each person's own clock."""

    start: str
    end: str
    timezone: str


class StarterType(TypedDict):
    """A type that can be installed with one call."""

    key: str
    name: str
    category: CategoryWord
    languages: list[str]
    installed: bool
