"""As whom a child runs. PostgreSQL refuses to run as root, and machines without Docker are often root."""

import ctypes
import os
import signal
import subprocess
import sys
from enum import Enum
from pathlib import Path
from typing import Any

from config.launch.errors import CannotStart

NOBODY = 65534
_CLONE_NEWUSER = 0x10000000
_PR_SET_PDEATHSIG = 1
_PR_SET_NAME = 15
_libc: Any = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


class Identity(Enum):
    """SELF: as the launcher. NAMESPACE: root, seen as nobody from within. NOBODY: the user of that name."""

    SELF = "self"
    NAMESPACE = "namespace"
    NOBODY = "nobody"

    def popen_arguments(self) -> dict[str, Any]:
        """What subprocess.Popen needs beside the preparation in the child."""
        if self is Identity.NOBODY:
            return {"user": NOBODY, "group": NOBODY, "extra_groups": []}
        return {}

    def own(self, folder: Path) -> None:
        """Let this identity reach and write `folder`, which the launcher made in the data folder."""
        if self is Identity.NOBODY:
            os.chown(folder, NOBODY, NOBODY)
            folder.parent.chmod(folder.parent.stat().st_mode | 0o001)


def for_database(folder: Path, program: Path) -> Identity:
    """The identity for a server that refuses root, with its data in `folder`.

    A folder keeps the identity it began with. Raises CannotStart when root has no way to step down here.
    """
    if os.geteuid() != 0:
        return Identity.SELF
    begun_as_nobody = folder.exists() and folder.stat().st_uid == NOBODY
    if not begun_as_nobody and _works(Identity.NAMESPACE, program):
        return Identity.NAMESPACE
    if _works(Identity.NOBODY, program) and _reachable_by_nobody(folder):
        return Identity.NOBODY
    raise CannotStart(
        "PostgreSQL does not run as root, and root cannot step down on this machine: run `make run` as an "
        "ordinary user, or set DATABASE_URL and DATABASE_OWNER_URL to a PostgreSQL of your own."
    )


def prepare_child(identity: Identity, launcher: int, death_signal: int) -> None:
    """Run in the child between fork and exec: step down if asked, and die with the launcher (Linux)."""
    if identity is Identity.NAMESPACE:
        _enter_user_namespace()
    if _libc is not None:
        die_with_parent(death_signal)
        if os.getppid() != launcher:
            os.kill(os.getpid(), signal.SIGKILL)


def die_with_parent(death_signal: int) -> None:
    """Ask the kernel (Linux only) to send this process `death_signal` when its parent ends."""
    if _libc is not None:
        _libc.prctl(_PR_SET_PDEATHSIG, death_signal, 0, 0, 0)


def name_process(name: str) -> None:
    """What `ps` and `top` call this process (Linux; the first 15 characters)."""
    if _libc is not None:
        _libc.prctl(_PR_SET_NAME, name.encode(), 0, 0, 0)


def _enter_user_namespace() -> None:
    if _libc is None or _libc.unshare(_CLONE_NEWUSER) != 0:
        raise OSError(ctypes.get_errno(), "user namespaces are switched off")
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{NOBODY} 0 1")
    Path("/proc/self/gid_map").write_text(f"{NOBODY} 0 1")


def _works(identity: Identity, program: Path) -> bool:
    launcher = os.getpid()
    try:
        done = subprocess.run(
            [program, "--version"],
            check=False,
            capture_output=True,
            preexec_fn=lambda: prepare_child(identity, launcher, signal.SIGKILL),
            **identity.popen_arguments(),
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return done.returncode == 0


def _reachable_by_nobody(folder: Path) -> bool:
    """Whether everybody may pass through the folders above the data folder, in which `folder` lies."""
    return all(above.stat().st_mode & 0o001 for above in folder.absolute().parent.parents)
