"""The front door: how fast it answers, and how many webhooks it makes durable per second."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Coroutine, Iterator
from typing import Any

import psycopg2
import uvloop

from bench.bodies import one_message_requests
from bench.cast import Tenant
from bench.client import Answers, storm, stream
from bench.house import House, free_port
from bench.measures.commits import commit_ms
from bench.plan import Plan
from bench.table import Row, at_most, median, percentile, ratio_at_least
from config.launch import environment, processes

CONNECTIONS = 64
STREAM_PER_S = 30.0


def answer_rows(home: House, tenant: Tenant, plan: Plan) -> Iterator[Row]:
    """How long a provider waits for its 200 while 30 messages a second come and are worked off."""
    number = tenant.numbers[0]
    requests = one_message_requests(
        number.webhook_url, number.external_id, int(plan.stream_s * STREAM_PER_S), tag="A"
    )
    with home.running("web", "worker-inbound", "clock"):
        found = _run(stream(home.url, requests, per_second=STREAM_PER_S))
    _check(found)
    limit = commit_ms(home)
    for percent, bound in ((50, 20), (99, 100)):
        value = percentile(found.milliseconds, percent)
        beside = "one bare commit"
        yield Row(
            f"webhook answer at 30 messages/s, p{percent}",
            value,
            "ms",
            percentile(limit, percent),
            beside,
            at_most(bound),
        )


def storm_rows(home: House, tenant: Tenant, plan: Plan) -> Iterator[Row]:
    """Webhooks of one message each over 64 connections: ours, a plain Django view, our door storing nothing.

    The three take turns, so that a noisy moment of the machine meets them all; medians are compared.
    """
    number = tenant.numbers[0]
    requests = one_message_requests(number.webhook_url, number.external_id, 20_000, tag="B")
    with home.running("web"), _peer(home, "plain") as plain_url, _peer(home, "nothing") as nothing_url:
        rounds = [
            {url: _storm(url, requests, plan) for url in (home.url, plain_url, nothing_url)}
            for _ in range(plan.storm_rounds)
        ]
    _forget_receipts(home)
    ours, plain, nothing = (_rate(rounds, url) for url in (home.url, plain_url, nothing_url))
    name = "one-message webhooks accepted durably, 64 connections"
    yield Row(name, ours, "/s", plain, "plain Django view, one ORM insert", ratio_at_least(5))
    yield Row(name, ours, "/s", nothing, "same door storing nothing", ratio_at_least(0.5))
    worst = median([percentile(found[home.url].milliseconds, 99) for found in rounds])
    yield Row(f"{name}, p99", worst, "ms", None, "", at_most(50))


def _storm(url: str, requests: list[bytes], plan: Plan) -> Answers:
    found = _run(storm(url, requests, connections=CONNECTIONS, seconds=plan.storm_s))
    _check(found)
    return found


def _rate(rounds: list[dict[str, Answers]], url: str) -> float:
    return median([found[url].per_second for found in rounds])


def _check(found: Answers) -> None:
    if found.failed:
        raise RuntimeError(f"{found.failed} requests were not answered 200: these figures mean nothing.")


def _run(work: Coroutine[Any, Any, Answers]) -> Answers:
    return uvloop.run(work)


@contextlib.contextmanager
def _peer(home: House, name: str) -> Iterator[str]:
    """A peer on a port of its own, served exactly as the product's web process is; gives its address."""
    port = free_port()
    web = processes.named(environment.read({**os.environ, **home.told, "PORT": str(port)}), ["web"])
    command = [
        f"bench.peers.{name}:application" if word == "config.asgi:application" else word
        for word in web.arguments
    ]
    settings = "bench.peers.plain_settings" if name == "plain" else "config.settings"
    url = f"http://127.0.0.1:{port}"
    with home.program(name, command, health=f"{url}/-/health/ready", DJANGO_SETTINGS_MODULE=settings):
        yield url


def _forget_receipts(home: House) -> None:
    with (
        contextlib.closing(psycopg2.connect(home.superuser_url)) as connection,
        connection,
        connection.cursor() as cursor,
    ):
        cursor.execute("TRUNCATE inbox_receipt")
