"""The Celery application: coarse wake-ups, never the truth."""

import os
import warnings

from celery import Celery
from celery.signals import worker_init, worker_process_init

from common.garbage import calm_collector

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

# Celery warns root for the sake of pickled tasks; ours are JSON, and containers are root.
warnings.filterwarnings("ignore", "You're running the worker with superuser")

app = Celery("parley")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect(weak=False)
@worker_process_init.connect(weak=False)
def _prepare_process(**_: object) -> None:
    """Before children are made as well: what the collector does not touch stays shared with them."""
    calm_collector()
