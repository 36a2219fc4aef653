"""Wake-ups of the engine; each may run twice, late or never."""

from __future__ import annotations

from typing import Any

from celery import shared_task

from notifications.operations.alert_mails import send_mails
from notifications.operations.alerts import look_all
from notifications.operations.campaign_runs import work_all
from notifications.operations.engine import run_all, run_urgent


@shared_task(name="notifications.move_ladders", queue="default")
def move_ladders(**_: Any) -> None:
    """Hear what happened, move what is due."""
    run_all()


@shared_task(name="notifications.move_urgent", queue="urgent")
def move_urgent(**_: Any) -> None:
    """Move urgent ladders that are due."""
    run_urgent()


@shared_task(name="notifications.work_campaigns", queue="default")
def work_campaigns(**_: Any) -> None:
    """Check rows, begin with the next people of campaigns."""
    work_all()


@shared_task(name="notifications.look_at_rules", queue="default")
def look_at_rules(**_: Any) -> None:
    """Look whether something is wrong that somebody wants to be told of."""
    look_all()


@shared_task(name="notifications.mail_alerts", queue="default")
def mail_alerts(**_: Any) -> None:
    """Send the e-mails about it."""
    send_mails()
