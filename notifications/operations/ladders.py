"""One notification's ladder: what its steps go through. In memory; ``save_ladders`` writes many at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from common.sql import as_json, update_from_values
from common.tenancy import require_tenant
from customers.models import Customer
from inbox.operations.authors import SYSTEM
from inbox.operations.halts import request_halts
from inbox.operations.recall import recall_messages
from notifications.decisions import history_entry
from notifications.models import (
    Notification,
    NotificationState,
    NotificationType,
    Step,
    StepState,
    TypeVersion,
)
from notifications.operations.notify import tell

#: How far a status is; what a rung must reach is measured by the same scale.
RANK = {"": 0, "queued": 0, "accepted": 1, "sent": 1, "delivered": 2, "read": 3, "answered": 4}
_ARRIVED = RANK["delivered"]
_ENDED = {NotificationState.ANSWERED, NotificationState.CANCELLED, NotificationState.EXPIRED}


@dataclass(slots=True)
class Ladder:
    """A locked notification with its steps, in order. Methods change rows in memory and note events."""

    run: Notification
    steps: list[Step]
    now: datetime
    to_recall: set[UUID] = field(default_factory=set)
    to_halt: dict[UUID, datetime] = field(default_factory=dict)
    states: list[str] = field(default_factory=list)

    @property
    def current(self) -> Step | None:
        """The step whose patience runs."""
        return next((step for step in self.steps if step.state == StepState.TRYING), None)

    @property
    def is_last_unsent(self) -> bool:
        """Is a message of the last rung still with us, because its provider is away or its template waits?"""
        return self.current is not None and not self.current.status and not self.waiting

    @property
    def waiting(self) -> list[Step]:
        """Steps not tried yet."""
        return [step for step in self.steps if step.state == StepState.WAITING]

    @property
    def best(self) -> int:
        """How far any of its messages got."""
        return max((RANK.get(step.status, 0) for step in self.steps), default=0)

    def come_to(self, state: str, reason: str = "") -> None:
        """The notification's own state, with a line of history and an event; the same again says nothing."""
        if self.run.state == state and self.run.reason == reason[:300]:
            return
        self.run.state, self.run.reason = state, reason[:300]
        self.run.history = [*self.run.history, history_entry(state, self.now, reason)]
        self.states.append(state)

    def look_again(self, at: datetime | None) -> None:
        """When the engine has to come back; None for never."""
        self.run.due_at, self.run.armed_at = at, self.now if at else None

    # ------------------------------------------------------------ steps

    def begin(self, step: Step, channel_id: UUID, message_id: UUID, *, can_halt: bool = False) -> None:
        """A step's message is queued; its patience runs from now. can_halt: its channel can be told to stop
        it, which is to happen when it is void."""
        step.state, step.channel_id, step.message_id = StepState.TRYING, channel_id, message_id
        step.started_at, step.due_at = self.now, self.now + timedelta(seconds=step.patience_s)
        self.look_again(step.due_at)
        if can_halt:
            self.to_halt[message_id] = self.run.expires_at
        if self.best == 0:
            self.come_to(NotificationState.QUEUED)

    def end(self, step: Step, state: StepState, reason: str) -> None:
        """A step is over without having got through; what of it has not left is taken back."""
        if step.state == StepState.TRYING and step.message_id and state != StepState.FAILED:
            self.to_recall.add(step.message_id)
        step.state, step.reason, step.ended_at = state, reason[:300], self.now

    def hear_status(self, step: Step, status: str, why: str) -> None:
        """A step's message came to a status; late news is noted and never sends anything."""
        if status in {"failed", "cancelled"}:
            self._hear_failure(step, why)
            return
        if status == "held":
            self._hear_hold(step, why)
            return
        if RANK.get(status, 0) <= RANK.get(step.status, 0):
            return
        step.status = status
        was_open = step.state == StepState.TRYING
        if was_open:
            step.reason = ""  # what it waited for is over
        if not was_open and RANK[status] >= _ARRIVED:
            step.is_late = True
        if RANK[status] >= RANK[step.must_reach] and step.state not in {StepState.REACHED, StepState.SKIPPED}:
            step.state, step.reached_at, step.ended_at = StepState.REACHED, self.now, self.now
            self.stop("An earlier channel got through." if not was_open else "It got through.")
        self._count_doubles()
        if self.run.state not in _ENDED and RANK[status] > RANK.get(self.run.state, 0):
            self.come_to(status)

    def _hear_failure(self, step: Step, why: str) -> None:
        if step.state == StepState.TRYING:
            self.end(step, StepState.FAILED, why)
            self.look_again(self.now)

    def _hear_hold(self, step: Step, why: str) -> None:
        """Its message waits, for the end of a template's pause or of a limit; its patience runs on."""
        if step.state == StepState.TRYING and self.best == 0:
            step.reason = why[:300]
            self.come_to(NotificationState.HELD, why)

    def _count_doubles(self) -> None:
        arrived = sum(RANK.get(step.status, 0) >= _ARRIVED for step in self.steps)
        self.run.doubled = max(0, arrived - 1)

    def stop(self, reason: str) -> None:
        """Nothing more is sent: what waits is not needed, what has not left is taken back."""
        for step in self.steps:
            if step.state in {StepState.WAITING, StepState.TRYING}:
                self.end(step, StepState.UNNEEDED, reason)
        self.look_again(None)

    def halt(self, *, but: UUID | None = None) -> None:
        """What goes on at a provider is stopped at once, a call that rings, say. but: the step by which the
        person is speaking to us just now."""
        for step in self.steps:
            if step.message_id and step.id != but and step.state != StepState.FAILED:
                self.to_halt[step.message_id] = self.now

    def finish(self) -> None:
        """Every rung was tried or skipped."""
        self.look_again(None)
        tried = [step for step in self.steps if step.message_id]
        if self.best >= _ARRIVED:
            return
        if tried:
            self.come_to(NotificationState.FAILED, f"No channel got through in time. {tried[-1].reason}")
        else:
            reason = self.steps[0].reason if self.steps else "The ladder has no channel."
            self.come_to(NotificationState.SKIPPED, reason)

    def expire(self) -> None:
        """Too late for anything more. What has arrived stays what it is."""
        self.stop("It would have come too late.")
        self.halt()
        if self.best == 0:
            self.come_to(NotificationState.EXPIRED, "It would have come too late.")


def load_ladders(runs: Sequence[Notification], now: datetime) -> dict[UUID, Ladder]:
    """The ladders of locked notifications: one statement."""
    found = {run.id: Ladder(run, [], now) for run in runs}
    rows = Step.objects.filter(notification__in=found).order_by("place")
    for step in rows if found else ():
        found[step.notification_id].steps.append(step)
    return found


def lock_runs(ids: Collection[UUID]) -> list[Notification]:
    """Lock notifications, always in the same order. Not FOR UPDATE: rows that point to them may be added."""
    if not ids:
        return []
    rows = Notification.objects.filter(id__in=ids).select_for_update(no_key=True).order_by("id")
    return _with_kin(list(rows))


def runs_of(ids: Collection[UUID]) -> list[Notification]:
    """Notifications with their types, versions and customers, in no order: four statements."""
    return _with_kin(list(Notification.objects.filter(id__in=ids))) if ids else []


def _with_kin(runs: list[Notification]) -> list[Notification]:
    """Not joined: many share a type and version, which are large, and a burst of new rows is joined badly
    before PostgreSQL has counted them."""
    types = NotificationType.objects.in_bulk({run.type_id for run in runs})
    versions = TypeVersion.objects.in_bulk({run.version_id for run in runs})
    customers = Customer.objects.in_bulk({run.customer_id for run in runs})
    for run in runs:
        run.type, run.version = types[run.type_id], versions[run.version_id]
        run.customer = customers[run.customer_id]
    return runs


def recall_unsent(ladders: Sequence[Ladder]) -> None:
    """Take back what steps that are over have not sent yet. Writes Message, Delivery."""
    recalls = {message_id for one in ladders for message_id in one.to_recall}
    recall_messages(recalls, why="The notification went on without it.")
    for one in ladders:
        one.to_recall = set()


def halt_running(ladders: Sequence[Ladder]) -> None:
    """Have stopped what goes on at providers and is not wanted, or will not be. Writes Halt."""
    request_halts({message: at for one in ladders for message, at in one.to_halt.items()})
    for one in ladders:
        one.to_halt = {}


def save_ladders(ladders: Iterable[Ladder], actor: dict[str, Any] | None = None) -> None:
    """Write every run and step, take back what has not left, have stopped what goes on, tell every state come
    to: three statements and what the recall needs. Writes Notification, Step, Message, Delivery and Halt,
    Events `notification.<state>`."""
    ladders = list(ladders)
    tenant = require_tenant()
    recall_unsent(ladders)
    halt_running(ladders)
    update_from_values(
        _SAVE_RUNS,
        [
            (
                tenant, run.id, run.state, run.reason, as_json(run.history), run.due_at, run.armed_at,
                run.action, run.answered_at, run.doubled, one.now,
            )
            for one in ladders
            for run in [one.run]
        ],
        template="(%s::uuid, %s::uuid, %s, %s, %s::jsonb, %s::timestamptz, %s::timestamptz, %s, "
        "%s::timestamptz, %s::int, %s::timestamptz)",
    )  # fmt: skip
    update_from_values(
        _SAVE_STEPS,
        [
            (
                tenant, step.id, step.state, step.channel_id, step.message_id, step.status, step.is_late,
                step.reason, step.started_at, step.due_at, step.reached_at, step.ended_at,
            )
            for one in ladders
            for step in one.steps
        ],
        template="(%s::uuid, %s::uuid, %s, %s::uuid, %s::uuid, %s, %s::boolean, %s, %s::timestamptz, "
        "%s::timestamptz, %s::timestamptz, %s::timestamptz)",
    )  # fmt: skip
    for one in ladders:
        one.run.updated_at = one.now
        if one.states:
            tell(one.run, actor or SYSTEM.actor)


_SAVE_RUNS = """
UPDATE notifications_notification n
SET state = v.state, reason = v.reason, history = v.history, due_at = v.due_at, armed_at = v.armed_at,
  action = v.action, answered_at = v.answered_at, doubled = v.doubled, updated_at = v.updated_at
FROM (VALUES %s) AS v (tenant_id, id, state, reason, history, due_at, armed_at, action, answered_at, doubled,
  updated_at)
WHERE n.tenant_id = v.tenant_id AND n.id = v.id AND n.id = ANY (:these)
"""
_SAVE_STEPS = """
UPDATE notifications_step s
SET state = v.state, channel_id = v.channel_id, message_id = v.message_id, status = v.status,
  is_late = v.is_late, reason = v.reason, started_at = v.started_at, due_at = v.due_at,
  reached_at = v.reached_at, ended_at = v.ended_at
FROM (VALUES %s) AS v (tenant_id, id, state, channel_id, message_id, status, is_late, reason, started_at,
  due_at, reached_at, ended_at)
WHERE s.tenant_id = v.tenant_id AND s.id = v.id AND s.id = ANY (:these)
"""
