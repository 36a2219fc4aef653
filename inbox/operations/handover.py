"""A member leaves: nobody waits in a list that nobody reads any more."""

from __future__ import annotations

from django.db.models import QuerySet

from events import audit
from inbox.models import Thread, ThreadState
from inbox.operations.authors import Author
from inbox.operations.threads import assign_thread
from inbox.operations.watching import release_watches
from tenants.models import Member
from tenants.operations.members import deactivate_member


def threads_in_hand(member: Member) -> QuerySet[Thread]:
    """The unclosed threads assigned to a member."""
    rows: QuerySet[Thread] = Thread.objects.filter(assignee=member).exclude(status=ThreadState.CLOSED)
    return rows


def release_member(*, member: Member, by: Member) -> int:
    """Deactivate a member and give their unclosed threads back to the team they are in, or to nobody; they
    watch none any more.

    Returns how many were given back. Writes what ``deactivate_member``, ``assign_thread`` and
    ``release_watches`` write; raises what the first raises.
    """
    deactivate_member(member=member, by=by)
    release_watches(member=member, by=by)
    threads = list(threads_in_hand(member).select_related("team").order_by("id"))
    for thread in threads:
        assign_thread(thread=thread, assignee=None, team=thread.team, by=Author.of(by))
    audit.note("member.left", member.id, member.name, after={"conversations given back": len(threads)})
    return len(threads)
