"""The cast, new to each test, on real PostgreSQL and Redis, as the role that serves (reliability rule 31).

Acme has Alice (admin) and Bob (agent) and a WhatsApp number; Globex has Charlie (owner) and a number too.
At the end of a story, Charlie is the stranger who sees nothing.
"""

from __future__ import annotations

import contextlib
import copy
import gc
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
from django.test import Client, TransactionTestCase, override_settings
from hypothesis import HealthCheck
from hypothesis import settings as effort
from hypothesis.internal.conjecture.providers import HypothesisProvider
from hypothesis.internal.constants_ast import Constants
from xdist.scheduler import LoadScopeScheduling

from common.env import database
from tests.cast import ACME_ACCOUNT, Cast, make_cast
from tests.far_end import FarEnd, running_simulator
from tests.later import LaterConnection, LaterCursor

# The machine may be busy: how long an example takes proves nothing, unless a test says so itself.
effort.register_profile("busy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
effort.load_profile("busy")
# Some texts would be taken from the words of our sources, after a look at each of them for each kind of text:
# half of the time of all made-up input. Their place is in the tests that name them.
HypothesisProvider._local_constants = Constants()  # type: ignore[method-assign, assignment]

ROOT = Path(__file__).resolve().parent.parent

#: Tables that migrations fill; everything else is emptied between tests that commit.
KEPT = {"django_migrations", "django_content_type"}


#: How the tests speak with PostgreSQL.
LATER = {"connection_factory": LaterConnection, "cursor_factory": LaterCursor}

QUICK_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

#: What `make test` leaves to `make proof`: everything tried on everything, deaths between any two statements,
#: whole installations started and killed, thousands of rows, the far end, what few changes touch (calls, a
#: number's settings, retries of webhooks), and stories but the main ones.
LONG = (
    "api/test_addresses",
    "api/test_call",
    "api/test_fuzz",
    "api/test_rules",
    "channels_whatsapp/tests/test_hostile",
    "channels_whatsapp/tests/test_poison",
    "common/test_untrusted",
    "console/test_access",
    "crossfire/test_audit",
    "crossfire/test_crossfire",
    "crossfire/test_door",
    "crossfire/test_equal_outside",
    "crossfire/test_file_links",
    "crossfire/test_hostile",
    "crossfire/test_socket",
    "crossfire/test_table.py::test_acme_itself",
    "crossfire/test_thin_events",
    "inbox/test_counts",
    "inbox/test_fairness",
    "inbox/test_pace",
    "journeys/",
    "launch/test_servers",
    "launch/test_throwaway",
    "launch/test_whole",
    "notifications/test_campaign_faults",
    "notifications/test_campaigns.py::test_ten_thousand",
    "notifications/test_halted_calls",
    "notifications/test_killed_worker",
    "notifications/test_ladders.py::test_a_worker_killed",
    "notifications/test_log_indexes",
    "simulator/",
    "webhooks/test_api.py::test_five_hundred",
    "webhooks/test_faults",
    "webhooks/test_retrying",
    "whatsapp/test_direct",
    "whatsapp/test_hostile",
    "whatsapp/test_numbers",
)
MAIN = tuple(
    f"journeys/test_{name}.py"
    for name in ("front_door", "main_job", "search", "story_bank", "together", "words")
)
#: What takes longest is begun first, so that small files fill the end.
LONGEST = (
    "journeys/",
    "crossfire/test_hostile",
    "crossfire/test_crossfire.py",
    "launch/test_whole.py",
    "simulator/test_phone_",
    "launch/",
    "crossfire/",
    "simulator/",
)


class Groups(LoadScopeScheduling):  # type: ignore[misc]
    """Hands out whole files to whichever worker is free; the stories go in two parts, since each part starts
    a Parley and a browser of its own.

    xdist's own groups are a mark in a test's name, which pytest 9 drops.
    """

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0].removeprefix("tests/")
        if not file.startswith("journeys/"):
            return file
        if self.config.option.markexpr == "not long":
            return "main stories"
        return "first stories" if file < "journeys/test_m" else "second stories"


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> Iterator[None]:
    """Says which tests are long before pytest picks, and then the order in which groups are handed out."""
    for item in items:
        test = item.nodeid.removeprefix("tests/")
        if test.startswith(LONG) and not test.startswith(MAIN):
            item.add_marker("long")
    yield
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: _begun(item.nodeid))


def pytest_collection_finish() -> None:
    """What is loaded by now stays; looking at it again and again takes a tenth of the whole run."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def _begun(nodeid: str) -> int:
    file = nodeid.removeprefix("tests/")
    return next((n for n, long in enumerate(LONGEST) if file.startswith(long)), len(LONGEST))


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Groups:
    config.option.loadscopereorder = False  # by length in time, not by number of tests
    return Groups(config, log)


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: Any, worker_id: str) -> Iterator[None]:
    """Tables made by the owning role in this run's throw-away database; a worker beside others has a copy."""
    with _in_turn():
        _migrate()
        if worker_id != "master":
            _copy(f"parley_{worker_id}")
    connections["default"].close()
    connections["default"].settings_dict["OPTIONS"] |= LATER
    with django_db_blocker.unblock():
        _empty()
    _stage.append(django_db_blocker)
    yield
    connections.close_all()


@contextlib.contextmanager
def _in_turn() -> Iterator[None]:
    """One worker at a time: while a database is copied, nobody may be in it."""
    with contextlib.closing(owner("postgres")) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(1)")
        yield


def _migrate() -> None:
    with contextlib.closing(owner()) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('django_migrations')")
        if cursor.fetchone()[0]:
            return
    done = subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity", "0"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def _copy(name: str) -> None:
    """Work in a copy of the database from now on."""
    connection = owner("postgres")
    connection.autocommit = True
    with contextlib.closing(connection), connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name} TEMPLATE parley")
    for variable in ("DATABASE_URL", "DATABASE_OWNER_URL"):
        os.environ[variable] = os.environ[variable].replace("/parley?", f"/{name}?")
    settings.DATABASES["default"]["NAME"] = connections["default"].settings_dict["NAME"] = name


def owner(name: str = "") -> Any:
    """The role that owns the tables, in the database of these tests or in another."""
    url = database(os.environ["DATABASE_OWNER_URL"])
    return psycopg2.connect(
        host=url["HOST"], dbname=name or url["NAME"], user=url["USER"], password=url["PASSWORD"]
    )


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
    _standing.clear()


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
    settings.PASSWORD_HASHERS = QUICK_HASHERS
    settings.DATA_DIR = tmp_path
    settings.FILES_DIR = tmp_path / "files"


@pytest.fixture(scope="session")
def _simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FarEnd]:
    with running_simulator(tmp_path_factory.mktemp("simulator")) as far_end:
        yield far_end


@pytest.fixture
def far_end(_simulator: FarEnd, settings: Any) -> Iterator[FarEnd]:
    """The provider: a real simulator process that knows Acme's number."""
    settings.OUTBOUND_ALLOW = ["127.0.0.0/8"]
    _simulator.register(ACME_ACCOUNT, registration={"registered": True})  # an earlier test may have ended it
    yield _simulator
    _simulator.heal()


#: The cast that stands in the tables now, if it does. To make it takes longer than most tests that want it.
_standing: list[Cast] = []


#: Lets the database be used between tests, as soon as there is one.
_stage: list[Any] = []


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Before the test's transaction begins: the cast stands for tests that ask for it and undo what they do;
    all others find empty tables."""
    names = set(getattr(item, "fixturenames", ()))
    if not _stage or not (names & {"db", "transactional_db"} or item.get_closest_marker("django_db")):
        return
    if "cast" not in names or "transactional_db" in names:
        if _standing:
            _empty()
    elif not _standing:
        with _stage[0].unblock(), override_settings(PASSWORD_HASHERS=QUICK_HASHERS):
            _standing.append(make_cast())


@pytest.fixture
def cast(db: None) -> Cast:
    """Both tenants with their people and numbers; what the test does to them is undone."""
    return copy.deepcopy(_standing[0]) if _standing else make_cast()


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


def _signed_in(member: Any, tenant: Any, client: Client | None = None) -> Client:
    client = client or Client()
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
