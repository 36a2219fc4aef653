"""Messages whose template may not be used at the moment: held with the reason, and let go when it may again.

Copies of templates are kept by adapters (``KeepsTemplates``). Without a copy nothing is known, and the
provider decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from common import queues
from common.wire import stamp
from events import bus
from inbox.channels import adapter_for
from inbox.models import Channel, Delivery, Message, Status
from inbox.models.deliveries import QUEUE, DeliveryState
from inbox.operations.errors import TemplateNotApproved
from inbox.ports import Json, KeepsTemplates

APPROVED = "APPROVED"
#: What comes and goes by itself: a message may wait for it.
PASSING = {"PAUSED", "DISABLED"}
CODE = "template_held"


def stored_template(channel: Channel, content: Mapping[str, Any]) -> Json | None:
    """The copy of the template a message names, if its channel keeps one."""
    adapter = adapter_for(channel.kind)
    if not isinstance(adapter, KeepsTemplates):
        return None
    name, language = str(content.get("name") or ""), str(content.get("language") or "")
    return adapter.template(channel.id, name=name, language=language)


def check_template(channel: Channel, content: Mapping[str, Any]) -> None:
    """May a message with this template be queued? Raises TemplateNotApproved."""
    stored = stored_template(channel, content)
    if stored is None or stored["status"] == APPROVED or stored["status"] in PASSING:
        return
    state = stored["status"].lower().replace("_", " ")
    why = f" ({stored['reason']})" if stored["reason"] else ""
    raise TemplateNotApproved(
        f"The template {stored['name']} is {state}{why}; choose one that is approved.", pointer="/template"
    )


def with_category(channel: Channel, content: dict[str, Any]) -> dict[str, Any]:
    """The content of a template message with the category it is queued under: a later one needs a person."""
    stored = stored_template(channel, content)
    return {**content, "category": stored["category"]} if stored else content


def why_held(stored: Json | None, content: Mapping[str, Any]) -> str:
    """Why a message must wait, or "": paused, disabled, in review again, or put into another category."""
    if stored is None:
        return ""
    if stored["status"] != APPROVED:
        return _state(stored)
    before, now = str(content.get("category") or ""), stored["category"]
    if before and now and before != now:
        return (
            f"The template {stored['name']} was {before.lower()} and is now {now.lower()}. "
            f"Send it again if it may go as {now.lower()}."
        )
    return ""


def _state(stored: Json) -> str:
    until = parse_datetime(stored["paused_until"]) if stored["paused_until"] else None
    state = stored["status"].lower().replace("_", " ")
    end = f" until about {until:%H:%M} UTC" if until else ""
    why = f": {stored['reason'].rstrip('.')}" if stored["reason"] else ""
    return (
        f"The template {stored['name']} is {state}{end}{why}. The message leaves when it may be used again."
    )


def held_reasons(rows: Iterable[Delivery]) -> list[tuple[Delivery, str]]:
    """Those of these deliveries whose template may not be used, each with the reason."""
    known: dict[tuple[UUID, str, str], Json | None] = {}
    found = []
    for row in rows:
        if row.message.kind != "template":
            continue
        content = row.message.content
        key = (row.channel_id, str(content.get("name")), str(content.get("language")))
        if key not in known:
            known[key] = stored_template(row.channel, content)
        if why := why_held(known[key], content):
            found.append((row, why))
    return found


def release_held(*, channel_ids: Sequence[UUID]) -> int:
    """Queue again every held message of these channels whose template may be used; returns how many.

    Writes Message, Delivery, Event `message.retried` for each.
    """
    held = Message.objects.filter(status=Status.HELD, kind="template", channel__in=list(channel_ids))
    rows = held.select_related("channel").select_for_update(of=("self",), skip_locked=True).order_by("id")
    free = [row for row in rows if not why_held(stored_template(row.channel, row.content), row.content)]
    now = timezone.now()
    for message in free:
        _release(message, now)
    return len(free)


def _release(message: Message, now: datetime) -> None:
    last = Delivery.objects.filter(message=message).order_by("-created_at").first()
    message.status, message.error = Status.QUEUED, None
    entry = {"status": "queued", "at": stamp(now), "detail": "its template may be used again"}
    message.history = [*message.history, entry]
    message.save(update_fields=["status", "error", "history"])
    Delivery.objects.create(
        message=message,
        channel_id=message.channel_id,
        order_key=message.thread_id,
        seq=last.seq if last else 1,
        **({"lane": last.lane, "on_doubt": last.on_doubt, "expires_at": last.expires_at} if last else {}),
        state=DeliveryState.READY,
        due_at=now,
        created_at=now,
    )
    queues.enqueue(QUEUE)
    tell_retried(message, now)


def tell_retried(message: Message, now: datetime, actor: Mapping[str, Any] = bus.SYSTEM) -> None:
    """Record the event `message.retried`."""
    data = {
        "message_id": message.id,
        "thread_id": message.thread_id,
        "client_ref": message.client_ref,
        "provider_id": message.external_id,
        "status": message.status,
        "at": stamp(now),
        "attempts": message.attempts,
        "error": None,
        "status_history": message.history,
    }
    bus.record("message.retried", data, actor=actor, thread_id=message.thread_id)
