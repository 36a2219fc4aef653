"""Telling workers that there is something to do, by the names of their tasks. Losing it costs a second."""

from __future__ import annotations

import logging

from celery import current_app
from django.conf import settings
from kombu.exceptions import OperationalError

log = logging.getLogger(__name__)


def wake(queue: str) -> None:
    """Wake the worker of a queue of work; without Redis the clock finds the work a second later."""
    task, celery_queue = settings.WORK_QUEUES[queue]
    try:
        current_app.send_task(task, queue=celery_queue, ignore_result=True)
    except (OperationalError, OSError) as error:
        log.warning("no wake-up: %s", type(error).__name__, extra={"queue": queue})
