"""Whole situations of a number: what is refused then, and which webhooks tell of it."""

from typing import Any

import pytest

from simulator.traffic import Day
from tests.simulator.conftest import Business
from tests.simulator.receiver import eventually

HELLO: dict[str, Any] = {
    "type": "template",
    "template": {"name": "hello_world", "language": {"code": "en_US"}},
}


def play(business: Business, name: str, **more: Any) -> Any:
    return business.sim.call("POST", "/control/scenarios", {"name": name, "channel": business.id, **more})


def code_of(answer: Any) -> int | None:
    found: int | None = answer.json().get("error", {}).get("code")
    return found


def test_a_restricted_number_may_only_answer(business: Business) -> None:
    play(business, "restricted")

    assert code_of(business.send(**HELLO)) == 131048
    business.opens_window()
    assert business.send(text="Hello").status_code == 200
    [news] = eventually(lambda: [v for v in business.hook.values() if v.get("event")])
    assert news["restriction_info"][0]["restriction_type"] == "RESTRICTED_BIZ_INITIATED_MESSAGING"


def test_beyond_its_tier_nobody_new_is_written_to(business: Business) -> None:
    business.put(business_id=f"29{business.id}")  # the limit is one for all numbers of a business
    play(business, "tier_limit", people=1)

    assert business.send(**HELLO).status_code == 200
    assert business.send(**HELLO).status_code == 200
    assert code_of(business.send("+447700999999", **HELLO)) == 131048
    eventually(
        lambda: [v for v in business.hook.values() if v.get("max_daily_conversations_per_business") == 1]
    )


def test_a_number_faster_than_its_throughput_is_refused(business: Business) -> None:
    business.opens_window()
    play(business, "throughput", per_second=1)

    assert 130429 in {code_of(business.send(text=f"{n}")) for n in range(5)}


def test_too_much_to_one_person_is_refused(business: Business) -> None:
    business.opens_window()
    play(business, "throughput", per_second=1000)
    play(business, "pair_limit")

    assert 131056 in {code_of(business.send(text=f"{n}")) for n in range(50)}


def test_one_in_ten_is_capped(business: Business) -> None:
    faults = play(business, "marketing_capped")["faults"]

    [capped] = [one for one in faults if one.get("channel") == business.id and "fail_next" in one]
    assert (capped["fail_next"], capped["probability"]) == (131049, 0.1)


def test_healthy_ends_everything_and_says_so(business: Business) -> None:
    play(business, "restricted")
    play(business, "duplicates_and_reorder")

    settled = play(business, "healthy")

    assert (settled["settings"]["number_status"], settled["faults"]) == ("CONNECTED", [])
    ended = {"event": "ACCOUNT_RESTRICTION", "restriction_info": []}
    eventually(lambda: [v for v in business.hook.values() if ended.items() <= v.items()])


@pytest.mark.parametrize("body", [{"name": "paradise"}, {"name": "restricted", "channel": "1"}])
def test_unknown_names_are_refused(business: Business, body: dict[str, Any]) -> None:
    status = 404 if "channel" in body else 400
    business.sim.call("POST", "/control/scenarios", {"channel": business.id, **body}, status)


def test_a_day_of_black_friday_traffic_comes_from_many_people_and_peaks_in_the_evening(
    business: Business,
) -> None:
    moments = Day(messages=1_000, seconds=24).moments()
    night, evening = (sum(begin <= at < begin + 4 for at in moments) for begin in (0, 18))
    assert evening > 8 * night

    play(business, "black_friday", messages=120, people=30, seconds=0.5)

    heard = eventually(lambda: (rows := business.hook.messages())[119:] and rows)
    assert len({row["from"] for row in heard}) > 15
    play(business, "healthy")


@pytest.mark.parametrize("wrong", [{"messages": 0}, {"people": -1}, {"seconds": "long"}, {"messages": True}])
def test_a_day_that_cannot_be_is_refused(business: Business, wrong: dict[str, Any]) -> None:
    body = {"name": "black_friday", "channel": business.id, **wrong}

    business.sim.call("POST", "/control/scenarios", body, status=400)


def test_a_template_is_rejected_or_paused_in_one_call(business: Business) -> None:
    assert play(business, "template_paused", template="hello_world")["status"] == "PAUSED"

    assert code_of(business.send(**HELLO)) == 132015
    business.put(template_review_s=None)
    body = {"type": "BODY", "text": "Hello, it is here."}
    said = {"name": "late", "language": "en", "category": "UTILITY", "components": [body]}
    business.graph("POST", f"{business.waba_id}/message_templates", json=said)
    assert play(business, "template_rejected")["name"] == "late"
    events = eventually(lambda: (rows := [v for v in business.hook.values() if v.get("event")])[1:] and rows)
    assert [row["event"] for row in events] == ["PAUSED", "REJECTED"]
