"""Reads: endpoints, pages of deliveries, counts for pages."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import orjson
from django.db.models import QuerySet

from common.api.pages import BY_ID, Page
from events.models import Event
from tenants.models import Tenant
from webhooks.envelopes import envelope_of
from webhooks.models import Delivery, Endpoint, State


def endpoints() -> QuerySet[Endpoint]:
    """Every endpoint of the open scope's tenant, the oldest first."""
    return Endpoint.objects.filter(removed_at=None).order_by("id")


def endpoint_of(key: UUID) -> Endpoint:
    """Raises Endpoint.DoesNotExist."""
    found: Endpoint = endpoints().get(id=key)
    return found


def delivery_page(
    endpoint: Endpoint, *, limit: int, after: str | None = None, state: str = "", kind: str = ""
) -> Page[Delivery]:
    """Deliveries to one endpoint, the newest first. kind: a type of events, or the beginning of some
    (`message.*`)."""
    rows = Delivery.objects.filter(endpoint=endpoint)
    if state:
        rows = rows.filter(state=state)
    if kind.endswith("*"):
        rows = rows.filter(type__startswith=kind.rstrip("*"))
    elif kind:
        rows = rows.filter(type=kind)
    return BY_ID.page(rows, limit=limit, after=after)


@dataclass(frozen=True, slots=True)
class Counts:
    """How many deliveries there are; more than COUNT_MOST of a state are not counted."""

    waiting: int
    failed: int


COUNT_MOST = 1_000


def counts(endpoint: Endpoint) -> Counts:
    """By the index, and never more than COUNT_MOST of each."""
    return Counts(*(_count(endpoint, state) for state in (State.WAITING, State.FAILED)))


def _count(endpoint: Endpoint, state: State) -> int:
    return Delivery.objects.filter(endpoint=endpoint, state=state)[:COUNT_MOST].count()


def body_in_words(row: Delivery, endpoint: Endpoint, tenant: Tenant) -> str:
    """What was sent or is to be, for people: the envelope over many lines; "" when the event is gone."""
    event = Event.objects.filter(id=row.event_id, audience=None).first()
    if event is None:
        return ""
    envelope = envelope_of(event, tenant, endpoint)
    return orjson.dumps(envelope, option=orjson.OPT_INDENT_2).decode()
