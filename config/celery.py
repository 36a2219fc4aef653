"""The Celery application: coarse wake-ups, never the truth."""

import os
import signal
import warnings

from celery import Celery
from celery.signals import worker_init, worker_process_init

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
