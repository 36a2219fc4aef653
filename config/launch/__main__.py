"""The command line of the launcher; `__init__.py` lists the commands."""

import os
import signal
import sys
from typing import NoReturn

from config.launch import catalogues, locks, processes, run, servers, throwaway
from config.launch import environment as environments
from config.launch.environment import Environment
from config.launch.errors import CannotStart, StopRequested
from config.launch.identity import die_with_parent
from config.launch.output import say
from config.launch.programs import Program
from config.launch.supervisor import Supervisor

INTERRUPTED = 130
TESTS = {"test": throwaway.test, "proof": throwaway.proof}


def main(arguments: list[str]) -> int:
    """Do what `arguments` name; gives the exit code."""
    if "MAKELEVEL" in os.environ:  # started by make: when make is killed, stop too
        die_with_parent(signal.SIGTERM)
    command, rest = (arguments[0], arguments[1:]) if arguments else ("run", [])
    try:
        return _do(command, rest, environments.read(os.environ))
    except CannotStart as error:
        say(str(error))
        return 1
    except (StopRequested, KeyboardInterrupt):
        return INTERRUPTED


def _do(command: str, rest: list[str], environment: Environment) -> int:
    if command != "only":  # an image has them already, and may not write
        catalogues.compile_all()
    if command == "run":
        run.run(environment)
        return 0
    if command == "servers":
        serve(environment)
        return 0
    if command in TESTS:
        return TESTS[command](environment, rest)
    if command == "only":
        become(processes.named(environment, rest))
    if command == "check":
        return throwaway.with_servers(environment, [sys.executable, "-m", "config.launch.checks", *rest], {})
    if command == "with":
        return throwaway.with_servers(environment, rest[rest[:1] == ["--"] :], {})
    raise CannotStart(f"There is no command {command!r}: use run, test, proof, check, with, servers or only.")


def serve(environment: Environment) -> None:
    """Run the durable servers alone until asked to stop, after printing what to export."""
    with (
        locks.hold(environment.data, say) as lock,
        Supervisor(environment.data, (lock,)) as supervisor,
    ):
        found = servers.start(supervisor, environment, durable=True)
        for name, value in (
            ("PARLEY_DATA", environment.data),
            ("DATABASE_URL", found.database_url),
            ("DATABASE_OWNER_URL", found.owner_url),
            ("REDIS_URL", found.redis_url),
        ):
            say(f"export {name}='{value}'")
        supervisor.run()


def become(program: Program) -> NoReturn:
    """Turn this process into `program`; in a container everything it is told comes from the environment."""
    os.execve(program.arguments[0], program.arguments, program.told)  # noqa: S606


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
