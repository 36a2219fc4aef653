"""Figures of the reports are those of plain SQL, and tests are in none of them."""

from __future__ import annotations

import csv
import io

import pytest
from django.db import connection
from django.test import Client

from common.tenancy import tenant_context
from notifications.models import Notification, Step
from tests.cast import Cast
from tests.notifications.conftest import Ladder, Office, ask, make_type, send
from tests.notifications.forms import page

REPORTS = "/console/notifications/reports/"
STATES = ["sent", "delivered", "read", "answered", "failed", "skipped", "queued"]


@pytest.fixture
def sent(cast: Cast) -> None:
    """One of each state, in two languages, and a test that counts for nothing."""
    with tenant_context(cast.acme.id):
        named = make_type(cast.alice)
        send(cast.alice, *[ask(named, language=("en", "pt")[n % 2]) for n in range(len(STATES))])
        for row, state in zip(Notification.objects.order_by("id"), STATES, strict=True):
            Notification.objects.filter(id=row.id).update(state=state, reason=f"Why {state}.")
            Step.objects.filter(notification=row).update(channel=cast.acme_number, state="failed")
        send(cast.alice, ask(named, is_test=True))


def lines(client: Client, query: str) -> list[list[str]]:
    answer = client.get(f"{REPORTS}?{query}&format=csv")
    return list(csv.reader(io.StringIO(answer.content.decode())))[1:]


@pytest.mark.usefixtures("sent")
def test_the_funnel_of_types_equals_sql(cast: Cast, alice_client: Client) -> None:
    with tenant_context(cast.acme.id), connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT t.name, count(*),
              count(*) FILTER (WHERE n.state IN ('sent', 'delivered', 'read', 'answered')),
              count(*) FILTER (WHERE n.state IN ('delivered', 'read', 'answered')),
              count(*) FILTER (WHERE n.state IN ('read', 'answered')),
              count(*) FILTER (WHERE n.state = 'answered'), count(*) FILTER (WHERE n.state = 'failed')
            FROM notifications_notification n JOIN notifications_notificationtype t ON t.id = n.type_id
            WHERE NOT n.is_test GROUP BY t.name
            """
        )
        expected = [[str(value) for value in row] for row in cursor.fetchall()]

    assert lines(alice_client, "by=type") == expected == [["Fraud_Alert", "7", "4", "3", "2", "1", "1"]]


@pytest.mark.usefixtures("sent")
def test_languages_and_versions_have_lines_of_their_own(cast: Cast, alice_client: Client) -> None:
    assert [row[:2] for row in lines(alice_client, "by=language")] == [["en", "4"], ["pt", "3"]]
    assert [row[:2] for row in lines(alice_client, "by=version&days=1")] == [["Fraud_Alert v1", "7"]]
    assert lines(alice_client, "by=channel") == []  # nothing was carried yet


@pytest.mark.usefixtures("sent")
def test_reasons_stand_under_the_table(cast: Cast, alice_client: Client, charlie_client: Client) -> None:
    text = page(alice_client, REPORTS)

    assert "Why failed." in text
    assert "Why skipped." in text
    assert "Why sent." not in text
    assert "Nothing to count yet" in page(charlie_client, REPORTS)


@pytest.mark.django_db(transaction=True)
def test_each_channel_counts_what_it_carried(office: Office, ladder: Ladder, client: Client) -> None:
    run = office.notify(ladder())
    office.work()
    office.later(61)
    office.work()
    office.status(office.message(run, 1), "delivered")
    office.press(office.message(run, 1), "Not me", f"{office.steps(run)[1].id}:not_me")
    office.work()
    client.force_login(office.cast.alice.user)

    first, second = office.numbers[:2]
    assert sorted(lines(client, "by=channel")) == sorted(
        [[first.name, "1", "1", "0", "0", "0", "0"], [second.name, "1", "1", "1", "0", "1", "0"]]
    )
