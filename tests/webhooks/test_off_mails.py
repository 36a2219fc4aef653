"""An endpoint that we switched off: who could repair it hears of it, once, and in their own language."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db.models import F
from django.utils import timezone

from common import queues
from tenants.models import User
from tenants.operations.mails import TRIES
from tenants.operations.members import add_member
from tests.webhooks.conftest import House
from tests.webhooks.receiver import Receiver, saying
from webhooks.models import Endpoint, OffMail
from webhooks.operations.endpoints import change_endpoint, remove_endpoint
from webhooks.operations.off_mails import QUEUE, send_mails
from webhooks.operations.sweeping import sweep

pytestmark = pytest.mark.django_db


def refused(house: House, server: Receiver, **said: Any) -> Endpoint:
    """An endpoint that answered 410 to the first of several events."""
    endpoint, _ = house.listens(server.url, **said)
    server.answer = saying(410)
    house.happens(n=3)
    house.carry()
    return house.fresh(endpoint)


def joins(house: House, name: str, role: str, **said: Any) -> None:
    user = User.objects.create_user(f"{name}@acme.example", "a-password-of-theirs", name=name, **said)
    with house.scope():
        add_member(user=user, role=role)


def told() -> list[str]:
    return sorted(address for one in mail.outbox for address in one.to)


def test_each_who_may_switch_it_on_again_gets_one_mail_that_says_why_and_where(
    house: House, server: Receiver
) -> None:
    joins(house, "carol", "admin")
    joins(house, "dave", "agent")

    endpoint = refused(house, server, description="Orders")
    assert mail.outbox == []  # the transaction wrote rows and nothing else
    assert send_mails() == 2

    assert told() == ["alice@acme.example", "carol@acme.example"]
    sent = mail.outbox[0]
    assert sent.subject == "[Acme] Nothing is delivered to “Orders” any more"
    body = str(sent.body)
    assert "127.0.0.1 answered 410" in body
    assert str(timezone.now().year) in body
    assert f"/console/webhooks/{endpoint.id}/\n" in body
    assert server.url not in body
    house.happens(n=3)
    house.carry()
    assert send_mails() == 0


def test_after_five_days_of_failures_the_mail_says_so(house: House, server: Receiver) -> None:
    house.listens(server.url)
    server.answer = saying(500)
    house.happens(n=2)
    house.carry()
    house.later(days=5, hours=1)
    house.carry()

    assert send_mails() == 1

    assert mail.outbox[0].subject == "[Acme] Nothing is delivered to “127.0.0.1” any more"
    assert "For five days nothing could be delivered to 127.0.0.1." in str(mail.outbox[0].body)


def test_who_pauses_it_themselves_needs_no_mail(house: House, server: Receiver) -> None:
    endpoint, _ = house.listens(server.url)
    with house.scope():
        change_endpoint(endpoint=endpoint, by=house.by, is_enabled=False)

    assert send_mails() == 0


def test_each_time_it_is_switched_off_is_told(house: House, server: Receiver) -> None:
    endpoint = refused(house, server)
    send_mails()

    with house.scope():
        change_endpoint(endpoint=endpoint, by=house.by, is_enabled=True)
    house.carry()

    assert send_mails() == 1
    assert told() == ["alice@acme.example"] * 2


@pytest.mark.parametrize("deed", ["resumed", "removed", "left"])
def test_what_is_no_longer_so_when_the_mail_would_leave_is_not_said(
    house: House, server: Receiver, deed: str
) -> None:
    endpoint = refused(house, server)
    with house.scope():
        if deed == "resumed":
            change_endpoint(endpoint=endpoint, by=house.by, is_enabled=True)
        elif deed == "removed":
            remove_endpoint(endpoint=endpoint, by=house.by)
        else:
            type(house.cast.alice).objects.update(is_active=False)

    assert send_mails() == 0

    assert mail.outbox == []
    with house.scope():
        assert OffMail.objects.get().due_at is None


def test_who_reads_german_or_arabic_gets_it_in_it(house: House, server: Receiver) -> None:
    joins(house, "greta", "admin", language="de")
    joins(house, "amal", "owner", language="ar")
    refused(house, server, description="Orders")

    assert send_mails() == 3

    said = {one.to[0].partition("@")[0]: f"{one.subject} {one.body}" for one in mail.outbox}
    assert "Nothing is delivered" in said["alice"]
    assert "geantwortet" in said["greta"]
    assert "410" in said["amal"]
    assert "answered" not in said["greta"] + said["amal"]
    assert "Orders" in said["amal"]


def test_a_mail_server_that_is_away_is_asked_again_and_nothing_else_fails(
    house: House, server: Receiver, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def is_away(*_: Any, **__: Any) -> None:
        raise ConnectionRefusedError

    endpoint = refused(house, server)
    with monkeypatch.context() as patched:
        patched.setattr(mail.EmailMessage, "send", is_away)
        for _ in range(TRIES - 1):
            assert send_mails() == 0
            assert send_mails() == 0  # not before its time
            _two_hours_later(house)
    with house.scope():
        assert OffMail.objects.get().attempts == TRIES - 1
    assert "alice" not in caplog.text
    assert not house.fresh(endpoint).is_enabled

    assert send_mails() == 1

    assert told() == ["alice@acme.example"]


def _two_hours_later(house: House) -> None:
    with house.scope():
        OffMail.objects.update(due_at=F("due_at") - timedelta(hours=2))
        queues.enqueue(QUEUE)


def test_strangers_hear_nothing_of_it(house: House, server: Receiver) -> None:
    refused(house, server)

    send_mails()

    assert "charlie@globex.example" not in told()


def test_the_rows_are_forgotten_with_the_log(house: House, server: Receiver) -> None:
    refused(house, server)
    send_mails()

    with house.scope():
        sweep(timezone.now() + timedelta(days=29))
        assert OffMail.objects.count() == 1
        sweep(timezone.now() + timedelta(days=31))
        assert OffMail.objects.count() == 0
