"""The built-in servers, really started: roles, sockets, recovery from kill -9, a clean and an unclean end."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psycopg2
import pytest
import redis

from config.launch import servers
from config.launch.environment import ROOT
from config.launch.errors import CannotStart

SECONDS = 90.0


class Launcher:
    """`config.launch servers` on a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        told = {
            name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "config.launch", "servers"],
            cwd=ROOT,
            env={**told, "PARLEY_DATA": str(folder)},
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self.exports = self._read_exports()

    def pid(self, name: str) -> int:
        return int(json.loads((self.folder / "processes.json").read_text())[name])

    def connect(self, name: str = "DATABASE_URL") -> psycopg2.extensions.connection:
        return psycopg2.connect(self.exports[name])

    def redis(self) -> "redis.Redis":
        return redis.Redis.from_url(self.exports["REDIS_URL"], socket_timeout=2)

    def _read_exports(self) -> dict[str, str]:
        found: dict[str, str] = {}
        while "REDIS_URL" not in found:
            assert self.process.stdout
            line = self.process.stdout.readline()
            assert line, "the launcher ended before it said where the servers are"
            if line.startswith("export "):
                name, _, value = line.removeprefix("export ").strip().partition("=")
                found[name] = value.strip("'")
        return found


@contextmanager
def launched(folder: Path) -> Iterator[Launcher]:
    launcher = Launcher(folder)
    try:
        yield launcher
    finally:
        launcher.process.terminate()
        launcher.process.wait(SECONDS)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Launcher]:
    with launched(tmp_path_factory.mktemp("p")) as launcher:
        yield launcher


def eventually(happens, seconds: float = SECONDS) -> None:
    """Wait until `happens()` is true and raises nothing that a starting server causes."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            if happens():
                return
        except (psycopg2.OperationalError, redis.ConnectionError, KeyError):
            pass
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def processes_of(folder: Path) -> list[str]:
    """Command lines of living processes that were told of the folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            line, told = (process / "cmdline").read_bytes(), (process / "environ").read_bytes()
        except OSError:
            continue
        if os.fsencode(folder) in line + told:
            found.append(line.decode(errors="replace"))
    return found


def test_the_serving_role_can_neither_own_nor_look_behind_row_security(running):
    with closing(running.connect()) as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolsuper, rolbypassrls, rolcreatedb FROM pg_roles WHERE rolname = current_user"
        )
        assert cursor.fetchone() == (False, False, False)
        cursor.execute(
            "SELECT current_user, pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'parley'"
        )
        assert cursor.fetchone() == ("app_web", "app_owner")
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            cursor.execute("CREATE TABLE t ()")


def test_the_serving_role_has_its_time_limits(running):
    with closing(running.connect()) as connection, connection.cursor() as cursor:
        limits = []
        for name in ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"):
            cursor.execute(f"SHOW {name}")
            limits += cursor.fetchone()
    assert limits == ["15s", "5s", "30s"]


def test_the_owner_may_make_databases_and_its_tables_last(running):
    with closing(running.connect("DATABASE_OWNER_URL")) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("CREATE DATABASE another")
            cursor.execute("DROP DATABASE another")
            cursor.execute("SELECT current_setting('fsync'), current_setting('synchronous_commit')")
            assert cursor.fetchone() == ("on", "on")
            cursor.execute("SELECT 'Grüße' % 'Grüsse', lower('ÄÖÜ'), current_setting('data_checksums')")
            assert cursor.fetchone() == (True, "äöü", "on")


def test_nothing_listens_on_a_port_and_the_sockets_are_private(running):
    sockets = Path(parse_qs(urlsplit(running.exports["DATABASE_URL"]).query)["host"][0])
    assert sockets.stat().st_mode & 0o777 == 0o700
    with closing(running.connect()) as connection, connection.cursor() as cursor:
        cursor.execute("SHOW listen_addresses")
        assert cursor.fetchone() == ("",)
    assert running.redis().config_get("port") == {"port": "0"}
    assert running.redis().config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}


def test_a_second_launcher_on_the_folder_is_refused_with_a_sentence(running):
    done = subprocess.run(
        [sys.executable, "-m", "config.launch", "servers"],
        cwd=ROOT,
        env={**os.environ, "PARLEY_DATA": str(running.folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stdout.startswith("Parley already runs on ")
    assert done.stderr == ""


def test_servers_that_are_killed_come_back_with_what_they_held(running):
    with (
        closing(running.connect("DATABASE_OWNER_URL")) as connection,
        connection,
        connection.cursor() as cursor,
    ):
        cursor.execute("CREATE TABLE kept AS SELECT 7 AS number")
    running.redis().set("kept", "7")
    before = {name: running.pid(name) for name in ("postgres", "valkey")}
    time.sleep(1.1)  # Valkey writes its log to the disk each second
    for pid in before.values():
        os.kill(pid, signal.SIGKILL)
    eventually(lambda: all(running.pid(name) != pid for name, pid in before.items()))

    def postgres_is_back() -> bool:
        with closing(running.connect("DATABASE_OWNER_URL")) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT number FROM kept")
            return bool(cursor.fetchone() == (7,))

    eventually(postgres_is_back)
    eventually(lambda: running.redis().get("kept") == b"7")


def test_after_a_stop_nothing_runs_and_the_next_start_finds_everything(tmp_path):
    with launched(tmp_path) as launcher:
        with closing(launcher.connect("DATABASE_OWNER_URL")) as connection, connection:
            connection.cursor().execute("CREATE TABLE kept AS SELECT 7 AS number")
        launcher.redis().set("kept", "7")
    assert launcher.process.returncode == 0
    assert processes_of(tmp_path) == []
    assert json.loads((tmp_path / "processes.json").read_text()) == {}
    with launched(tmp_path) as launcher:
        with closing(launcher.connect("DATABASE_OWNER_URL")) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT number FROM kept")
            assert cursor.fetchone() == (7,)
        assert launcher.redis().get("kept") == b"7"


def test_a_killed_launcher_leaves_nothing_and_a_new_one_starts_at_once(tmp_path):
    launcher = Launcher(tmp_path)
    launcher.process.kill()
    launcher.process.wait()
    with launched(tmp_path) as second:
        assert second.pid("postgres")
    eventually(lambda: processes_of(tmp_path) == [])


def test_a_pid_file_left_by_a_power_cut_is_no_obstacle(tmp_path):
    with launched(tmp_path):
        pass
    # Its number now belongs to somebody else: to this very process.
    (tmp_path / "postgres" / "postmaster.pid").write_text(f"{os.getpid()}\n{tmp_path}/postgres\n")
    with launched(tmp_path) as launcher:
        launcher.connect().close()


def test_data_of_another_version_is_left_alone(tmp_path):
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "PG_VERSION").write_text("14\n")
    done = subprocess.run(
        [sys.executable, "-m", "config.launch", "servers"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "PARLEY_DATA": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "was made by PostgreSQL 14 and this copy brings 18" in done.stdout


def test_a_long_data_path_gets_short_sockets(tmp_path):
    data = tmp_path / ("long" * 25)
    data.mkdir()
    folder = servers.socket_folder(data)
    try:
        assert len(str(folder)) <= servers.LONGEST_FOLDER
        assert folder == servers.socket_folder(data)
        assert folder.stat().st_mode & 0o777 == 0o700
        with closing(socket.socket(socket.AF_UNIX)) as listener:
            listener.bind(str(folder / ".s.PGSQL.5432"))
            (folder / ".s.PGSQL.5432").unlink()
    finally:
        folder.rmdir()


def test_a_socket_folder_that_others_may_enter_is_refused(tmp_path_factory):
    data = tmp_path_factory.mktemp("p")  # short enough for sockets of its own
    (data / "sockets").mkdir(mode=0o777)
    (data / "sockets").chmod(0o777)
    with pytest.raises(CannotStart, match="is not private to you: remove it"):
        servers.socket_folder(data)
