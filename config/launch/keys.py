"""The two keys of an installation, made once and kept beside its data."""

import base64
import os
import secrets
from pathlib import Path

from config.launch.environment import Environment


def provide(environment: Environment) -> dict[str, str]:
    """PARLEY_SECRET_KEY and PARLEY_MASTER_KEY: as given, else from `$PARLEY_DATA`, else made there (0600)."""
    return {
        "PARLEY_SECRET_KEY": environment.given.get("PARLEY_SECRET_KEY")
        or _kept(environment.data / "secret_key", secrets.token_urlsafe(48)),
        "PARLEY_MASTER_KEY": environment.given.get("PARLEY_MASTER_KEY")
        or _kept(environment.data / "master_key", base64.b64encode(secrets.token_bytes(32)).decode()),
    }


def _kept(path: Path, fresh: str) -> str:
    """The text in `path`; when there is none, `fresh` is written there whole or not at all."""
    if not path.exists():
        partial = path.with_suffix(".new")
        partial.unlink(missing_ok=True)
        with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(fresh)
            file.flush()
            os.fsync(file.fileno())
        partial.rename(path)
    return path.read_text().strip()
