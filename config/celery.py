"""The Celery application: coarse wake-ups, never the truth."""

import os
import signal
import warnings
from typing import Any

from celery import Celery, Task
from celery.signals import task_postrun, task_prerun, worker_init, worker_process_init
from celery.states import SUCCESS
from django.db import close_old_connections, connections

from common.garbage import calm_collector
from config.launch.identity import Identity, prepare_child

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

# Celery warns root for the sake of pickled tasks; ours are JSON, and containers are root.
warnings.filterwarnings("ignore", "You're running the worker with superuser")

app = Celery("parley")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


_worker = 0


@worker_init.connect(weak=False)
def _prepare_worker(**_: object) -> None:
    """Before children are made as well: what the collector does not touch stays shared with them."""
    global _worker
    _worker = os.getpid()
    calm_collector()


@worker_process_init.connect(weak=False)
def _prepare_child(**_: object) -> None:
    """A child ends with its worker: those of one killed while it starts would wait for each other."""
    prepare_child(Identity.SELF, _worker, signal.SIGKILL)
    calm_collector()


@task_prerun.connect(weak=False)
def _check_connections(**_: object) -> None:
    """As before a request: a connection that PostgreSQL has ended meanwhile must not meet the next task."""
    close_old_connections()


@task_postrun.connect(weak=False)
def _let_go(task: "Task[Any, Any]", state: str, **_: object) -> None:
    """What a task holds that failed is free as soon as its connection ends (common/queues.py)."""
    if state != SUCCESS and not task.request.is_eager:
        connections.close_all()
