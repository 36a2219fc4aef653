"""Wake-ups of the workspace."""

from __future__ import annotations

from typing import Any

from celery import shared_task

from tenants.operations.availability import mark_idle


@shared_task(name="tenants.mark_idle", queue="default")
def take_for_away(**_: Any) -> None:
    """Take members of whom nothing was heard for long for away."""
    mark_idle()
