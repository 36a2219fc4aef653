"""E-mails about alerts: claimed, sent outside any transaction, tried again while the mail server is away."""

from __future__ import annotations

import logging
import smtplib
import time
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import Min
from django.utils.translation import gettext as _

from common import queues
from common.tenancy import tenant_context
from notifications.models import AlertMail
from notifications.operations.notify import database_now
from tenants.models import Tenant

log = logging.getLogger(__name__)

QUEUE = "alert_mails"
LEASE = timedelta(minutes=2)
AT_ONCE = 20
#: After so many tries a message is not worth sending any more; the console shows the alert all the same.
TRIES = 6


def send_mails(*, seconds: float = 20.0) -> int:
    """Send what is due, tenant by tenant; returns how many left."""
    until, sent = time.monotonic() + seconds, 0
    while time.monotonic() < until and (claim := queues.claim_tenant(QUEUE)):
        with tenant_context(claim.tenant_id):
            mails, name = _claimed(), Tenant.objects.get(id=claim.tenant_id).name
        done = {mail.id for mail in mails if _sent(mail, name)}
        with tenant_context(claim.tenant_id):
            sent += AlertMail.objects.filter(id__in=done).update(sent_at=database_now(), due_at=None)
            next_due = AlertMail.objects.filter(due_at__isnull=False).aggregate(at=Min("due_at"))["at"]
        queues.settle(claim, next_due)
    return sent


def _claimed() -> list[AlertMail]:
    """Ours until the lease ends; each try waits longer for the next, the last one for none."""
    now = database_now()
    rows = AlertMail.objects.filter(due_at__lte=now).select_related("member")
    found = list(rows.select_for_update(of=("self",), skip_locked=True).order_by("due_at")[:AT_ONCE])
    for mail in found:
        mail.attempts += 1
        mail.due_at = _again(now, mail.attempts)
        mail.save(update_fields=["attempts", "due_at"])
    return found


def _again(now: datetime, attempts: int) -> datetime | None:
    return now + LEASE * 2 ** (attempts - 1) if attempts < TRIES else None


def _sent(mail: AlertMail, workspace: str) -> bool:
    words = _("Over: %s") if mail.is_over else _("Needs somebody: %s")
    subject = f"[{workspace}] {words % mail.sentence.partition('.')[0]}"
    link = f"{settings.PUBLIC_URL}/console/health/"
    body = f"{mail.sentence}\n\n{_('See what is wrong and what to do:')} {link}\n"
    try:
        EmailMessage(" ".join(subject.split())[:180], body, to=[mail.member.email]).send()
    except (OSError, smtplib.SMTPException) as error:
        log.warning("an alert was not mailed: %s", type(error).__name__, extra={"mail": str(mail.id)})
        return False
    return True
