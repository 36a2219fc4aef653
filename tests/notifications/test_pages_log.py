"""The log finds a notification by any of its marks, and tells one's whole story."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from common.spreadsheets import safe_cell
from common.templatetags.parts import with_times
from common.tenancy import tenant_context
from events.models import Event
from notifications.models import Notification, Step
from notifications.queries.log import log_page, log_rows
from tests.api.caller import Caller
from tests.api.conftest import program_of
from tests.cast import Cast
from tests.notifications.conftest import Office, ask, make_type, send
from tests.notifications.forms import page

LOG = "/console/notifications/log/"


@pytest.fixture
def runs(cast: Cast) -> list[Notification]:
    """Three notifications of two types to two people."""
    with tenant_context(cast.acme.id):
        fraud, other = make_type(cast.alice), make_type(cast.alice, key="parcel")
        send(
            cast.alice,
            ask(fraud, to={"phone": "+447700900801", "name": "Ada Lovelace"}, dedupe_key="payment-1"),
            ask(other, to={"phone": "+447700900801"}),
            request_id="req-one",
        )
        send(cast.alice, ask(fraud, to={"phone": "+447700900802", "name": "=HYPERLINK(1)"}, is_test=True))
        Step.objects.filter(notification__dedupe_key="payment-1").update(
            channel=cast.acme_number, state="trying"
        )
        found = list(Notification.objects.order_by("id"))
        Notification.objects.filter(id=found[1].id).update(state="failed", reason="The number is not there.")
        return found


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", [2, 1, 0]),
        ("type=parcel", [1]),
        ("type=fraud_alert", [2, 0]),
        ("person=Lovelace", [1, 0]),
        ("person=%2B44 7700 900802", [2]),
        ("person=nobody", []),
        ("state=failed", [1]),
        ("dedupe_key=payment-1", [0]),
        ("request_id=req-one", [1, 0]),
        ("test=yes", [2]),
        ("test=no", [1, 0]),
        ("type=nonsense&state=nonsense", [2, 1, 0]),
    ],
)
def test_the_log_is_filtered(
    cast: Cast, alice_client: Client, runs: list[Notification], query: str, expected: list[int]
) -> None:
    text = page(alice_client, f"{LOG}?{query}")

    found = [run for run in reversed(runs) if f"{LOG}{run.id}/" in text]
    assert found == [runs[place] for place in expected]


def test_the_log_is_filtered_by_days_and_over_the_api_by_times(
    cast: Cast, alice_client: Client, runs: list[Notification]
) -> None:
    now, two = timezone.now(), timedelta(days=2)
    program = program_of(cast.acme)
    for wanted, many in (
        ({"since": now - two, "until": now + two}, 3),
        ({"since": now + two}, 0),
        ({"until": now - two}, 0),
    ):
        days = "&".join(f"{name}={at:%Y-%m-%d}" for name, at in wanted.items())
        assert sum(f"{LOG}{run.id}/" in page(alice_client, f"{LOG}?{days}") for run in runs) == many
        times: dict[str, Any] = {name: at.isoformat() for name, at in wanted.items()}
        assert len(program.get("notifications", **times).data["data"]) == many
    assert "None of these" not in page(alice_client, f"{LOG}?since=0001-01-01&until=9999-12-31")


def test_the_log_is_filtered_by_a_channel_that_was_tried(
    cast: Cast, alice_client: Client, runs: list[Notification]
) -> None:
    text = page(alice_client, f"{LOG}?channel={cast.acme_number.id}")

    assert [f"{LOG}{run.id}/" in text for run in runs] == [True, False, False]


def test_the_live_tail_is_the_same_rows(cast: Cast, alice_client: Client, runs: list[Notification]) -> None:
    whole = page(alice_client, f"{LOG}?type=parcel")

    part = alice_client.get(f"{LOG}?type=parcel", HTTP_HX_REQUEST="true").content.decode()

    assert part.strip() in whole
    assert "<html" not in part


def test_rows_cost_the_same_statements_however_many_there_are(cast: Cast, runs: list[Notification]) -> None:
    counts = []
    with tenant_context(cast.acme.id):
        for limit in (1, 3):
            with CaptureQueriesContext(
                connection,
            ) as captured:
                log_rows(log_page(limit=limit).rows)
            counts.append(len(captured))

    assert counts == [2, 2]


def test_pages_follow_each_other_without_gaps(cast: Cast, runs: list[Notification]) -> None:
    with tenant_context(cast.acme.id):
        first = log_page(limit=2)
        rest = log_page(limit=2, after=first.next)

    assert [*first.rows, *rest.rows] == list(reversed(runs))
    assert rest.next is None


def test_the_csv_runs_nothing_in_a_spreadsheet(
    cast: Cast, alice_client: Client, runs: list[Notification]
) -> None:
    answer = alice_client.get(f"{LOG}export/?type=fraud_alert")

    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    assert answer["Content-Type"].startswith("text/csv")
    assert answer.content.startswith("\ufeff".encode())  # else Excel takes UTF-8 for Windows' own letters
    assert [row["customer"] for row in rows] == ["'=HYPERLINK(1)", "Ada Lovelace"]
    assert rows[1]["channels"] == "WhatsApp 604: trying"
    assert [safe_cell(text) for text in ("+1", "-1", "@x", "\tx", "＝x", "x=1", None)] == [
        "'+1", "'-1", "'@x", "'\tx", "'＝x", "x=1", "",
    ]  # fmt: skip


def test_one_is_cancelled_after_a_warning(cast: Cast, alice_client: Client, runs: list[Notification]) -> None:
    asked = page(alice_client, f"{LOG}{runs[0].id}/cancellation/")
    alice_client.post(f"{LOG}{runs[0].id}/cancellation/")
    again = alice_client.post(f"{LOG}{runs[2].id}/cancellation/", follow=True).content.decode()

    assert "Nothing more is sent to Ada Lovelace" in asked
    text = page(alice_client, f"{LOG}{runs[0].id}/")
    assert 'data-state="cancelled"' in text
    assert "Cancelled by Alice." in text
    assert "It is cancelled" in again


def test_one_is_acknowledged_by_a_button(
    cast: Cast, alice_client: Client, charlie_client: Client, runs: list[Notification]
) -> None:
    one = f"{LOG}{runs[0].id}/"
    assert f'action="/console/notifications/log/{runs[0].id}/acknowledgement/"' in page(alice_client, one)
    assert charlie_client.post(f"{one}acknowledgement/").status_code == 404

    told = alice_client.post(f"{one}acknowledgement/", follow=True).content.decode()

    assert "It is acknowledged" in told
    text = page(alice_client, one)
    assert 'data-state="answered"' in text
    assert "Acknowledged by Alice." in text
    assert "acknowledgement/" not in text


def test_strangers_find_nothing_and_agents_read(
    cast: Cast, bob_client: Client, charlie_client: Client, runs: list[Notification]
) -> None:
    one = f"{LOG}{runs[0].id}/"

    assert bob_client.get(LOG).status_code == bob_client.get(one).status_code == 200
    assert charlie_client.get(one).status_code == 404
    assert charlie_client.get(f"{one}cancellation/").status_code == 404
    assert charlie_client.post(f"{one}cancellation/").status_code == 404
    assert str(runs[0].id) not in page(charlie_client, LOG)
    assert str(runs[0].id) not in charlie_client.get(f"{LOG}export/").content.decode()
    assert bob_client.get(f"{LOG}{uuid4()}/").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_the_story_of_one_from_its_request_to_its_answer(office: Office, client: Client) -> None:
    with office.scope():
        named = make_type(office.cast.alice)
    run = office.notify(named)
    office.work()
    office.status(office.message(run), "delivered")
    office.press(office.message(run), "Not me", f"{office.steps(run)[0].id}:not_me")
    office.work()
    client.force_login(office.cast.alice.user)

    text = page(client, f"{LOG}{run.id}/")

    kinds = [part.split('"')[0] for part in text.split('data-kind="')[1:] if "step" not in part[:3]]
    assert [kind for kind in kinds if kind in {"accepted", "checked", "attempt", "answer"}] == [
        "accepted", "checked", "attempt", "answer",
    ]  # fmt: skip
    assert "Answered “Not me”" in text
    assert all(f"<span>{status}</span>" in text for status in ("queued", "sent", "delivered"))
    assert "wamid." in text
    assert "/inbox/?thread=" in text
    assert_page_equals_api(text, program_of(office.cast.acme), office.fresh(run))


def assert_page_equals_api(text: str, program: Caller, run: Notification) -> None:
    """B12: every state, moment and step that the API tells stands on the page, and the events know them."""
    told = program.get(f"notifications/{run.id}").data
    notification, [message] = told["notification"], told["messages"]
    [step] = notification["steps"]

    moments = [message["at"], *(one["at"] for one in message["status_history"])]
    moments += [notification["answered_at"], notification["created_at"]]
    assert [moment for moment in moments if f'datetime="{moment[:19]}' not in text] == []
    assert f'data-state="{notification["state"]}"' in text
    assert f'data-state="{step["state"]}"' in text
    assert {one["status"] for one in message["status_history"]} == {"queued", "sent", "delivered"}
    assert message["provider_id"] in text
    with tenant_context(run.tenant_id):
        events = Event.objects.filter(data__message_id=message["id"]).order_by("seq")
        assert [one.data["status"] for one in events] == ["sent", "delivered"]


def test_somebody_without_a_name_is_called_by_their_number(cast: Cast, alice_client: Client) -> None:
    with tenant_context(cast.acme.id):
        send(cast.alice, ask(make_type(cast.alice), to={"phone": "+447700900803"}))
        [run] = Notification.objects.all()

    assert "<td>+447700900803</td>" in page(alice_client, LOG)
    assert "<dd>+447700900803 " in page(alice_client, f"{LOG}{run.id}/")


def test_times_in_sentences_are_the_readers_own(cast: Cast, alice_client: Client) -> None:
    with tenant_context(cast.acme.id):
        send(cast.alice, ask(make_type(cast.alice)))
        [run] = Notification.objects.all()

    story = page(alice_client, f"{LOG}{run.id}/")

    assert re.search(r'It is void from <time datetime="[0-9TZ:-]+" data-style="short">[^<]+</time>\.', story)
    assert with_times("<b> at 2026-11-29T08:00:00.000000Z & on", 30).startswith("&lt;b&gt; at …")
