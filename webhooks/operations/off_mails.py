"""E-mails that say that we switched an endpoint off: one to each member who may switch it on again."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from common import queues
from common.ids import uuid7
from common.sql import insert_rows
from common.times import database_now
from tenants.operations import mails
from tenants.operations.mails import Letter
from tenants.queries import members_with
from webhooks.models import Endpoint, OffMail, Why
from webhooks.words import name_of

QUEUE = "webhook_mails"
SWITCHES = "webhooks:write"


def write_mails(endpoint: Endpoint) -> None:
    """Rows, in the transaction that switches it off; the mails leave in a task. Writes OffMail."""
    now = database_now()
    rows = [
        OffMail(id=uuid7(), endpoint_id=endpoint.id, member=one, due_at=now) for one in members_with(SWITCHES)
    ]
    insert_rows(rows)
    if rows:
        queues.enqueue(QUEUE)


def send_mails(*, seconds: float = 20.0) -> int:
    """Send what is due, tenant by tenant; returns how many left."""
    return mails.send_mails(OffMail, QUEUE, _letter, seconds=seconds)


def _letter(mail: OffMail) -> Letter | None:
    """In the language its reader chose. None when somebody was faster: it is on again, paused or gone."""
    rows = Endpoint.objects.filter(id=mail.endpoint_id, removed_at=None, why_disabled__in=_REASONS)
    endpoint = rows.first()
    if endpoint is None:
        return None
    with translation.override(mail.member.user.language or settings.LANGUAGE_CODE):
        return _written(endpoint)


def _written(endpoint: Endpoint) -> Letter:
    """Names its host, never the whole address, which may hold a password of theirs."""
    told = {"host": urlsplit(endpoint.url).hostname or "", "at": _moment(endpoint.disabled_at)}
    link = f"{settings.PUBLIC_URL}{reverse('webhook', args=[endpoint.id])}"
    lines = [
        _REASONS[Why(endpoint.why_disabled)]() % told,
        _("What happens meanwhile is delivered when you resume, as far as it is not older than 30 days."),
        f"{_('See each answer, and resume:')} {link}",
    ]
    subject = _("Nothing is delivered to “%s” any more") % name_of(endpoint)
    return Letter(subject, "\n\n".join(lines) + "\n")


def _moment(at: datetime | None) -> str:
    return f"{date_format(at.astimezone(UTC), 'DATETIME_FORMAT')} UTC" if at else ""


def _gone() -> str:
    return _(
        "%(host)s answered 410, which says that it wants nothing more. So it was switched off on %(at)s."
    )


def _failing() -> str:
    return _("For five days nothing could be delivered to %(host)s. So it was switched off on %(at)s.")


#: Why we switch one off ourselves, in a sentence.
_REASONS = {Why.GONE: _gone, Why.FAILING: _failing}
