"""The cast, made once per test, on real PostgreSQL and Redis, as the role that serves (reliability rule 31).

Acme has Alice (admin) and Bob (agent) and a WhatsApp number; Globex has Charlie (owner) and a number too.
At the end of a story, Charlie is the stranger who sees nothing.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from django.conf import settings
from django.db import connections
from django.test import Client, TransactionTestCase
from playwright.sync_api import Browser
from xdist.scheduler import LoadScopeScheduling

from common.env import database
from tests.browser import running_browser
from tests.cast import ACME_ACCOUNT, Cast, make_cast
from tests.far_end import FarEnd, running_simulator

ROOT = Path(__file__).resolve().parent.parent

#: Tables that migrations fill; everything else is emptied between tests that commit.
KEPT = {"django_migrations", "django_content_type"}


#: What runs in a worker of its own beside the rooms: stories in a browser, whole programs.
PAGES = ("journeys/", "simulator/test_phone_page.py")
PROGRAMS = ("crossfire/", "launch/", "simulator/")


class Groups(LoadScopeScheduling):  # type: ignore[misc]
    """Whole groups, the largest first, so that the pages come last: each program and browser is started once,
    and once a browser runs in a process, only its stories do.

    xdist's own groups are a mark in a test's name, which pytest 9 drops.
    """

    def _split_scope(self, nodeid: str) -> str:
        place = nodeid.removeprefix("tests/")
        return "pages" if place.startswith(PAGES) else "programs" if place.startswith(PROGRAMS) else "rooms"


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Groups:
    return Groups(config, log)


def _own_database(worker: str) -> None:
    """A worker beside others works in a database of its own."""
    name = f"parley_{worker}"
    connection = _owner()
    connection.autocommit = True
    with contextlib.closing(connection), connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")
    for variable in ("DATABASE_URL", "DATABASE_OWNER_URL"):
        os.environ[variable] = os.environ[variable].replace("/parley?", f"/{name}?")
    settings.DATABASES["default"]["NAME"] = connections["default"].settings_dict["NAME"] = name


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: Any, worker_id: str) -> Iterator[None]:
    """Tables made by the owning role in the throw-away database of this run."""
    if worker_id != "master":
        _own_database(worker_id)
    done = subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity", "0"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    with django_db_blocker.unblock():
        _empty()
    yield
    connections.close_all()


def _owner() -> Any:
    url = database(os.environ["DATABASE_OWNER_URL"])
    return psycopg2.connect(host=url["HOST"], dbname=url["NAME"], user=url["USER"], password=url["PASSWORD"])


@cache
def _superuser() -> Any:
    """Whom neither row security nor foreign keys hinder; one connection for the whole run."""
    url = database(os.environ["DATABASE_OWNER_URL"])
    connection = psycopg2.connect(host=url["HOST"], dbname=url["NAME"], user="postgres")
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
    return connection


def _empty() -> None:
    """Empty every table that a row was ever written to. TRUNCATE makes new files for each of them, which
    takes longer than most tests."""
    with _superuser().cursor() as cursor:
        cursor.execute(_WRITTEN)
        names = [name for (name,) in cursor.fetchall() if name not in KEPT]
        if names:
            cursor.execute("; ".join(f'DELETE FROM "{name}"' for name in names))


_WRITTEN = """
SELECT relname FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND pg_relation_size(oid) > 0
"""


@pytest.fixture(autouse=True, scope="session")
def _superuser_empties_tables() -> Iterator[None]:
    original = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]
    TransactionTestCase._fixture_teardown = lambda self: _empty()  # type: ignore[attr-defined]
    yield
    TransactionTestCase._fixture_teardown = original  # type: ignore[attr-defined]


@pytest.fixture(autouse=True)
def _quick_and_tidy(settings: Any, tmp_path: Path) -> None:
    """Passwords hashed quickly, files in the test's own folder; static files are looked up when asked for,
    because listing them for each new Client takes longer than most tests."""
    settings.WHITENOISE_AUTOREFRESH = True
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.DATA_DIR = tmp_path
    settings.FILES_DIR = tmp_path / "files"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """For every test of a page in this process."""
    with running_browser() as found:
        yield found


@pytest.fixture(scope="session")
def _simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FarEnd]:
    with running_simulator(tmp_path_factory.mktemp("simulator")) as far_end:
        yield far_end


@pytest.fixture
def far_end(_simulator: FarEnd, settings: Any) -> Iterator[FarEnd]:
    """The provider: a real simulator process that knows Acme's number."""
    settings.OUTBOUND_ALLOW = ["127.0.0.0/8"]
    _simulator.register(ACME_ACCOUNT)
    yield _simulator
    _simulator.heal()


@pytest.fixture
def cast(db: None) -> Cast:
    """Both tenants with their people and numbers; inside the test's transaction."""
    return make_cast()


@pytest.fixture
def committed_cast(transactional_db: None) -> Cast:
    """The same, committed: for tests with threads, servers, or rules that only a real commit shows."""
    return make_cast()


@pytest.fixture
def acme(cast: Cast) -> Any:
    return cast.acme


@pytest.fixture
def globex(cast: Cast) -> Any:
    return cast.globex


@pytest.fixture
def alice(cast: Cast) -> Any:
    return cast.alice


@pytest.fixture
def bob(cast: Cast) -> Any:
    return cast.bob


@pytest.fixture
def charlie(cast: Cast) -> Any:
    return cast.charlie


@pytest.fixture
def acme_number(cast: Cast) -> Any:
    return cast.acme_number


@pytest.fixture
def globex_number(cast: Cast) -> Any:
    return cast.globex_number


def _signed_in(member: Any, tenant: Any) -> Client:
    client = Client()
    client.force_login(member.user, backend=settings.AUTHENTICATION_BACKENDS[0])
    session = client.session
    session["tenant_id"] = str(tenant.id)
    session.save()
    return client


@pytest.fixture
def alice_client(cast: Cast) -> Client:
    return _signed_in(cast.alice, cast.acme)


@pytest.fixture
def bob_client(cast: Cast) -> Client:
    return _signed_in(cast.bob, cast.acme)


@pytest.fixture
def charlie_client(cast: Cast) -> Client:
    return _signed_in(cast.charlie, cast.globex)
