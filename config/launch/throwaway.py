"""`make test`, and any other command that wants fresh servers which vanish with it."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from config.launch import keys, servers
from config.launch.environment import ROOT, Environment
from config.launch.errors import StopRequested
from config.launch.identity import Identity, prepare_child
from config.launch.output import say
from config.launch.supervisor import Supervisor

#: How long a command may clean up after Ctrl-C before it is told again.
INTERRUPT_SECONDS = 15.0
#: The shell shows the same pages without windows of its own around them.
BROWSERS = (
    "chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable",
)  # fmt: skip
#: One worker more than cores, because stories wait; tests/conftest.py makes the groups.
TOGETHER = ["-n", str(min(8, (os.cpu_count() or 1) + 1))]
MAC_BROWSER = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")


def test(environment: Environment, arguments: list[str]) -> int:
    """Run pytest on throw-away servers with `arguments`, or on all that is not long; gives its exit code."""
    return _pytest(environment, arguments or [*TOGETHER, "-m", "not long"])


def proof(environment: Environment, arguments: list[str]) -> int:
    """The same for what `test` leaves out because it takes long."""
    return _pytest(environment, [*TOGETHER, "-m", "long", *arguments])


def _pytest(environment: Environment, arguments: list[str]) -> int:
    browser = find_browser(environment)
    if browser is None:
        say("No Chromium found, so the browser journeys cannot pass: install `chromium` or set CHROMIUM.")
    told = {"CHROMIUM": browser} if browser else {}
    return with_servers(environment, [sys.executable, "-m", "pytest", *arguments], told)


def with_servers(environment: Environment, command: list[str], told: dict[str, str]) -> int:
    """Run `command` with fast, forgetful servers of its own and `told` on top; gives its exit code.

    Never on servers named in the environment: tests empty every table they find.
    """
    folder = Path(tempfile.mkdtemp(prefix="parley-"))
    try:
        environment = replace(environment, data=folder, database_url=None, owner_url=None, redis_url=None)
        with Supervisor(folder, echoes=False) as supervisor:
            environment = servers.start(supervisor, environment, durable=False)
            told = {
                **environment.for_owning(),
                **keys.provide(environment),
                "PARLEY_DEMO": environment.given.get("PARLEY_DEMO", "0"),
                **told,
            }
            return _follow(supervisor, command, told)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def find_browser(environment: Environment) -> str | None:
    """The path of Chromium or Chrome: $CHROMIUM, else what is installed."""
    given = environment.given.get("CHROMIUM")
    installed = (shutil.which(name, path=environment.given.get("PATH")) for name in BROWSERS)
    return (
        given or next(filter(None, installed), None) or (str(MAC_BROWSER) if MAC_BROWSER.exists() else None)
    )


def _follow(supervisor: Supervisor, command: list[str], told: dict[str, str]) -> int:
    """Run `command` in the foreground and look after the servers meanwhile; gives its exit code."""
    launcher = os.getpid()
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=told,
        preexec_fn=lambda: prepare_child(  # noqa: PLW1509 - the launcher has one thread
            Identity.SELF, launcher, signal.SIGTERM
        ),
    )
    while process.poll() is None:
        try:
            supervisor.tick(0.1)
        except StopRequested:
            _end(process, supervisor.stop_signal)
    return process.returncode if process.returncode >= 0 else 128 - process.returncode


def _end(process: subprocess.Popen[bytes], asked_by: int) -> None:
    """Let the command end in its own way: the terminal has told it of a Ctrl-C, of nothing else."""
    if asked_by == signal.SIGINT:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(INTERRUPT_SECONDS)
    process.terminate()
    process.wait()
