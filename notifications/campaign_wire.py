"""Types of the JSON of campaigns."""

from __future__ import annotations

from typing import Annotated, NotRequired, TypedDict

from common.wire import Id, Json, Meaning, Time
from notifications.cost_wire import Amount, CostTotal
from notifications.models import CampaignSource, CampaignState
from notifications.queries.campaigns import ROW_STATES
from notifications.wire import NotificationAuthor


class CampaignCounts(TypedDict):
    """What the check of the rows found. `good` rows will be asked for; of these `goes` would get it now."""

    rows: int
    unchecked: int
    good: int
    bad: int
    duplicates: int
    goes: int
    no_consent: int
    no_address: int
    skipped: int


class CampaignFunnel(TypedDict):
    """How many came how far. `sent`, `delivered` and `read` count everybody who came at least so far."""

    recipients: int
    waiting: int
    accepted: int
    held: int
    sent: int
    delivered: int
    read: int
    answered: int
    failed: int
    skipped: int
    expired: int
    cancelled: int


class Campaign(TypedDict):
    """One type to many people."""

    id: Id
    name: str
    type: Annotated[str, Meaning(about="Key of the type.")]
    version: int
    source: Annotated[str, Meaning(words=tuple(CampaignSource.values))]
    state: Annotated[str, Meaning(words=tuple(CampaignState.values))]
    waits_for: Annotated[str, Meaning(about="Why a running campaign sends nothing now; empty when it does.")]
    per_minute: int
    once_each: bool
    filename: str
    header: list[str]
    columns: Annotated[dict[str, int], Meaning(about="Field → place of its column in `header`.")]
    segment: Json
    texts: dict[str, str]
    send_at: Time | None
    expires_at: Time | None
    created_by: NotificationAuthor
    created_at: Time
    started_at: Time | None
    ended_at: Time | None
    counts: NotRequired[CampaignCounts]
    funnel: NotRequired[CampaignFunnel]
    cost: NotRequired[CostTotal]


class CampaignProblem(TypedDict):
    """One thing wrong with a row. `column`: as the file names it; empty when it is about the whole row."""

    column: str
    reason: str


class CampaignRow(TypedDict):
    """One recipient. `state`: the row's own until it is a notification, then that one's."""

    line: int
    state: Annotated[str, Meaning(words=ROW_STATES)]
    reason: str
    errors: list[CampaignProblem]
    to: Json
    data: Json
    language: str
    customer_id: Id | None
    notification_id: Id | None


class CampaignSample(TypedDict):
    """One recipient, and what each rung would send."""

    line: int
    name: str
    rungs: list[CampaignRendered]


class CampaignRendered(TypedDict):
    """The words of one rung."""

    rung: str
    language: str
    text: str


class CampaignPreview(TypedDict):
    """Three recipients taken at random, the counts, and what each rung would cost."""

    counts: CampaignCounts
    samples: list[CampaignSample]
    costs: list[CampaignCost]


class CampaignCost(TypedDict):
    """What one rung of the ladder would cost. The first is tried with everybody, each other only with whom
    those before it did not reach: its amounts are the most they can be."""

    rung: str
    name: str
    is_first: bool
    people: int
    unit: Annotated[str | None, Meaning(about="What is counted; null: nothing is charged.")]
    units_each: Annotated[str, Meaning(about="Units of one message, as the rows looked at have it.")]
    amounts: list[Amount]
    unpriced: Annotated[int, Meaning(about="People whose message costs something nobody has named.")]
