"""A server that does not take an event: tried again by the schedule, given a pause, given up in the end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from django.utils import timezone

from events.models import Change, Event
from tests.webhooks.conftest import House
from tests.webhooks.receiver import Receiver, is_signed, ok, saying
from webhooks.operations.endpoints import change_endpoint
from webhooks.operations.outcomes import GAPS, next_try
from webhooks.operations.secrets import renew_secret, signing_secrets, tenant_key
from webhooks.sending import Try

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def test_the_schedule_is_ten_tries_in_three_days_with_a_little_jitter() -> None:
    failed = Try(NOW, 5, 500, "It answered with status 500.")

    gaps = [(at - NOW) if (at := next_try(n, failed, NOW)) else None for n in range(1, 11)]

    assert gaps[-1] is None
    for gap, wanted in zip(gaps[:-1], GAPS, strict=True):
        assert gap is not None
        assert wanted <= gap <= wanted * 1.1
    assert sum(GAPS, timedelta()) == timedelta(hours=75, minutes=35, seconds=5)


def test_each_try_has_the_same_id_and_body_until_it_is_given_up(house: House, server: Receiver) -> None:
    endpoint, secret = house.listens(server.url)
    server.answer = saying(500, b"Out of order")
    house.happens()

    for n, gap in enumerate((*GAPS, timedelta()), start=1):
        house.carry()
        assert (len(server.asked), house.delivery(endpoint).attempts) == (n, n)
        house.carry()  # nothing is due before its time
        assert len(server.asked) == n
        house.later(seconds=gap.total_seconds() * 1.1)

    assert house.states(endpoint) == ["failed"]
    assert len({(one.headers["webhook-id"], one.body) for one in server.asked}) == 1
    assert all(is_signed(one, secret) for one in server.asked)
    row = house.delivery(endpoint)
    assert row.next_at is None
    assert {one["error"] for one in row.tries} == {"It answered with status 500."}
    assert {one["answer"] for one in row.tries} == {"Out of order"}


def test_a_server_that_is_well_again_gets_what_waited(house: House, server: Receiver) -> None:
    endpoint, _ = house.listens(server.url)
    server.answer = saying(500)
    house.happens(n=5)
    for _ in range(3):
        house.carry()
    assert house.fresh(endpoint).failures >= 3

    server.answer = ok
    house.later(hours=1)
    house.carry()

    assert house.states(endpoint) == ["delivered"] * 5
    well = house.fresh(endpoint)
    assert (well.failures, well.failing_since, well.rests_until) == (0, None, None)


@pytest.mark.parametrize("status", [301, 307, 400, 404, 500])
def test_all_but_2xx_is_a_failure_redirects_too(house: House, servers: Any, status: int) -> None:
    server, elsewhere = servers(), servers()
    endpoint, _ = house.listens(server.url)
    server.answer = saying(status, Location=elsewhere.url)

    house.happens()
    house.carry()

    row = house.delivery(endpoint)
    assert (row.state, row.attempts, row.tries[0]["status"]) == ("waiting", 1, status)
    assert elsewhere.asked == []


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_any_2xx_takes_it(house: House, server: Receiver, status: int) -> None:
    endpoint, _ = house.listens(server.url)
    server.answer = saying(status)

    house.happens()
    house.carry()

    assert house.states(endpoint) == ["delivered"]


def test_nobody_at_the_address_is_a_failure_with_its_reason(house: House) -> None:
    endpoint, _ = house.listens("http://127.0.0.1:9/hooks")

    house.happens()
    house.carry()

    [tried] = house.delivery(endpoint).tries
    assert tried["status"] is None
    assert "could not be reached" in tried["error"]


@pytest.mark.parametrize(
    "url", ["http://shop.example/", "https://10.0.0.1/", "https://[::1]/", "https://1.1.1.1:6379/"]
)
def test_private_addresses_plain_http_and_odd_ports_are_never_called(
    house: House, settings: Any, url: str
) -> None:
    settings.OUTBOUND_ALLOW = []
    endpoint, _ = house.listens(url.replace("shop.example", "1.1.1.1"))

    house.happens()
    house.carry()

    [tried] = house.delivery(endpoint).tries
    assert tried["status"] is None
    assert "only be called" in tried["error"] or "private" in tried["error"]


# ---------------------------------------------------------------- pauses


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_an_endpoint_that_asks_for_a_pause_gets_it_whatever_else_waits(
    house: House, server: Receiver, status: int
) -> None:
    endpoint, _ = house.listens(server.url)
    server.answer = saying(status, Retry_After="600")
    house.happens(n=3)
    house.carry()
    assert len(server.asked) == 1

    server.answer = ok
    house.later(seconds=590)
    house.carry()
    assert len(server.asked) == 1

    house.later(seconds=11)
    house.carry()
    assert house.states(endpoint) == ["delivered"] * 3


def test_a_pause_may_be_told_as_a_date(house: House, server: Receiver) -> None:
    endpoint, _ = house.listens(server.url)
    until = timezone.now() + timedelta(minutes=20)
    server.answer = saying(503, Retry_After=format_datetime(until, usegmt=True))

    house.happens()
    house.carry()

    rests = house.fresh(endpoint).rests_until
    assert rests is not None
    assert timedelta(minutes=19) < rests - timezone.now() <= timedelta(minutes=20)


@pytest.mark.parametrize("odd", ["", "soon", "-5", "²", "9" * 400, "Mon, 99 Foo 2026 00:00:00 GMT"])
def test_an_odd_pause_is_at_most_a_day(house: House, server: Receiver, odd: str) -> None:
    endpoint, _ = house.listens(server.url)
    server.answer = saying(503, Retry_After=odd)

    house.happens()
    house.carry()

    rests = house.fresh(endpoint).rests_until
    assert rests is not None
    assert rests - timezone.now() <= DAY


def test_an_endpoint_that_only_fails_is_tried_with_one_event_at_a_time(
    house: House, server: Receiver
) -> None:
    endpoint, _ = house.listens(server.url)
    server.answer = saying(500)

    house.happens(n=50)
    for _ in range(8):
        house.carry()

    assert len(server.asked) <= 4
    assert house.fresh(endpoint).rests_until is not None


def test_another_address_is_tried_at_once(house: House, servers: Any) -> None:
    broken, repaired = servers(), servers()
    endpoint, _ = house.listens(broken.url)
    broken.answer = saying(503, Retry_After="3600")
    house.happens(n=2)
    house.carry()

    with house.scope():
        change_endpoint(endpoint=endpoint, by=house.by, url=repaired.url)
    house.carry()

    assert len(repaired.asked) == 1  # the first one was asked to wait an hour
    house.later(hours=1.1)
    house.carry()
    assert house.states(endpoint) == ["delivered"] * 2


# ---------------------------------------------------------------- the end


def test_410_switches_it_off_at_once_and_says_so(house: House, server: Receiver) -> None:
    endpoint, _ = house.listens(server.url, description="Orders")
    server.answer = saying(410)

    house.happens(n=3)
    house.carry()

    off = house.fresh(endpoint)
    assert (off.is_enabled, off.why_disabled, len(server.asked)) == (False, "gone", 1)
    with house.scope():
        told = Event.objects.get(type="webhook_endpoint.disabled")
        noted = Change.objects.get(action="webhook_endpoint.disabled")
    assert told.data["endpoint"]["reason"] == "gone"
    assert (noted.about, noted.actor["kind"], noted.after["is_enabled"]) == ("Orders", "system", False)
    house.later(days=1)
    house.carry()
    assert len(server.asked) == 1


def test_after_five_days_of_nothing_but_failures_it_is_switched_off(house: House, server: Receiver) -> None:
    endpoint, _ = house.listens(server.url)
    server.answer = saying(500)
    house.happens()
    house.carry()

    house.later(days=4, hours=23)
    house.carry()
    assert house.fresh(endpoint).is_enabled

    house.happens()
    house.later(hours=2)
    house.carry()

    off = house.fresh(endpoint)
    assert (off.is_enabled, off.why_disabled) == (False, "failing")
    with house.scope():
        assert Event.objects.filter(type="webhook_endpoint.disabled").count() == 1


def test_one_success_in_five_days_keeps_it(house: House, server: Receiver) -> None:
    endpoint, _ = house.listens(server.url)
    for answer in (saying(500), ok, saying(500)):
        server.answer = answer
        house.happens()
        house.carry()
        house.later(days=3)

    assert house.fresh(endpoint).is_enabled


# ---------------------------------------------------------------- secrets


def test_for_a_day_calls_are_signed_with_the_secret_before_too(house: House, server: Receiver) -> None:
    endpoint, old = house.listens(server.url)
    with house.scope():
        new = renew_secret(endpoint=endpoint, by=house.by)

    house.happens()
    house.carry()

    [asked] = server.asked
    assert len(asked.headers["webhook-signature"].split(" ")) == 2
    assert is_signed(asked, new)
    assert is_signed(asked, old)
    with house.scope():
        row, key = house.fresh(endpoint), tenant_key()
        assert signing_secrets(row, key, timezone.now() + DAY - timedelta(minutes=1)) == [new, old]
        assert signing_secrets(row, key, timezone.now() + DAY) == [new]
        assert old.encode() not in bytes(row.sealed)
