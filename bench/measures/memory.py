"""How much memory our processes take while nothing happens."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path

import orjson

from bench.cast import Tenant
from bench.house import House
from bench.plan import Plan
from bench.table import Row, at_most

MB = 1_000_000
POSTGRES = "postgres"
#: What names servers that are there already.
SERVERS = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL")


def memory_rows(home: House, _tenant: Tenant, plan: Plan) -> Iterator[Row]:
    """The proportional set size of all processes and their children, with Valkey and without PostgreSQL.

    They run as `make run` runs them: with the demo, and servers of their own.
    """
    data = home.data / "idle"
    command = [sys.executable, "-m", "config.launch", "run"]
    told = {"PARLEY_DEMO": "1", "PARLEY_DATA": str(data), **dict.fromkeys(SERVERS, "")}
    with home.program("idle", command, ready="Parley is ready.", **told):
        time.sleep(plan.idle_s)
        roots = orjson.loads((data / "processes.json").read_bytes())
        sizes = {name: sum(map(_bytes, _family(pid))) / MB for name, pid in roots.items() if name != POSTGRES}
        sizes["launcher"] = _bytes(home.pids["idle"]) / MB
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
        if names.get(pid) != POSTGRES:
            found.append(pid)
            asked += children.get(pid, [])
    return found


def _bytes(pid: int) -> int:
    """Private memory plus its share of what is shared."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    return 0
