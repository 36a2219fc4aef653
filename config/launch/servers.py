"""PostgreSQL and Redis for one start: the person's own where given, else the built-in ones."""

import hashlib
import os
import tempfile
from pathlib import Path

from config.launch import postgres, valkey
from config.launch.environment import Environment
from config.launch.errors import CannotStart
from config.launch.supervisor import Supervisor

#: The longest path of a socket folder, in bytes: the system allows 107 for a socket with its name.
LONGEST_FOLDER = 80


def start(supervisor: Supervisor, environment: Environment, *, durable: bool) -> Environment:
    """Start what is not given; gives `environment` with the addresses of both."""
    told = dict(environment.given)
    if environment.database_url and not environment.owner_url:
        raise CannotStart(
            "DATABASE_URL is set but DATABASE_OWNER_URL is not: set it to the address for the role that owns "
            "the tables, or unset DATABASE_URL to use the built-in PostgreSQL."
        )
    if environment.database_url is None:
        sockets = socket_folder(environment.data)
        cluster = postgres.start(supervisor, told, environment.data / "postgres", sockets, durable)
        environment = environment.with_servers(
            database_url=cluster.url("app_web"), owner_url=cluster.url("app_owner")
        )
    if environment.redis_url is None:
        sockets = socket_folder(environment.data)
        redis_url = valkey.start(supervisor, told, environment.data / "valkey", sockets, durable)
        environment = environment.with_servers(redis_url=redis_url)
    return environment


def socket_folder(data: Path) -> Path:
    """A private folder for sockets: in `data`, or in the temporary folder when that path is too long."""
    folder = data / "sockets"
    if len(os.fsencode(folder)) > LONGEST_FOLDER:
        name = hashlib.sha256(os.fsencode(data)).hexdigest()[:12]
        folder = Path(tempfile.gettempdir(), f"parley-{os.geteuid()}-{name}")
    folder.mkdir(mode=0o700, exist_ok=True)
    _check_private(folder)
    return folder


def _check_private(folder: Path) -> None:
    """The temporary folder is everybody's: somebody else may have made ours, to listen there."""
    found = folder.lstat()
    ours = found.st_uid in {os.geteuid(), 65534} if os.geteuid() == 0 else found.st_uid == os.geteuid()
    if folder.is_symlink() or not ours or found.st_mode & 0o077:
        raise CannotStart(f"{folder} is not private to you: remove it, then start again.")
