"""One notification as a story: accepted, decided, each attempt with what became of it, answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from events.models import Event
from notifications.models import Answer, Cost, Notification, Step
from notifications.queries.costs import CostLine, costs_of, sum_of
from notifications.queries.lists import kind_label
from notifications.queries.log import names_of
from notifications.queries.runs import messages_of
from notifications.variables import Json

#: Statuses of a message that stand beside its picture.
MARKS = ("queued", "sending", "sent", "delivered", "read", "failed", "uncertain", "held", "cancelled")


@dataclass(frozen=True, slots=True)
class Attempt:
    """One step that was tried. message: its JSON, None when none was made; cost: None while it costs
    nothing."""

    step: Step
    kind: str
    label: str
    message: Json | None
    marks: list[tuple[str, datetime | None]]
    buttons: list[str]
    raw: Json
    cost: Cost | None


@dataclass(frozen=True, slots=True)
class Chapter:
    """One point of the timeline. kind: accepted, checked, attempt, answer, state."""

    at: datetime | None
    kind: str
    title: str = ""
    detail: str = ""
    attempt: Attempt | None = None
    checks: list[Json] = field(default_factory=list)
    state: str = ""


@dataclass(frozen=True, slots=True)
class Story:
    """Everything the page of one notification shows."""

    run: Notification
    person: str
    chapters: list[Chapter]
    attempts: list[Attempt]
    waiting: list[Step]
    thread_id: str | None
    is_live: bool
    events: int
    hides: bool
    may_acknowledge: bool
    total: CostLine


def story_of(run: Notification, *, personal: bool = False) -> Story:
    """The story, its personal values hidden unless asked for: eight statements at most, however long it
    is."""
    rows = Step.objects.filter(notification=run).select_related("channel").order_by("place")
    steps = list(rows)
    messages = {}
    if any(step.message_id for step in steps):
        messages = {one["id"]: one for one in messages_of(run, personal=personal)}
    answers = list(Answer.objects.filter(notification=run).order_by("at", "id"))
    costs = costs_of(run) if messages else {}
    attempts = [
        _attempt(step, messages, costs) for step in steps if step.state not in ("waiting", "unneeded")
    ]
    threads = [one["thread_id"] for one in messages.values()]
    return Story(
        run,
        names_of([run.customer])[run.customer_id],
        _chapters(run, attempts, answers),
        attempts,
        [step for step in steps if step.state in ("waiting", "unneeded")],
        threads[0] if threads else None,
        not personal and (run.due_at is not None or _still_moves(messages) or _may_be_answered(run)),
        Event.objects.filter(customer_id=run.customer_id, type__startswith="notification.").count(),
        not personal and any(one.get("personal") for one in run.version.variables),
        run.due_at is not None or run.state in ("sent", "delivered", "read"),
        sum_of(costs.values()),
    )


def _still_moves(messages: Mapping[str, Json]) -> bool:
    """May a report still come soon?"""
    return any(one["status"] in {"queued", "sending", "sent"} for one in messages.values())


def _may_be_answered(run: Notification) -> bool:
    """May the person still answer, with one of the type's actions?"""
    has_arrived = run.state in ("sent", "delivered", "read")
    return has_arrived and bool(run.version.actions) and run.expires_at > timezone.now()


def _attempt(step: Step, messages: Mapping[str, Json], costs: Mapping[UUID, Cost]) -> Attempt:
    message = messages.get(str(step.message_id)) if step.message_id else None
    kind = step.channel.kind if step.channel else step.rung
    label = kind_label(kind)
    content = (message or {}).get("content") or {}
    return Attempt(
        step,
        kind,
        label,
        message,
        _marks(message),
        [str(one.get("title", "")) for one in content.get("choices", ())],
        _raw(message),
        costs.get(step.message_id) if step.message_id else None,
    )


def _marks(message: Json | None) -> list[tuple[str, datetime | None]]:
    history = (message or {}).get("status_history") or []
    found: dict[str, datetime | None] = {}
    for one in history:  # we and the provider may both have said that it is sent: the first counts
        if one["status"] in MARKS:
            found.setdefault(str(one["status"]), parse_datetime(str(one["at"])))
    return list(found.items())


def _raw(message: Json | None) -> Json:
    """What the provider told us, as it stands in the message."""
    if message is None:
        return {}
    names = ("provider_id", "status", "error", "attempts", "status_history")
    return {name: message.get(name) for name in names if message.get(name) not in (None, [], {})}


def _chapters(run: Notification, attempts: list[Attempt], answers: list[Answer]) -> list[Chapter]:
    titles = {one["key"]: one["title"] for one in run.version.actions}
    found = [
        Chapter(run.created_at, "accepted", run.author_name),
        Chapter(run.created_at, "checked", checks=run.decision),
    ]
    later = [Chapter(one.step.started_at or one.step.ended_at, "attempt", attempt=one) for one in attempts]
    later += [Chapter(one.at, "answer", titles.get(one.action, one.action)) for one in answers]
    for line in run.history[1:]:
        is_noted = line["state"] == "answered" and run.acknowledged_by and not answers
        if line["state"] in ("expired", "failed", "cancelled", "skipped") or is_noted:
            later.append(
                Chapter(
                    parse_datetime(line["at"]), "state", detail=line.get("detail", ""), state=line["state"]
                )
            )
    return found + sorted(later, key=lambda one: one.at or run.updated_at)
