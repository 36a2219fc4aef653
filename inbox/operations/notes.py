"""Internal remarks of agents."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Q, prefetch_related_objects
from django.utils import timezone
from django.utils.translation import gettext as _

from events import bus
from inbox.models import Note, Thread
from inbox.operations.authors import Author
from inbox.operations.errors import NothingToSend, TextTooLong
from inbox.operations.one_thread import lock_thread
from inbox.shapes import note_shape, thread_shape
from tenants.models import Member, TeamMember

TEXT_MAX = 10_000
#: How much of a note an alert shows.
EXCERPT = 200


def add_note(
    *,
    thread: Thread,
    by: Member,
    text: str,
    client_ref: str,
    mentions: Sequence[UUID] = (),
    teams: Sequence[UUID] = (),
) -> Note:
    """Write a note; the same client_ref again returns the note already written.

    Mentions of people who are no members are dropped; a team mentions whoever is in it now. Writes Note,
    Thread.mentions, Event `note.added`, and for each one mentioned but the writer an Event
    `member.mentioned` that only they see.
    Raises NothingToSend, TextTooLong.
    """
    if not text.strip():
        raise NothingToSend(_("The note is empty."), pointer="/text")
    if len(text) > TEXT_MAX:
        raise TextTooLong(
            _("%(chars)d characters; a note has at most %(most)d.") % {"chars": len(text), "most": TEXT_MAX},
            pointer="/text",
        )
    thread = lock_thread(thread.id, "customer", "channel")
    again = Note.objects.filter(thread=thread, client_ref=client_ref).select_related("author").first()
    if again:
        return again
    known = _mentioned(mentions, teams)
    note = Note.objects.create(
        thread=thread, author=by, text=text, mentions=known, client_ref=client_ref, created_at=timezone.now()
    )
    thread.mentions = list(dict.fromkeys([*thread.mentions, *known]))
    thread.version += 1
    thread.save(update_fields=["mentions", "version", "updated_at"])
    prefetch_related_objects([thread], "customer__addresses")
    bus.record(
        "note.added",
        {"note": note_shape(note), "thread": thread_shape(thread)},
        actor=Author.of(by).actor,
        thread_id=thread.id,
        customer_id=thread.customer_id,
    )
    data = {"thread_id": thread.id, "note_id": note.id, "text": text[:EXCERPT]}
    for member_id in known:
        if member_id != by.id:
            bus.record(
                "member.mentioned", data, actor=Author.of(by).actor, audience=member_id, thread_id=thread.id
            )
    return note


def _mentioned(members: Sequence[UUID], teams: Sequence[UUID]) -> list[UUID]:
    """Active members among these and in these teams."""
    of_teams = TeamMember.objects.filter(team_id__in=list(teams)).values("member_id")
    wanted = Q(id__in=list(members)) | Q(id__in=of_teams)
    return list(Member.objects.filter(wanted, is_active=True).order_by("id").values_list("id", flat=True))
