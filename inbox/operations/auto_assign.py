"""Give conversations that nobody has to members who are online and have room, in inboxes that ask for it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import prefetch_related_objects
from django.utils import timezone

from common import queues
from common.sql import update_from_values
from common.tenancy import require_tenant, tenant_context
from common.wire import ident
from events import bus
from inbox.models import Inbox, Thread, ThreadState
from inbox.queries.availability import open_counts
from inbox.shapes import thread_shape
from tenants.models import Availability, TeamMember, Way

#: Where tenants stand that may have a conversation to give and somebody to take it.
QUEUE = "auto_assign"
AT_ONCE = 200


def ask_for_assignment() -> None:
    """A conversation waits, or somebody has room. Costs one look where nothing is given by itself."""
    if Inbox.objects.filter(auto_assign=True).exists():
        queues.enqueue(QUEUE)


def assign_all() -> int:
    """Give away what waits, tenant by tenant; returns how many conversations."""
    given = 0
    while claim := queues.claim_tenant(QUEUE):
        with tenant_context(claim.tenant_id):
            count = assign_waiting(now=timezone.now())
        given += count
        queues.settle(claim, timezone.now() if count == AT_ONCE else None)
    return given


def assign_waiting(*, now: datetime) -> int:
    """Give the conversations that waited longest to whoever has the fewest, and among those to who got one
    longest ago. Returns how many were given.

    The members' rows are locked, then the threads nobody else works on, so two runs never count the same room
    twice. Writes Thread, Availability, Event `thread.assigned`; a handful of statements.
    """
    desks = _desks()
    if not desks:
        return 0
    waiting = _waiting()
    teams = _teams({row.team_id for row in waiting if row.team_id})
    given: list[tuple[Thread, _Desk]] = []
    for thread in waiting:
        fit = [one for one in desks if one.room > 0 and _may_take(one, thread, teams)]
        if fit:
            desk = min(
                fit, key=lambda one: (one.load, one.given_at or datetime.min.replace(tzinfo=now.tzinfo))
            )
            desk.load, desk.given_at = desk.load + 1, now
            given.append((thread, desk))
    _save(given, now)
    return len(given)


class _Desk:
    """Somebody who takes work, and how much they have."""

    def __init__(self, row: Availability, load: int) -> None:
        self.row, self.load, self.given_at = row, load, row.given_at

    @property
    def room(self) -> int:
        return self.row.capacity - self.load


def _desks() -> list[_Desk]:
    rows = Availability.objects.filter(chosen=Way.ONLINE, is_idle=False, member__is_active=True)
    online = list(rows.select_for_update(of=("self",)).select_related("member").order_by("member_id"))
    loads = open_counts([row.member_id for row in online])
    return [_Desk(row, loads.get(row.member_id, 0)) for row in online]


def _waiting() -> list[Thread]:
    rows = Thread.objects.filter(inbox__auto_assign=True, assignee=None, status=ThreadState.OPEN)
    rows = rows.select_for_update(of=("self",), skip_locked=True).select_related(
        "customer", "channel", "team"
    )
    return list(rows.order_by("waiting_since", "id")[:AT_ONCE])


def _teams(ids: set[UUID]) -> set[tuple[UUID, UUID]]:
    rows = TeamMember.objects.filter(team__in=ids) if ids else TeamMember.objects.none()
    return set(rows.values_list("team_id", "member_id"))


def _may_take(desk: _Desk, thread: Thread, teams: set[tuple[UUID, UUID]]) -> bool:
    return thread.team_id is None or (thread.team_id, desk.row.member_id) in teams


def _save(given: Sequence[tuple[Thread, _Desk]], now: datetime) -> None:
    tenant = require_tenant()
    values = [(tenant, thread.id, desk.row.member_id) for thread, desk in given]
    update_from_values(_GIVE, values, template="(%s::uuid, %s::uuid, %s::uuid)")
    members = {desk.row.member_id for _, desk in given}
    Availability.objects.filter(member__in=members).update(given_at=now)
    prefetch_related_objects([thread for thread, _ in given], "customer__addresses")
    for thread, desk in given:
        thread.assignee, thread.version = desk.row.member, thread.version + 1
        team = {"id": ident(thread.team.id), "name": thread.team.name} if thread.team else None
        to = {"assignee": {"id": ident(desk.row.member_id), "name": desk.row.member.name}, "team": team}
        data = {"thread": thread_shape(thread), "from": {"assignee": None, "team": team}, "to": to}
        bus.record("thread.assigned", data, thread_id=thread.id, customer_id=thread.customer_id)


_GIVE = """
UPDATE inbox_thread t SET assignee_id = v.member_id, version = t.version + 1, updated_at = now()
FROM (VALUES %s) AS v (tenant_id, id, member_id)
WHERE t.tenant_id = v.tenant_id AND t.id = v.id AND t.id = ANY (:these) AND t.assignee_id IS NULL
"""
