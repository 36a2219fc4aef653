"""News of one template as a webhook brings it, on its way through the inbox's reading of receipts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.utils import timezone

from channels_whatsapp.models import APPROVED, DISABLED, PAUSED, Template, TemplateAccount
from channels_whatsapp.operations.news import (
    release_messages,
    save_templates,
    take_announcement,
    take_category,
    take_quality,
    take_status,
)
from channels_whatsapp.operations.settings import take_settings
from channels_whatsapp.operations.templates import request_sync
from channels_whatsapp.template_calls import language_of
from channels_whatsapp.values import LAST_SECOND, line, record, word
from inbox.ports import Json, Notice, Taken

#: Their word for an event → the status it leaves a template in, where the two differ.
LEAVES = {"REINSTATED": APPROVED, "UNPAUSED": APPROVED, "UNARCHIVED": APPROVED}
#: Titles of a pause that is none, or no longer.
TITLES = {"UNPAUSE": APPROVED, "DISABLED": DISABLED}

#: How far the provider's clock and ours may be apart.
SKEW = timedelta(minutes=5)

#: Whether it means the name people see or one that was asked for, only the number itself says.
NAME_REVIEWED = "phone_number_name_update"
SETTINGS_CHANGED = "account_settings_update"

Reader = Callable[[Template, Json, datetime], bool | None]


def take_notice(notice: Notice, *, channel_id: UUID | None) -> Taken | None:
    """See ``inbox.ports.TakesNotices``. Writes Template, TemplateAccount, NumberCopy, events."""
    if notice.topic == SETTINGS_CHANGED:
        return take_settings(record(notice.raw.get("value")))
    read = READERS.get(notice.topic)
    if read is None and notice.topic != NAME_REVIEWED:
        return None
    waba_id, value = word(notice.raw, "entry_id", 40), record(notice.raw.get("value"))
    account = TemplateAccount.objects.filter(waba_id=waba_id).first()
    if read is None:
        if account:
            request_sync(account=account)
        return None
    if account is None:
        return Taken("ignored", f"No connected channel belongs to the account {waba_id}.")
    template = _find(account, value)
    if template is None:
        request_sync(account=account)
        return Taken("ignored", "This template is not known here yet; the list is read again.")
    return _taken(account, template, read, value, _moment(notice.raw))


def _find(account: TemplateAccount, value: Json) -> Template | None:
    rows = Template.objects.select_for_update(of=("self",)).filter(account=account)
    provider_id = word(value, "message_template_id", 40)
    by_id = rows.filter(provider_id=provider_id).first() if provider_id else None
    if by_id:
        return by_id
    name = word(value, "message_template_name")
    return rows.filter(name=name, language=language_of(word(value, "message_template_language"))).first()


def _moment(raw: Json) -> datetime:
    """When the provider says it happened; now, when it says nothing."""
    seconds = raw.get("time")
    if isinstance(seconds, int) and 0 < seconds < LAST_SECOND:
        return datetime.fromtimestamp(seconds, UTC)
    return timezone.now()


def _taken(account: TemplateAccount, template: Template, read: Reader, value: Json, at: datetime) -> Taken:
    is_new = read(template, value, at)
    if is_new is None:
        return Taken("ignored", "A later report about this template came before.")
    if not is_new:
        return Taken("duplicate")
    save_templates([template])
    if template.is_usable:
        release_messages(account)
    return Taken("stored")


def _status(template: Template, value: Json, at: datetime) -> bool | None:
    """None: an older report than the one we have."""
    if _is_late(template, at):
        return None
    other, rejection = record(value.get("other_info")), record(value.get("rejection_info"))
    title = word(other, "title").upper()
    event = word(value, "event", 24).upper()
    status = TITLES.get(title) or LEAVES.get(event, event)
    if not status:
        return False
    template.provider_id = template.provider_id or word(value, "message_template_id", 40)
    template.status_at, reason = at, _reason(value, other, rejection)
    said = " ".join(filter(None, (line(rejection, "reason"), line(rejection, "recommendation"))))
    is_new = take_status(
        template, status, at=at, reason=reason, pause=title if status == PAUSED else "", detail=said or reason
    )
    return take_category(template, word(value, "message_template_category", 20).upper()) or is_new


def _is_late(template: Template, at: datetime) -> bool:
    """Something newer is known: another report, or the list as it was read some time after."""
    is_reported = template.status_at is not None and template.status_at > at
    return is_reported or (template.synced_at is not None and template.synced_at - SKEW > at)


def _reason(value: Json, other: Json, rejection: Json) -> str:
    """In words where the provider gives some, else its own code."""
    words = " ".join(filter(None, (line(rejection, "reason"), line(rejection, "recommendation"))))
    code = line(value, "reason")
    code = "" if code.upper() == "NONE" else code
    is_over = word(other, "title").upper() == "UNPAUSE"
    return words or code or ("" if is_over else line(other, "description"))


def _quality(template: Template, value: Json, at: datetime) -> bool:
    return take_quality(template, word(value, "new_quality_score", 12).upper())


def _category(template: Template, value: Json, at: datetime) -> bool:
    """With `correct_category` it is announced, and `new_category` is the present one; else it is done."""
    current, correct = word(value, "new_category", 20).upper(), word(value, "correct_category", 20).upper()
    if not correct:
        return take_category(template, current)
    seconds = word(value, "category_update_timestamp", 12)
    due = datetime.fromtimestamp(int(seconds), UTC) if seconds.isdecimal() else None
    is_new = take_category(template, current)
    return take_announcement(template, correct, due) or is_new


def _components(template: Template, value: Json, at: datetime) -> bool:
    """The webhook carries less than the list does: read it again."""
    request_sync(account=template.account)
    return True


READERS: dict[str, Reader] = {
    "message_template_status_update": _status,
    "message_template_quality_update": _quality,
    "template_category_update": _category,
    "message_template_components_update": _components,
}
