"""What people answer to notifications: found by button, quoted message, key or word; then acted on."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from common.ids import uuid7
from common.sql import insert_rows
from inbox.models import Message, Priority, Thread
from inbox.operations.authors import Author
from inbox.operations.errors import NotPossible
from inbox.operations.threads import assign_thread, prioritize_thread, reopen_thread
from notifications.models import Answer, Notification, NotificationState, Step
from notifications.operations.ladders import Ladder, save_ladders
from notifications.operations.notify import tell
from notifications.variables import Json
from tenants.models import Team

#: A word alone answers a notification sent at most this long ago.
WORD_COUNTS_FOR = timedelta(days=3)
_NOT_WORD = re.compile(r"[^\w*#]+")


@dataclass(frozen=True, slots=True)
class Found:
    """A message that answers a notification. action: key of one of its actions, or "" for other words."""

    run_id: UUID
    step_id: UUID | None
    message_id: UUID
    thread_id: UUID
    action: str


def find_answers(received: Sequence[Json], now: datetime) -> list[Found]:
    """Which of these inbound messages (as events carry them) answer which notification. A few statements for
    all that name what they answer, two more for each that may answer by its words alone."""
    if not received or not Notification.objects.exists():
        return []
    quoted = _steps_quoted(received)
    pressed = _runs_pressed(received)
    found = [_find(message, quoted, pressed, now) for message in received]
    return [one for one in found if one is not None]


def _find(
    message: Json, quoted: Mapping[UUID, Step], pressed: Mapping[UUID, Notification], now: datetime
) -> Found | None:
    step = quoted.get(UUID(message["id"]))
    run = step.notification if step else pressed.get(UUID(message["id"]))
    if run is not None and str(run.customer_id) == str(message["customer_id"]):
        return _found(message, run, step, action_of(run.version.actions, message))
    return _by_word(message, now)


def _found(message: Json, run: Notification, step: Step | None, action: str) -> Found:
    ids = (UUID(message["id"]), UUID(message["thread_id"]))
    return Found(run.id, step.id if step else None, *ids, action)


def _steps_quoted(received: Sequence[Json]) -> dict[UUID, Step]:
    """{id of an inbound message: the step whose message it quotes}"""
    wanted = {
        (UUID(message["channel_id"]), message["reply_to"]["provider_id"]): UUID(message["id"])
        for message in received
        if message.get("reply_to") and message["reply_to"].get("provider_id")
    }
    if not wanted:
        return {}
    rows = Message.objects.filter(
        direction="outbound",
        channel_id__in={channel for channel, _ in wanted},
        external_id__in={provider for _, provider in wanted},
    ).values_list("id", "channel_id", "external_id")
    ours = {row[0]: (row[1], row[2]) for row in rows}
    steps = Step.objects.filter(message_id__in=ours).select_related("notification__version")
    by_key = {ours[step.message_id]: step for step in steps if step.message_id}
    return {
        UUID(message["id"]): by_key[key]
        for message in received
        if message.get("reply_to")
        and (key := (UUID(message["channel_id"]), message["reply_to"].get("provider_id"))) in by_key
    }


def _runs_pressed(received: Sequence[Json]) -> dict[UUID, Notification]:
    """{id of an inbound message: the notification its button names}"""
    named = {UUID(message["id"]): run for message in received if (run := _pressed_run(message))}
    rows = Notification.objects.filter(id__in=set(named.values())).select_related("version") if named else ()
    runs = {row.id: row for row in rows}
    return {message: runs[run] for message, run in named.items() if run in runs}


def _pressed_run(message: Json) -> UUID | None:
    try:
        return UUID(str(message["content"].get("payload", "")).partition(":")[0])
    except ValueError:
        return None


def action_of(actions: Sequence[Json], message: Json) -> str:
    """The action that a message chooses: by its button, its key or its words; "" for none."""
    content = message.get("content") or {}
    key = str(content.get("payload", "")).partition(":")[2]
    digits = str(content.get("digits", ""))
    said = plain(str(message.get("text", "")))
    for action in actions:
        if key and key == action["key"]:
            return str(action["key"])
    for action in actions:
        words = {plain(word) for word in (action["title"], *action.get("words", ()))}
        digit = str(action.get("digit", ""))
        if (said and said in words) or (digit and digit in {digits, said}):
            return str(action["key"])
    return ""


def plain(text: str) -> str:
    """Words without case, punctuation and spaces around them."""
    return _NOT_WORD.sub(" ", text.casefold()).strip()


def _by_word(message: Json, now: datetime) -> Found | None:
    """The newest notification on this channel that still waits for an answer and knows this word."""
    if not (message.get("text") or (message.get("content") or {}).get("digits")):
        return None
    steps = Step.objects.filter(
        channel_id=message["channel_id"],
        message__isnull=False,
        started_at__gt=now - WORD_COUNTS_FOR,
        notification__customer_id=message["customer_id"],
        notification__answered_at=None,
    ).select_related("notification__version")
    for step in steps.order_by("-started_at", "-id")[:20]:
        if action := action_of(step.notification.version.actions, message):
            return _found(message, step.notification, step, action)
    return None


# ---------------------------------------------------------------- acting


def act(ladder: Ladder, found: Found) -> None:
    """Note an answer and do what its action says: stop the ladder, tell, bring the thread to a team's eyes.

    Writes Answer, Notification, Step, Thread, Event `notification.answered`. The same message again
    does nothing.
    """
    run = ladder.run
    row = Answer(
        id=uuid7(),
        notification=run,
        step_id=found.step_id,
        message_id=found.message_id,
        action=found.action,
        at=ladder.now,
    )
    if not insert_rows([row], on_conflict="DO NOTHING", returning=["id"]):
        return
    action = next((one for one in run.version.actions if one["key"] == found.action), None)
    then = (action or {}).get("then") or {}
    run.action, run.answered_at = found.action, ladder.now
    if then.get("stop", True):
        ladder.stop("The customer answered.")
        ladder.halt(but=found.step_id)
    ladder.come_to(NotificationState.ANSWERED, f"“{action['title']}”" if action else "In other words.")
    ladder.states.clear()  # told below, with the answer
    save_ladders([ladder])
    _tell_answer(run, found, then)
    if action and then.get("thread") is not None:
        raise_thread(found.thread_id, then["thread"], by=_author(run, action))


def _tell_answer(run: Notification, found: Found, then: Mapping[str, Any]) -> None:
    answer = {"action": found.action, "message_id": found.message_id, "event": then.get("event", "")}
    customer = {"kind": "customer", "id": run.customer_id, "name": run.customer.name}
    tell(run, customer, answer=answer, thread_id=found.thread_id)


def _author(run: Notification, action: Json) -> Author:
    return Author("system", None, f"{run.type.name}: {action['title']}")


def raise_thread(thread_id: UUID, wish: Mapping[str, Any], *, by: Author) -> None:
    """Open a thread for a team with a priority. The customer's message has put it on top already.

    wish: {team: name, priority: word}; a team that is no more is left out. Writes Thread, Events `thread.*`.
    """
    thread = Thread.objects.select_related("assignee", "team").get(id=thread_id)
    try:
        reopen_thread(thread=thread, by=by)
    except NotPossible:  # the customer's other conversation is open already
        return
    team = Team.objects.filter(name=wish["team"]).first() if wish.get("team") else None
    if team is not None:
        assign_thread(thread=thread, assignee=thread.assignee, team=team, by=by)
    if priority := wish.get("priority"):
        prioritize_thread(thread=thread, priority=Priority[priority.upper()], by=by)
