"""What `make run` decides and says, apart from the processes themselves."""

import json
import socket
import sys
from contextlib import closing

import pytest

from config.launch import environment as environments
from config.launch import processes, run
from config.launch.errors import CannotStart

KEYS = {"PARLEY_SECRET_KEY": "s", "PARLEY_MASTER_KEY": "m"}
RUN = {
    "url": "http://127.0.0.1:8000",
    "tenants": [
        {
            "name": "Northwind Bank",
            "agents": [
                {"email": "amara@northwind.example", "login_url": "http://127.0.0.1:8000/demo/login/?t=1"}
            ],
        },
        {"name": "Contoso Air", "agents": [{"email": "bo@contoso.example", "login_url": "http://other/"}]},
    ],
}


def environment(**given: str) -> environments.Environment:
    return environments.read(given).with_servers(
        database_url="postgresql://app_web@/parley",
        owner_url="postgresql://app_owner@/parley",
        redis_url="unix:///r",
    )


def test_a_taken_port_is_refused_with_another_to_try():
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        port = listener.getsockname()[1]
        with pytest.raises(CannotStart, match=rf"Port {port} .* for example PORT={port + 10} make run"):
            run.check_ports(environment(PORT=str(port)))


def test_the_simulators_port_matters_only_in_the_demo():
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        taken = str(listener.getsockname()[1])
        with closing(socket.create_server(("127.0.0.1", 0))) as free:
            port = str(free.getsockname()[1])
        with pytest.raises(CannotStart, match=f"SIMULATOR_PORT={int(taken) + 10}"):
            run.check_ports(environment(PORT=port, SIMULATOR_PORT=taken))
        run.check_ports(environment(PORT=port, SIMULATOR_PORT=taken, PARLEY_DEMO="0"))


def test_the_welcome_names_the_first_agent_of_the_first_tenant(tmp_path):
    (tmp_path / "run.json").write_text(json.dumps(RUN))
    text = run.welcome(environment(PARLEY_DATA=str(tmp_path)))
    assert "http://127.0.0.1:8000/inbox/" in text
    assert "http://127.0.0.1:8000/phone/" in text
    assert "http://127.0.0.1:8000/demo/login/?t=1" in text
    assert "as amara@northwind.example of Northwind Bank" in text
    assert "bo@contoso.example" not in text


def test_without_the_demo_there_is_no_phone_and_no_link(tmp_path):
    text = run.welcome(environment(PARLEY_DATA=str(tmp_path), PARLEY_DEMO="0"))
    assert "/inbox/" in text
    assert "/phone/" not in text
    assert "Sign in" not in text


def test_the_processes_stop_in_the_order_of_the_contract():
    found = environment()
    programs = [*processes.serving(found, KEYS), processes.simulator(found)]
    ordered = [program.name for program in sorted(programs, key=lambda program: program.stop_rank)]
    assert ordered == ["web", "simulator", "clock", "worker-inbound", "worker-urgent", "worker-outbound"]


def test_only_migrations_know_the_owner():
    found = environment()
    assert processes.migrate(found, KEYS).told["DATABASE_OWNER_URL"] == "postgresql://app_owner@/parley"
    for program in [*processes.serving(found, KEYS), processes.demo(found, KEYS), processes.simulator(found)]:
        assert "DATABASE_OWNER_URL" not in program.told


def test_the_web_process_listens_where_it_is_told_and_bounds_its_sockets():
    web = processes.serving(environment(PORT="9000", PARLEY_BIND="0.0.0.0"), KEYS)[0]
    line = " ".join(web.arguments)
    assert line.startswith(f"{sys.executable} -m uvicorn config.asgi:application --host 0.0.0.0 --port 9000 ")
    assert "--ws-max-size 65536 --ws-max-queue 16" in line


def test_every_queue_has_a_worker_that_may_finish_its_task():
    workers = [
        program for program in processes.serving(environment(), KEYS) if program.name.startswith("worker-")
    ]
    queues = [worker.arguments[worker.arguments.index("-Q") + 1] for worker in workers]
    assert sorted(",".join(queues).split(",")) == ["default", "inbound", "media", "outbound", "urgent"]
    assert {worker.grace for worker in workers} == {90.0}


@pytest.mark.parametrize(
    "name", ["web", "worker-inbound", "worker-urgent", "worker-outbound", "clock", "simulator"]
)
def test_a_container_runs_one_process_by_its_name(name):
    assert processes.named(environment(), [name]).name == name


@pytest.mark.parametrize("names", [[], ["everything"], ["web", "clock"]])
def test_a_process_that_is_none_is_answered_with_the_names(names):
    with pytest.raises(CannotStart, match=r"Name one process: web, .*, simulator\."):
        processes.named(environment(), names)
