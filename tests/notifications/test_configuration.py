"""Configuration as a file: the round trip is equal, what differs is seen first, and nothing is lost."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from common.tenancy import tenant_context
from events.models import Change
from inbox.operations.authors import Author
from notifications.models import NotificationType
from notifications.operations.configuration import FORMAT, compare, export_configuration, take_over
from notifications.operations.starter import install_starter
from notifications.operations.types import archive_type, create_type, publish_draft, save_draft
from notifications.queries.types import find_type
from tenants.models import Member, Tenant
from tenants.operations.keys import create_api_key
from tenants.operations.members import add_member
from tests.cast import Cast
from tests.notifications.conftest import CONTENT, make_type, rung
from tests.notifications.forms import inputs

PAGE = "/console/notifications/configuration/"


@pytest.fixture
def written(cast: Cast) -> dict[str, Any]:
    """What Acme's file says: a type of its own whose ladder names a number, a starter, and a draft."""
    with tenant_context(cast.acme.id):
        number = str(cast.acme_number.id)
        make_type(cast.alice, rung(number), rung("whatsapp"), contents={"whatsapp": CONTENT})
        install_starter("order_update", by=Author.of(cast.alice))
        create_type(key="later", name="Later", category="marketing", by=Author.of(cast.alice))
        gone = create_type(key="gone", name="Gone", category="utility", by=Author.of(cast.alice))
        archive_type(named=gone, by=Author.of(cast.alice))
        return export_configuration()


def taken(tenant: Tenant, by: Any, file: Any) -> list[str]:
    with tenant_context(tenant.id):
        found = compare(file)
        return take_over(file, keys=[item.key for item in found], by=Author.of(by))


def states(tenant: Tenant, file: Any) -> dict[str, str]:
    with tenant_context(tenant.id):
        return {item.key: item.state for item in compare(file)}


def test_the_round_trip_is_equal_in_an_empty_workspace(cast: Cast, written: dict[str, Any]) -> None:
    assert [one["key"] for one in written["types"]] == ["fraud_alert", "later", "order_update"]
    assert written["types"][0]["ladder"][0]["channel"] == "whatsapp:WhatsApp 604"
    with tenant_context(cast.globex.id):
        cast.globex_number.name = "WhatsApp 604"
        cast.globex_number.save(update_fields=["name"])

    drafts = taken(cast.globex, cast.charlie, json.loads(json.dumps(written)))

    with tenant_context(cast.globex.id):
        assert export_configuration() == written
        named = find_type("fraud_alert")
        assert named.current
        assert named.current.ladder[0]["channel"] == str(cast.globex_number.id)
    assert drafts == []
    assert set(states(cast.globex, written).values()) == {"same"}


def test_taking_one_over_again_changes_only_what_differs(cast: Cast, written: dict[str, Any]) -> None:
    with tenant_context(cast.acme.id):
        named = find_type("fraud_alert")
        save_draft(named=named, by=Author.of(cast.alice), ttl_s=777)
        publish_draft(named=named, by=Author.of(cast.alice))
        [changed] = [item for item in compare(written) if item.state == "changed"]
        assert [(one.pointer, one.before, one.after) for one in changed.found] == [("/ttl_s", 777, 86_400)]
    assert states(cast.acme, written) == {"fraud_alert": "changed", "later": "same", "order_update": "same"}

    taken(cast.acme, cast.alice, written)

    with tenant_context(cast.acme.id):
        assert find_type("fraud_alert").current.number == 3  # type: ignore[union-attr]
        assert find_type("order_update").current.number == 1  # type: ignore[union-attr]
        assert export_configuration() == written


def _with(file: dict[str, Any], **fields: Any) -> dict[str, Any]:
    first, *others = file["types"]
    return {**file, "types": [{**first, **fields}, *others]}


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"key": "Fraud Alert"}, "A key has small letters"),
        ({"category": "spam"}, "The category is one of"),
        ({"name": ""}, "1 to 120 characters"),
        ({"colour": "red"}, "no part of a type"),
        ({"published": "yes"}, "true or false"),
        ({"ladder": [{"channel": "sms:Nobody's", "reach": "sent", "patience_s": 60}]}, "no channel “sms:Nob"),
        ({"ladder": "whatsapp"}, "list"),
        ({"contents": [1]}, ""),
        ({"ttl_s": "soon"}, ""),
    ],
)
def test_what_cannot_be_taken_says_why_and_is_left_out(
    cast: Cast, written: dict[str, Any], fields: dict[str, Any], sentence: str
) -> None:
    file = _with(written, **fields)
    with tenant_context(cast.acme.id):
        wrong = [item for item in compare(file) if item.state == "wrong"]
        before = export_configuration()
        take_over(file, keys=[item.key for item in wrong], by=Author.of(cast.alice))

        assert len(wrong) == 1
        assert sentence in wrong[0].faults[0][1]
        assert export_configuration() == before


def test_a_type_that_is_not_ready_here_stays_a_draft(cast: Cast, written: dict[str, Any]) -> None:
    file = _with(written, actions=[], ladder=[rung("sms")])

    assert taken(cast.acme, cast.alice, file) == ["fraud_alert"]

    with tenant_context(cast.acme.id):
        assert find_type("fraud_alert").current.number == 1  # type: ignore[union-attr]


# ---------------------------------------------------------------- pages


def upload(client: Client, file: Any) -> Any:
    raw = file if isinstance(file, bytes) else json.dumps(file).encode()
    return client.post(PAGE, {"file": SimpleUploadedFile("n.json", raw, "application/json")})


def test_a_file_is_downloaded_compared_and_taken_over(
    cast: Cast, alice_client: Client, charlie_client: Client, written: dict[str, Any]
) -> None:
    assert json.loads(alice_client.get(f"{PAGE}export/").content) == written
    with tenant_context(cast.globex.id):
        cast.globex_number.name = "WhatsApp 604"
        cast.globex_number.save(update_fields=["name"])

    shown = upload(charlie_client, written)
    fields = inputs(shown.content.decode())
    with tenant_context(cast.globex.id):
        assert not NotificationType.objects.exists()
    wrong = charlie_client.post(PAGE, fields | {"take": ["fraud_alert"], "seen": "something else"})
    assert (wrong.status_code, b"Somebody changed something here" in wrong.content) == (409, True)
    done = charlie_client.post(PAGE, fields | {"take": ["fraud_alert", "later"]})

    assert done["Location"] == "/console/notifications/types/"
    assert states(cast.globex, written) == {"fraud_alert": "same", "later": "same", "order_update": "new"}
    with tenant_context(cast.globex.id):
        rows = Change.objects.filter(action="notification_type.created").order_by("about")
        assert [(row.about, row.actor["name"]) for row in rows] == [
            ("fraud_alert", "Charlie"),
            ("later", "Charlie"),
        ]


def test_of_two_editors_the_second_sees_what_the_first_did(
    cast: Cast, alice_client: Client, written: dict[str, Any]
) -> None:
    fields = inputs(upload(alice_client, _with(written, ttl_s=900)).content.decode())
    with tenant_context(cast.acme.id):
        named = find_type("fraud_alert")
        save_draft(named=named, by=Author.of(cast.alice), ttl_s=777)
        publish_draft(named=named, by=Author.of(cast.alice))

    answer = alice_client.post(PAGE, fields | {"take": ["fraud_alert"]})

    text = answer.content.decode()
    assert (answer.status_code, "777" in text, "900" in text) == (409, True, True)
    again = alice_client.post(PAGE, inputs(text) | {"take": ["fraud_alert"]})
    assert again.status_code == 302
    with tenant_context(cast.acme.id):
        assert find_type("fraud_alert").current.ttl_s == 900  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        (b"", "The file is empty."),
        (b"not json", "This is no JSON"),
        (b"[]", "This is no file of notifications"),
        (json.dumps({"format": FORMAT, "types": {}}).encode(), "must be a list"),
        (json.dumps({"format": FORMAT, "types": [{"key": "a"}, {"key": "a"}]}).encode(), "a key of its own"),
    ],
)
def test_what_is_no_file_is_said_beside_the_field(
    cast: Cast, alice_client: Client, raw: bytes, sentence: str
) -> None:
    answer = upload(alice_client, raw)

    assert (answer.status_code, sentence in answer.content.decode()) == (422, True)


def test_types_come_from_a_workspace_of_ones_own_and_from_no_other(
    cast: Cast, alice_client: Client, written: dict[str, Any]
) -> None:
    assert "Globex" not in alice_client.get(PAGE).content.decode()
    refused = alice_client.post(PAGE, {"source": str(cast.globex.id)})
    assert refused.status_code == 422
    with tenant_context(cast.globex.id):
        install_starter("flight_delay", by=Author.of(cast.charlie))
        add_member(user=cast.alice.user, role="agent")
    assert alice_client.post(PAGE, {"source": str(cast.globex.id)}).status_code == 422  # only an agent there

    with tenant_context(cast.globex.id):
        Member.objects.filter(user=cast.alice.user).update(role="admin")
    assert "Globex" in alice_client.get(PAGE).content.decode()
    shown = alice_client.post(PAGE, {"source": str(cast.globex.id)})
    done = alice_client.post(PAGE, inputs(shown.content.decode()) | {"take": ["flight_delay"]})

    assert done.status_code == 302
    with tenant_context(cast.acme.id):
        assert find_type("flight_delay").current


def test_agents_do_not_know_it(cast: Cast, bob_client: Client) -> None:
    assert [bob_client.get(page).status_code for page in (PAGE, f"{PAGE}export/")] == [404, 404]
    assert bob_client.post(PAGE, {"text": "{}"}).status_code == 404


# ---------------------------------------------------------------- hours, teams, replies; the API

API, JSON = "/api/v1/configuration", "application/json"
HOURS = {
    "zone": "Europe/Lisbon",
    "is_always": False,
    "week": [[[540, 1080]]] * 5 + [[], []],
    "holidays": [{"date": "2026-12-25", "name": "Christmas"}],
}
PARTS = {
    "business_hours": HOURS,
    "teams": [{"name": "Fraud", "colour": 2}, {"name": "Help", "colour": 0}],
    "saved_replies": [{"name": "Thanks", "text": "Thank you, {{customer.name}}."}],
}


def file_of(**parts: Any) -> dict[str, Any]:
    return {"format": FORMAT, "types": [], **parts}


def test_hours_teams_and_replies_make_the_round_trip_over_the_api(
    cast: Cast, alice_client: Client, charlie_client: Client
) -> None:
    body = {"file": file_of(**PARTS)}
    looked = alice_client.post(API, body, content_type=JSON).json()
    assert {one["key"]: one["state"] for one in looked["data"]} == {
        "business_hours": "new",
        "teams:Fraud": "new",
        "teams:Help": "new",
        "saved_replies:Thanks": "new",
    }
    assert looked["taken"] == []
    assert "teams" not in alice_client.get(API).json()

    taken = alice_client.post(API, body | {"dry_run": False}, content_type=JSON).json()
    assert sorted(taken["taken"]) == ["business_hours", "saved_replies:Thanks", "teams:Fraud", "teams:Help"]
    file = alice_client.get(API).json()
    assert {name: file[name] for name in PARTS} == PARTS
    again = charlie_client.post(API, {"file": file, "dry_run": False}, content_type=JSON).json()
    assert [one["state"] for one in again["data"]].count("new") == 4
    theirs = charlie_client.get(API).json()
    assert {name: theirs[name] for name in PARTS} == PARTS


def test_only_what_is_named_is_taken_and_a_difference_says_what_was(cast: Cast, alice_client: Client) -> None:
    alice_client.post(API, {"file": file_of(**PARTS), "dry_run": False}, content_type=JSON)
    teams = [{"name": "Fraud", "colour": 7}, {"name": "Help", "colour": 9}]
    body = {"file": file_of(teams=teams), "dry_run": False, "keys": ["teams:Fraud", "teams:Nobody"]}

    found = alice_client.post(API, body, content_type=JSON).json()

    assert found["taken"] == ["teams:Fraud"]
    assert found["data"][0]["differences"] == [{"pointer": "/colour", "before": 2, "after": 7}]
    assert [one["colour"] for one in alice_client.get(API).json()["teams"]] == [7, 0]


@pytest.mark.parametrize(
    ("part", "pointer"),
    [
        ({"teams": [{"name": " ", "colour": 0}]}, "/name"),
        ({"teams": [{"name": "A", "colour": 12}]}, "/colour"),
        ({"teams": [{"name": "A", "boss": "Bob"}]}, "/boss"),
        ({"teams": ["A"]}, ""),
        ({"teams": [{"name": "A"}, {"name": "A"}]}, "/name"),
        ({"saved_replies": [{"name": "A"}]}, "/text"),
        ({"business_hours": {"zone": "UTC"}}, ""),
        ({"business_hours": HOURS | {"week": [[[600, 500]]] * 7}}, "/week"),
        ({"business_hours": HOURS | {"week": 7}}, "/week"),
    ],
)
def test_what_is_wrong_in_a_part_is_told_and_never_taken(
    cast: Cast, alice_client: Client, part: dict[str, Any], pointer: str
) -> None:
    found = alice_client.post(API, {"file": file_of(**part), "dry_run": False}, content_type=JSON).json()

    wrong = [one for one in found["data"] if one["state"] == "wrong"]
    assert [fault["pointer"] for one in wrong for fault in one["faults"]] == [pointer]
    assert not [key for key in found["taken"] if key == wrong[0]["key"] and pointer != "/name"]


def test_a_key_takes_only_what_its_scopes_allow_and_a_file_of_another_kind_nothing(
    cast: Cast, client: Client, alice_client: Client, bob_client: Client
) -> None:
    with tenant_context(cast.acme.id):
        _, key = create_api_key(name="Core", scopes=["notifications:manage"], by=cast.alice)
    bearer = {"Authorization": f"Bearer {key}"}
    body = {"file": file_of(**PARTS), "dry_run": False}

    found = client.post(API, body, content_type=JSON, headers=bearer).json()

    assert found["taken"] == []
    assert "members:write" in str(found["data"])
    assert bob_client.get(API).status_code == 403
    bad = alice_client.post(API, {"file": {"format": "other"}}, content_type=JSON)
    assert (bad.status_code, bad.json()["errors"][0]["pointer"]) == (400, "/file")
