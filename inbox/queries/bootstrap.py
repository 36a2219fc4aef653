"""What the inbox page starts with, read in one snapshot at one event number (reliability rule 21)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Value, prefetch_related_objects

from common.tenancy import tenant_context
from inbox import wire
from inbox.models import Attachment, Channel, Draft, Inbox, Label, Thread
from inbox.queries.counts import VIEWS, view_counts
from inbox.queries.customers import customer_with_reach
from inbox.queries.threads import ThreadFilter, keyset, thread_shapes, threads, with_mine
from inbox.queries.timeline import Window, timeline
from inbox.shapes import channel_shape, draft_shape
from tenants.models import Member, Team, Tenant
from tenants.shapes import member_shape, tenant_shape

THREADS = 40
ENTRIES = 40
DRAFTS = 200


def bootstrap(
    *, tenant: Tenant, member: Member, view: str = "mine", thread_id: UUID | None = None
) -> wire.Bootstrap:
    """The inbox page's first state. Opens the tenant's scope itself; a scope already open cannot become a
    snapshot any more. At most 15 statements, however much there is.

    A view that is none is "mine"; a thread that is not there is left out.
    """
    with tenant_context(tenant.id, snapshot=True):
        counts = view_counts(member.id)
        answer: wire.Bootstrap = {
            "head": counts["head"],
            "version": settings.BUILD,
            "me": member_shape(member),
            "tenant": tenant_shape(tenant),
            **_directory(),  # type: ignore[typeddict-item]
            "channels": [channel_shape(row) for row in Channel.objects.order_by("id")],
            "views": counts["data"],
            "team_counts": counts["teams"],
            **_threads(member, view if view in VIEWS else "mine", thread_id),
            "drafts": _drafts(member),
        }
    if settings.DEMO:
        answer["phone_url"] = "/phone/"
    return answer


def _directory() -> dict[str, list[Any]]:
    """Members, teams, labels and inboxes in one statement."""
    columns = ("word", "id", "name", "colour", "email", "role", "is_active")
    no_person = {"email": Value(""), "role": Value(""), "is_active": Value(True)}
    members = Member.objects.annotate(word=Value("members"), colour=Value(0)).values_list(*columns)
    teams = Team.objects.annotate(word=Value("teams"), **no_person).values_list(*columns)
    labels = Label.objects.annotate(word=Value("labels"), **no_person).values_list(*columns)
    inboxes = Inbox.objects.annotate(word=Value("inboxes"), colour=Value(0), **no_person).values_list(
        *columns
    )
    found: dict[str, list[Any]] = {"members": [], "teams": [], "labels": [], "inboxes": []}
    for word, *row in members.union(teams, labels, inboxes, all=True).order_by("word", "name", "id"):
        found[word].append(_SHAPES[word](*row))
    return found


def _member(key: UUID, name: str, _colour: int, email: str, role: str, is_active: bool) -> Any:
    return member_shape(Member(id=key, name=name, email=email, role=role, is_active=is_active))


_SHAPES: dict[str, Callable[..., Any]] = {
    "members": _member,
    "teams": lambda key, name, colour, *_: {"id": str(key), "name": name, "colour": colour},
    "labels": lambda key, name, colour, *_: {"name": name, "colour": colour},
    "inboxes": lambda key, name, *_: {"id": str(key), "name": name},
}


def _threads(member: Member, view: str, thread_id: UUID | None) -> dict[str, Any]:
    """The first page of the list and the open thread; the addresses of both in one statement."""
    wanted = ThreadFilter(me=member.id, view=view)
    page = keyset(wanted).page(threads(wanted), limit=THREADS)
    opened: Thread | None = None
    if thread_id:
        opened = with_mine(Thread.objects.filter(id=thread_id), member.id).first()
        while opened and opened.joined_to_id:
            opened = with_mine(Thread.objects.filter(id=opened.joined_to_id), member.id).first()
    prefetch_related_objects([*page.rows, *([opened] if opened else [])], "customer__addresses")
    answer: dict[str, Any] = {"threads": page.shape(thread_shapes(page.rows, member.id))}
    if opened:
        answer["thread"] = {
            "thread": thread_shapes([opened], member.id)[0],
            "customer": customer_with_reach(opened.customer),
            "timeline": timeline(opened, Window(ENTRIES)),
        }
    return answer


def _drafts(member: Member) -> list[wire.Draft]:
    rows = list(Draft.objects.filter(member=member).order_by("-updated_at", "id")[:DRAFTS])
    files = _files(rows)
    return [draft_shape(row, [files[key] for key in row.attachment_ids if key in files]) for row in rows]


def _files(drafts: Sequence[Draft]) -> dict[UUID, Attachment]:
    keys = [key for draft in drafts for key in draft.attachment_ids]
    return Attachment.objects.in_bulk(keys) if keys else {}
