"""Campaigns: many people, some rows wrong, at a pace, through pauses, kills and a provider that is away."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.postgres.functions import TransactionNow
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from common.tenancy import tenant_context
from customers.models import Customer
from events.models import Change
from inbox.models import Thread
from inbox.operations.authors import Author
from notifications.models import Campaign, CampaignRow, Notification
from notifications.operations import campaign_runs, engine
from notifications.operations.campaigns import (
    CampaignRefused,
    WrongMoment,
    create_campaign,
    pause_campaign,
    resume_campaign,
    set_columns,
    set_segment,
    start_campaign,
    stop_campaign,
)
from notifications.operations.consents import record_consents, set_quiet_hours
from notifications.queries.campaigns import counts_of, funnel_of, rows_csv, samples_of
from notifications.queries.segments import people_in
from tests.cast import Cast
from tests.notifications.campaigning import a_file, check, fresh_phone, line, start, states, turns
from tests.notifications.conftest import ask, make_type, send
from tests.planner import count_anew, rows_read


@pytest.fixture
def scope(cast: Cast) -> Any:
    with tenant_context(cast.acme.id):
        yield


# ---------------------------------------------------------------- reading and checking


def test_ten_thousand_rows_of_which_37_are_bad(cast: Cast, scope: None, monkeypatch: Any) -> None:
    """B23: the rest go, each once, in a bounded number of statements."""
    lines = [line() for _ in range(10_000)]
    for place in range(37):
        lines[place * 251] = line("12" if place % 2 else "", merchant="" if place % 2 == 0 else "X")
    campaign = a_file(cast.alice, *lines, per_minute=60_000)

    counts = counts_of(campaign)
    assert (campaign.state, counts.rows, counts.bad, counts.goes) == ("ready", 10_000, 37, 9_963)
    bad = CampaignRow.objects.filter(campaign=campaign, state="bad").order_by("line")
    assert [row.line for row in bad] == [place * 251 + 2 for place in range(37)]
    assert bad[0].errors == [{"column": "Merchant", "reason": "This variable is missing."}]
    assert bad[1].errors[0]["column"] == "Mobile"
    with pytest.raises(CampaignRefused, match="9,963 people"):
        start_campaign(campaign=campaign, by=Author.of(cast.alice), recipients=10_000)

    monkeypatch.setattr(campaign_runs, "BACKLOG", 100_000)
    start(campaign, cast.alice)
    with CaptureQueriesContext(connection) as queries:
        turns(campaign, 1)
    assert len(queries) <= 40, len(queries)
    ended = turns(campaign)

    assert (ended.state, Notification.objects.count()) == ("done", 9_963)
    assert states(campaign) == {"accepted": 9_963, "bad": 37}
    assert CampaignRow.objects.filter(state="accepted").values("notification").distinct().count() == 9_963


def test_people_named_twice_are_told_and_written_to_once(cast: Cast, scope: None) -> None:
    phone = fresh_phone()
    campaign = a_file(cast.alice, line(phone), line(), line(phone.replace("+44", "0044 ")))

    assert states(campaign) == {"waiting": 2, "duplicate": 1}
    [twice] = CampaignRow.objects.filter(state="duplicate")
    assert (twice.line, twice.errors[0]["reason"]) == (4, "The same person stands in line 2 already.")

    both = a_file(cast.alice, line(phone), line(phone), named=campaign.type, once_each=False)
    assert counts_of(both).goes == 2


def test_a_file_is_checked_in_time_while_the_planner_believes_there_is_none(cast: Cast, scope: None) -> None:
    """Autovacuum had counted the table before the file was committed: each row was compared with each."""
    phone = fresh_phone()
    campaign = a_file(cast.alice, *[line(phone) for _ in range(300)], *[line() for _ in range(300)])
    count_anew("notifications_campaignrow")
    before = rows_read("notifications_campaignrow")

    set_columns(campaign=campaign, columns=campaign.columns)
    check(campaign)

    assert states(campaign) == {"waiting": 301, "duplicate": 299}
    assert rows_read("notifications_campaignrow") - before <= 30 * 600


def test_other_columns_check_every_row_again(cast: Cast, scope: None) -> None:
    campaign = a_file(cast.alice, line(), line())
    assert campaign.columns == {
        "phone": 0, "data.first_name": 1, "data.amount": 2, "data.merchant": 3, "data.card_end": 4,
    }  # fmt: skip
    with pytest.raises(CampaignRefused):
        set_columns(campaign=campaign, columns={"phone": 0})

    set_columns(campaign=campaign, columns=campaign.columns | {"phone": 1})

    assert states(check(campaign)) == {"bad": 2}
    with pytest.raises(CampaignRefused, match="Nobody would get this"):
        start_campaign(campaign=campaign, by=Author.of(cast.alice), recipients=0)


def test_other_columns_and_other_people_stand_in_the_audit(cast: Cast) -> None:
    with tenant_context(cast.acme.id):
        file = a_file(cast.alice, line())
        named = make_type(cast.alice, key="news", variables=[], contents=PLAIN)
        by = Author.of(cast.alice)
        vip = check(create_campaign(name="VIP", named=named, by=by, segment={"label": "vip"}))
    with tenant_context(cast.acme.id):
        set_columns(campaign=file, columns=file.columns | {"phone": 1})
        set_segment(campaign=vip, segment={"label": "lead"}, texts={})

    with tenant_context(cast.acme.id):
        found = Change.objects.filter(action="campaign.changed").order_by("about")
        assert [(one.about, one.before, one.after) for one in found] == [
            ("Cards", {"phone": 0}, {"phone": 1}), ("VIP", {"label": "vip"}, {"label": "lead"}),
        ]  # fmt: skip


def test_what_would_come_of_each_is_counted_before(cast: Cast, scope: None) -> None:
    """Marketing needs a yes; an address that the ladder has no channel for is none."""
    named = make_type(cast.alice, category="marketing")
    yes = Customer.objects.create(name="Yes", external_id="yes")
    yes.addresses.create(kind="phone", value=fresh_phone())
    Customer.objects.create(name="Mail", external_id="mail").addresses.create(
        kind="email", value="a@b.example"
    )
    said = [{"category": "marketing", "state": "granted"}]
    record_consents(customer=yes, given=said, source="form", by=Author.of(cast.alice))
    data = {"first_name": "Ada", "amount": {"amount": 1, "currency": "EUR"}, "merchant": "X"}
    people = [{"external_id": "yes"}, {"external_id": "mail"}, {"external_id": "nobody"}, fresh_phone()]

    campaign = check(
        create_campaign(
            name="Sale",
            named=named,
            by=Author.of(cast.alice),
            items=[{"to": to, "data": data} for to in people],
        )
    )

    counts = counts_of(campaign)
    assert (counts.goes, counts.no_address, counts.bad, counts.no_consent) == (1, 1, 1, 1)
    [sample] = samples_of(campaign, personal=True)
    assert sample.name == "Yes"
    assert "".join(words for _, words in sample.previews[0].parts).startswith("Ada, was it you")
    assert turns(start(campaign, cast.alice)).state == "done"
    run = Notification.objects.get(customer=yes)
    assert (run.state, run.lane, run.metadata["campaign_id"]) == ("queued", 3, str(campaign.id))


def test_many_never_stand_before_one_persons_code(cast: Cast, scope: None) -> None:
    urgent = a_file(cast.alice, line(), named=make_type(cast.alice, lane=0))
    turns(start(urgent, cast.alice))
    assert Notification.objects.get().lane == 2

    with pytest.raises(CampaignRefused, match="for codes"):
        a_file(cast.alice, line(), named=make_type(cast.alice, key="code", category="authentication"))


# ---------------------------------------------------------------- running


def test_it_keeps_its_pace_and_can_be_paused_resumed_and_stopped(cast: Cast, scope: None) -> None:
    by = Author.of(cast.alice)
    campaign = start(a_file(cast.alice, *[line() for _ in range(50)], per_minute=300), cast.alice)

    campaign = turns(campaign, 1)
    assert states(campaign) == {"accepted": 10, "waiting": 40}  # two seconds' worth
    assert campaign_runs.take_turn() == campaign.due_at  # not before its time
    assert states(campaign)["accepted"] == 10
    pause_campaign(campaign=campaign, by=by)
    assert turns(campaign, 3).state == "paused"
    assert states(campaign)["accepted"] == 10
    resume_campaign(campaign=campaign, by=by)
    assert states(turns(campaign, 1))["accepted"] == 20

    stop_campaign(campaign=campaign, by=by)

    assert states(campaign) == {"accepted": 20, "stopped": 30}
    assert set(Notification.objects.values_list("state", "reason")) == {
        ("cancelled", "Alice stopped the campaign.")
    }
    assert funnel_of(campaign)["cancelled"] == 50
    with pytest.raises(WrongMoment, match="“Stopped” now"):
        resume_campaign(campaign=campaign, by=by)


def test_it_waits_when_too_many_have_not_left(cast: Cast, scope: None, monkeypatch: Any) -> None:
    monkeypatch.setattr(campaign_runs, "BACKLOG", 2)
    campaign = start(a_file(cast.alice, *[line() for _ in range(6)], per_minute=60), cast.alice)

    campaign = turns(campaign, 3)

    assert states(campaign) == {"accepted": 2, "waiting": 4}
    assert campaign.waits_for.startswith("2 of them have not left yet")
    Notification.objects.update(state="sent")
    assert states(turns(campaign, 1))["accepted"] == 4


def test_a_start_at_a_time_and_an_end(cast: Cast, scope: None) -> None:
    now = timezone.now()
    campaign = a_file(cast.alice, line(), line(), per_minute=30)
    campaign = start(
        campaign, cast.alice, send_at=now + timedelta(hours=1), expires_at=now + timedelta(hours=2)
    )
    assert (campaign.state, campaign_runs.take_turn()) == ("scheduled", campaign.send_at)

    campaign = turns(campaign, 2)
    assert states(campaign) == {"accepted": 1, "waiting": 1}
    assert Notification.objects.get().expires_at == campaign.expires_at  # not the type's day
    Campaign.objects.update(expires_at=TransactionNow())

    assert turns(campaign).state == "done"
    assert states(campaign) == {"accepted": 1, "expired": 1}


def test_people_in_their_quiet_hours_come_later_at_the_same_pace(cast: Cast, scope: None) -> None:
    by, now = Author.of(cast.alice), timezone.now()
    campaign = a_file(cast.alice, line(), line(), named=make_type(cast.alice, quiet_hours="obey"))
    hours = {"start": (now - timedelta(hours=1)).time(), "end": (now + timedelta(hours=1)).time()}
    set_quiet_hours(timezone="UTC", by=by, **hours)

    campaign = turns(start(campaign, cast.alice), 3)

    assert (campaign.state, states(campaign), Notification.objects.count()) == ("running", {"waiting": 2}, 0)
    assert campaign.due_at == CampaignRow.objects.order_by("due_at")[0].due_at
    assert "It would go" in campaign.waits_for
    set_quiet_hours(start=now.time(), end=now.time(), timezone="UTC", by=by)
    CampaignRow.objects.update(due_at=TransactionNow())
    assert states(turns(campaign)) == {"accepted": 2}


@pytest.mark.parametrize("value", ["inf", "-Infinity", "nan", "1e999"])
def test_an_attribute_may_have_the_name_of_a_number_that_is_none(cast: Cast, scope: None, value: str) -> None:
    Customer.objects.create(name="P", attributes={"tier": value})

    assert people_in({"attribute": "tier", "value": value}).count() == 1


def test_a_segment_is_counted_live_and_frozen_when_it_starts(cast: Cast, scope: None) -> None:
    named = make_type(cast.alice, variables=[], contents=PLAIN)
    for n in range(5):
        who = Customer.objects.create(name=f"P{n}", labels=["vip"] if n else [], language="pt-BR")
        who.addresses.create(kind="phone", value=fresh_phone())
    campaign = create_campaign(
        name="VIP", named=named, by=Author.of(cast.alice), segment={"label": "vip", "language": "pt"}
    )
    assert counts_of(check(campaign)).goes == 4
    Customer.objects.filter(name="P1").update(labels=[])

    start(campaign, cast.alice)
    assert turns(campaign, 1).state == "running"  # chosen anew
    Customer.objects.update(labels=["vip"])

    assert states(turns(campaign)) == {"accepted": 3}
    assert {row.customer.name for row in CampaignRow.objects.select_related("customer") if row.customer} == {
        "P2", "P3", "P4",
    }  # fmt: skip


def test_segments_ask_for_what_is_known_of_people(cast: Cast, scope: None) -> None:
    gold = Customer.objects.create(name="Gold", attributes={"tier": "gold", "age": 40})
    gold.addresses.create(kind="phone", value=fresh_phone())
    Customer.objects.create(name="None")
    said = [{"category": "utility", "state": "granted"}]
    record_consents(customer=gold, given=said, source="form", by=Author.of(cast.alice))

    for one in (
        {"attribute": "tier", "value": "gold"}, {"attribute": "age", "value": "40"}, {"attribute": "tier"},
        {"consent": "utility"}, {"address": "phone"}, {"attribute": "tier", "silent_days": 7},
    ):  # fmt: skip
        assert [row.name for row in people_in(one)] == ["Gold"], one
    assert not people_in({"heard_days": 7}).exists()
    assert people_in({}).count() == 2


def test_a_segment_asks_for_the_label_of_a_conversation_open_or_closed(cast: Cast, scope: None) -> None:
    people = [{"phone": fresh_phone(), "name": name} for name in ("Gold", "Other")]
    named = make_type(cast.alice)
    send(cast.alice, *[ask(named, to=one) for one in people])
    engine.take_turn()
    threads = Thread.objects.all()
    assert threads.count() == 2
    threads.filter(customer__name="Gold").update(labels=["refund", "vip"], status="closed")

    assert [row.name for row in people_in({"thread_label": "refund"})] == ["Gold"]
    assert not people_in({"thread_label": "refund", "label": "vip"}).exists()


def test_the_funnel_equals_the_rows_and_a_csv_has_them_all(cast: Cast, scope: None) -> None:
    campaign = turns(start(a_file(cast.alice, *[line() for _ in range(12)], line("12")), cast.alice))
    came_to = (
        "queued", "held", "sent", "sent", "delivered", "read", "answered", "failed", "skipped", "expired",
        "cancelled", "throttled",
    )  # fmt: skip
    for run, state in zip(Notification.objects.order_by("id"), came_to, strict=True):
        Notification.objects.filter(id=run.id).update(state=state, reason="=1+1")
    with connection.cursor() as cursor:
        cursor.execute(_BY_HAND, [campaign.id])
        [by_hand] = cursor.fetchall()

    found = funnel_of(campaign)
    assert (
        tuple(found[name] for name in ("accepted", "sent", "delivered", "read", "answered", "failed"))
        == by_hand
    )
    assert by_hand == (12, 5, 3, 2, 1, 1)
    assert (found["recipients"], found["skipped"], found["held"], found["expired"]) == (12, 2, 1, 1)
    lines = list(rows_csv(campaign, personal=True))
    assert len(lines) == 14
    assert lines[0].startswith("line,Mobile,First name")
    assert ",'=1+1," in lines[1]  # no spreadsheet runs it
    assert [row.split(",")[0] for row in rows_csv(campaign, "bad", personal=True)] == ["line", "14"]
    assert len(list(rows_csv(campaign, "sent", personal=True))) == 3


_BY_HAND = """
SELECT count(n.id), count(*) FILTER (WHERE n.state IN ('sent', 'delivered', 'read', 'answered')),
  count(*) FILTER (WHERE n.state IN ('delivered', 'read', 'answered')),
  count(*) FILTER (WHERE n.state IN ('read', 'answered')), count(*) FILTER (WHERE n.state = 'answered'),
  count(*) FILTER (WHERE n.state = 'failed')
FROM notifications_campaignrow r JOIN notifications_notification n ON n.id = r.notification_id
WHERE r.campaign_id = %s
"""
PLAIN = {"whatsapp": {"en": {"name": "plain", "language": "en", "text": "Hello", "body": ["x"]}}}
