"""E-mails to members: claimed, sent outside any transaction, tried again while the mail server is away."""

from __future__ import annotations

import logging
import smtplib
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.mail import EmailMessage
from django.db.models import Min

from common import queues
from common.tenancy import require_tenant, tenant_context
from common.times import database_now
from tenants.models import MemberMail, Tenant

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=2)
AT_ONCE = 20
#: After so many tries a message is not worth sending any more; the console says it all the same.
TRIES = 6
SUBJECT_CHARS = 180


@dataclass(frozen=True, slots=True)
class Letter:
    """What somebody reads."""

    subject: str
    body: str


#: Makes the letter of a row, inside the tenant's scope; None when there is nothing left to say.
Writer = Callable[[Any], Letter | None]


def send_mails(kind: type[MemberMail], queue: str, write: Writer, *, seconds: float = 20.0) -> int:
    """Send what is due of one kind, tenant by tenant; returns how many left."""
    until, sent = time.monotonic() + seconds, 0
    while time.monotonic() < until and (claim := queues.claim_tenant(queue)):
        with tenant_context(claim.tenant_id):
            ready = _ready(kind, write)
        left = {key for key, message in ready.items() if _leaves(message, key)}
        with tenant_context(claim.tenant_id):
            sent += kind.objects.filter(id__in=left).update(sent_at=database_now(), due_at=None)
            next_due = kind.objects.filter(due_at__isnull=False).aggregate(at=Min("due_at"))["at"]
        queues.settle(claim, next_due)
    return sent


def _ready(kind: type[MemberMail], write: Writer) -> dict[UUID, EmailMessage]:
    """Ours until the lease ends; each try waits longer for the next, the last one for none."""
    now, workspace = database_now(), Tenant.objects.get(id=require_tenant()).name
    rows = kind.objects.filter(due_at__lte=now).select_related("member__user")
    ready = {}
    for mail in rows.select_for_update(of=("self",), skip_locked=True).order_by("due_at")[:AT_ONCE]:
        letter = write(mail) if mail.member.is_active else None
        mail.attempts += 1
        mail.due_at = _again(now, mail.attempts) if letter else None
        mail.save(update_fields=["attempts", "due_at"])
        if letter:
            ready[mail.id] = _message(letter, workspace, mail.member.email)
    return ready


def _message(letter: Letter, workspace: str, to: str) -> EmailMessage:
    subject = " ".join(f"[{workspace}] {letter.subject}".split())[:SUBJECT_CHARS]
    return EmailMessage(subject, letter.body, to=[to])


def _again(now: datetime, attempts: int) -> datetime | None:
    return now + LEASE * 2 ** (attempts - 1) if attempts < TRIES else None


def _leaves(message: EmailMessage, key: UUID) -> bool:
    try:
        message.send()
    except (OSError, smtplib.SMTPException) as error:
        log.warning("an e-mail did not leave: %s", type(error).__name__, extra={"mail": str(key)})
        return False
    return True
