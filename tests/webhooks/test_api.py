"""/webhook_endpoints, as programs use it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.urls import resolve
from django.utils import timezone

from common.models import IdempotencyKey
from common.tenancy import tenant_context
from events.models import Change, Event
from tests.api.caller import Caller
from tests.api.conftest import program_of
from tests.webhooks.conftest import House
from tests.webhooks.receiver import Receiver, is_signed, saying
from webhooks.models import Delivery

pytestmark = pytest.mark.django_db

ALL = "webhook_endpoints"
SHOP: dict[str, Any] = {"url": "https://shop.example/hooks", "description": "Orders", "types": ["message.*"]}


@pytest.fixture
def program(house: House) -> Caller:
    return program_of(house.cast.acme)


def made(program: Caller, **said: Any) -> dict[str, Any]:
    found: dict[str, Any] = program.post(ALL, SHOP | said).data
    return found


def delivered(house: House, program: Caller, server: Receiver, n: int = 1) -> str:
    """An endpoint that took so many events; its address."""
    one = f"{ALL}/{made(program, url=server.url, types=[])['id']}"
    house.happens(n=n)
    while house.carry():
        pass
    return one


def test_the_secret_is_shown_once_and_never_again(program: Caller) -> None:
    answer = program.post(ALL, SHOP)
    assert answer.status == 201
    said = dict(answer.data)
    secret = said.pop("secret")

    assert secret.startswith("whsec_")
    assert program.get(f"{ALL}/{said['id']}").data == said
    assert program.get(ALL).data == {"data": [said]}
    assert secret not in str(program.get("changes").data)


def test_repeated_with_its_key_it_is_made_once_and_its_answer_is_kept_sealed(
    house: House, program: Caller
) -> None:
    first, second = (program.post(ALL, SHOP, headers={"Idempotency-Key": "one"}) for _ in range(2))

    assert first.data == second.data
    with house.scope():
        kept = bytes(IdempotencyKey.objects.get().body or b"")
    assert first.data["secret"].encode() not in kept


def test_it_is_changed_paused_and_resumed_and_each_is_noted(house: House, program: Caller) -> None:
    one = f"{ALL}/{made(program)['id']}"

    changed = program.patch(one, {"types": ["thread.*", "message.*", "thread.*"]}).data
    paused = program.patch(one, {"enabled": False}).data
    resumed = program.patch(one, {"enabled": True}).data

    assert changed["types"] == ["message.*", "thread.*"]
    assert (paused["enabled"], paused["disabled_reason"]) == (False, "paused")
    assert (resumed["enabled"], resumed["disabled_reason"], resumed["disabled_at"]) == (True, None, None)
    with house.scope():
        noted = Change.objects.filter(action__startswith="webhook_endpoint.").order_by("id")
        assert [row.action.partition(".")[2] for row in noted] == ["made", *["changed"] * 3]


@pytest.mark.parametrize(
    ("said", "pointer"),
    [
        ({"url": "ftp://shop.example/"}, "/url"),
        ({"url": "https://"}, "/url"),
        ({"url": "https://user:pass@shop.example/"}, "/url"),
        ({"url": "https://shop.example/#here"}, "/url"),
        ({"url": "https://shop.example:99999/"}, "/url"),
        ({"url": "https://shop.example/\n"}, None),
        ({"types": ["Message.*"]}, "/types"),
        ({"types": ["x"] * 51}, "/types"),
        ({"colour": "red"}, "/colour"),
    ],
)
def test_what_cannot_be_is_refused_by_name(program: Caller, said: Any, pointer: str | None) -> None:
    answer = program.post(ALL, SHOP | said)

    if pointer is None:
        assert answer.data["url"] == "https://shop.example/"
    else:
        assert answer.status == 400
        assert answer.data["errors"][0]["pointer"].startswith(pointer)


def test_there_are_at_most_twenty(program: Caller) -> None:
    for _ in range(20):
        assert program.post(ALL, SHOP).status == 201

    assert program.post(ALL, SHOP).data["errors"][0]["pointer"] == "/url"


def test_a_sample_tells_at_once_what_came_back(program: Caller, server: Receiver) -> None:
    endpoint = made(program, url=server.url)
    server.answer = saying(202, b"noted")

    answer = program.post(f"{ALL}/{endpoint['id']}/test", {})

    assert answer.data | {"at": "", "ms": 0} == {
        "at": "", "status": 202, "ms": 0, "error": None, "answer": "noted",
    }  # fmt: skip
    [asked] = server.asked
    assert is_signed(asked, endpoint["secret"])
    assert (asked.json["type"], asked.json["test"]) == ("webhook_endpoint.tested", True)
    assert program.get(f"{ALL}/{endpoint['id']}/deliveries").data["data"] == []


def test_no_transaction_waits_for_a_sample() -> None:
    """Both addresses run outside any transaction; see tenants.access.own_scope."""
    for path in (f"/api/v1/{ALL}/{uuid4()}/test", f"/console/webhooks/{uuid4()}/sample/"):
        view = resolve(path).func
        assert view.own_scope is True  # type: ignore[attr-defined]
        assert "default" in view._non_atomic_requests  # type: ignore[attr-defined]


def test_a_sample_that_fails_says_why(program: Caller, settings: Any) -> None:
    settings.OUTBOUND_ALLOW = []
    endpoint = made(program, url="https://192.168.1.1/")

    answer = program.post(f"{ALL}/{endpoint['id']}/test", {})

    assert answer.status == 200
    assert answer.data["status"] is None
    assert "private" in answer.data["error"]


def test_another_secret_signs_beside_the_first(house: House, program: Caller, server: Receiver) -> None:
    endpoint = made(program, url=server.url, types=[])
    answer = program.post(f"{ALL}/{endpoint['id']}/secret", {})

    house.happens()
    house.carry()

    assert answer.status == 201
    assert answer.data["old_secret_ends_at"]
    [asked] = server.asked
    assert is_signed(asked, endpoint["secret"])
    assert is_signed(asked, answer.data["secret"])


def test_the_log_goes_by_pages_state_and_type(house: House, program: Caller, server: Receiver) -> None:
    server.answer = lambda asked: (200 if asked.json["type"] != "note.added" else 404, {}, b"")
    one = f"{ALL}/{made(program, url=server.url, types=[])['id']}"
    house.happens(n=4)
    house.happens("note.added")
    while house.carry():
        pass

    first = program.get(f"{one}/deliveries", limit=3).data
    rest = program.get(f"{one}/deliveries", limit=3, after=first["next"]).data

    found = [*first["data"], *rest["data"]]
    assert len({row["id"] for row in found}) == 5
    assert rest["has_more"] is False
    [waiting] = program.get(f"{one}/deliveries", state="waiting").data["data"]
    assert (waiting["type"], waiting["attempts"], waiting["tries"][0]["status"]) == ("note.added", 1, 404)
    assert [row["type"] for row in program.get(f"{one}/deliveries", type="note.*").data["data"]] == [
        "note.added"
    ]
    assert program.get(f"{one}/deliveries", state="lost").status == 400


# ---------------------------------------------------------------- again


def test_one_event_is_delivered_again_with_its_id(house: House, program: Caller, server: Receiver) -> None:
    one = delivered(house, program, server)

    answer = program.post(f"{one}/replay", {"event_id": server.events[0]["id"]})
    house.carry()

    assert (answer.status, answer.data) == (202, {"count": 1})
    assert len(server.asked) == 2
    assert server.ids()[0] == server.ids()[1]
    [row] = program.get(f"{one}/deliveries").data["data"]
    assert (row["state"], row["replays"], row["attempts"], len(row["tries"])) == ("delivered", 1, 1, 2)


def test_five_hundred_that_were_given_up_come_again_with_the_same_ids(
    house: House, program: Caller, server: Receiver
) -> None:
    """C15: replay 500 with same ids."""
    one = f"{ALL}/{made(program, url=server.url, types=['thread.closed'])['id']}"
    house.happens(n=500)
    while house.carry():
        pass
    before = set(server.ids())
    with house.scope():
        Delivery.objects.update(state="failed", next_at=None)

    assert program.post(f"{one}/replay", {"failed": True}).data == {"count": 500}
    while house.carry():
        pass

    assert len(before) == 500
    assert len(server.asked) == 1_000
    assert set(server.ids()[500:]) == before
    assert program.post(f"{one}/replay", {"failed": True}).data == {"count": 0}


def test_a_stretch_of_time_comes_also_from_before_the_endpoint(
    house: House, program: Caller, server: Receiver
) -> None:
    house.happens("thread.closed")
    house.happens("note.added")
    house.happens("draft.saved", audience=house.cast.bob.id)
    one = f"{ALL}/{made(program, url=server.url, types=['thread.*'])['id']}"
    hour = timedelta(hours=1)
    since = (timezone.now() - hour).isoformat()

    assert program.post(f"{one}/replay", {"since": since, "until": since}).data == {"count": 0}
    assert program.post(f"{one}/replay", {"since": since}).data == {"count": 1}
    house.carry()

    assert server.types == ["thread.closed"]


@pytest.mark.parametrize(
    "said",
    [{}, {"failed": False}, {"failed": True, "event_id": str(uuid4())}, {"until": "2026-11-30T08:00:00Z"}],
)
def test_what_to_deliver_again_is_said_in_one_way(program: Caller, said: Any) -> None:
    assert program.post(f"{ALL}/{made(program)['id']}/replay", said).status == 400


def test_what_is_for_one_members_eyes_is_not_replayed(house: House, program: Caller) -> None:
    one = f"{ALL}/{made(program, types=[])['id']}"
    house.happens("draft.saved", audience=house.cast.bob.id)
    with house.scope():
        event = Event.objects.get(type="draft.saved")

    assert program.post(f"{one}/replay", {"event_id": str(event.id)}).status == 404


def test_nothing_is_replayed_while_it_is_switched_off(
    house: House, program: Caller, server: Receiver
) -> None:
    one = delivered(house, program, server)
    program.patch(one, {"enabled": False})

    answer = program.post(f"{one}/replay", {"failed": True})

    assert (answer.status, answer.data["code"]) == (409, "webhook_disabled")


def test_a_stranger_finds_none_of_it(house: House, program: Caller, server: Receiver) -> None:
    one = delivered(house, program, server)
    event = server.events[0]["id"]
    stranger = program_of(house.cast.globex)
    theirs = f"{ALL}/{made(stranger)['id']}"

    assert stranger.get(one).status == 404
    assert stranger.patch(one, {"enabled": False}).status == 404
    assert stranger.delete(one).status == 404
    for deed in ("secret", "test", "replay"):
        assert stranger.post(f"{one}/{deed}", {"failed": True} if deed == "replay" else {}).status == 404
    assert stranger.get(f"{one}/deliveries").status == 404
    assert stranger.post(f"{theirs}/replay", {"event_id": event}).status == 404
    assert program.get(one).data["enabled"] is True


def test_taken_away_it_is_gone(house: House, program: Caller, server: Receiver) -> None:
    one = delivered(house, program, server)

    assert program.delete(one).status == 204
    house.happens()
    house.carry()

    assert program.get(one).status == 404
    assert program.get(ALL).data == {"data": []}
    assert len(server.asked) == 1
    with tenant_context(house.cast.acme.id):
        assert Change.objects.filter(action="webhook_endpoint.removed").count() == 1
