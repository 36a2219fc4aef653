"""Campaigns through kills, a paused template, and a provider that is away: nothing lost, nothing twice."""

from __future__ import annotations

import contextlib
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import F
from django.utils import timezone

from channels_whatsapp.models import APPROVED, Template
from channels_whatsapp.operations.templates import draft_template, template_account
from common.models import WorkQueue
from common.tenancy import tenant_context
from inbox.delivery import deliver_all
from inbox.models import Channel, Delivery
from inbox.operations.authors import Author
from notifications.models import Campaign, Notification
from notifications.operations import campaign_runs
from notifications.operations.campaign_runs import work_all
from notifications.operations.engine import run_all
from notifications.queries.campaigns import funnel_of
from tests.cast import Cast
from tests.notifications.campaigning import a_file, fresh, fresh_phone, line, start, states, turns
from tests.notifications.conftest import Office, make_type
from tests.notifications.test_paused import told


class Killed(Exception):
    """The worker is gone at this very statement."""


def test_a_worker_killed_at_any_statement_doubles_nobody_and_loses_nobody(committed_cast: Cast) -> None:
    cast, left = committed_cast, 0

    def kill(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal left
        left -= 1
        if left == 0:
            raise Killed
        return execute(sql, params, many, context)

    with tenant_context(cast.acme.id):
        campaign = start(a_file(cast.alice, *[line() for _ in range(6)], per_minute=60), cast.alice)
    for place in range(1, 200, 2):
        with tenant_context(cast.acme.id):
            Campaign.objects.filter(due_at__isnull=False).update(due_at=timezone.now() - timedelta(1))
        left = place
        with contextlib.suppress(Killed), connection.execute_wrapper(kill), tenant_context(cast.acme.id):
            campaign_runs.take_turn()
        with tenant_context(cast.acme.id):
            runs, accepted = Notification.objects.count(), states(campaign)["accepted"]
            assert runs == accepted
            if fresh(campaign).state == "done":
                break

    with tenant_context(cast.acme.id):
        assert (fresh(campaign).state, states(campaign)) == ("done", {"accepted": 6})


@pytest.fixture
def crowd(office: Office) -> Crowd:
    return Crowd(office)


class Crowd:
    """Several people with phones at the far end, and a campaign to all of them."""

    def __init__(self, office: Office) -> None:
        self.office, self.by = office, office.cast.alice
        self.phones = [fresh_phone() for _ in range(4)]
        with office.scope():
            rung = {"channel": str(office.numbers[0].id), "reach": "delivered", "patience_s": 60}
            self.campaign = a_file(
                self.by, *map(line, self.phones), per_minute=60, named=make_type(self.by, rung)
            )

    def start(self) -> None:
        with self.office.scope():
            start(self.campaign, self.by)

    def turn(self) -> None:
        """The campaign's next people; everything workers do about them."""
        with self.office.scope():
            Campaign.objects.filter(due_at__isnull=False).update(due_at=timezone.now() - timedelta(1))
        WorkQueue.objects.filter(queue="campaigns").update(due_at=timezone.now() - timedelta(1))
        work_all(seconds=0.01)
        self.office.work()

    def later(self, seconds: float) -> None:
        """Time goes by, for sends too."""
        self.office.later(seconds)
        with self.office.scope():
            gone = timedelta(seconds=seconds)
            Delivery.objects.filter(state__in=["ready", "held"]).update(due_at=F("due_at") - gone)
        WorkQueue.objects.filter(queue="deliveries").update(due_at=timezone.now() - timedelta(1))
        deliver_all()
        self.office.work()

    def got(self) -> list[int]:
        """How many messages each phone has."""
        return [len(self.office.far_end.outbox(phone[1:])) for phone in self.phones]

    def state(self) -> Campaign:
        with self.office.scope():
            return fresh(self.campaign)


def test_a_template_paused_in_mid_campaign_holds_it_until_it_may_go_on(crowd: Crowd) -> None:
    office = crowd.office
    with office.scope():
        draft_template(
            account=template_account(office.numbers[0]), by=Author.of(crowd.by), name="fraud_alert",
            language="en", category="UTILITY", components=TEMPLATE,
        )  # fmt: skip
        Template.objects.update(status=APPROVED)
    crowd.start()
    crowd.turn()
    assert crowd.got() == [1, 1, 0, 0]
    with office.scope():
        Template.objects.update(status="PAUSED")

    crowd.turn()
    crowd.later(600)

    assert crowd.got() == [1, 1, 0, 0]
    assert crowd.state().waits_for == "It waits: The template fraud_alert (en) is paused."
    with office.scope():
        Template.objects.update(status=APPROVED)
    crowd.turn()
    crowd.turn()
    assert (crowd.got(), crowd.state().state) == ([1, 1, 1, 1], "done")


def test_what_is_queued_when_its_template_is_paused_goes_when_it_may(crowd: Crowd) -> None:
    office = crowd.office
    with office.scope():
        draft_template(
            account=template_account(office.numbers[0]), by=Author.of(crowd.by), name="fraud_alert",
            language="en", category="UTILITY", components=TEMPLATE,
        )  # fmt: skip
        Template.objects.update(status=APPROVED)
        start(crowd.campaign, crowd.by)
        turns(crowd.campaign, 1)
    told(office, "PAUSED", other_info={"title": "FIRST_PAUSE", "description": "Paused for low quality."})
    office.work()
    run_all()  # hears that they are held
    with office.scope():
        assert set(Notification.objects.values_list("state", flat=True)) == {"held"}

    told(office, "APPROVED", other_info={"title": "UNPAUSE"})
    office.work()

    assert crowd.got() == [1, 1, 0, 0]


def test_a_provider_that_is_away_for_ten_minutes_costs_nobody_anything(crowd: Crowd) -> None:
    office, number = crowd.office, crowd.office.numbers[0]
    with office.scope():
        Channel.objects.filter(id=number.id).update(base_url="http://127.0.0.1:9")
    crowd.start()
    crowd.turn()
    for _ in range(10):
        crowd.later(60)
    crowd.turn()
    crowd.later(61)
    assert crowd.got() == [0, 0, 0, 0]

    with office.scope():
        Channel.objects.filter(id=number.id).update(base_url=office.far_end.url)
    crowd.later(900)

    assert crowd.got() == [1, 1, 1, 1]
    with office.scope():
        assert funnel_of(crowd.campaign)["sent"] == 4


def test_what_could_not_leave_within_its_time_is_never_sent(crowd: Crowd) -> None:
    office, number = crowd.office, crowd.office.numbers[0]
    with office.scope():
        Channel.objects.filter(id=number.id).update(base_url="http://127.0.0.1:9")
    crowd.start()
    crowd.turn()
    with office.scope():
        past = timezone.now() - timedelta(seconds=1)
        Notification.objects.update(expires_at=past, due_at=past)
        Delivery.objects.update(expires_at=past)
        Channel.objects.filter(id=number.id).update(base_url=office.far_end.url)

    crowd.later(900)

    assert crowd.got() == [0, 0, 0, 0]
    with office.scope():
        assert set(Notification.objects.values_list("state", flat=True)) == {"expired"}


TEMPLATE: list[dict[str, Any]] = [
    {
        "type": "BODY",
        "text": "{{1}}, was it you who paid {{2}} to {{3}} with {{4}}?",
        "example": {"body_text": [["Ada", "12", "Shop", "4417"]]},
    },
    {
        "type": "BUTTONS",
        "buttons": [{"type": "QUICK_REPLY", "text": "It was me"}, {"type": "QUICK_REPLY", "text": "Not me"}],
    },
]
