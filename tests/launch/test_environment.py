"""What the launcher reads from the environment, and what it tells each child."""

from pathlib import Path

import pytest

from config.launch import environment as environments
from config.launch import servers
from config.launch.environment import ROOT, SECRETS
from config.launch.errors import CannotStart
from config.launch.supervisor import Supervisor

GIVEN = {
    "DATABASE_URL": "postgresql://app_web@db/parley",
    "DATABASE_OWNER_URL": "postgresql://app_owner@db/parley",
    "REDIS_URL": "redis://redis/0",
}


def test_defaults_are_those_of_a_laptop():
    found = environments.read({})
    assert (found.port, found.simulator_port, found.bind) == (8000, 8100, "127.0.0.1")
    assert found.data == ROOT / "var"
    assert found.public_url == "http://127.0.0.1:8000"
    assert found.demo
    assert found.database_url is found.owner_url is found.redis_url is None


def test_simulator_port_and_public_url_follow_the_port():
    found = environments.read({"PORT": "9000"})
    assert found.simulator_port == 9100
    assert found.public_url == "http://127.0.0.1:9000"


@pytest.mark.parametrize("text", ["eighty", "0", "65536", "-1", "80.5"])
def test_a_port_that_is_none_is_refused_with_a_way_out(text):
    with pytest.raises(CannotStart, match=r"PORT is .* try PORT=8000\."):
        environments.read({"PORT": text})


def test_an_outside_database_needs_the_owner_too(tmp_path):
    found = environments.read({"DATABASE_URL": "postgresql://app_web@db/parley"})
    with Supervisor(tmp_path) as supervisor:
        with pytest.raises(CannotStart, match="set it to the address for the role that owns the tables"):
            servers.start(supervisor, found, durable=True)


def test_given_servers_are_used_and_none_is_started(tmp_path):
    with Supervisor(tmp_path) as supervisor:
        found = servers.start(supervisor, environments.read(GIVEN), durable=True)
    assert (found.database_url, found.redis_url) == (GIVEN["DATABASE_URL"], GIVEN["REDIS_URL"])
    assert not (tmp_path / "postgres").exists()
    assert not (tmp_path / "log" / "valkey.log").exists()


def test_an_owner_without_a_database_is_not_used():
    assert environments.read({"DATABASE_OWNER_URL": GIVEN["DATABASE_OWNER_URL"]}).owner_url is None


def test_serving_processes_never_learn_the_owner():
    found = environments.read(GIVEN)
    assert "DATABASE_OWNER_URL" not in found.for_serving()
    assert found.for_serving()["DATABASE_URL"] == GIVEN["DATABASE_URL"]
    assert found.for_owning()["DATABASE_OWNER_URL"] == GIVEN["DATABASE_OWNER_URL"]


def test_the_simulator_learns_no_secret():
    told = environments.read({**GIVEN, "PARLEY_MASTER_KEY": "k", "PARLEY_SECRET_KEY": "s"}).for_simulator()
    assert not set(SECRETS) & set(told)
    assert (told["SIMULATOR_PORT"], told["PARLEY_URL"]) == ("8100", "http://127.0.0.1:8000")


def test_calls_to_this_machine_pass_every_proxy_by():
    told = environments.read({"NO_PROXY": "intern.example"}).for_serving()
    assert told["NO_PROXY"] == told["no_proxy"] == "intern.example,127.0.0.1,localhost"


@pytest.mark.parametrize(("bind", "host"), [("0.0.0.0", "127.0.0.1"), ("10.0.0.5", "10.0.0.5")])
def test_the_web_process_is_asked_where_it_listens(bind, host):
    assert environments.read({"PARLEY_BIND": bind}).web_url == f"http://{host}:8000"


def test_a_relative_data_folder_lies_in_the_checkout():
    assert environments.read({"PARLEY_DATA": "var2"}).data == ROOT / "var2"
    assert environments.read({"PARLEY_DATA": "/srv/parley"}).data == Path("/srv/parley")
