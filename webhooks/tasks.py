"""Wake-ups of webhooks; each may come twice, late or never."""

from __future__ import annotations

from typing import Any

from celery import shared_task
from celery.signals import worker_shutting_down

from webhooks.couriers import stop_courier, wake_courier
from webhooks.operations.off_mails import send_mails
from webhooks.operations.sweeping import sweep_all


@shared_task(name="webhooks.carry", queue="urgent")
def carry(**_: Any) -> None:
    """Wake this process's courier. It has threads of its own, so urgent messages wait for none of it."""
    wake_courier()


@shared_task(name="webhooks.sweep", queue="default")
def sweep(**_: Any) -> None:
    """Forget what is old."""
    sweep_all()


@shared_task(name="webhooks.mail", queue="default")
def mail(**_: Any) -> None:
    """Tell people which endpoints were switched off."""
    send_mails()


@worker_shutting_down.connect(weak=False)
def _stop(**_: Any) -> None:
    stop_courier()
