"""Campaigns as pages, the API and files of rows show them: counts, funnel, rows, previews."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Count, QuerySet, Value
from django.db.models.functions import Coalesce, NullIf

from common.api.pages import BY_ID, Keyset, Page
from common.spreadsheets import csv_line
from common.wire import stamp
from notifications.campaigns.columns import DATA
from notifications.contents import contents_for, pick_language
from notifications.masking import HIDDEN, masked_data
from notifications.models import (
    Campaign,
    CampaignRow,
    NotificationState,
    Outlook,
    RowState,
)
from notifications.queries.previews import Preview, preview_of
from notifications.queries.segments import people_in
from notifications.queries.types import channels_of
from notifications.variables import written

BY_LINE = Keyset("line", ("line",), (int,), is_falling=False)
SAMPLES = 3
_CSV_PAGE = 1_000
_AT_LEAST = {
    "sent": ("sent", "delivered", "read", "answered"),
    "delivered": ("delivered", "read", "answered"),
    "read": ("read", "answered"),
    "answered": ("answered",),
}
#: What a notification's state counts as, where it is not the same word.
_HELD = ("held", "scheduled", "batched")
_SKIPPED = ("skipped", "throttled")
STAGES = (
    "recipients", "waiting", "accepted", "held", "sent", "delivered", "read", "answered", "failed", "skipped",
    "expired", "cancelled",
)  # fmt: skip
#: The states a row can be looked for by: its own, and those of its notification.
ROW_STATES = (
    *(state for state in RowState.values if state != RowState.ACCEPTED),
    *(state for state in NotificationState.values if state not in {"simulated", "expired"}),
)


@dataclass(frozen=True, slots=True)
class Counts:
    """What a check found. good: will be asked for; goes: of these, who would get it now."""

    rows: int = 0
    good: int = 0
    bad: int = 0
    duplicates: int = 0
    goes: int = 0
    no_consent: int = 0
    no_address: int = 0
    skipped: int = 0
    unchecked: int = 0


def campaigns() -> QuerySet[Campaign]:
    """Every campaign of the tenant, with what its shape needs."""
    return Campaign.objects.select_related("type", "version")


def campaign_page(*, limit: int, after: str | None = None, state: str = "") -> Page[Campaign]:
    """Campaigns, the newest first."""
    rows = campaigns()
    return BY_ID.page(rows.filter(state=state) if state else rows, limit=limit, after=after)


def counts_of(campaign: Campaign) -> Counts:
    """The counts of a check: one statement."""
    rows = (
        CampaignRow.objects.filter(campaign=campaign).values_list("state", "outlook").annotate(n=Count("id"))
    )
    found: dict[str, int] = {}
    for state, outlook, n in rows.order_by():
        names = ["rows"]
        if state in {RowState.BAD, RowState.DUPLICATE, RowState.NEW}:
            names.append({"bad": "bad", "duplicate": "duplicates", "new": "unchecked"}[state])
        else:
            names += ["good", outlook or Outlook.SKIPPED]
        for name in names:
            found[name] = found.get(name, 0) + n
    return Counts(**found)


def funnels_of(ids: Sequence[UUID]) -> dict[UUID, dict[str, int]]:
    """{campaign: {stage: how many}} of several campaigns: one statement."""
    found = {key: dict.fromkeys(STAGES, 0) for key in ids}
    rows = CampaignRow.objects.filter(campaign__in=ids).exclude(state__in=("bad", "duplicate", "new"))
    grouped = rows.values_list("campaign", "state", "notification__state").annotate(n=Count("id"))
    for campaign, own, state, n in grouped.order_by():
        for stage in _stages(own, state):
            found[campaign][stage] += n
    return found


def _stages(own: str, state: str | None) -> Iterator[str]:
    """Every stage that one row counts in."""
    yield "recipients"
    if state is None:
        yield "cancelled" if own == RowState.STOPPED else own if own in STAGES else "waiting"
        return
    yield "accepted"
    if state in _HELD:
        yield "held"
    elif state in _SKIPPED:
        yield "skipped"
    elif state in _AT_LEAST:
        yield from (stage for stage, states in _AT_LEAST.items() if state in states)
    elif state in STAGES:
        yield state


def funnel_of(campaign: Campaign) -> dict[str, int]:
    """{stage: how many} of one campaign."""
    return funnels_of([campaign.id])[campaign.id]


# ---------------------------------------------------------------- rows


def row_page(
    campaign: Campaign, *, limit: int, after: str | None = None, state: str = ""
) -> Page[CampaignRow]:
    """The rows in the order of their lines. state: one of ROW_STATES."""
    rows = CampaignRow.objects.filter(campaign=campaign).select_related("customer", "notification")
    return BY_LINE.page(_in_state(rows, state), limit=limit, after=after)


def _in_state(rows: QuerySet[CampaignRow], state: str) -> QuerySet[CampaignRow]:
    if not state:
        return rows
    if state in {RowState.BAD, RowState.DUPLICATE, RowState.WAITING, RowState.STOPPED}:
        return rows.filter(state=state)
    return rows.annotate(shown=Coalesce("notification__state", "state")).filter(shown=state)


def state_of(row: CampaignRow) -> str:
    """The one word for a row: its notification's, once there is one."""
    return row.notification.state if row.notification else row.state


def reason_of(row: CampaignRow) -> str:
    """Why it is so, in one line."""
    if row.notification:
        return row.notification.reason
    said = "; ".join(
        f"{one['column']}: {one['reason']}" if one["column"] else one["reason"] for one in row.errors
    )
    return said or row.note


def name_of(row: CampaignRow) -> str:
    """Who it is, by the best that is known."""
    names = (row.to.get(name) for name in ("name", "phone", "external_id"))
    return (row.customer.name if row.customer else "") or next((str(one) for one in names if one), "—")


def rows_csv(campaign: Campaign, state: str = "", *, personal: bool = False) -> Iterator[str]:
    """The rows as CSV: as they came, then what became of them and why. personal: with every cell; else with
    those that are known to hold no personal value."""
    open_places = None if personal else _open_places(campaign)
    yield csv_line(
        ("line", *_columns(campaign), "state", "reason", "customer_id", "notification_id", "updated_at")
    )
    after = None
    while True:
        page = row_page(campaign, limit=_CSV_PAGE, after=after, state=state)
        for row in page.rows:
            run = row.notification
            ends = (state_of(row), reason_of(row), row.customer_id, row.notification_id)
            cells = [
                cell if open_places is None or place in open_places or not cell else HIDDEN
                for place, cell in enumerate(_cells(campaign, row))
            ]
            yield csv_line((row.line, *cells, *ends, stamp(run.updated_at) if run else None))
        after = page.next
        if after is None:
            return


def _open_places(campaign: Campaign) -> set[int]:
    """Columns about the person's address and language, and of variables that nobody called personal; what
    nobody said the meaning of may be anything."""
    if not campaign.header:
        return {0, 1}
    secret = {f"{DATA}{one['name']}" for one in campaign.version.variables if one.get("personal")}
    return {place for name, place in campaign.columns.items() if name not in secret} - {
        place for name, place in campaign.columns.items() if name in secret
    }


def _columns(campaign: Campaign) -> list[str]:
    return list(campaign.header) or ["name", "phone"]


def _cells(campaign: Campaign, row: CampaignRow) -> list[str]:
    if campaign.header and isinstance(row.cells, list):
        return [*row.cells[: len(campaign.header)]]
    to = row.to
    name = to.get("name") or (row.customer.name if row.customer else "")
    return [name, to.get("phone", "")]


# ---------------------------------------------------------------- previews


@dataclass(frozen=True, slots=True)
class Sample:
    """One recipient and what each rung would show them."""

    row: CampaignRow
    name: str
    previews: list[Preview] = field(default_factory=list)


def samples_of(campaign: Campaign, *, personal: bool = False) -> list[Sample]:
    """Three good rows, others each time, as each channel of the ladder would show them. personal: with the
    values that the type calls so."""
    rows = CampaignRow.objects.filter(campaign=campaign, state=RowState.WAITING).select_related("customer")
    goes = rows.filter(outlook=Outlook.GOES)
    found = (goes if goes.exists() else rows).order_by("?")[:SAMPLES]
    return [_sample(campaign, row, personal) for row in found]


def _sample(campaign: Campaign, row: CampaignRow, personal: bool) -> Sample:
    version, who = campaign.version, row.customer
    wanted = row.language or (who.language if who else "") or version.fallback_language
    previews = []
    for rung in version.ladder:
        channel = channels_of(rung["channel"]).first()
        by_language = contents_for(version.contents, rung["channel"], channel.kind if channel else "")
        language = pick_language(by_language, wanted, version.fallback_language)
        if language is None:
            continue
        values = written(version.variables, row.data, language)
        values = values if personal else masked_data(version.variables, values)
        previews.append(preview_of(rung["channel"], by_language[language], language, values, version.actions))
    return Sample(row, name_of(row), previews)


def borrowed_languages(campaign: Campaign) -> list[tuple[str, str, int]]:
    """(a language, the one whose words its people get instead, how many they are), by the first rung and the
    most first: the type has nothing in theirs. One statement."""
    version = campaign.version
    rung = version.ladder[0]["channel"] if version.ladder else ""
    channel = channels_of(rung).first()
    texts = contents_for(version.contents, rung, channel.kind if channel else "")
    rows = CampaignRow.objects.filter(campaign=campaign, state=RowState.WAITING, outlook=Outlook.GOES)
    own = Coalesce(NullIf("language", Value("")), "customer__language", Value(""))
    found = []
    for wanted, n in rows.annotate(own=own).values_list("own").annotate(n=Count("id")).order_by("-n", "own"):
        uses = pick_language(texts, wanted, version.fallback_language) or ""
        if wanted and uses and uses.partition("-")[0] != wanted.replace("_", "-").partition("-")[0]:
            found.append((wanted, uses, n))
    return found


def people_count(segment: Mapping[str, Any]) -> int:
    """How many customers a segment means now."""
    return people_in(segment).count()
