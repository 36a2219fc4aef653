"""The audit: one row per action and thing, with what differs; never changed, seen by nobody else."""

from __future__ import annotations

import csv
import io
from typing import Any
from uuid import uuid4

import pytest
from django.db import ProgrammingError, connection, transaction
from django.test import Client

from common.tenancy import tenant_context
from events import audit
from events.models import Change
from events.queries import actions_done, differences
from tenants.operations.keys import create_api_key
from tests.cast import Cast

ALICE = {"kind": "member", "id": None, "name": "Alice"}


def rows(cast: Cast) -> list[Change]:
    """Acme's changes since its cast was made."""
    with tenant_context(cast.acme.id):
        return list(Change.objects.filter(action__startswith="thing.").order_by("id"))


def note(cast: Cast, *said: tuple[str, Any, Any], about: Any = None) -> None:
    """All in one transaction, about one thing."""
    about = about or uuid4()
    with tenant_context(cast.acme.id):
        for action, before, after in said:
            audit.note(action, about, "A thing", before=before, after=after, actor=ALICE)


def test_only_what_differs_is_kept_at_any_depth(cast: Cast) -> None:
    before = {"name": "A", "texts": {"en": {"text": "Hi"}, "pt": {"text": "Oi"}}, "gone": 1}
    after = {"name": "A", "texts": {"en": {"text": "Hello"}, "pt": {"text": "Oi"}}, "new": [1, 2]}

    note(cast, ("thing.changed", before, after))

    [row] = rows(cast)
    assert row.before == {"texts": {"en": {"text": "Hi"}}, "gone": 1}
    assert row.after == {"texts": {"en": {"text": "Hello"}}, "new": [1, 2]}
    assert {(one.place, one.before, str(one.after)) for one in differences(row)} == {
        ("texts › en › text", "Hi", "Hello"),
        ("gone", 1, "None"),
        ("new", None, "[1, 2]"),
    }


def test_saving_what_was_there_is_no_change_and_a_deed_without_values_is_one(cast: Cast) -> None:
    note(cast, ("thing.changed", {"a": [1], "b": {"c": None}}, {"a": [1], "b": {"c": None}}))
    note(cast, ("thing.switched_off", None, None))

    assert [(row.action, row.before, row.after) for row in rows(cast)] == [("thing.switched_off", {}, {})]


def test_what_one_action_does_to_one_thing_is_one_row(cast: Cast) -> None:
    made = ("thing.made", None, {"name": "A", "of": {"x": 1, "y": 2}})
    changed = ("thing.changed", {"name": "A", "of": {"x": 1}}, {"name": "B", "of": {"x": 3}})

    note(cast, made, changed)
    note(cast, ("thing.changed", {"name": "B"}, {"name": "C"}), ("thing.changed", {"z": 0}, {"z": 1}))

    assert [(row.action, row.before, row.after) for row in rows(cast)] == [
        ("thing.made", {}, {"name": "B", "of": {"x": 3, "y": 2}}),
        ("thing.changed", {"name": "B", "z": 0}, {"name": "C", "z": 1}),
    ]


def test_what_was_rolled_back_is_not_there(cast: Cast) -> None:
    with tenant_context(cast.acme.id), transaction.atomic():
        audit.note("thing.made", uuid4(), "A thing")
        transaction.set_rollback(True)

    assert rows(cast) == []


@pytest.mark.parametrize("statement", ["UPDATE events_change SET about = 'x'", "DELETE FROM events_change"])
def test_nobody_changes_what_is_written(cast: Cast, statement: str) -> None:
    with tenant_context(cast.acme.id), pytest.raises(ProgrammingError, match="permission denied"):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_no_secret_gets_into_it(cast: Cast, alice_client: Client) -> None:
    with tenant_context(cast.acme.id):
        _, presented = create_api_key(name="core", scopes=["audit:read"], by=cast.alice)
    alice_client.post(
        f"/console/channels/{cast.acme_number.id}/change/",
        {"name": "Cards", "display_phone_number": "+447700900201", "waba_id": "102290129340398",
         "access_token": "EAAGnewtoken99"},
    )  # fmt: skip

    with tenant_context(cast.acme.id):
        [changed] = Change.objects.filter(action="channel.changed")
        written = repr([(row.about, row.before, row.after) for row in Change.objects.all()])
    assert changed.after["new secrets"] == ["access_token"]
    assert changed.before["name"] != changed.after["name"] == "Cards"
    assert "EAAGnewtoken99" not in written
    assert presented not in written


@pytest.fixture
def busy(cast: Cast, alice_client: Client) -> Client:
    """Alice has made a team and a key, a program has read, and 120 more things happened."""
    alice_client.post("/console/teams/new/", {"name": "=Fraud", "colour": "1", "members": []})
    alice_client.post("/console/keys/new/", {"name": "Core", "scopes": ["audit:read"]})
    for _ in range(120):
        note(cast, ("thing.changed", {"n": 0}, {"n": 1}))
    return alice_client


def test_the_page_shows_filters_and_exports(busy: Client, cast: Cast, charlie_client: Client) -> None:
    text = busy.get("/console/audit/").content.decode()
    assert text.count("<tr>") - 1 == 50
    assert "changed thing" in text
    assert "made team" in text  # offered as a filter
    one = busy.get(f"/console/audit/?actor={cast.alice.id}&action=team.made").content.decode()
    assert (one.count("<tr>") - 1, "=Fraud" in one) == (1, True)
    named = busy.get("/console/audit/?about=core&since=2020-01-01").content.decode()
    assert (named.count("<tr>") - 1, "made key" in named) == (1, True)
    assert "None of these" in busy.get("/console/audit/?until=2020-01-01").content.decode()
    assert busy.get("/console/audit/?after=x&actor=y&since=z").status_code == 200

    answer = busy.get("/console/audit/export/?action=team.made")
    [head, line] = csv.reader(io.StringIO(answer.content.decode()))
    cells = dict(zip(head, line, strict=True))
    assert (cells["who"], cells["action"], cells["about"]) == ("Alice", "team.made", "'=Fraud")
    whole = busy.get("/console/audit/export/").content.decode()
    with tenant_context(cast.acme.id):
        assert whole.count("\r\n") - 1 == Change.objects.count()
        assert "thing.changed" in actions_done()
    assert "Fraud" not in charlie_client.get("/console/audit/").content.decode()


def test_programs_read_it_with_a_scope_of_its_own(cast: Cast, busy: Client) -> None:
    with tenant_context(cast.acme.id):
        _, reads = create_api_key(name="siem", scopes=["audit:read"], by=cast.alice)
        _, other = create_api_key(name="crm", scopes=["events:read"], by=cast.alice)

    def ask(key: str, **query: str) -> Any:
        return Client().get("/api/v1/changes", query, headers={"Authorization": f"Bearer {key}"})

    answer = ask(reads, action="team.made").json()
    assert [(one["about"], one["actor"]["name"], one["after"]["name"]) for one in answer["data"]] == [
        ("=Fraud", "Alice", "=Fraud")
    ]
    assert (answer["has_more"], ask(reads, limit="2").json()["has_more"]) == (False, True)
    assert ask(other).status_code == 403
    assert ask(reads, nonsense="1").status_code == 400


def test_a_program_that_changes_something_stands_there_as_itself(cast: Cast) -> None:
    with tenant_context(cast.acme.id):
        key, presented = create_api_key(name="core", scopes=["keys:write"], by=cast.alice)
        spare, _ = create_api_key(name="spare", scopes=["audit:read"], by=cast.alice)

    headers = {"Authorization": f"Bearer {presented}", "Request-Id": "req-77"}
    assert Client().delete(f"/api/v1/keys/{spare.id}", headers=headers).status_code == 204

    with tenant_context(cast.acme.id):
        row = Change.objects.get(action="key.revoked")
    assert (row.actor["kind"], row.actor_id, row.about_id, row.request_id) == (
        "api_key",
        key.id,
        spare.id,
        "req-77",
    )
