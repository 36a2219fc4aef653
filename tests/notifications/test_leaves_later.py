"""What is asked for now and leaves later: at its time, once, in the version it was asked for in, or never."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from inbox.operations.authors import Author
from notifications.models import Notification
from notifications.operations.cancelling import cancel_notification
from notifications.operations.types import publish_draft, save_draft
from notifications.queries.types import find_type
from tests.api.conftest import program_of
from tests.notifications.conftest import CONTENT, Ladder, Office

pytestmark = pytest.mark.django_db(transaction=True)
HOUR = timedelta(hours=1)


@pytest.fixture
def scheduled(office: Office, ladder: Ladder) -> Notification:
    """An alert for in an hour."""
    run = office.notify(ladder(), send_at=timezone.now() + HOUR)
    office.work()
    return run


def listed(office: Office, **wanted: Any) -> list[str]:
    found = program_of(office.cast.acme).get("notifications", **wanted).data["data"]
    return [one["id"] for one in found]


def languages(office: Office) -> list[str]:
    """Of the templates that reached the phone."""
    return [one["content"]["template"]["language"]["code"] for one in office.got()]


def test_it_leaves_at_its_time_and_not_before(office: Office, scheduled: Notification) -> None:
    """B19: by the database's clock."""
    assert listed(office, state="scheduled") == [str(scheduled.id)]

    office.later(3_590)
    office.work()
    assert (office.fresh(scheduled).state, office.got()) == ("scheduled", [])

    office.later(11)
    office.work()
    assert len(office.got()) == 1
    assert [one["state"] for one in office.fresh(scheduled).history] == ["scheduled", "queued", "sent"]
    assert listed(office, state="scheduled") == []


def test_what_is_cancelled_before_its_time_never_leaves(office: Office, scheduled: Notification) -> None:
    """B19"""
    with office.scope():
        cancel_notification(notification=scheduled, by=Author.of(office.cast.alice))

    office.later(3_700)
    office.work()

    assert (office.fresh(scheduled).state, office.got()) == ("cancelled", [])
    assert program_of(office.cast.globex).get(f"notifications/{scheduled.id}").status == 404


def test_it_leaves_as_it_was_asked_for_whatever_is_published_meanwhile(
    office: Office, scheduled: Notification
) -> None:
    """B8: the old words reach the phone; who asks afterwards gets the new ones."""
    by = Author.of(office.cast.alice)
    with office.scope():
        named = find_type("fraud_alert")
        save_draft(named=named, by=by, contents={"whatsapp": {"en": CONTENT["pt"]}})
        publish_draft(named=named, by=by)
        named = find_type("fraud_alert")

    office.later(3_601)
    office.work()
    assert languages(office) == ["en"]

    office.notify(named)
    office.work()
    assert languages(office) == ["en", "pt_BR"]
    with office.scope():
        used = Notification.objects.order_by("id").values_list("version__number", flat=True)
        assert list(used) == [1, 2]
