"""`make run`: everything, until Ctrl-C."""

import json
import socket
import urllib.error
import urllib.request
from functools import partial
from typing import Any

from config.launch import forks, keys, locks, processes, servers
from config.launch.environment import Environment
from config.launch.errors import CannotStart
from config.launch.output import say
from config.launch.supervisor import Supervisor

READY_SECONDS = 60.0
#: Talks to this machine only, so it never asks a proxy.
_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def run(environment: Environment) -> None:
    """Start everything, print the addresses, and keep it running until asked to stop."""
    with locks.hold(environment.data, say) as lock:
        check_ports(environment)
        with Supervisor(environment.data, (lock,)) as supervisor:
            start(supervisor, environment)
            say(welcome(environment))
            supervisor.run()
    say("Stopped.")


def start(supervisor: Supervisor, environment: Environment) -> None:
    """Bring up servers, tables, processes and demo; returns when all of them answer."""
    made = keys.provide(environment)
    if environment.demo:
        supervisor.start(processes.simulator(environment))
    say("Starting PostgreSQL and Valkey …")
    environment = servers.start(supervisor, environment, durable=True)
    say("Bringing the tables up to date …")
    supervisor.call(
        processes.migrate(environment, made),
        "correct what they name, then start again.",
        meanwhile=partial(forks.load, processes.told_all(environment, made)),
    )
    for program in processes.serving(environment, made):
        supervisor.start(program)
    if environment.demo:
        supervisor.wait(
            ["simulator"], lambda: _answers(f"{environment.simulator_url}/control/health"), READY_SECONDS
        )
        say("Making the demo …")
        supervisor.call(processes.demo(environment, made), "correct what they name, then start again.")
    supervisor.wait(["web"], lambda: _answers(f"{environment.web_url}/-/health/ready"), READY_SECONDS)


def welcome(environment: Environment) -> str:
    """The lines that tell where to go."""
    lines = ["", "Parley is ready.", "", f"  Inbox      {environment.public_url}/inbox/"]
    if environment.demo:
        lines += [f"  Phone      {environment.public_url}/phone/", *_sign_in(environment)]
    return "\n".join(
        [*lines, "", "Ctrl-C stops it; everything is still there after the next `make run`.", ""]
    )


def _sign_in(environment: Environment) -> list[str]:
    """The one-time link of the first agent of the first demo tenant, from run.json."""
    found: dict[str, Any] = json.loads((environment.data / "run.json").read_text())
    agents = [(tenant, agent) for tenant in found["tenants"] for agent in tenant["agents"]]
    return [
        f"  Sign in    {agent['login_url']}\n             works once, as {agent['email']} of {tenant['name']}"
        for tenant, agent in agents[:1]
    ]


def check_ports(environment: Environment) -> None:
    """Raise CannotStart with another port to try when one of ours is taken."""
    _check_port("PORT", environment.bind, environment.port)
    if environment.demo:
        _check_port("SIMULATOR_PORT", "127.0.0.1", environment.simulator_port)


def _check_port(name: str, host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except OSError as error:
            raise CannotStart(
                f"Port {port} of {host} cannot be used ({error.strerror}): choose another, "
                f"for example {name}={port + 10} make run."
            ) from error


def _answers(url: str) -> bool:
    try:
        with _direct.open(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except (OSError, urllib.error.URLError):
        return False
