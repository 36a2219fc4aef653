"""What the provider says of a template, written into our copy: by webhook and by reading the whole list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from channels_whatsapp.models import (
    APPROVED,
    DELETED,
    DISABLED,
    HISTORY_KEPT,
    PAUSED,
    PENDING,
    REJECTED,
    USABLE,
    Template,
    TemplateAccount,
)
from common.sql import as_json, update_from_values
from common.wire import stamp
from events import bus
from inbox.models import Channel
from inbox.operations.authors import SYSTEM, Author
from inbox.operations.standing import release
from inbox.ports import Json

#: Status → what its coming is called as an event.
KINDS = {
    APPROVED: "template.approved",
    REJECTED: "template.rejected",
    PAUSED: "template.paused",
    DISABLED: "template.disabled",
    DELETED: "template.deleted",
    PENDING: "template.pending",
    "IN_APPEAL": "template.appealed",
    "FLAGGED": "template.flagged",
}
FIRST_PAUSE, LONG_PAUSE = timedelta(hours=3), timedelta(hours=6)


def tell(template: Template, kind: str, *, by: Author = SYSTEM, detail: str = "", **about: Any) -> None:
    """Put a fact into the template's history and record it as an event. Saves nothing else."""
    now = timezone.now()
    entry = {"kind": kind, "at": stamp(now), "by": by.name, "detail": detail, **about}
    template.history = [*template.history, entry][-HISTORY_KEPT:]
    data = {
        "template_id": str(template.id),
        "name": template.name,
        "language": template.language,
        "status": template.status,
        "category": template.category,
        "quality": template.quality,
        "reason": template.reason,
        "paused_until": stamp(template.paused_until),
        "detail": detail,
        **about,
    }
    bus.record(kind, data, actor=by.actor)


def take_status(
    template: Template, status: str, *, at: datetime, reason: str = "", pause: str = "", detail: str = ""
) -> bool:
    """Give a template a status the provider reports. pause: its title of a pause. False: nothing new."""
    if (template.status, template.reason) == (status, reason):
        return False
    before, template.status, template.reason = template.status, status, reason
    template.paused_until = _pause_end(at, pause) if status == PAUSED else None
    template.disabled_at = at if status == DISABLED else None
    if status == before:
        tell(template, "template.reason_changed", detail=reason)
        return True
    kind = KINDS.get(status, "template.status_changed")
    if before == PAUSED and status in USABLE:
        kind = "template.unpaused"
    tell(template, kind, detail=detail or reason, before=before, after=status)
    return True


def _pause_end(at: datetime, title: str) -> datetime | None:
    """A first pause lasts three hours, a second one six; of others nobody says when they end."""
    if title == "FIRST_PAUSE":
        return at + FIRST_PAUSE
    return at + LONG_PAUSE if title == "SECOND_PAUSE" else None


def take_category(template: Template, category: str) -> bool:
    """Give a template the category it has at the provider. False: nothing new."""
    if not category or category == template.category:
        return False
    before, template.category = template.category, category
    template.previous_category = before
    template.category_then, template.category_at = "", None
    tell(template, "template.category_changed", before=before, after=category)
    return True


def take_announcement(template: Template, category: str, at: datetime | None) -> bool:
    """Note that the provider will change the category. False: nothing new."""
    is_known = (template.category_then, template.category_at or at) == (category, at)
    if not category or category == template.category or is_known:
        return False
    template.category_then, template.category_at = category, at
    tell(template, "template.category_announced", before=template.category, after=category, due=stamp(at))
    return True


def take_quality(template: Template, quality: str) -> bool:
    """Give a template its score. False: nothing new."""
    if not quality or quality == template.quality:
        return False
    before, template.quality = template.quality, quality
    if before:
        tell(template, "template.quality_changed", before=before, after=quality)
    return True


def take_all(template: Template, row: Mapping[str, Any], *, at: datetime) -> bool:
    """Bring a copy up to what the list shows. False: it was so already."""
    changed = [
        take_category(template, row["category"]),
        take_announcement(template, row["category_then"], template.category_at),
        take_quality(template, row["quality"]),
        take_status(template, row["status"], at=at, reason=row["reason"]),
        _take_content(template, row),
    ]
    return any(changed)


def _take_content(template: Template, row: Mapping[str, Any]) -> bool:
    names = ("provider_id", "components", "parameter_format", "send_ttl_s")
    if all(getattr(template, name) == row[name] for name in names):
        return False
    is_edit = bool(template.components) and template.components != row["components"]
    for name in names:
        setattr(template, name, row[name])
    if is_edit:
        tell(template, "template.edited")
    return True


def release_messages(account: TemplateAccount) -> None:
    """Look again at the messages that wait for a template of this account: it may be usable now."""
    release(channel_ids=channel_ids_of(account))


def channel_ids_of(account: TemplateAccount) -> list[Any]:
    """The channels that share the account's templates."""
    same = Channel.objects.filter(kind="whatsapp", config__waba_id=account.waba_id)
    return list(same.values_list("id", flat=True))


#: Column → its type in PostgreSQL.
_COLUMNS = {
    "provider_id": "text", "category": "text", "previous_category": "text", "category_then": "text",
    "category_at": "timestamptz", "status": "text", "status_at": "timestamptz", "reason": "text",
    "quality": "text", "components": "jsonb", "parameter_format": "text", "send_ttl_s": "int",
    "paused_until": "timestamptz",
    "disabled_at": "timestamptz", "draft": "jsonb", "header_file_id": "uuid", "work": "text",
    "work_due_at": "timestamptz", "work_attempts": "int", "work_error": "text", "history": "jsonb",
    "synced_at": "timestamptz", "submitted_at": "timestamptz",
}  # fmt: skip


_SAVE = """
UPDATE channels_whatsapp_template t SET {sets}, version = t.version + 1, updated_at = now()
FROM (VALUES %s) AS v (tenant_id, id, {names})
WHERE t.tenant_id = v.tenant_id AND t.id = v.id AND t.id = ANY (:these)
""".format(sets=", ".join(f"{name} = v.{name}" for name in _COLUMNS), names=", ".join(_COLUMNS))
_CASTS = ", ".join(f"%s::{kind}" for kind in ("uuid", "uuid", *_COLUMNS.values()))


def save_templates(rows: Sequence[Template]) -> None:
    """Write everything of these rows but their names, in one statement; their version rises by one."""
    update_from_values(_SAVE, [_values(row) for row in rows], template=f"({_CASTS})")


def _values(row: Template) -> list[Any]:
    plain = {name: getattr(row, name) for name in _COLUMNS}
    packed: Json = {name: as_json(plain[name]) for name, kind in _COLUMNS.items() if kind == "jsonb"}
    return [row.tenant_id, row.id, *(plain | packed).values()]
