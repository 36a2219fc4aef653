"""Rows of notifications as the JSON of docs/wire.md: for the API, events and pages alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from common.wire import ident, stamp
from notifications import wire
from notifications.masking import masked_data
from notifications.models import (
    Answer,
    Consent,
    ConsentChange,
    Notification,
    NotificationType,
    QuietHours,
    Step,
    TypeVersion,
)
from notifications.variables import Json, data_schema

LANES = {0: "urgent", 1: "reply", 2: "utility", 3: "marketing"}
LANE_OF = {"urgent": 0, "utility": 2, "marketing": 3}


def step_shape(step: Step) -> wire.NotificationStep:
    """A Step. Select `channel`."""
    return {
        "id": ident(step.id),
        "place": step.place,
        "rung": step.rung,
        "channel_id": ident(step.channel_id),
        "channel": step.channel.name if step.channel else None,
        "must_reach": step.must_reach,
        "patience_s": step.patience_s,
        "state": step.state,
        "status": step.status,
        "is_late": step.is_late,
        "reason": step.reason,
        "message_id": ident(step.message_id),
        "started_at": stamp(step.started_at),
        "due_at": stamp(step.due_at),
        "reached_at": stamp(step.reached_at),
        "ended_at": stamp(step.ended_at),
    }


def answer_shape(answer: Answer) -> wire.NotificationAnswer:
    """An Answer."""
    return {"action": answer.action, "message_id": ident(answer.message_id), "at": stamp(answer.at)}


def notification_shape(
    row: Notification, *, steps: Iterable[Step] = (), answers: Iterable[Answer] = (), personal: bool = False
) -> wire.Notification:
    """A Notification. Select `type` and `version`. personal: with the values declared so."""
    return {
        "id": ident(row.id),
        "type": row.type.key,
        "name": row.type.name,
        "version": row.version.number,
        "category": row.type.category,
        "customer_id": ident(row.customer_id),
        "language": row.language,
        "state": row.state,
        "reason": row.reason,
        "data": row.data if personal else masked_data(row.version.variables, row.data),
        "metadata": row.metadata,
        "dedupe_key": row.dedupe_key,
        "lane": LANES[row.lane],
        "test": row.is_test,
        "request_id": row.request_id,
        "send_at": stamp(row.send_at),
        "expires_at": stamp(row.expires_at),
        "due_at": stamp(row.due_at),
        "batch_id": ident(row.batch_id),
        "action": row.action,
        "answered_at": stamp(row.answered_at),
        "acknowledged_by": row.acknowledged_by,
        "doubled": row.doubled,
        "decision": row.decision,
        "history": row.history,
        "steps": [step_shape(step) for step in steps],
        "answers": [answer_shape(answer) for answer in answers],
        "created_by": {"kind": row.author_kind, "id": ident(row.author_id), "name": row.author_name},
        "created_at": stamp(row.created_at),
        "updated_at": stamp(row.updated_at),
    }


def event_data(row: Notification) -> Json:
    """What events say of a notification: ids and plain words, none of its data. Needs `type`, `version`."""
    return {
        "notification": {
            "id": row.id,
            "type": row.type.key,
            "name": row.type.name,
            "version": row.version.number,
            "customer_id": row.customer_id,
            "state": row.state,
            "reason": row.reason,
            "action": row.action,
            "doubled": row.doubled,
            "dedupe_key": row.dedupe_key,
            "test": row.is_test,
            "metadata": row.metadata,
            "at": stamp(row.updated_at),
        }
    }


def version_said(version: TypeVersion) -> Json:
    """What a version says, as plain values: for comparing two."""
    return {
        "variables": version.variables,
        "contents": version.contents,
        "ladder": version.ladder,
        "actions": version.actions,
        "ttl_s": version.ttl_s,
        "quiet_hours": version.quiet_hours,
        "dedupe_window_s": version.dedupe_window_s,
        "throttle": version.throttle,
        "digest": version.digest,
        "lane": LANES[version.lane],
        "fallback_language": version.fallback_language,
    }


def version_shape(version: TypeVersion, *, current_id: Any = None) -> wire.NotificationVersion:
    """A Version. current_id: the published version that new notifications use."""
    shape: Any = version_said(version) | {
        "id": ident(version.id),
        "number": version.number,
        "state": version.state,
        "current": version.id == current_id,
        "data_schema": data_schema(version.variables),
        "revision": version.revision,
        "created_by": version.created_by,
        "created_at": stamp(version.created_at),
        "updated_at": stamp(version.updated_at),
        "published_by": version.published_by,
        "published_at": stamp(version.published_at),
    }
    found: wire.NotificationVersion = shape
    return found


def type_shape(named: NotificationType, figures: Mapping[str, int]) -> wire.NotificationType:
    """A NotificationType. Select `current`."""
    current = named.current
    return {
        "id": ident(named.id),
        "key": named.key,
        "name": named.name,
        "category": named.category,
        "mandatory": named.mandatory,
        "archived_at": stamp(named.archived_at),
        "current": version_shape(current, current_id=current.id) if current else None,
        "figures": dict(figures),
        "created_at": stamp(named.created_at),
        "updated_at": stamp(named.updated_at),
    }


def consents_shape(
    rows: Sequence[Consent], history: Sequence[ConsentChange], preferences: Mapping[str, bool]
) -> wire.Consents:
    """What a customer agreed to, with its history."""
    return {
        "data": [
            {
                "category": row.category,
                "channel": row.channel,
                "state": row.state,
                "source": row.source,
                "updated_at": stamp(row.updated_at),
            }
            for row in rows
        ],
        "history": [
            {
                "category": row.category,
                "channel": row.channel,
                "state": row.state,
                "source": row.source,
                "by": row.by_name,
                "at": stamp(row.at),
            }
            for row in history
        ],
        "preferences": dict(preferences),
    }


def quiet_shape(row: QuietHours | None) -> wire.QuietHours:
    """Quiet hours; equal start and end for never."""
    if row is None:
        return {"start": "00:00", "end": "00:00", "timezone": "UTC"}
    return {"start": f"{row.start:%H:%M}", "end": f"{row.end:%H:%M}", "timezone": row.timezone}
