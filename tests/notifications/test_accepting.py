"""What is decided about a request: data, consent, quiet hours, keys, limits, digests, lanes, versions."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from common.models import WorkQueue
from common.queues import claim_tenant
from common.tenancy import tenant_context
from customers.models import Customer
from inbox.models import Delivery, Message
from inbox.operations.authors import Author
from notifications.models import Notification, NotificationState
from notifications.operations import engine
from notifications.operations.consents import record_consents, set_preference, set_quiet_hours
from notifications.operations.engine import run_all
from notifications.operations.notify import QUEUE, Accepted, Refusal, request_faults
from notifications.operations.starter import install_starter, starters
from notifications.operations.types import InvalidVersion, publish_draft, roll_back, save_draft
from notifications.queries.types import differences, find_type, language_matrix
from notifications.quiet import quiet_until
from notifications.shapes import version_said
from tests.cast import Cast
from tests.notifications.conftest import CONTENT, DATA, ask, make_type, rung, send

PHONE = "+447700900123"


@pytest.fixture
def scope(cast: Cast) -> Any:
    with tenant_context(cast.acme.id):
        yield


def one(cast: Cast, request: Any, **said: Any) -> Notification:
    [found] = send(cast.alice, request, **said)
    assert isinstance(found, Accepted), found
    return found.notification


def why(row: Notification) -> dict[str, str]:
    return {line["step"]: line["detail"] for line in row.decision}


def test_wrong_data_names_each_variable(cast: Cast, scope: None) -> None:
    named = make_type(cast.alice)

    faults = dict(
        request_faults(named, {"amount": {"amount": 12.5, "currency": "EUR"}, "merchant": "", "x": 1})
    )

    assert set(faults) == {"/data/first_name", "/data/amount", "/data/merchant", "/data/x"}
    assert faults["/data/first_name"] == "This variable is missing."
    assert request_faults(named, DATA) == []


def test_the_decision_reads_as_sentences(cast: Cast, scope: None) -> None:
    row = one(cast, ask(make_type(cast.alice), language="pt-BR"))

    assert row.state == "queued"
    assert why(row)["language"] == "pt-BR → pt → en, the first there is content in."
    assert why(row)["ladder 1"] == "WhatsApp 604 in pt, must be delivered within 60 s."
    assert all(line["ok"] for line in row.decision)


def test_a_no_is_obeyed_even_by_mandatory_types(cast: Cast, scope: None) -> None:
    named = make_type(cast.alice, mandatory=True)
    first = one(cast, ask(named))
    by = Author.of(cast.alice)
    customer = Customer.objects.get(id=first.customer_id)
    set_preference(customer=customer, named=named, wanted=False, by=by)
    assert one(cast, ask(named)).state == "queued"  # preferences are not asked

    record_consents(
        customer=customer, given=[{"category": "utility", "state": "denied"}], source="call", by=by
    )
    row = one(cast, ask(named))

    assert (row.state, row.reason) == ("skipped", "The customer said no to utility messages on whatsapp.")
    assert row.due_at is None


def test_a_preference_skips_what_is_not_mandatory(cast: Cast, scope: None) -> None:
    named = make_type(cast.alice)
    customer = Customer.objects.get(id=one(cast, ask(named)).customer_id)

    set_preference(customer=customer, named=named, wanted=False, by=Author.of(cast.alice))

    assert one(cast, ask(named)).reason == "The customer does not want this type."


def test_marketing_needs_a_yes(cast: Cast, scope: None) -> None:
    named = make_type(cast.alice, category="marketing")
    row = one(cast, ask(named))
    assert (row.state, row.lane) == ("skipped", 3)

    customer = Customer.objects.get(id=row.customer_id)
    yes = [{"category": "marketing", "channel": "whatsapp", "state": "granted"}]
    record_consents(customer=customer, given=yes, source="form", by=Author.of(cast.alice))

    assert one(cast, ask(named)).state == "queued"


def test_a_no_given_before_it_leaves_is_obeyed(cast: Cast, scope: None) -> None:
    row = one(cast, ask(make_type(cast.alice)))
    no = [{"category": "utility", "state": "denied"}]
    customer = Customer.objects.get(id=row.customer_id)
    record_consents(customer=customer, given=no, source="call", by=Author.of(cast.alice))

    engine.take_turn()

    row.refresh_from_db()
    assert row.state == "skipped"
    assert not Message.objects.exists()


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2026-01-10T23:30", "2026-01-11T08:00"),
        ("2026-01-11T02:00", "2026-01-11T08:00"),
        ("2026-01-11T12:00", None),
        ("2026-03-28T23:30", "2026-03-29T08:00"),  # the night has 23 hours
        ("2026-10-24T23:30", "2026-10-25T08:00"),  # and this one 25
    ],
)
def test_quiet_hours_end_at_the_persons_eight_o_clock(now: str, until: str | None) -> None:
    lisbon = ZoneInfo("Europe/Lisbon")
    at = datetime.fromisoformat(now).replace(tzinfo=lisbon).astimezone(UTC)

    found = quiet_until(at, start=time(21), end=time(8), where=lisbon)

    wanted = datetime.fromisoformat(until).replace(tzinfo=lisbon).astimezone(UTC) if until else None
    assert found == wanted


def test_an_end_the_clock_skips_is_the_moment_after_the_gap() -> None:
    lisbon = ZoneInfo("Europe/Lisbon")
    at = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)

    found = quiet_until(at, start=time(22), end=time(1, 30), where=lisbon)

    assert found == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


def test_quiet_hours_hold_until_morning_and_critical_passes(cast: Cast, scope: None) -> None:
    now = timezone.now()
    start, end = (now - timedelta(hours=1)).time(), (now + timedelta(hours=2)).time()
    set_quiet_hours(start=start, end=end, timezone="UTC", by=Author.of(cast.alice))

    held = one(cast, ask(make_type(cast.alice, key="news", quiet_hours="obey")))
    urgent = one(cast, ask(make_type(cast.alice, key="fraud", quiet_hours="obey", lane=0)))

    assert (held.state, urgent.state) == ("held", "queued")
    assert held.reason.startswith("Quiet hours. It would go ")  # the log and its page say why it waits
    assert why(held)["quiet hours"].startswith("It would go ")
    assert held.due_at
    assert held.due_at > now
    assert engine.take_turn() is not None
    held.refresh_from_db()
    assert held.state == "held"


def test_the_same_key_is_accepted_once(cast: Cast, scope: None) -> None:
    named = make_type(cast.alice)

    first, second, other = send(
        cast.alice, ask(named, dedupe_key="p-1"), ask(named, dedupe_key="p-1"), ask(named, dedupe_key="p-2")
    )
    again = one(cast, ask(named, dedupe_key="p-1"))

    assert isinstance(first, Accepted)
    assert isinstance(second, Accepted)
    assert isinstance(other, Accepted)
    states = [row.state for row in (first.notification, second.notification, other.notification, again)]
    assert states == ["queued", "skipped", "queued", "skipped"]
    assert str(first.notification.id) in again.reason


def test_a_person_hears_only_so_many(cast: Cast, scope: None) -> None:
    named = make_type(cast.alice, throttle={"count": 2, "per_s": 3600})

    states = [one(cast, ask(named)).state for _ in range(3)]

    assert states == ["queued", "queued", "throttled"]


def test_ten_events_become_one_message(cast: Cast, scope: None) -> None:
    content = CONTENT["en"] | {
        "body": ["{{first_name}}", "{{digest_count}}", "-", "-"],
        "text": "{{digest_count}}",
    }
    contents = {"whatsapp": {"en": content}}
    named = make_type(cast.alice, digest={"window_s": 600}, contents=contents)

    rows = [one(cast, ask(named)) for _ in range(10)]
    Notification.objects.filter(id=rows[0].id).update(due_at=rows[0].created_at)
    engine.take_turn()

    assert {row.state for row in rows} == {"batched"}
    assert {row.batch_id for row in rows[1:]} == {rows[0].id}
    assert [message.text for message in Message.objects.all()] == ["10"]


def test_late_and_early(cast: Cast, scope: None) -> None:
    named, now = make_type(cast.alice), timezone.now()

    late = one(cast, ask(named, expires_at=now - timedelta(seconds=1)))
    early = one(cast, ask(named, send_at=now + timedelta(hours=1)))

    assert (late.state, late.due_at) == ("expired", None)
    assert (early.state, early.due_at) == ("scheduled", now + timedelta(hours=1))


def test_a_dry_run_writes_nothing(cast: Cast, scope: None) -> None:
    named = make_type(cast.alice)
    before = Customer.objects.count()

    with CaptureQueriesContext(
        connection,
    ) as queries:
        row = one(cast, ask(named, to={"phone": "+447700900999"}), dry_run=True)

    assert row.state == "queued"
    assert not [q["sql"] for q in queries if q["sql"].split()[0] in {"INSERT", "UPDATE", "DELETE"}]
    assert (Customer.objects.count(), Notification.objects.count()) == (before, 0)


def test_unknown_people_are_named(cast: Cast, scope: None) -> None:
    [found] = send(cast.alice, ask(make_type(cast.alice), to={"external_id": "crm-1"}))
    assert isinstance(found, Refusal)
    assert found.faults[0][0] == "/to"

    made = one(
        cast, ask(find_type("fraud_alert"), to={"external_id": "crm-1", "phone": PHONE, "name": "Ada"})
    )
    again = one(cast, ask(find_type("fraud_alert"), to={"external_id": "crm-1"}))

    assert made.customer_id == again.customer_id
    assert Customer.objects.get().external_id == "crm-1"


def test_a_thousand_cost_a_handful_of_statements(cast: Cast, scope: None) -> None:
    named = make_type(cast.alice, throttle={"count": 5, "per_s": 3600})
    asks = [
        ask(named, to={"phone": f"+4477{n:08}", "name": f"N{n}"}, dedupe_key=f"k{n}") for n in range(1_000)
    ]

    with CaptureQueriesContext(connection) as queries:
        found = send(cast.alice, *asks)

    assert {row.notification.state for row in found if isinstance(row, Accepted)} == {"queued"}
    assert len(found) == 1_000
    assert len(queries) <= 40  # 0.04 for each


@pytest.mark.django_db(transaction=True)
def test_a_code_passes_bulk_by_its_lane_and_its_tenants_turn(committed_cast: Cast) -> None:
    cast = committed_cast
    with tenant_context(cast.acme.id):
        bulk = make_type(cast.alice, key="offer")
        send(cast.alice, *(ask(bulk, to={"phone": f"+4477{n:08}"}) for n in range(300)))
    run_all(seconds=0)
    turn = claim_tenant(QUEUE)
    with tenant_context(cast.globex.id):
        code = make_type(cast.charlie, key="code", category="authentication")
        send(cast.charlie, ask(code))
    with tenant_context(cast.acme.id):
        urgent = make_type(cast.alice, key="code", category="authentication")
        [mine] = send(cast.alice, ask(urgent))
        assert turn is not None
        assert turn.tenant_id == cast.acme.id
        engine.take_turn()
        sent = Message.objects.count()
    assert isinstance(mine, Accepted)

    with tenant_context(cast.acme.id):
        assert sent == engine.AT_ONCE  # a turn is short, and the code was in the first one
        assert Notification.objects.get(id=mine.notification.id).due_at is not None
        assert Delivery.objects.order_by("lane", "due_at", "id")[0].lane == 0
    WorkQueue.objects.filter(tenant_id=cast.acme.id, queue=QUEUE).update(due_at=timezone.now())
    next_turn = claim_tenant(QUEUE)
    assert next_turn is not None
    assert next_turn.tenant_id == cast.globex.id


# ---------------------------------------------------------------- versions


def test_accepted_notifications_keep_their_version(cast: Cast, scope: None) -> None:
    named, by = make_type(cast.alice), Author.of(cast.alice)
    row = one(cast, ask(named, send_at=timezone.now() + timedelta(hours=1)))
    assert row.reason.startswith("It is to go at ")

    save_draft(named=named, by=by, ttl_s=60)
    publish_draft(named=named, by=by)
    newer = one(cast, ask(find_type(named.key)))
    roll_back(named=named, number=1, by=by)

    assert (row.version.number, newer.version.number) == (1, 2)
    current = find_type(named.key).current
    assert current is not None
    assert current.number == 1
    [change] = differences(version_said(row.version), version_said(newer.version))
    assert (change.pointer, change.before, change.after) == ("/ttl_s", 86_400, 60)


def test_what_is_not_ready_is_not_published(cast: Cast, scope: None) -> None:
    broken = {"en": CONTENT["en"] | {"body": ["{{nobody}}"], "buttons": [{"action": "dance"}]}}
    with pytest.raises(InvalidVersion) as refused:
        make_type(
            cast.alice,
            rung("whatsapp"),
            rung("pigeon"),
            contents={"whatsapp": broken},
            variables=[{"name": "first_name", "type": "text"}],
        )

    assert list(dict.fromkeys(pointer for pointer, _ in refused.value.faults)) == [
        "/variables/0/example",
        "/contents/whatsapp/en",
        "/ladder/1/channel",
        "/contents/whatsapp/en/buttons/0",
    ]


@pytest.mark.parametrize("key", sorted(starters()))
def test_every_starter_installs_and_speaks_two_languages(cast: Cast, scope: None, key: str) -> None:
    named = install_starter(key, by=Author.of(cast.alice))

    assert named.current is not None
    assert language_matrix(named.current) == {"whatsapp": {"en": True, "pt": True}}
    row = one(
        cast, ask(named, data={v["name"]: v["example"] for v in named.current.variables}, language="pt-BR")
    )
    assert row.state == (NotificationState.SKIPPED if key == "marketing_offer" else NotificationState.QUEUED)
    engine.take_turn()
    assert Message.objects.count() == (0 if key == "marketing_offer" else 1)


def test_a_name_given_once_in_a_batch_is_kept(cast: Cast) -> None:
    with tenant_context(cast.acme.id):
        named = make_type(cast.alice)
        known, nameless = {"phone": "+447700900777", "name": "Ada Lovelace"}, {"phone": "+447700900777"}

        send(cast.alice, ask(named, to=known), ask(named, to=nameless))

        assert Customer.objects.get().name == "Ada Lovelace"


def test_a_turn_of_the_engine_is_as_long_on_a_slow_machine() -> None:
    at_once = engine.AT_ONCE
    for _ in range(5):
        at_once = engine.fitting(at_once, took_s=2 * engine.TURN_S)
    assert at_once == engine.AT_LEAST
    assert engine.fitting(at_once, took_s=0.7 * engine.TURN_S) == at_once
    assert engine.fitting(at_once, took_s=0.1 * engine.TURN_S) == engine.AT_ONCE
