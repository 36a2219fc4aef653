"""The processes of a running Parley, and the commands that prepare them."""

import sys

from config.launch.environment import Environment
from config.launch.errors import CannotStart
from config.launch.programs import Program

#: A task may run for 60 s and a worker waits 20 s before it gives unfinished ones back.
WORKER_GRACE = 90.0


def migrate(environment: Environment, keys: dict[str, str]) -> Program:
    """Brings the tables up to date, as the role that owns them; its system checks speak for all commands."""
    told = environment.for_owning() | keys
    return Program("migrate", _manage("migrate", "--no-input"), told, stop_rank=0, quiet=True)


def demo(environment: Environment, keys: dict[str, str]) -> Program:
    """Makes the demo tenants where they are missing, and writes run.json."""
    command = _manage("demo", "--skip-checks")
    return Program("demo", command, told_all(environment, keys), stop_rank=0, quiet=True, shared=True)


def simulator(environment: Environment) -> Program:
    """The far end of the demo: the providers and the customers' phones."""
    return Program("simulator", _module("simulator"), environment.for_simulator(), stop_rank=1)


def serving(environment: Environment, keys: dict[str, str]) -> list[Program]:
    """Web, workers and clock, in the order in which they start."""
    told = told_all(environment, keys)
    level = environment.given.get("PARLEY_LOG_LEVEL") or "info"
    return [
        Program("web", _web(environment, level), told, stop_rank=0, shared=True),
        _worker("inbound", "inbound", "-c", "1", told=told, level=level),
        _worker("urgent", "urgent", "-P", "threads", "-c", "3", told=told, level=level),
        _worker("outbound", "outbound,media,default", "-c", "2", told=told, level=level),
        Program("clock", _manage("clock", "--skip-checks"), told, stop_rank=2, quiet=True, shared=True),
    ]


def told_all(environment: Environment, keys: dict[str, str]) -> dict[str, str]:
    """What each of our processes is told that serves."""
    return environment.for_serving() | keys


def named(environment: Environment, names: list[str]) -> Program:
    """The one process of that name, with keys as given; raises CannotStart for another number or name."""
    programs = {program.name: program for program in [*serving(environment, {}), simulator(environment)]}
    if len(names) != 1 or names[0] not in programs:
        raise CannotStart(f"Name one process: {', '.join(programs)}.")
    return programs[names[0]]


def _web(environment: Environment, level: str) -> list[str]:
    return [
        *_module("uvicorn", "config.asgi:application"),
        *("--host", environment.bind, "--port", str(environment.port)),
        *("--ws", "websockets-sansio", "--ws-max-size", "65536", "--ws-max-queue", "16"),
        *("--ws-ping-interval", "20", "--ws-ping-timeout", "20"),
        *("--loop", "uvloop", "--http", "httptools", "--lifespan", "on"),
        *("--no-access-log", "--log-level", level.lower(), "--timeout-graceful-shutdown", "5"),
    ]


def _worker(name: str, queues: str, *pool: str, told: dict[str, str], level: str) -> Program:
    arguments = [
        sys.executable,
        *("-m", "celery", "--quiet", "-A", "config", "worker"),
        *("-n", f"{name}@%h", "-Q", queues, *pool),
        *("--without-gossip", "--without-mingle", "--loglevel", level.upper()),
    ]
    return Program(
        f"worker-{name}", arguments, told, stop_rank=3, grace=WORKER_GRACE, quiet=True, shared=True
    )


def _manage(*arguments: str) -> list[str]:
    return [sys.executable, "manage.py", *arguments]


def _module(*arguments: str) -> list[str]:
    return [sys.executable, "-m", *arguments]
