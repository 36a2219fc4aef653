"""A rung whose template is paused: its message is held until the pause ends, or the ladder goes on."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F
from django.test import Client
from django.utils import timezone

from channels_whatsapp.models import Template
from channels_whatsapp.operations.work import work_all
from common.models import WorkQueue
from common.wire import stamp
from inbox.models import Delivery
from inbox.operations.holding import _next_look
from notifications.models import Notification
from tests.notifications.conftest import Ladder, Office
from tests.notifications.forms import page
from tests.whatsapp.test_sync import STATUS, hears, notice

TYPES = "/console/notifications/types/"
pytestmark = pytest.mark.django_db(transaction=True)


def told(office: Office, event: str, **more: Any) -> None:
    """The provider tells what became of the template."""
    body = notice(STATUS, message_template_name="fraud_alert", event=event, reason="NONE", **more)
    hears(office.cast, body)


def published(office: Office, ladder: Ladder, **fields: Any) -> Any:
    """The type is published while its template may be used."""
    work_all()
    named = ladder(**fields)
    told(office, "PAUSED", other_info={"title": "FIRST_PAUSE", "description": "Paused for low quality."})
    return named


def states(office: Office, run: Notification) -> tuple[str, list[str]]:
    return office.fresh(run).state, [step.state for step in office.steps(run)]


def test_a_message_is_held_while_its_template_is_paused_and_leaves_after(
    office: Office, ladder: Ladder
) -> None:
    run = office.notify(published(office, ladder, patience_s=3600))
    office.work()
    office.work()  # hears that it is held

    assert states(office, run) == ("held", ["trying", "waiting", "waiting"])
    assert "paused until about" in office.fresh(run).reason
    assert office.got() == []

    told(office, "APPROVED", other_info={"title": "UNPAUSE"})
    office.work()
    office.status(office.message(run), "delivered")
    office.work()

    assert states(office, run) == ("delivered", ["reached", "unneeded", "unneeded"])
    assert [line["state"] for line in office.fresh(run).history] == ["queued", "held", "sent", "delivered"]
    assert office.steps(run)[0].reason == ""
    assert len(office.got()) == 1


def test_a_message_held_while_its_template_is_freed_leaves_soon_all_the_same(
    office: Office, ladder: Ladder
) -> None:
    """Who frees a template does not see what is being held in the same moment, and nobody tells of it
    again."""
    run = office.notify(published(office, ladder, patience_s=3600))
    office.work()
    with office.scope():
        Template.objects.filter(name="fraud_alert").update(status="APPROVED", paused_until=None)
        held = Delivery.objects.get(message=office.message(run))
        assert held.due_at is not None
        assert held.due_at <= held.created_at + timedelta(seconds=60)
        Delivery.objects.update(due_at=F("due_at") - timedelta(seconds=60))
    WorkQueue.objects.filter(queue="deliveries").update(due_at=timezone.now())

    office.work()

    assert len(office.got()) == 1


def test_what_stays_held_is_looked_at_ever_less_often(office: Office, ladder: Ladder) -> None:
    run = office.notify(published(office, ladder, patience_s=3600))
    office.work()
    waits = []
    for waited in (10, 60, 3_600):
        with office.scope():
            message = office.message(run)
            since = stamp(timezone.now() - timedelta(seconds=waited))
            message.history[-1]["at"] = since
            message.save(update_fields=["history"])
            row = Delivery.objects.select_related("message").get(message=message)
            waits.append(round((_next_look(row, timezone.now()) - timezone.now()).total_seconds()))

    assert waits == [20, 60, 900]


def test_a_pause_longer_than_the_patience_brings_the_next_channel_and_never_both(
    office: Office, ladder: Ladder
) -> None:
    run = office.notify(published(office, ladder, patience_s=60))
    office.work()

    office.later(61)
    office.work()

    assert states(office, run)[1] == ["timed_out", "trying", "waiting"]
    with office.scope():
        assert Delivery.objects.get(message=office.message(run)).state == "cancelled"
    told(office, "APPROVED", other_info={"title": "UNPAUSE"})
    office.work()
    assert len(office.got()) == 1


def test_what_is_urgent_waits_for_no_pause(office: Office, ladder: Ladder) -> None:
    run = office.notify(published(office, ladder, lane=0))

    office.work()

    found = office.fresh(run)
    assert (found.state, found.reason) == ("skipped", "The template fraud_alert (en) is paused.")
    assert office.got() == []


def test_pages_of_a_type_say_that_its_template_is_paused(
    office: Office, ladder: Ladder, client: Client
) -> None:
    """B7: in the list, on every page of the type, and beside the channel; gone when it may be used again."""
    published(office, ladder, patience_s=60)
    client.force_login(office.cast.alice.user)
    places = [TYPES, f"{TYPES}fraud_alert/", f"{TYPES}fraud_alert/ladder/"]

    assert all("Paused for low quality" in page(client, one) for one in places)
    assert 'data-trouble="fraud_alert"' in page(client, places[1])

    told(office, "APPROVED", other_info={"title": "UNPAUSE"})
    assert all("Paused" not in page(client, one) for one in places)
    told(office, "DISABLED")
    assert "Nothing goes out with it" in page(client, places[1])
    client.force_login(office.cast.charlie.user)
    assert client.get(places[1]).status_code == 404
