"""How much memory our processes take while nothing happens."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

from bench.cast import Tenant
from bench.house import House
from bench.plan import Plan
from bench.table import Row, at_most

PROCESSES = ("web", "worker-inbound", "worker-urgent", "worker-outbound", "clock", "simulator")
MB = 1_000_000


def memory_rows(home: House, _tenant: Tenant, plan: Plan) -> Iterator[Row]:
    """The proportional set size of all processes and their children, with Valkey and without PostgreSQL."""
    with home.running(*PROCESSES):
        time.sleep(plan.idle_s)
        sizes = {name: sum(_bytes(pid) for pid in _family(root)) / MB for name, root in home.pids.items()}
    beside = ", ".join(f"{name} {size:.0f}" for name, size in sizes.items())
    yield Row("memory of all our processes, idle", sum(sizes.values()), "MB", None, beside, at_most(600))


def _family(root: int) -> list[int]:
    """A process and its descendants; PostgreSQL and its own are left out."""
    children: dict[int, list[int]] = {}
    names: dict[int, str] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            name, rest = (folder / "stat").read_text().split("(", 1)[1].rsplit(")", 1)
        except OSError:
            continue  # it has just ended
        names[int(folder.name)] = name
        children.setdefault(int(rest.split()[1]), []).append(int(folder.name))
    found, asked = [], [root]
    while asked:
        pid = asked.pop()
        if names.get(pid) != "postgres":
            found.append(pid)
            asked += children.get(pid, [])
    return found


def _bytes(pid: int) -> int:
    """Private memory plus its share of what is shared."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    return 0
