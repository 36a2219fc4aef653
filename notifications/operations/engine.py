"""The engine: a tenant's turn hears what happened, then moves every ladder that is due.

A turn is one transaction: a worker killed at any point leaves the rows as they were, and the next turn does
the same again; a message is queued in the transaction that says its step is being tried. All times are the
database's. Turns of one tenant wait for each other at its cursor's lock.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import InterfaceError, OperationalError, connection, transaction

from common import turns
from common.sql import lock_keys
from common.tenancy import require_tenant
from common.times import database_now
from events import bus
from inbox.channels import is_able
from inbox.models import Message
from inbox.models.deliveries import Lane
from inbox.operations.authors import Author
from inbox.operations.errors import Refused
from inbox.operations.reply import Terms
from inbox.operations.rules import Part
from inbox.operations.writing import Writing, write_to_customers
from inbox.ports import CanHalt
from notifications.contents import render
from notifications.decisions import look_again, passes_quiet, quiet_end, waits_for
from notifications.given import given_values
from notifications.models import EventCursor, Notification, NotificationState, Step, StepState
from notifications.operations.hearing import hear
from notifications.operations.ladders import Ladder, load_ladders, recall_unsent, runs_of, save_ladders
from notifications.operations.notify import QUEUE, URGENT_QUEUE, Accepted, digest_key
from notifications.queries.facts import Facts, Way, load_facts
from notifications.variables import written

log = logging.getLogger(__name__)

#: How many ladders one turn moves, at most and at least: as many as fit into TURN_S, so that other tenants
#: wait no longer for theirs, however slow the machine is just now.
AT_ONCE = 200
AT_LEAST = 100
TURN_S = 1.0
#: While messages are on their way, events are looked for at least this often, should a wake-up be lost.
LISTEN_EVERY = timedelta(seconds=5)
#: Clocks of two servers may differ by this much; more means that the clock went back.
CLOCK_SLACK = "2 seconds"


def run_all(*, seconds: float = 5.0) -> int:
    """Serve tenants with ladders to move or events to hear, the longest waiting first.

    Returns how many turns were taken.
    """
    return turns.serve(QUEUE, _Worker().take_turn, seconds=seconds)


def run_urgent(*, seconds: float = 5.0) -> int:
    """As ``run_all``, of urgent ladders alone: for a worker that has nothing else to do."""
    return turns.serve(URGENT_QUEUE, _Worker(only_urgent=True).take_turn, seconds=seconds)


@dataclass
class _Worker:
    """Takes turns of a length: at_once: how many ladders fit into one."""

    at_once: int = AT_ONCE // 2
    only_urgent: bool = False

    def take_turn(self) -> datetime | None:
        """See ``take_turn``."""
        began = time.monotonic()
        due_at = take_turn(self.at_once, only_urgent=self.only_urgent)
        self.at_once = fitting(self.at_once, time.monotonic() - began)
        return due_at


def fitting(at_once: int, took_s: float) -> int:
    """How many ladders the next turn moves, after one of so many took so long: half as many, or twice."""
    if took_s > TURN_S:
        return max(AT_LEAST, at_once // 2)
    return min(AT_ONCE, at_once * 2) if took_s < TURN_S / 2 else at_once


def take_turn(at_once: int = AT_ONCE, *, only_urgent: bool = False) -> datetime | None:
    """One turn of the open scope's tenant; returns when the next one is due. only_urgent: moves no others."""
    cursor = _lock_cursor()
    now = database_now()
    heard_all = hear(cursor, now)
    _mend_clock()
    due = _claim(now, at_once, only_urgent=only_urgent)
    ladders = load_ladders(due, now)
    _move(list(ladders.values()))
    return now if not heard_all else _next_due(now, only_urgent=only_urgent)


def begin_urgent(accepted: Accepted) -> None:
    """Let an urgent notification begin in the transaction that accepted it: a code waits for nobody's turn.

    Does nothing for others, nor where it may not begin yet; the engine comes to those. Writes as a turn does.
    """
    run, now = accepted.notification, database_now()
    if run.lane != Lane.URGENT or run.state != NotificationState.QUEUED or not run.due_at or run.due_at > now:
        return
    _make_cursor()
    try:
        with transaction.atomic():
            _move([Ladder(run, accepted.steps, now)])
    except OperationalError:  # a deadlock was broken, say: what is accepted stays so, and its turn comes
        log.warning("an urgent ladder begins later", extra={"notification": str(run.id)})


def _make_cursor() -> None:
    # Nothing of ours was sent before the first turn, so what happened until now says nothing to us.
    EventCursor.objects.get_or_create(tenant_id=require_tenant(), defaults={"seq": bus.head()})


def _lock_cursor() -> EventCursor:
    cursor = EventCursor.objects.select_for_update().first()
    if cursor is None:
        _make_cursor()
        cursor = EventCursor.objects.select_for_update().get()
    return cursor


def _mend_clock() -> None:
    """What was set by a clock that was ahead keeps the time it had left, by the clock there is now."""
    with connection.cursor() as cursor:
        cursor.execute(_MEND, [require_tenant(), CLOCK_SLACK])


_MEND = """
UPDATE notifications_notification SET due_at = due_at - (armed_at - now()), armed_at = now()
WHERE tenant_id = %s AND due_at IS NOT NULL AND armed_at > now() + %s::interval
"""


def _claim(now: datetime, at_once: int, *, only_urgent: bool) -> list[Notification]:
    """The most urgent due notifications, locked."""
    rows = Notification.objects.filter(due_at__lte=now).order_by("lane", "due_at", "id")
    if only_urgent:
        rows = rows.filter(lane=Lane.URGENT)
    locked = rows.select_for_update(skip_locked=True, no_key=True).values_list("id", flat=True)[:at_once]
    place = {key: n for n, key in enumerate(locked)}
    return sorted(runs_of(place), key=lambda run: place[run.id])


def _next_due(now: datetime, *, only_urgent: bool) -> datetime | None:
    """When the first ladder is due; while messages are on their way, not later than the next look at what
    happened to them. For urgent ones alone ``poke`` sees to that."""
    lanes = [Lane.URGENT] if only_urgent else list(Lane)
    with connection.cursor() as cursor:
        cursor.execute(_FIRST, [lanes, require_tenant()])
        first: datetime | None = cursor.fetchone()[0]
    if first is None or only_urgent:
        return first
    is_listening = Step.objects.filter(state=StepState.TRYING).exists()
    return min(first, now + LISTEN_EVERY) if is_listening else first


#: The first of each lane, by the index, however many wait.
_FIRST = """
SELECT min(due_at) FROM unnest(%s::int[]) AS lanes (lane), LATERAL (
  SELECT due_at FROM notifications_notification AS n
  WHERE n.tenant_id = %s AND n.lane = lanes.lane AND due_at IS NOT NULL ORDER BY due_at LIMIT 1) AS first
"""


# ---------------------------------------------------------------- moving a ladder


def _move(ladders: Sequence[Ladder]) -> None:
    if not ladders:
        return
    facts = load_facts({one.run.customer_id for one in ladders}, {one.run.type for one in ladders})
    for ladder in ladders:
        _give_up(ladder)
    recall_unsent(ladders)  # before any thread is locked: reports lock messages first too
    advance(ladders, facts)
    save_ladders(ladders)


def _give_up(ladder: Ladder) -> None:
    """What is due has lost its patience, or its use."""
    if ladder.now >= ladder.run.expires_at:
        ladder.expire()
    elif ladder.is_last_unsent:
        ladder.look_again(ladder.run.expires_at)  # no next channel: better late than never, until it is void
    elif current := ladder.current:
        what = f"It was not {current.must_reach} within {current.patience_s} s."
        ladder.end(current, StepState.TIMED_OUT, what)


def advance(ladders: Sequence[Ladder], facts: Facts) -> None:
    """Try the next step that is possible of each; a ladder ends when there is none.

    Rung after rung, the messages of all are queued together. A refusal of the inbox's rules skips the step.
    """
    left = [one for one in ladders if _may_go_on(one, facts)]
    while left:
        tried = [(one, *found) for one in left if (found := _next_try(one, facts))]
        results = _write(tried)
        left = []
        for (ladder, step, writing), result in zip(tried, results, strict=True):
            if isinstance(result, Refused):
                ladder.end(step, StepState.SKIPPED, result.sentence)
                left.append(ladder)
            elif result is not None:
                ladder.begin(
                    step, result.channel_id, result.id, can_halt=is_able(writing.channel.kind, CanHalt)
                )


def _may_go_on(ladder: Ladder, facts: Facts) -> bool:
    return ladder.run.due_at is not None and ladder.current is None and not _is_quiet(ladder, facts)


def _is_quiet(ladder: Ladder, facts: Facts) -> bool:
    run = ladder.run
    if not ladder.waiting or passes_quiet(run.type, run.version):
        return False
    until = quiet_end(facts, run.customer, ladder.now)
    if until is None:
        return False
    if ladder.best == 0:
        ladder.come_to(NotificationState.HELD, "It waits for the end of the customer's quiet hours.")
    ladder.look_again(until)
    return True


def _is_held(ladder: Ladder, ways: Sequence[Way]) -> bool:
    """Nothing was tried, and nothing can be before a provider lifts what closes the way."""
    tried = any(step.message_id for step in ladder.steps)
    why = "" if tried or not all(way.obstacle for way in ways) else waits_for(ways)
    if why:
        ladder.come_to(NotificationState.HELD, why)
        ladder.look_again(look_again(ladder.now, ladder.run.expires_at))
    return bool(why)


Try = tuple[Ladder, Step, Writing]


def _next_try(ladder: Ladder, facts: Facts) -> tuple[Step, Writing] | None:
    """The first step whose way is free, and its message; without one the ladder is finished, or held."""
    try:
        ways = [_way(ladder, step, facts) for step in ladder.waiting]
        if _is_held(ladder, ways):
            return None
        for step, way in zip(ladder.waiting, ways, strict=True):
            if not way.obstacle:
                return step, _writing(ladder, step, way, facts)
            ladder.end(step, StepState.SKIPPED, way.obstacle)
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        log.exception("a ladder failed", extra={"notification": str(ladder.run.id)})
        _break_off(ladder)
    else:
        ladder.finish()
    return None


def _way(ladder: Ladder, step: Step, facts: Facts) -> Way:
    run = ladder.run
    return facts.way(step.rung, run.type, run.version, run.customer_id, run.language)


def _write(tried: Sequence[Try]) -> list[Message | Refused | None]:
    """Queue the messages of these tries. A fault in one ladder ends that one, and no other."""
    try:
        with transaction.atomic():
            return list(write_to_customers([writing for *_, writing in tried]))
    except (OperationalError, InterfaceError):  # PostgreSQL is away, or broke a deadlock: the turn runs again
        raise
    except Exception:
        log.exception("messages of ladders failed", extra={"ladders": [str(one.run.id) for one, *_ in tried]})
        if len(tried) > 1:
            return [result for one in tried for result in _write([one])]
        _break_off(tried[0][0])
        return [None]


def _break_off(ladder: Ladder) -> None:
    """A fault ends its ladder."""
    ladder.stop("Something went wrong here.")
    ladder.come_to(NotificationState.FAILED, "Something went wrong here; the log has the details.")


def _writing(ladder: Ladder, step: Step, way: Way, facts: Facts) -> Writing:
    run = ladder.run
    if way.channel is None or way.content is None:
        raise LookupError("a free way has a channel and a content")
    given = given_values(run.tenant_id, run.customer_id, gathered=_gathered(run))
    values = given | written(run.version.variables, run.data, way.language)
    words = render(
        way.content,
        values=values,
        data=run.data,
        language=way.language,
        actions=run.version.actions,
        ref=str(run.id),
    )
    mark = {"id": str(run.id), "type": run.type.key, "name": run.type.name, "step": step.place}
    if words.template is not None:
        mark |= words.content  # a template's own fields are its provider's
    return Writing(
        customer_id=run.customer_id,
        channel=way.channel,
        by=Author("system", None, run.type.name),
        client_ref=f"notification-{step.id}",
        part=Part(
            words.text,
            attachment=facts.files.named(words.file, words.filename),
            template=words.template,
            kind=words.kind,
            content=words.content,
        ),
        lane=Lane(run.lane),
        terms=Terms(
            expires_at=run.expires_at,
            resend_on_doubt=run.lane == Lane.URGENT,
            waits_its_turn=False,
            is_answer=False,
            mark=mark,
        ),
    )


def _gathered(run: Notification) -> int:
    """How many the digest counts, this one included; none may join while it is counted and sent."""
    if not run.version.digest:
        return 1
    lock_keys([digest_key(run.type_id, run.customer_id)])
    return 1 + Notification.objects.filter(batch=run).count()
