"""The command line of `bench.inside`."""

import dataclasses
import sys
from collections.abc import Callable
from typing import Any

import django
import orjson

django.setup()

from bench.inside import (  # noqa: E402 - models need Django to be set up
    backlog,
    bodies,
    casting,
    lists,
    log,
    reports,
    sends,
    templates,
)
from common.garbage import calm_collector  # noqa: E402

MEASURES: dict[str, Callable[..., Any]] = {
    "tenant": casting.make_tenant,
    "drain": backlog.drain_backlog,
    "send": sends.send_queued,
    "send-bare": sends.send_bare,
    "lists": lists.list_threads,
    "reports": reports.report_all,
    "log": log.read_log,
    "parse": bodies.parse_body,
    "templates": templates.keep_templates,
}


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.asdict(value)
    raise TypeError(type(value).__name__)


if __name__ == "__main__":
    calm_collector()  # as in a worker's child
    arguments = orjson.loads(sys.argv[2]) if len(sys.argv) > 2 else {}
    print(orjson.dumps(MEASURES[sys.argv[1]](**arguments), default=_plain).decode())
