"""Rules of alerts by a fixed clock: each trouble is told once, repeated quietly, and told when it is over."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.core import mail
from django.test import Client

from channels_whatsapp.models import Template
from channels_whatsapp.operations.templates import draft_template, template_account
from common import queues
from common.ids import uuid7
from common.tenancy import tenant_context
from events import bus
from events.models import Change, Event
from inbox.models import Channel, Delivery, Message
from inbox.models.deliveries import Lane
from inbox.operations.authors import Author
from notifications.models import Alert, AlertMail, AlertRule, CostDay, Tally
from notifications.operations import engine
from notifications.operations.alert_mails import send_mails
from notifications.operations.alerts import RuleRefused, change_rule, make_rule, remove_rule, take_turn
from notifications.operations.tallies import keep_tallies, slot_of
from tenants.operations.mails import TRIES
from tests.cast import Cast
from tests.notifications.conftest import ask, make_type, send
from tests.notifications.forms import inputs, page

ALERTS, HEALTH = "/console/notifications/alerts/", "/console/health/"
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def acme(cast: Cast) -> Iterator[Cast]:
    with tenant_context(cast.acme.id):
        Channel.objects.update(last_inbound_at=NOON)
        yield cast


def rule(cast: Cast, watched: str, **said: Any) -> AlertRule:
    return make_rule(by=Author.of(cast.alice), watched=watched, **said)


def told() -> list[tuple[str, bool]]:
    """What is open and what is over."""
    return [(row.watched, row.ended_at is not None) for row in Alert.objects.order_by("begun_at", "id")]


def heard() -> list[str]:
    """What programs were told, when the scope commits."""
    bus._flush()
    return list(
        Event.objects.filter(type__startswith="alert.").order_by("seq").values_list("type", flat=True)
    )


# ---------------------------------------------------------------- each trouble, and its end


def _fail(cast: Cast, at: datetime) -> None:
    Tally.objects.create(channel=cast.acme_number, slot=slot_of(at), ended=10, failed=4)


def _mend(cast: Cast, at: datetime) -> None:
    Tally.objects.all().delete()


def _pause(cast: Cast, at: datetime) -> None:
    row = draft_template(
        account=template_account(cast.acme_number), by=Author.of(cast.alice), name="news", language="en",
        category="UTILITY", components=[{"type": "BODY", "text": "News"}],
    )  # fmt: skip
    Template.objects.filter(id=row.id).update(status="PAUSED")


def _lift(cast: Cast, at: datetime) -> None:
    Template.objects.update(status="APPROVED")


def _fall_silent(cast: Cast, at: datetime) -> None:
    Channel.objects.update(last_inbound_at=at - 24 * HOUR)


def _speak(cast: Cast, at: datetime) -> None:
    Channel.objects.update(last_inbound_at=at)


def _be_late(cast: Cast, at: datetime) -> None:
    send(cast.alice, ask(make_type(cast.alice)))
    engine.take_turn()
    Delivery.objects.update(due_at=at - timedelta(seconds=121))


def _leave(cast: Cast, at: datetime) -> None:
    Delivery.objects.update(state="sent")


def _spend(cast: Cast, at: datetime) -> None:
    for currency in ("EUR", "USD"):
        day = {"day": at.date(), "channel": cast.acme_number, "currency": currency}
        CostDay.objects.create(amount=Decimal("99.99"), **day)
    CostDay.objects.filter(currency="EUR").update(amount=100)


def _next_day(cast: Cast, at: datetime) -> None:
    CostDay.objects.update(day=date(2026, 11, 1))


Deed = Callable[[Cast, datetime], None]


@pytest.mark.parametrize(
    ("watched", "said", "breaks", "mends", "words"),
    [
        ("failures", {"threshold": Decimal(40)}, _fail, _mend, "4 of 10 messages failed"),
        ("template", {}, _pause, _lift, "news is paused by WhatsApp"),
        ("silence", {"threshold": Decimal(24)}, _fall_silent, _speak, "no message has come in for 24 hours"),
        ("delay", {"threshold": Decimal(120)}, _be_late, _leave, "waited to leave for 181 seconds"),
        ("cost", {"threshold": Decimal(100), "currency": "eur"}, _spend, _next_day, "100.00 EUR"),
    ],
)
def test_each_trouble_is_told_once_and_its_end_too(
    acme: Cast, watched: str, said: dict[str, Any], breaks: Deed, mends: Deed, words: str
) -> None:
    rule(acme, watched, **said)
    assert take_turn(NOON) == NOON + MINUTE
    assert told() == []

    breaks(acme, NOON)
    take_turn(NOON)
    take_turn(NOON)  # a tick may come twice
    take_turn(NOON + MINUTE)
    assert told() == [(watched, False)]
    assert words in Alert.objects.get().sentence
    mends(acme, NOON + 2 * MINUTE)
    take_turn(NOON + 2 * MINUTE)

    assert told() == [(watched, True)]
    assert heard() == ["alert.raised", "alert.ended"]


@pytest.mark.parametrize(
    ("watched", "said"),
    [
        ("failures", {"threshold": Decimal("40.1")}),
        ("failures", {"threshold": Decimal(40), "at_least": 5}),
        ("failures", {"threshold": Decimal(40), "window_min": 5}),
        ("cost", {"threshold": Decimal("100.01"), "currency": "EUR"}),
        ("cost", {"threshold": Decimal(100), "currency": "USD"}),
        ("silence", {"threshold": Decimal("24.1")}),
        ("delay", {"threshold": Decimal(122)}),
    ],
)
def test_less_than_the_threshold_is_nothing(acme: Cast, watched: str, said: dict[str, Any]) -> None:
    rule(acme, watched, **said)
    _fail(acme, NOON - 20 * MINUTE)
    _spend(acme, NOON)
    _fall_silent(acme, NOON)
    _be_late(acme, NOON)

    take_turn(NOON)

    assert told() == []


def test_a_campaign_that_waits_for_its_pace_is_not_late(acme: Cast) -> None:
    rule(acme, "delay", threshold=Decimal(120))
    _be_late(acme, NOON)
    Delivery.objects.update(lane=Lane.MARKETING)

    take_turn(NOON)

    assert told() == []


def test_it_is_said_again_only_after_the_quiet_time_and_never_for_nought(acme: Cast) -> None:
    rule(acme, "silence", threshold=Decimal(24), repeat_h=6)
    rule(acme, "silence", threshold=Decimal(24), repeat_h=0)
    _fall_silent(acme, NOON)

    for hours in (0, 1, 5, 6, 7, 11, 12):
        take_turn(NOON + hours * HOUR)

    assert sorted(row.times for row in Alert.objects.all()) == [1, 3]
    assert heard() == ["alert.raised", "alert.raised", "alert.repeated", "alert.repeated"]
    assert "36 hours" in Alert.objects.first().sentence  # type: ignore[union-attr]


def test_each_channel_has_its_own_alert_and_a_rule_may_be_about_one(acme: Cast) -> None:
    rule(acme, "failures", threshold=Decimal(10))
    rule(acme, "failures", threshold=Decimal(10), channel_id=_switched_off(acme))
    _fail(acme, NOON)

    take_turn(NOON)

    assert [row.channel_id for row in Alert.objects.all()] == [acme.acme_number.id]


def _switched_off(cast: Cast) -> Any:
    """A channel that is switched off."""
    return Channel.objects.create(
        id=uuid7(), inbox=cast.acme_number.inbox, kind="sms", name="Off", external_id="+44", is_active=False
    ).id


def test_a_rule_that_is_switched_off_or_taken_away_ends_its_alerts_and_the_history_stays(acme: Cast) -> None:
    by = Author.of(acme.alice)
    first, second = (rule(acme, "silence", threshold=Decimal(24)) for _ in range(2))
    _fall_silent(acme, NOON)
    take_turn(NOON)

    change_rule(rule=first, by=by, is_on=False)
    remove_rule(rule=second, by=by)

    assert told() == [("silence", True), ("silence", True)]
    assert {row.why_ended for row in Alert.objects.all()} == {
        "The rule was switched off.",
        "The rule was taken away.",
    }
    assert take_turn(NOON) is None


# ---------------------------------------------------------------- counts


def test_fates_are_counted_once_in_their_five_minutes(acme: Cast) -> None:
    send(acme.alice, *[ask(make_type(acme.alice, key=f"t{n}")) for n in range(3)])
    engine.take_turn()
    ids = [str(one) for one in Message.objects.values_list("id", flat=True)]
    assert len(ids) == 3

    def event(place: int, word: str, minute: int, *before: str) -> Event:
        said = [{"status": one} for one in (*before, word)]
        data = {"message_id": ids[place], "status_history": said}
        return Event(type=f"message.{word}", data=data, at=NOON + minute * MINUTE)

    keep_tallies([event(0, "sent", 1), event(1, "sent", 4), event(1, "delivered", 4), event(2, "failed", 4)])
    keep_tallies([event(0, "failed", 6, "sent")])

    rows = Tally.objects.order_by("slot").values_list("slot", "ended", "failed")
    assert list(rows) == [(NOON, 3, 1), (NOON + 5 * MINUTE, 0, 1)]
    rule(acme, "silence", threshold=Decimal(1000))
    take_turn(NOON + timedelta(days=3))
    assert not Tally.objects.exists()


# ---------------------------------------------------------------- e-mail


@pytest.mark.django_db(transaction=True)
def test_those_who_are_told_get_one_mail_each_also_when_the_server_was_away(
    committed_cast: Cast, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    cast = committed_cast
    with tenant_context(cast.acme.id):
        Channel.objects.update(last_inbound_at=NOON)
        rule(cast, "silence", threshold=Decimal(24), by_mail=True, members=[cast.bob.id])
        rule(cast, "silence", threshold=Decimal(24), by_mail=True)
        take_turn(NOON + 24 * HOUR)

    def is_away(*_: Any, **__: Any) -> None:
        raise ConnectionRefusedError

    with monkeypatch.context() as patched:
        patched.setattr(mail.EmailMessage, "send", is_away)
        assert send_mails() == 0
    with tenant_context(cast.acme.id):
        assert set(AlertMail.objects.values_list("attempts", "sent_at")) == {(1, None)}
        AlertMail.objects.update(due_at=NOON)
        change_rule(rule=AlertRule.objects.first(), by=Author.of(cast.alice), repeat_h=1)  # type: ignore[arg-type]
        queues.enqueue("alert_mails")
    assert send_mails() == 2
    assert send_mails() == 0

    assert sorted(one.to[0] for one in mail.outbox) == ["alice@acme.example", "bob@acme.example"]
    assert mail.outbox[0].subject.startswith("[Acme] Needs somebody: WhatsApp 604: no message has come in")
    assert "/console/health/" in str(mail.outbox[0].body)
    assert TRIES > 1


# ---------------------------------------------------------------- pages and API


def test_a_rule_is_made_changed_and_refused_on_its_page(
    cast: Cast, alice_client: Client, bob_client: Client, charlie_client: Client
) -> None:
    new = f"{ALERTS}new/failures/"
    fields = inputs(page(alice_client, new))
    assert fields["threshold"] == "10"
    wrong = alice_client.post(new, fields | {"threshold": "0"})
    right = alice_client.post(new, fields | {"threshold": "12.5", "members": str(cast.bob.id)})

    assert wrong.status_code == 422
    assert "Say from how much on" in wrong.content.decode()
    assert right.status_code == 302
    text = page(alice_client, ALERTS)
    assert "12.5 % or more of the last 60 minutes fail, 3 at least" in text
    assert "Bob" in text
    with tenant_context(cast.acme.id):
        made = AlertRule.objects.get()
        assert Change.objects.filter(action="alert_rule.made").count() == 1
    address = f"{ALERTS}{made.id}/"
    assert inputs(page(alice_client, address))["threshold"] == "12.5"
    assert alice_client.get(f"{ALERTS}new/nonsense/").status_code == 404
    for client in (bob_client, charlie_client):
        assert client.get(address).status_code == 404
        assert client.post(f"{address}removal/").status_code == 404
    assert alice_client.post(f"{address}removal/").status_code == 302
    assert "No rule yet" in page(alice_client, ALERTS)


def test_whoever_is_told_reads_it_on_every_page_and_health_keeps_the_history(
    cast: Cast, alice_client: Client, bob_client: Client, charlie_client: Client
) -> None:
    with tenant_context(cast.acme.id):
        rule(cast, "silence", threshold=Decimal(24))
        rule(cast, "template")
        Channel.objects.update(last_inbound_at=NOON)
        take_turn(NOON + 30 * HOUR)

    words = "no message has come in for 30 hours"
    reports = "/console/notifications/reports/"
    assert words in page(alice_client, reports)
    assert words not in page(bob_client, reports)
    assert words not in page(charlie_client, reports)
    with tenant_context(cast.acme.id):
        change_rule(rule=AlertRule.objects.first(), by=Author.of(cast.alice), members=[cast.bob.id])  # type: ignore[arg-type]
        take_turn(NOON + 31 * HOUR)
    assert "for 31 hours" in page(bob_client, reports)
    assert "for 31 hours" not in page(alice_client, reports)
    health = page(alice_client, HEALTH)
    assert "for 31 hours" in health
    assert "Lasts" in health


def test_rules_are_set_over_the_api(cast: Cast, alice_client: Client, charlie_client: Client) -> None:
    body = {"watched": "cost", "threshold": "50", "currency": "EUR"}
    made = alice_client.post("/api/v1/alert_rules", body, content_type="application/json")
    wrong = alice_client.post("/api/v1/alert_rules", {"watched": "cost"}, content_type="application/json")
    nowhere = {"watched": "template", "channel_id": str(uuid4())}
    lost = alice_client.post("/api/v1/alert_rules", nowhere, content_type="application/json")
    assert (lost.status_code, lost.json()["errors"][0]["pointer"]) == (400, "/channel_id")

    assert made.status_code == 201
    address = f"/api/v1/alert_rules/{made.json()['id']}"
    assert wrong.json()["errors"][0]["pointer"] == "/threshold"
    changed = alice_client.put(address, body | {"threshold": "75.5"}, content_type="application/json")
    assert changed.json()["threshold"] == "75.5"
    assert charlie_client.delete(address).status_code == 404
    assert charlie_client.get("/api/v1/alerts").json() == {"data": []}
    assert alice_client.delete(address).json() == {"data": []}


def test_a_rule_that_makes_no_sense_is_refused(acme: Cast) -> None:
    for watched, said in (
        ("failures", {"threshold": Decimal(101)}),
        ("silence", {}),
        ("silence", {"threshold": Decimal("0.5")}),
        ("cost", {"threshold": Decimal(1), "currency": "€"}),
        ("template", {"members": [uuid7()]}),
    ):
        with pytest.raises(RuleRefused):
            rule(acme, watched, **said)
    assert not AlertRule.objects.exists()
