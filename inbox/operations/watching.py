"""Members who hear of a thread without working on it."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db.models import F, Func, QuerySet, UUIDField, Value, prefetch_related_objects
from django.utils import timezone

from common.wire import ident
from events import bus
from inbox.models import Thread
from inbox.operations.authors import Author
from inbox.shapes import thread_shape
from tenants.models import Member

IDS = ArrayField(UUIDField())


def watch_thread(*, thread: Thread, member: Member) -> Thread:
    """Let a member hear of whatever happens in a thread. Writes Thread, Event `watch.started`.

    Doing it again changes nothing.
    """
    thread = _locked(thread)
    if member.id in thread.watchers:
        return thread
    return _save(thread, [*thread.watchers, member.id], "watch.started", member)


def unwatch_thread(*, thread: Thread, member: Member) -> Thread:
    """The reverse. Writes Thread, Event `watch.ended`. Doing it again changes nothing."""
    thread = _locked(thread)
    if member.id not in thread.watchers:
        return thread
    return _save(thread, [key for key in thread.watchers if key != member.id], "watch.ended", member)


def release_watches(*, member: Member, by: Member) -> None:
    """A member who has left watches nothing any more. Writes Thread, Event `watch.ended`."""
    rows = watched_by(member.id).select_for_update(of=("self",)).order_by("id")
    threads = list(rows.select_related("customer", "channel").prefetch_related("customer__addresses"))
    without = Func(F("watchers"), Value(member.id), function="array_remove", output_field=IDS)
    Thread.objects.filter(id__in=[thread.id for thread in threads]).update(
        watchers=without, version=F("version") + 1, updated_at=timezone.now()
    )
    for thread in threads:
        thread.watchers = [key for key in thread.watchers if key != member.id]
        thread.version += 1
    bus.record_all([_fact("watch.ended", thread, member, by) for thread in threads])


def watched_by(member_id: UUID) -> QuerySet[Thread]:
    """The threads a member watches. Says again that somebody does: that is what the index holds."""
    rows: QuerySet[Thread] = Thread.objects.filter(watchers__contains=[member_id]).exclude(watchers=[])
    return rows


def still_members(ids: Sequence[UUID | str]) -> list[UUID]:
    """Those of these members who work here now."""
    keys = [UUID(str(key)) for key in ids]
    here = set(Member.objects.filter(id__in=keys, is_active=True).values_list("id", flat=True))
    return [key for key in keys if key in here]


def _locked(thread: Thread) -> Thread:
    rows = Thread.objects.select_for_update(of=("self",)).select_related("customer", "channel")
    return rows.get(id=thread.id)


def _save(thread: Thread, watchers: list[UUID], event: str, member: Member) -> Thread:
    thread.watchers = watchers
    thread.version += 1
    thread.save(update_fields=["watchers", "version", "updated_at"])
    prefetch_related_objects([thread], "customer__addresses")
    bus.record_all([_fact(event, thread, member, member)])
    return thread


def _fact(event: str, thread: Thread, member: Member, by: Member) -> bus.Fact:
    return bus.Fact(
        event,
        {"thread": thread_shape(thread), "member": {"id": ident(member.id), "name": member.name}},
        actor=Author.of(by).actor,
        thread_id=thread.id,
        customer_id=thread.customer_id,
    )
