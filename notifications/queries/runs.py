"""Notifications for lists, one for its page, and the preview of a request."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from common.api.pages import BY_ID, Page
from common.ids import uuid7_from
from common.wire import ident
from customers.models import Customer
from inbox.models import Message
from inbox.queries.messages import message_shapes
from notifications import wire
from notifications.contents import render
from notifications.decisions import Ask, Verdict
from notifications.given import given_values
from notifications.masking import masked_message, secrets_of
from notifications.models import Answer, Notification, NotificationType, Step
from notifications.shapes import notification_shape
from notifications.variables import Json, written

#: More than the clocks of two machines differ.
CLOCKS_S = 3_600


def notification_page(
    *,
    limit: int,
    after: str | None = None,
    type: str = "",  # noqa: A002 - the parameter's name on the wire
    customer: UUID | None = None,
    state: str = "",
    channel: UUID | None = None,
    dedupe_key: str = "",
    request_id: str = "",
    test: bool | None = None,
    people: Sequence[UUID] | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Page[Notification]:
    """Notifications, the newest first; filters combine. channel: one that any of its steps went by; people:
    one of these customers; since, until: asked for at or after, and before."""
    which = _between(since, until)
    exact: dict[str, Any] = {
        "customer_id": customer,
        "state": state,
        "dedupe_key": dedupe_key,
        "request_id": request_id,
    }
    if type:  # as a scalar, so that the index of the type gives the order too
        which &= Q(type_id=NotificationType.objects.filter(key=type).values("id")[:1])
    for name, value in exact.items():
        if value:
            which &= Q(**{name: value})
    if test is not None:
        which &= Q(is_test=test)
    if people is not None:
        which &= Q(customer__in=people)
    if channel:
        which &= Q(id__in=Step.objects.filter(channel_id=channel).values("notification"))
    rows = Notification.objects.filter(which).select_related("type", "version", "customer")
    return BY_ID.page(rows, limit=limit, after=after)


def _between(since: datetime | None, until: datetime | None) -> Q:
    """By the time it was asked for. Ids bound what is read of the list: they rise with time, by a clock that
    may be a little off the database's."""
    which = Q()
    if since:
        which &= Q(created_at__gte=since, id__gte=uuid7_from(since, later_s=-CLOCKS_S))
    if until:
        which &= Q(created_at__lt=until, id__lt=uuid7_from(until, later_s=CLOCKS_S))
    return which


def notification_shapes(rows: Sequence[Notification], *, personal: bool = False) -> list[wire.Notification]:
    """Notifications as JSON with their steps and answers: two statements, however many there are."""
    steps: dict[UUID, list[Step]] = defaultdict(list)
    answers: dict[UUID, list[Answer]] = defaultdict(list)
    if rows:
        for step in Step.objects.filter(notification__in=rows).select_related("channel").order_by("place"):
            steps[step.notification_id].append(step)
        for answer in Answer.objects.filter(notification__in=rows).order_by("at", "id"):
            answers[answer.notification_id].append(answer)
    return [
        notification_shape(row, steps=steps[row.id], answers=answers[row.id], personal=personal)
        for row in rows
    ]


def find_notification(notification_id: UUID) -> Notification:
    """One notification, for ``notification_shapes``. Raises Notification.DoesNotExist."""
    found: Notification = Notification.objects.select_related("type", "version", "customer").get(
        id=notification_id
    )
    return found


def messages_of(row: Notification, *, personal: bool = False) -> list[Any]:
    """The messages of its steps as JSON, in the order of the ladder; personal: as they were sent."""
    ids = Step.objects.filter(notification=row, message__isnull=False).values("message_id")
    found = message_shapes(list(Message.objects.filter(id__in=ids).order_by("at", "id")))
    if personal:
        return list(found)
    languages = {language for texts in row.version.contents.values() for language in texts}
    secrets = secrets_of(row.version.variables, row.data, languages | {row.language})
    return [masked_message(one, secrets) for one in found]


def preview(ask: Ask, who: Customer, verdict: Verdict) -> list[wire.RenderedRung]:
    """What each rung of a request would send."""
    return [
        _rendered(ask, who, rung, way_no, verdict)
        for way_no, rung in enumerate(ask.version.ladder)
        if verdict.ways
    ]


def _rendered(ask: Ask, who: Customer, rung: Json, place: int, verdict: Verdict) -> wire.RenderedRung:
    way = verdict.ways[place]
    shown: wire.RenderedRung = {
        "rung": rung["channel"],
        "channel_id": ident(way.channel.id) if way.channel else None,
        "channel": way.channel.name if way.channel else None,
        "language": way.language,
        "obstacle": way.obstacle,
        "must_reach": rung["reach"],
        "patience_s": rung["patience_s"],
        "kind": "",
        "text": "",
        "content": {},
    }
    if way.content is not None:
        given = given_values(who.tenant_id, who.id)
        values = given | written(ask.version.variables, ask.data, way.language)
        words = render(
            way.content,
            values=values,
            data=ask.data,
            language=way.language,
            actions=ask.version.actions,
            ref="preview",
        )
        shown["kind"] = "template" if words.template is not None else words.kind or "text"
        shown["text"], shown["content"] = words.text, words.template or words.content
    return shown
