"""What a bulk change does to one thread, and the way back: plain values in, plain values out, no database."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from common.wire import Json, ident, stamp
from inbox.models import Thread, ThreadState

LABELS_MAX = 20
_TIMES = ("snoozed_until", "closed_at", "waiting_since")
_IDS = ("assignee_id", "team_id")
FIELDS = ("status", *_IDS, "labels", *_TIMES, "wake_on_reply")


@dataclass(frozen=True, slots=True)
class Step:
    """New values of some fields of a thread, and the event that tells of them. names: id → name, of members
    and teams."""

    event: str
    fields: Mapping[str, Any]

    def told(self, values: Mapping[str, Any], names: Mapping[UUID, str]) -> Json:
        """The part of these values that the event tells."""
        if self.event == "thread.assigned":
            return {name[:-3]: _named(values[name], names) for name in _IDS}
        if self.event == "thread.labeled":
            return {"labels": list(values["labels"])}
        until = {"until": stamp(values["snoozed_until"])} if self.event == "thread.snoozed" else {}
        return {"status": values["status"], **until}


def _named(key: UUID | None, names: Mapping[UUID, str]) -> Json | None:
    return {"id": ident(key), "name": names.get(key, "")} if key else None


def values_of(thread: Thread, names: Iterable[str] = FIELDS) -> dict[str, Any]:
    """Fields of a thread as they stand."""
    return {name: getattr(thread, name) for name in names}


# ---------------------------------------------------------------- there


def step_for(change: Json, thread: Thread, now: datetime) -> Step | None:
    """What the change does to this thread; None when that is nothing, or it cannot be done to it."""
    [(kind, what)] = change.items()
    return _STEPS[kind](thread, what, now)


def _assign(thread: Thread, what: Json, now: datetime) -> Step | None:
    fields = {name: UUID(value) if value else None for name, value in what.items()}
    return Step("thread.assigned", fields) if values_of(thread, fields) != fields else None


def _label(thread: Thread, what: Json, now: datetime) -> Step | None:
    kept = [label for label in thread.labels if label not in what["remove"]]
    wanted = list(dict.fromkeys([*kept, *what["add"]]))
    is_possible = wanted != thread.labels and len(wanted) <= LABELS_MAX
    return Step("thread.labeled", {"labels": wanted}) if is_possible else None


def _snooze(thread: Thread, what: Json, now: datetime) -> Step | None:
    until = datetime.fromisoformat(what["until"]) if what["until"] else None
    fields = {
        "status": ThreadState.SNOOZED.value, "snoozed_until": until, "wake_on_reply": what["wake_on_reply"],
    }  # fmt: skip
    is_possible = thread.status != ThreadState.CLOSED and values_of(thread, fields) != fields
    return Step("thread.snoozed", fields) if is_possible else None


def _close(thread: Thread, what: Json, now: datetime) -> Step | None:
    if thread.status == ThreadState.CLOSED:
        return None
    closed = {"status": ThreadState.CLOSED.value, "closed_at": now}
    return Step("thread.closed", {**closed, "snoozed_until": None, "waiting_since": None})


_STEPS: dict[str, Callable[[Thread, Json, datetime], Step | None]] = {
    "assign": _assign, "label": _label, "snooze": _snooze, "close": _close,
}  # fmt: skip


# ---------------------------------------------------------------- and back


def step_back(thread: Thread, before: Json, after: Json) -> Step | None:
    """How to give a thread back what a change took; None when somebody has changed that since.

    before, after: as ``as_kept`` made them. Of labels only those the change added or took are touched.
    """
    old, new = _read(before), _read(after)
    if "labels" in old:
        return _labels_back(thread, old["labels"], new["labels"])
    must_stand = {name: value for name, value in new.items() if name != "waiting_since"}
    if values_of(thread, must_stand) != must_stand:
        return None
    return Step(_event_back(old, new), old)


def _event_back(old: Mapping[str, Any], new: Mapping[str, Any]) -> str:
    if "status" not in old:
        return "thread.assigned"
    if old["status"] == ThreadState.SNOOZED:
        return "thread.snoozed"
    return "thread.woken" if new["status"] == ThreadState.SNOOZED else "thread.reopened"


def _labels_back(thread: Thread, old: list[str], new: list[str]) -> Step | None:
    if thread.labels == new:
        return Step("thread.labeled", {"labels": old})
    kept = [label for label in thread.labels if label in old or label not in new]
    wanted = list(dict.fromkeys([*kept, *(label for label in old if label not in new)]))
    is_possible = wanted != thread.labels and len(wanted) <= LABELS_MAX
    return Step("thread.labeled", {"labels": wanted}) if is_possible else None


# ---------------------------------------------------------------- in between


def as_kept(values: Mapping[str, Any]) -> Json:
    """Values as JSON, to be kept beside the thread."""
    plain = {name: stamp(value) for name, value in values.items() if name in _TIMES}
    plain |= {name: ident(value) for name, value in values.items() if name in _IDS}
    return {**values, **plain}


def _read(kept: Json) -> dict[str, Any]:
    times = {name: _moment(value) for name, value in kept.items() if name in _TIMES}
    ids = {name: UUID(value) if value else None for name, value in kept.items() if name in _IDS}
    return {**kept, **times, **ids}


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
