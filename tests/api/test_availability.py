"""Who takes work, over the API."""

from __future__ import annotations

from inbox.models import Thread
from tests.api.caller import Caller
from tests.cast import Cast


def test_everybody_sees_who_takes_work_and_how_much_they_have(
    cast: Cast, bob_calls: Caller, alice_calls: Caller, charlie_calls: Caller, thread: Thread
) -> None:
    assert {row["status"] for row in bob_calls.get("availability").data["data"]} == {"away"}

    assert bob_calls.put("me/activity", {}).data["status"] == "online"
    mine = bob_calls.put("me/availability", {"chosen": "busy", "capacity": 3}).data
    alice_calls.put(f"threads/{thread.id}/assignment", {"assignee_id": str(cast.bob.id), "team_id": None})

    seen = {row["member_id"]: row for row in alice_calls.get("availability").data["data"]}
    assert seen[str(cast.bob.id)] == {**mine, "open": 1}
    assert seen[str(cast.alice.id)]["status"] == "away"
    assert str(cast.bob.id) not in {
        row["member_id"] for row in charlie_calls.get("availability").data["data"]
    }


def test_only_people_take_work(program: Caller) -> None:
    assert program.put("me/availability", {"chosen": "online"}).code == "member_only"
    assert program.put("me/activity", {"is_idle": False}).code == "member_only"
