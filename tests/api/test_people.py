"""Who calls, who works here, which programs may call."""

from __future__ import annotations

from common.tenancy import tenant_context
from tenants.models import ApiKey
from tenants.operations.teams import create_team
from tests.api.caller import Caller
from tests.api.conftest import program_of
from tests.cast import Cast


def test_a_member_learns_who_they_are(cast: Cast, bob_calls: Caller) -> None:
    me = bob_calls.get("me").data

    assert (me["member"]["name"], me["tenant"]["id"]) == ("Bob", str(cast.acme.id))
    assert "messages:write" in me["scopes"]
    assert "channels:write" not in me["scopes"]


def test_a_key_learns_what_it_may(cast: Cast) -> None:
    me = program_of(cast.acme, "events:read").get("me").data

    assert (me["member"], me["scopes"], me["tenant"]["name"]) == (None, ["events:read"], "Acme")


def test_members_and_teams(cast: Cast, bob_calls: Caller) -> None:
    with tenant_context(cast.acme.id):
        create_team(name="Fraud", colour=3)

    members = bob_calls.get("members", limit=1).data

    assert members["has_more"] is True
    rest = bob_calls.get("members", after=members["next"]).data
    assert {one["name"] for one in members["data"] + rest["data"]} == {"Alice", "Bob"}
    assert [(one["name"], one["colour"]) for one in bob_calls.get("teams").data["data"]] == [("Fraud", 3)]


def test_a_revoked_key_stops_at_once(cast: Cast, alice_calls: Caller, program: Caller) -> None:
    key = alice_calls.get("keys").data["data"][0]

    assert program.get("me").status == 200
    assert alice_calls.delete(f"keys/{key['id']}").status == 204
    assert program.get("me").code == "not_signed_in"
    assert alice_calls.get("keys").data["data"][0]["revoked_at"] is not None


def test_keys_are_shown_without_themselves(alice_calls: Caller, program: Caller) -> None:
    listed = alice_calls.get("keys")

    assert program.headers["Authorization"].split()[1].encode() not in listed.body


def test_charlie_of_globex_sees_none_of_it(cast: Cast, program: Caller, charlie_calls: Caller) -> None:
    with tenant_context(cast.acme.id):
        key = ApiKey.objects.get()
        create_team(name="Fraud")

    assert charlie_calls.delete(f"keys/{key.id}").status == 404
    assert charlie_calls.get("keys").data["data"] == []
    assert charlie_calls.get("teams").data["data"] == []
    assert [one["name"] for one in charlie_calls.get("members").data["data"]] == ["Charlie"]
