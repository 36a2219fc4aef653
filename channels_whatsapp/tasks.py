"""Wake-ups become operations; they may run twice, late or never."""

from __future__ import annotations

from typing import Any

from celery import shared_task

from channels_whatsapp.operations.work import work_all


@shared_task(name="channels_whatsapp.work_templates", queue="default")
def work_templates(**_: Any) -> None:
    """Tell WhatsApp what people decided about templates, and read its list."""
    work_all()
