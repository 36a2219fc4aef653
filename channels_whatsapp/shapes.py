"""Templates as JSON: for the port, the API and events."""

from __future__ import annotations

from channels_whatsapp import wire
from channels_whatsapp.models import APPROVED, Template, TemplateAccount
from common.wire import ident, stamp
from inbox.ports import Json


def kept_shape(row: Template) -> Json:
    """As the inbox and other rooms know it (``inbox.ports.KeepsTemplates``)."""
    return {
        "id": str(row.id),
        "name": row.name,
        "language": row.language,
        "category": row.category,
        "status": APPROVED if row.is_usable else row.status,
        "reason": row.reason,
        "quality": row.quality,
        "paused_until": stamp(row.paused_until),
        "components": content_of(row)["components"],
        "parameter_format": row.parameter_format,
    }


def content_of(row: Template) -> Json:
    """{category, parameter_format, components, send_ttl_s}: the draft until it was submitted first."""
    if row.draft is not None and not row.components:
        return dict(row.draft)
    return {
        "category": row.category,
        "parameter_format": row.parameter_format,
        "components": row.components,
        "send_ttl_s": row.send_ttl_s,
    }


def template_shape(row: Template) -> wire.Template:
    """A template with `account` selected."""
    return {
        "id": ident(row.id),
        "provider_id": row.provider_id,
        "account_id": row.account.waba_id,
        "channel_id": ident(row.account.channel_id),
        "name": row.name,
        "language": row.language,
        "category": row.category,
        "previous_category": row.previous_category,
        "next_category": row.category_then,
        "next_category_at": stamp(row.category_at),
        "status": row.status,
        "reason": row.reason,
        "quality": row.quality,
        "paused_until": stamp(row.paused_until),
        "components": content_of(row)["components"],
        "parameter_format": row.parameter_format,
        "send_ttl_s": content_of(row).get("send_ttl_s"),
        "draft": row.draft,
        "work": row.work,
        "work_error": row.work_error,
        "version": row.version,
        "synced_at": stamp(row.synced_at),
        "submitted_at": stamp(row.submitted_at),
        "created_at": stamp(row.created_at),
        "history": row.history,
    }


def account_shape(row: TemplateAccount) -> wire.TemplateSync:
    """How the reading of an account's templates goes."""
    return {
        "account_id": row.waba_id,
        "channel_id": ident(row.channel_id),
        "is_running": row.sync_started_at is not None,
        "started_at": stamp(row.sync_started_at),
        "seen": row.sync_seen,
        "synced_at": stamp(row.synced_at),
        "due_at": stamp(row.sync_due_at),
        "error": row.error,
    }
