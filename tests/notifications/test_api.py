"""Notifications over HTTP, from a program's first call to the answer; Charlie finds nothing."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from common.tenancy import tenant_context
from inbox.models import Message
from inbox.operations.authors import Author
from notifications.models import Notification
from notifications.operations import engine
from notifications.operations.starter import install_starter
from tests.api.caller import Caller
from tests.api.conftest import alice_calls, bob_calls, program, program_of, stranger  # noqa: F401 - fixtures
from tests.cast import Cast
from tests.conftest import ROOT
from tests.notifications.conftest import ACTIONS, CONTENT, DATA, VARIABLES, rung

TYPE: dict[str, Any] = {
    "key": "fraud_alert",
    "name": "Fraud alert",
    "category": "utility",
    "variables": VARIABLES,
    "contents": {"whatsapp": CONTENT},
    "ladder": [rung("whatsapp")],
    "actions": ACTIONS,
    "quiet_hours": "pass",
    "lane": "urgent",
}
SEND: dict[str, Any] = {
    "type": "fraud_alert",
    "to": {"phone": "+44 7700 900123", "name": "Ada"},
    "data": DATA,
    "metadata": {"case": "4711"},
}


@pytest.fixture
def published(program: Caller) -> Caller:  # noqa: F811
    assert program.post("notification_types", TYPE).status == 201
    assert program.post("notification_types/fraud_alert/publication").status == 200
    return program


def test_the_call_in_the_readme_is_taken(program: Caller, cast: Cast) -> None:  # noqa: F811
    """Whoever tries Parley sends it first."""
    said = re.search(r"api/v1/notifications.*?-d '(\{.*?\})'", (ROOT / "README.md").read_text(), re.DOTALL)
    assert said
    body = json.loads(said[1])
    with tenant_context(cast.acme.id):
        install_starter(body["type"], by=Author.of(cast.alice))

    answer = program.post("notifications", body)

    assert (answer.status, answer.data["state"]) == (202, "queued")


def test_one_call_sends(published: Caller, cast: Cast, stranger: Caller) -> None:  # noqa: F811
    answer = published.post("notifications", SEND)

    assert (answer.status, answer.data["state"]) == (202, "queued")
    assert [line["step"] for line in answer.data["decision"]][:4] == ["type", "data", "customer", "language"]
    with tenant_context(cast.acme.id):
        engine.take_turn()
    page = published.get(f"notifications/{answer.data['id']}").data
    assert page["notification"]["steps"][0]["state"] == "trying"
    assert page["notification"]["metadata"] == {"case": "4711"}
    [message] = page["messages"]
    assert message["content"]["notification"] == {
        "id": answer.data["id"],
        "type": "fraud_alert",
        "name": "Fraud alert",
        "step": 0,
        "choices": [{"key": "it_was_me", "title": "It was me"}, {"key": "not_me", "title": "Not me"}],
    }
    assert message["text"] == "Ada, was it you who paid € 1,240.00 to ELEKTRO-24?"
    queries: tuple[dict[str, Any], ...] = ({"state": "queued"}, {"type": "fraud_alert", "test": "false"})
    for query in queries:
        assert [row["id"] for row in published.get("notifications", **query).data["data"]] == [
            answer.data["id"]
        ]
    assert published.get("notifications", state="failed").data["data"] == []

    assert stranger.get(f"notifications/{answer.data['id']}").status == 404
    assert stranger.get("notification_types/fraud_alert").status == 404
    assert stranger.get("notifications").data["data"] == []
    assert stranger.post("notifications", SEND).status == 422


def test_what_is_urgent_leaves_with_the_call_that_asks_for_it_and_only_once(
    published: Caller, cast: Cast
) -> None:
    assert published.post("notification_types", TYPE | {"key": "delay", "lane": "utility"}).status == 201
    assert published.post("notification_types/delay/publication").status == 200
    patient = published.post("notifications", SEND | {"type": "delay"}).data["id"]
    urgent = published.post("notifications", SEND).data["id"]

    def queued() -> list[str]:
        with tenant_context(cast.acme.id):
            rows = Message.objects.filter(direction="outbound").order_by("id")
            return [row.content["notification"]["id"] for row in rows]

    assert queued() == [urgent]
    with tenant_context(cast.acme.id):
        engine.take_turn()
        engine.take_turn()
    assert queued() == [urgent, patient]


def test_wrong_data_is_a_422_that_names_the_field(published: Caller) -> None:
    answer = published.post("notifications", SEND | {"data": DATA | {"amount": "12 €"}})

    assert (answer.status, answer.data["code"]) == (422, "notification_invalid")
    assert [fault["pointer"] for fault in answer.data["errors"]] == ["/data/amount"]


def test_an_unknown_type_is_named(published: Caller) -> None:
    answer = published.post("notifications", SEND | {"type": "nothing"})

    assert [fault["pointer"] for fault in answer.data["errors"]] == ["/type"]


def test_a_dry_run_shows_everything_and_does_nothing(published: Caller, cast: Cast) -> None:
    answer = published.post("notifications", SEND | {"dry_run": True})

    found = answer.data
    assert (answer.status, found["id"], found["state"], found["would_be"]) == (
        202,
        None,
        "simulated",
        "queued",
    )
    [shown] = found["preview"]
    assert (shown["kind"], shown["text"]) == (
        "template",
        "Ada, was it you who paid € 1,240.00 to ELEKTRO-24?",
    )
    assert published.get("notifications").data["data"] == []


def test_the_same_idempotency_key_sends_once(published: Caller) -> None:
    first = published.post("notifications", SEND, headers={"Idempotency-Key": "n-1"})
    again = published.post("notifications", SEND, headers={"Idempotency-Key": "n-1"})

    assert first.data["id"] == again.data["id"]
    assert len(published.get("notifications").data["data"]) == 1


def test_a_batch_answers_item_by_item(published: Caller) -> None:
    items: list[Any] = [SEND, SEND | {"data": {}}, "nonsense", SEND | {"to": {"external_id": "nobody"}}]
    answer = published.post("notification_batches", {"notifications": items})

    assert (answer.status, answer.data["accepted"], answer.data["refused"]) == (202, 1, 3)
    assert [row["accepted"] for row in answer.data["data"]] == [True, False, False, False]
    assert {fault["pointer"] for fault in answer.data["data"][1]["errors"]} >= {"/data/first_name"}
    assert answer.data["data"][2]["errors"] == [{"pointer": "", "detail": "This is not an object."}]
    assert published.post("notification_batches", {"notifications": [SEND] * 1001}).status == 400


def test_cancelling_and_what_cannot_be(published: Caller) -> None:
    sent = published.post("notifications", SEND).data

    answer = published.post(f"notifications/{sent['id']}/cancellation", {"reason": "A mistake"})

    assert (answer.data["state"], answer.data["reason"]) == ("cancelled", "A mistake")
    assert published.post(f"notifications/{sent['id']}/cancellation", {}).data["state"] == "cancelled"
    late = published.post("notifications", SEND | {"expires_at": "2020-01-01T00:00:00Z"}).data
    refused = published.post(f"notifications/{late['id']}/cancellation", {})
    assert (refused.status, refused.data["code"]) == (409, "not_cancellable")


def test_acknowledging_stops_a_ladder_and_says_who_it_was(published: Caller) -> None:
    sent = published.post("notifications", SEND).data
    path = f"notifications/{sent['id']}/acknowledgement"

    answer = published.post(path, {"note": "Confirmed in the app."})
    again = published.post(path, {"note": "Once more."}).data

    assert (answer.status, answer.data["state"], answer.data["due_at"]) == (200, "answered", None)
    assert answer.data["acknowledged_by"]["kind"] == "api_key"
    name = answer.data["acknowledged_by"]["name"]
    assert answer.data["reason"] == f"Acknowledged by {name}. Confirmed in the app."
    assert {step["state"] for step in answer.data["steps"]} == {"unneeded"}
    assert again["history"] == answer.data["history"]
    [event] = published.get("events", type="notification.answered").data["data"]
    assert event["data"]["acknowledgement"]["note"] == "Confirmed in the app."
    assert event["data"]["acknowledgement"]["by"]["name"] == name
    assert event["data"]["notification"]["id"] == sent["id"]


def test_what_came_to_nothing_cannot_be_acknowledged(published: Caller) -> None:
    late = published.post("notifications", SEND | {"expires_at": "2020-01-01T00:00:00Z"}).data

    refused = published.post(f"notifications/{late['id']}/acknowledgement", {})

    assert (refused.status, refused.data["code"]) == (409, "not_acknowledgeable")


def test_a_version_is_drafted_compared_published_and_rolled_back(published: Caller) -> None:
    path = "notification_types/fraud_alert"
    draft = published.patch(f"{path}/draft", {"ttl_s": 600}).data
    stale = published.patch(f"{path}/draft", {"ttl_s": 700, "revision": draft["revision"] - 1})
    assert (stale.status, draft["number"], draft["state"]) == (409, 2, "draft")
    [change] = published.get(f"{path}/differences", before=1, after=2).data["data"]
    assert (change["pointer"], change["after"]) == ("/ttl_s", 600)

    assert published.post(f"{path}/publication", {}).data["current"]["number"] == 2
    assert published.post(f"{path}/publication", {"version": 1}).data["current"]["number"] == 1
    assert [row["number"] for row in published.get(f"{path}/versions").data["data"]] == [2, 1]
    nothing = published.post(f"{path}/publication", {})
    assert (nothing.status, nothing.data["code"]) == (409, "nothing_to_publish")


def test_an_archived_type_sends_nothing(published: Caller) -> None:
    assert published.patch("notification_types/fraud_alert", {"archived": True}).data["archived_at"]

    assert published.post("notifications", SEND).status == 422
    assert published.get("notification_types").data["data"] == []
    assert len(published.get("notification_types", archived="true").data["data"]) == 1


def test_wrong_versions_name_every_place(program: Caller) -> None:  # noqa: F811
    wrong = program.post("notification_types", TYPE | {"ladder": [rung("whatsapp", "loudly", 1)]})
    assert (wrong.status, wrong.data["code"]) == (422, "version_invalid")
    assert [fault["pointer"] for fault in wrong.data["errors"]] == ["/ladder/0/reach", "/ladder/0/patience_s"]
    taken = [program.post("notification_types", TYPE).status for _ in range(2)]
    assert taken == [201, 409]


def test_consents_have_a_history(published: Caller, cast: Cast) -> None:
    customer = published.post("notifications", SEND).data["customer_id"]
    path = f"customers/{customer}/consents"

    for state in ("granted", "denied"):
        consent = {"category": "marketing", "channel": "whatsapp", "state": state}
        published.put(path, {"consents": [consent], "source": "form", "preferences": {"fraud_alert": False}})

    found = published.get(path).data
    assert [(row["channel"], row["state"]) for row in found["data"]] == [("whatsapp", "denied")]
    assert [row["state"] for row in found["history"]] == ["denied", "granted"]
    assert found["preferences"] == {"fraud_alert": False}
    assert published.put(path, {"preferences": {"nothing": True}}).status == 422
    typo = published.put(path, {"consents": [consent | {"channel": "whatsap"}]})
    assert (typo.status, typo.pointers) == (400, ["/consents/0/channel"])
    assert "sms, voice, whatsapp" in typo.data["errors"][0]["detail"]
    both = published.put(path, {"consents": [consent, consent | {"state": "granted"}]})
    assert (both.status, both.pointers) == (400, ["/consents"])
    odd = published.put(path, {"consents": [consent | {"category": "promo"}]})
    assert odd.data["errors"][0]["detail"] == "This is one of: authentication, utility, marketing."
    assert published.post("notifications", SEND).data["reason"] == "The customer does not want this type."


def test_a_time_nobody_plans_for_is_refused_at_its_place(published: Caller) -> None:
    """Nothing can be added to the last second there is."""
    last = "9999-12-31T23:59:59Z"

    far = published.post("notifications", SEND | {"send_at": last})
    assert (far.status, far.pointers) == (400, ["/send_at"])
    assert "more than a year away" in far.data["errors"][0]["detail"]
    assert published.post("notifications", SEND | {"expires_at": last}).status == 202
    assert len(published.get("notifications", since="0001-01-01T00:00:00Z", until=last).data["data"]) == 1
    odd = published.post("notifications", SEND | {"language": "deutsch!"})
    assert odd.data["errors"][0]["detail"] == "Write a language like en, pt or pt-BR."


def test_quiet_hours_are_the_tenants_own(program: Caller, stranger: Caller) -> None:  # noqa: F811
    wanted = {"start": "21:00", "end": "08:00", "timezone": "Europe/Lisbon"}

    assert program.put("quiet_hours", wanted).data == wanted
    assert program.put("quiet_hours", wanted | {"timezone": "Mars/Base"}).status == 400
    assert stranger.get("quiet_hours").data["start"] == stranger.get("quiet_hours").data["end"]


def test_starters_are_listed_and_installed(program: Caller) -> None:  # noqa: F811
    assert program.post("notification_starters/flight_delay").data["current"]["number"] == 1

    listed = {row["key"]: row["installed"] for row in program.get("notification_starters").data["data"]}
    assert len(listed) == 9
    assert listed["flight_delay"]
    assert not listed["fraud_alert"]
    assert program.post("notification_starters/flight_delay").status == 409


def test_agents_send_and_only_admins_make_types(published: Caller, bob_calls: Caller, cast: Cast) -> None:  # noqa: F811
    assert bob_calls.post("notifications", SEND).status == 202
    assert bob_calls.post("notification_types", TYPE | {"key": "mine"}).status == 403
    assert program_of(cast.acme, "messages:read").post("notifications", SEND).status == 403
    with tenant_context(cast.globex.id):
        assert not Notification.objects.exists()
