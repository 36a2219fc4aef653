"""E-mails about alerts."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext as _

from notifications.models import AlertMail
from tenants.operations import mails
from tenants.operations.mails import Letter

QUEUE = "alert_mails"


def send_mails(*, seconds: float = 20.0) -> int:
    """Send what is due, tenant by tenant; returns how many left."""
    return mails.send_mails(AlertMail, QUEUE, _letter, seconds=seconds)


def _letter(mail: AlertMail) -> Letter:
    words = _("Over: %s") if mail.is_over else _("Needs somebody: %s")
    link = f"{settings.PUBLIC_URL}/console/health/"
    body = f"{mail.sentence}\n\n{_('See what is wrong and what to do:')} {link}\n"
    return Letter(words % mail.sentence.partition(".")[0], body)
