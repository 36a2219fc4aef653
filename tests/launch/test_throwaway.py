"""`make test` and other commands on servers that vanish with them."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from config.launch import environment as environments
from config.launch import throwaway
from config.launch.environment import ROOT

LOOK = """import os, psycopg2
cursor = psycopg2.connect(os.environ["DATABASE_URL"]).cursor()
cursor.execute("SELECT current_user, current_setting('fsync')")
env = os.environ
print(*cursor.fetchone(), env["PARLEY_DATA"], len(env["PARLEY_MASTER_KEY"]), env["PARLEY_DEMO"])
raise SystemExit(7)"""


def launch(*command: str, **more) -> "subprocess.Popen[str]":
    told = {name: value for name, value in os.environ.items() if not name.startswith("PARLEY_")}
    return subprocess.Popen(
        [sys.executable, "-m", "config.launch", *command],
        cwd=ROOT,
        env=told,
        stdout=subprocess.PIPE,
        text=True,
        **more,
    )


def test_a_command_finds_fresh_servers_and_its_exit_code_comes_through():
    process = launch("with", "--", sys.executable, "-c", LOOK)
    said, _ = process.communicate(timeout=180)
    assert process.returncode == 7
    user, fsync, folder, key_length, demo = said.split()
    assert (user, fsync, key_length, demo) == ("app_web", "off", "44", "0")
    assert not Path(folder).exists()


def test_tests_never_touch_servers_of_the_person(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://app_web@production/parley")
    monkeypatch.setenv("DATABASE_OWNER_URL", "postgresql://app_owner@production/parley")
    monkeypatch.setenv("REDIS_URL", "redis://production/0")
    said, _ = launch("with", "sh", "-c", "echo $DATABASE_URL $DATABASE_OWNER_URL $REDIS_URL").communicate(
        timeout=180
    )
    assert "production" not in said
    assert [word.partition(":")[0] for word in said.split()] == ["postgresql", "postgresql", "unix"]


def test_asked_to_stop_it_ends_the_command_and_cleans_up():
    process = launch("with", "sh", "-c", "echo $PARLEY_DATA; exec sleep 60")
    assert process.stdout
    folder = Path(process.stdout.readline().strip())
    assert (folder / "postgres").exists()
    process.terminate()
    began = time.monotonic()
    assert process.wait(50) == 128 + signal.SIGTERM
    assert time.monotonic() - began < 50
    assert not folder.exists()


def test_an_unknown_command_is_answered_with_the_known_ones():
    process = launch("dance")
    assert process.communicate(timeout=60)[0].startswith(
        "There is no command 'dance': use run, test, proof, check"
    )
    assert process.returncode == 1


def browser(tmp_path: Path, name: str) -> Path:
    path = tmp_path / name
    path.touch(mode=0o755)
    return path


def test_the_browser_named_by_the_person_comes_first(tmp_path):
    browser(tmp_path, "chromium")
    found = environments.read({"CHROMIUM": "/opt/my-chrome", "PATH": str(tmp_path)})
    assert throwaway.find_browser(found) == "/opt/my-chrome"


@pytest.mark.parametrize("name", throwaway.BROWSERS)
def test_an_installed_browser_is_found_under_each_of_its_names(tmp_path, name):
    path = browser(tmp_path, name)
    assert throwaway.find_browser(environments.read({"PATH": str(tmp_path)})) == str(path)


def test_the_browser_without_windows_is_taken_where_both_are(tmp_path):
    paths = [browser(tmp_path, name) for name in ("chromium", "chromium-headless-shell")]
    assert throwaway.find_browser(environments.read({"PATH": str(tmp_path)})) == str(paths[1])


def test_no_browser_is_none(tmp_path, monkeypatch):
    monkeypatch.setattr(throwaway, "MAC_BROWSER", tmp_path / "none")
    assert throwaway.find_browser(environments.read({"PATH": str(tmp_path)})) is None
