"""Wake-ups of the engine; each may run twice, late or never."""

from __future__ import annotations

from typing import Any

from celery import shared_task

from notifications.operations.campaign_runs import work_all
from notifications.operations.engine import run_all


@shared_task(name="notifications.move_ladders", queue="default")
def move_ladders(**_: Any) -> None:
    """Hear what happened, move what is due."""
    run_all()


@shared_task(name="notifications.work_campaigns", queue="default")
def work_campaigns(**_: Any) -> None:
    """Check rows, begin with the next people of campaigns."""
    work_all()
