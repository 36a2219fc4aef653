"""`make check`: every check that needs no running product, one after another; none hides the next."""

import subprocess
import sys
from pathlib import Path

from config.launch.environment import ROOT
from config.launch.output import say

_BIN = Path(sys.executable).parent
_MANAGE = (sys.executable, "manage.py")

CHECKS: dict[str, tuple[str, ...]] = {
    "format": (str(_BIN / "ruff"), "format", "--check", "."),
    "lint": (str(_BIN / "ruff"), "check", "."),
    "types": (str(_BIN / "mypy"), "."),
    "templates": (str(_BIN / "djlint"), ".", "--lint", "--quiet"),
    "migrations": (*_MANAGE, "makemigrations", "--check", "--dry-run"),
    "openapi": (*_MANAGE, "openapi", "--check"),
    "architecture": (sys.executable, "-m", "pytest", "--quiet", "tests/test_architecture.py"),
}


def main(names: list[str]) -> int:
    """Run the checks of these names, or all; gives 1 when one of them found something."""
    failed = [name for name in names or CHECKS if not passes(name)]
    say(f"\nFailed: {', '.join(failed)}." if failed else "\nEvery check passed.")
    return 1 if failed else 0


def passes(name: str) -> bool:
    """Run one check and say how it went; what it printed is shown when it found something."""
    done = subprocess.run(
        CHECKS[name], cwd=ROOT, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    say(f"{name:<14}{'found something:' if done.returncode else 'ok'}")
    if done.returncode:
        say(done.stdout)
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
