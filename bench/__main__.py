"""`make bench [ARGS=quick]`: measure, print the table, write var/bench.json."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from bench.cast import make_tenant
from bench.house import ROOT, House, house
from bench.measures import (
    backlog,
    crowd,
    large,
    lists,
    live,
    log,
    memory,
    notifications,
    page,
    preview,
    sends,
    webhooks,
)
from bench.plan import FULL, QUICK, Plan
from bench.table import Row, shown, write

NUMBERS = 4


def main(arguments: list[str]) -> int:
    """Run every measure; gives 1 when a target is missed."""
    began = time.monotonic()
    plan = QUICK if "quick" in arguments else FULL
    wanted = [word for word in arguments if word != "quick"]
    with house() as home:
        rows = []
        for row in measure(home, plan, wanted):
            print(f"  {row.name}: {row.value:.4g} {row.unit}", flush=True)
            rows.append(row)
    print(f"\n{shown(rows)}\n\nIt took {time.monotonic() - began:.0f} s.")
    write(rows, Path(os.environ.get("PARLEY_DATA") or ROOT / "var") / "bench.json", quick=plan is QUICK)
    return 0 if all(row.ok is not False for row in rows) else 1


def measure(home: House, plan: Plan, wanted: list[str]) -> Iterator[Row]:
    """The rows in the order of the table; `wanted` names measures, none means all."""
    tenant = make_tenant(
        home, name="Measured", first=555000111000001, numbers=NUMBERS, messages_per_second=1000
    )
    measures = {
        "memory": memory.memory_rows,
        "answers": webhooks.answer_rows,
        "live": live.live_rows,
        "storm": webhooks.storm_rows,
        "backlog": backlog.backlog_rows,
        "sends": sends.send_rows,
        "notifications": notifications.notification_rows,
        "crowd": crowd.crowd_rows,
        "page": page.page_rows,
        "preview": preview.preview_rows,
        "lists": lists.list_rows,
        "log": log.log_rows,
        "body": large.body_rows,
        "templates": large.template_rows,
    }
    for name, rows in measures.items():
        if not wanted or name in wanted:
            yield from rows(home, tenant, plan)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
