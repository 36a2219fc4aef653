"""Groups at the far end: made by the business, joined by people, written in by both; each change is told."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulator.conftest import Business
from tests.simulator.receiver import eventually

ADA, OMAR = "447700905001", "447700905002"


def told(business: Business, kind: str) -> list[dict[str, Any]]:
    """What webhooks said of groups, of this kind."""
    changes = [
        change for post in business.hook.posts for entry in post.json["entry"] for change in entry["changes"]
    ]
    rows = [row for change in changes for row in change["value"].get("groups", [])]
    return [row for row in rows if row["type"] == kind]


def made(business: Business, **said: Any) -> str:
    """Make a group by the API; its id, from the webhook that tells it."""
    body = {"messaging_product": "whatsapp", "subject": "Harbour tour", **said}
    answer = business.graph("POST", f"{business.id}/groups", json=body)
    assert answer.status_code == 200, answer.text
    [row] = eventually(lambda: told(business, "group_create"))
    assert row["request_id"] == answer.json()["request_id"]
    assert row["invite_link"].startswith("https://chat.whatsapp.com/")
    return str(row["group_id"])


def joins(business: Business, group: str, *people: str) -> None:
    for n, phone in enumerate(people):
        body = {"from": phone, "name": f"Guest {n}"}
        business.sim.call("POST", f"/control/groups/{group}/members", body)


def test_a_group_is_made_listed_looked_at_changed_and_deleted(business: Business) -> None:
    group = made(business, description="Sunday, 10:00", join_approval_mode="auto_approve")
    joins(business, group, ADA, OMAR)

    listed = business.graph("GET", f"{business.id}/groups").json()["data"]["groups"]
    assert [(row["id"], row["subject"]) for row in listed] == [(group, "Harbour tour")]
    shown = business.graph("GET", group, params={"fields": "subject,description,participants"}).json()
    assert [one["wa_id"] for one in shown["participants"]] == [ADA, OMAR]
    assert (shown["subject"], shown["description"]) == ("Harbour tour", "Sunday, 10:00")
    business.graph("POST", group, json={"messaging_product": "whatsapp", "subject": "Harbour tour 2"})
    [change] = eventually(lambda: told(business, "group_settings_update"))
    assert change["group_subject"] == {"text": "Harbour tour 2", "update_successful": True}
    old = business.graph("GET", f"{group}/invite_link").json()["invite_link"]
    assert business.graph("POST", f"{group}/invite_link").json()["invite_link"] != old
    business.graph("DELETE", group)
    eventually(lambda: told(business, "group_delete"))
    assert business.graph("GET", group).status_code == 400
    assert business.graph("GET", f"{business.id}/groups").json()["data"]["groups"] == []


def test_who_comes_and_goes_is_told(business: Business) -> None:
    group = made(business)
    joins(business, group, ADA, OMAR)
    business.sim.call("DELETE", f"/control/groups/{group}/members?from={OMAR}")
    body = {"messaging_product": "whatsapp", "participants": [{"user": ADA}, {"user": OMAR}]}
    business.graph("DELETE", f"{group}/participants", json=body)

    left, out = eventually(lambda: (rows := told(business, "group_participants_remove"))[1:] and rows)
    added = [row["added_participants"][0]["wa_id"] for row in told(business, "group_participants_add")]
    assert added == [ADA, OMAR]
    assert (left["initiated_by"], left["removed_participants"][0]["wa_id"]) == ("participant", OMAR)
    assert (out["initiated_by"], out["removed_participants"][0]["wa_id"]) == ("business", ADA)
    assert out["failed_participants"] == [{"input": OMAR}]


def test_people_ask_to_join_where_the_business_wants_that(business: Business) -> None:
    group = made(business, join_approval_mode="approval_required")
    joins(business, group, ADA, OMAR)
    [ada, omar] = business.graph("GET", f"{group}/join_requests").json()["data"]
    assert (ada["wa_id"], omar["wa_id"]) == (ADA, OMAR)

    business.graph("POST", f"{group}/join_requests", json={"join_requests": [ada["join_request_id"]]})
    business.graph("DELETE", f"{group}/join_requests", json={"join_requests": [omar["join_request_id"]]})

    eventually(lambda: len(told(business, "group_join_request_created")) == 2)
    assert [one["wa_id"] for one in business.graph("GET", group).json()["participants"]] == [ADA]
    assert business.graph("GET", f"{group}/join_requests").json()["data"] == []


def test_a_member_writes_and_the_answer_reaches_everybody(business: Business) -> None:
    group = made(business)
    joins(business, group, ADA, OMAR)
    business.sim.call("PATCH", f"/phone/customers/{OMAR}", {"settings": {"read_receipts": False}})
    business.hears(**{"from": ADA}, group=group, text="Where do we meet?", name="Ada Tester")
    [heard] = eventually(business.hook.messages)
    assert (heard["from"], heard["group_id"]) == (ADA, group)

    sent = business.send(to=group, recipient_type="group", text="At the pier.").json()

    assert sent["messages"][0]["group_id"] == group
    wamid = sent["messages"][0]["id"]
    rows = eventually(lambda: (found := business.hook.statuses(wamid))[3:] and found)
    states = [(row["status"], row.get("recipient_participant_id")) for row in rows]
    assert states == [("sent", None), ("delivered", ADA), ("delivered", OMAR), ("read", ADA)]
    assert {(row["recipient_id"], row["recipient_type"]) for row in rows} == {(group, "group")}
    assert rows[0]["pricing"]["category"] == "group_service"
    assert [one["text"] for one in business.outbox(group)] == ["At the pier."]


def test_what_a_group_does_not_take_is_refused(business: Business) -> None:
    group = made(business)
    joins(business, group, ADA)
    button = {"type": "reply", "reply": {"id": "y", "title": "Yes"}}
    choice = {"type": "button", "body": {"text": "?"}, "action": {"buttons": [button]}}

    odd = business.send(to=group, recipient_type="group", type="interactive", interactive=choice)
    unknown = business.send(to="Y2FwaV9ncm91cDoxMjM0", recipient_type="group", text="Hello")
    business.sim.call("POST", f"/control/groups/{group}/suspension")
    stopped = business.send(to=group, recipient_type="group", text="Hello")

    codes = [answer.json()["error"]["code"] for answer in (odd, unknown, stopped)]
    assert codes == [100, 131041, 131207]
    eventually(lambda: told(business, "group_suspend"))
    stranger = {"channel": business.id, "from": OMAR, "group": group, "text": "Let me in"}
    business.sim.call("POST", "/control/messages", stranger, status=400)


def test_a_full_group_takes_nobody_more_and_some_businesses_have_none(business: Business) -> None:
    group = made(business)
    joins(business, group, *(f"44770090510{n}" for n in range(8)))
    business.sim.call("POST", f"/control/groups/{group}/members", {"from": ADA}, status=409)
    business.put(groups=False)

    body = {"messaging_product": "whatsapp", "subject": "One more"}
    assert business.graph("POST", f"{business.id}/groups", json=body).json()["error"]["code"] == 131215


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_another_business_sees_no_such_group(business: Business, method: str) -> None:
    group = made(business)
    headers = {"Authorization": "Bearer somebody-else"}

    assert business.graph(method, group, headers=headers).status_code == 401
