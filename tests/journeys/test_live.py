"""Staying right: offline, asleep, restarted, signed out, two at once; nothing lost, nothing doubled."""

from __future__ import annotations

import json
import os
import random
import signal
from typing import Any

from playwright.sync_api import Page, expect

from tests.far_end import wait_for
from tests.journeys import seed
from tests.journeys.office import ARRIVED, PATIENCE_S, Customer, Desk, Gate, Office

DICE = random.Random(50)
#: What a browser says of a network that is cut on purpose.
CUT = (
    "ERR_INTERNET_DISCONNECTED",
    "ERR_NETWORK_CHANGED",
    "ERR_CONNECTION",
    "ERR_EMPTY_RESPONSE",
    "ERR_ABORTED",
    "WebSocket",
)
#: Which message stands at the top, and how far below the edge: older ones above it may be loaded meanwhile.
TOP = """box => {
    const edge = box.getBoundingClientRect().top;
    const at = (one) => one.getBoundingClientRect();
    const first = [...box.querySelectorAll("[data-testid=message]")].find((one) => at(one).bottom > edge);
    return [first.querySelector(".text").textContent, Math.round(at(first).top - edge)];
}"""
#: When a row was last written, which ticks do too; no event tells of it and nobody sees it.
UNTOLD = ("updated_at",)
#: What belongs to the member who looks, not to the conversation.
OWN = ("read_count", "draft", "mentioned", "partial", *UNTOLD)


def arrived(office: Office, customer: Customer, words: list[str]) -> None:
    """These words reached the phone, in this order, each once."""
    wait_for(lambda: len(office.got(customer)) >= len(words), PATIENCE_S)
    assert office.got(customer) == words


def catch_up(office: Office, *desks: Desk) -> None:
    """Until every page has applied the last event there is for it."""
    for desk in desks:
        desk.is_live()
    hand = office.hand("mia")

    def is_level() -> bool:
        head = hand("GET", "views")["head"]
        for desk in desks:
            desk.page.wait_for_timeout(30)  # lets the page's own events in
        return all(desk.head() >= head for desk in desks)

    wait_for(is_level, PATIENCE_S)


def is_same_page(page: Page) -> bool:
    return bool(page.evaluate("window.stillHere === true"))


# ---------------------------------------------------------------- offline


def test_offline_writing_goes_on_and_everything_leaves_in_order_when_the_connection_is_back(
    office: Office,
) -> None:
    """A46: a banner, clocks, one taken back; the phone gets the rest in order."""
    office.eyes.forgive(*CUT)
    leo = office.customer("Leo Marsh", "Can you help?")
    mia = office.desk("mia").open(leo)
    net = mia.page.context
    net.set_offline(True)
    expect(mia.at("banner")).to_contain_text("You are offline")

    for n in range(1, 6):
        mia.send(f"Offline {n}")
    waiting = mia.messages.filter(has_text="Offline")
    expect(waiting).to_have_count(5)
    expect(waiting.first).to_have_attribute("data-status", "waiting")
    expect(mia.at("banner")).to_contain_text("5 messages wait")
    mia.bubble("Offline 3").get_by_role("button", name="Cancel").click()
    expect(mia.field).to_have_value("Offline 3")
    expect(waiting).to_have_count(4)
    assert office.got(leo) == []

    net.set_offline(False)
    arrived(office, leo, ["Offline 1", "Offline 2", "Offline 4", "Offline 5"])
    expect(mia.at("banner")).to_have_count(0)
    for bubble in waiting.all():
        expect(bubble).to_have_attribute("data-status", ARRIVED)
    expect(mia.field).to_have_value("Offline 3")


def test_after_the_line_was_down_the_page_knows_what_a_fresh_load_knows(office: Office) -> None:
    """A48: two hundred messages, ticks, notes, assignments and reads meanwhile; then both are the same."""
    office.eyes.forgive(*CUT)
    people = [office.customer(f"Resume {n}", "Hi") for n in range(3)]
    mia = office.desk("mia").open(people[0])
    hand, ben = office.hand("mia"), office.hand("ben")
    me = mia.snapshot()["me"]["id"]
    mia.page.evaluate("window.stillHere = true")
    mia.page.context.set_offline(True)
    expect(mia.page.locator("[data-testid=line][data-state=lost]")).to_be_attached()

    for n in range(12):
        for one in people:
            path = f"threads/{one.thread}"
            office.says(one, text=f"Meanwhile {n}")
            ben("POST", f"{path}/messages", {"text": f"Answer {n}", "client_ref": f"a{n}"})
            ben("PUT", f"{path}/priority", {"priority": DICE.choice(("low", "high", "urgent"))})
    first = f"threads/{people[0].thread}"
    ben("POST", f"{first}/notes", {"text": "Look here", "client_ref": "n", "mentions": [me]})
    hand("PUT", f"{first}/assignment", {"assignee_id": me, "team_id": None})
    hand("PUT", f"{first}/read", {"read_count": 5})
    for one in people:
        wait_for(lambda one=one: office.thread(one)["inbound_count"] == 13, PATIENCE_S)
        wait_for(lambda one=one: len(office.got(one)) == 12, PATIENCE_S)
    assert hand("GET", "views")["head"] - mia.head() >= 200

    mia.page.context.set_offline(False)
    catch_up(office, mia)
    fresh = office.desk("mia").open(people[0])
    catch_up(office, mia, fresh)
    assert is_same_page(mia.page)
    wait_for(lambda: agree(mia, fresh), PATIENCE_S)


def test_a_page_that_missed_more_than_is_told_again_loads_anew_and_stays_where_it_is(office: Office) -> None:
    """A48: above 2,000 events the server says so instead of telling them."""
    office.eyes.forgive(*CUT)
    people = [office.customer(f"Away {n}", "Hi") for n in range(3)]
    mia = office.desk("mia").open(people[0])
    mia.page.evaluate("window.stillHere = true")
    mia.field.fill("Half a thought")
    mia.page.context.set_offline(True)
    expect(mia.page.locator("[data-testid=line][data-state=lost]")).to_be_attached()

    for one in people:
        words = [{"from": one.phone, "name": one.name, "text": f"Missed {n}"} for n in range(700)]
        office.stack.far_end.write_all(one.account, words)
    for one in people:
        wait_for(lambda one=one: office.thread(one)["inbound_count"] == 701, PATIENCE_S)

    mia.page.context.set_offline(False)
    catch_up(office, mia)
    expect(mia.bubble("Missed 699")).to_be_attached()
    expect(mia.field).to_have_value("Half a thought")
    fresh = office.desk("mia").open(people[0])
    catch_up(office, mia, fresh)
    assert is_same_page(mia.page)
    wait_for(lambda: agree(mia, fresh, is_loaded_alike=False), PATIENCE_S)


def agree(one: Desk, other: Desk, *, is_loaded_alike: bool = True) -> bool:
    """Whether two pages of the same agent say the same of all that both know. Raises with what differs.

    is_loaded_alike: the same stretch of each conversation is loaded, so that its order can be compared, too.
    """
    one.page.wait_for_timeout(30)
    left, right = flat(one.snapshot()), flat(other.snapshot())
    both = {key for key in left.keys() & right.keys() if is_loaded_alike or not key.startswith("order ")}
    found = [f"{key}: {left[key]} ≠ {right[key]}" for key in both if left[key] != right[key]]
    assert not found, "\n".join(found)
    return True


def flat(snapshot: dict[str, Any]) -> dict[str, str]:
    """Each thing a page knows, by a name of its own."""
    for channel in snapshot["directory"]["channels"]:
        del channel["last_inbound_at"]  # shown in the console alone, and told to nobody
    found = {name: snapshot[name] for name in ("me", "views", "directory")}
    for part in ("threads", "customers", "drafts"):
        for key, row in snapshot[part].items():
            told = {name: value for name, value in row.items() if name not in UNTOLD}
            found |= {f"{part} {key} {name}": value for name, value in told.items()}
    for key, entries in snapshot["timelines"].items():
        found[f"order {key}"] = [entry["id"] for entry in entries]
        found |= {f"entry {entry['id']}": entry for entry in entries}
    return {key: json.dumps(value, sort_keys=True) for key, value in found.items()}


# ---------------------------------------------------------------- the server goes away


def test_when_the_web_process_is_killed_the_page_recovers_alone_with_its_draft_and_place(
    office: Office,
) -> None:
    """A49: no reload; what was sent meanwhile leaves once."""
    office.eyes.forgive(*CUT, "503")  # what the door says while nobody stands behind it
    ines = office.customer("Inga Berg", "First of all")
    seed.long_past(office.stack, ines, 120)
    mia = office.desk("mia").open(ines)
    mia.page.evaluate("window.stillHere = true")
    mia.field.fill("A long thought, half")
    expect(mia.bubble("First of all")).to_be_in_viewport()
    expect(mia.bubble("Old line 90")).to_be_attached()  # the older rows have joined
    mia.timeline.evaluate("box => { box.scrollTop = box.scrollHeight - box.clientHeight - 500; }")
    words, offset = mia.timeline.evaluate(TOP)

    before = office.stack.pids()["web"]
    os.kill(before, signal.SIGKILL)
    expect(mia.page.locator("[data-testid=line]:not([data-state=live])")).to_be_attached()
    wait_for(lambda: office.stack.pids().get("web", before) != before, PATIENCE_S)
    mia.is_live()

    assert is_same_page(mia.page)
    expect(mia.field).to_have_value("A long thought, half")
    now = mia.timeline.evaluate(TOP)
    assert (now[0], abs(now[1] - offset) <= 2) == (words, True)
    office.says(ines, text="Still with me?")
    expect(mia.at("to-end")).to_have_text("1 new")
    mia.send("Yes")
    arrived(office, ines, ["Yes"])


def test_a_sign_in_that_ends_keeps_the_draft_and_sends_what_waits_after_signing_in_again(
    office: Office,
) -> None:
    """A51: a dialog over the page."""
    office.eyes.forgive("401", "403", "WebSocket")
    tara = office.customer("Tara Quinn", "One question")
    mia = office.desk("mia").open(tara)
    browser = mia.page.context
    mia.page.evaluate("window.stillHere = true")
    cookies = browser.cookies()
    gate = Gate(mia.page, "**/messages", "POST")
    mia.send("The answer")
    gate.wait()  # whatever is refused first brings the dialog, and Enter would be its button's
    browser.clear_cookies()
    gate.open()
    expect(mia.at("sign-in")).to_be_visible()
    expect(mia.at("sign-in")).to_contain_text("Drafts and waiting messages are kept")
    assert office.got(tara) == []

    browser.add_cookies(cookies)  # type: ignore[arg-type]
    expect(mia.at("sign-in")).to_have_count(0)
    arrived(office, tara, ["The answer"])
    expect(mia.bubble("The answer")).to_have_attribute("data-status", ARRIVED)
    assert is_same_page(mia.page)


# ---------------------------------------------------------------- two agents


def test_two_agents_who_work_at_once_see_the_same_in_the_end(office: Office) -> None:
    """A50: random actions in both pages and on the phones; read state of one agent in two browsers."""
    people = [office.customer(f"Both {n}", "Hi") for n in range(3)]
    mia, ben = office.desk("mia").open(people[0]), office.desk("ben").open(people[0])
    elsewhere = office.desk("mia").go()
    for turn in range(24):
        act(office, DICE.choice((mia, ben)), DICE.choice(people), turn)
    catch_up(office, mia, ben, elsewhere)

    for one in people:
        mia.switch(one)
        ben.switch(one)
    catch_up(office, mia, ben, elsewhere)
    wait_for(lambda: shared(mia, people) == shared(ben, people), PATIENCE_S)
    wait_for(lambda: reads(mia, people) == reads(elsewhere, people), PATIENCE_S)


def act(office: Office, desk: Desk, person: Customer, turn: int) -> None:
    """Something an agent or a customer may do at any time."""
    deed = DICE.choice(("write", "note", "mine", "priority", "customer", "customer"))
    if deed == "customer":
        office.says(person, text=f"Customer {turn}")
        return
    desk.switch(person)
    if deed == "mine":
        desk.press("Escape")
        desk.press("i")
        return
    if deed == "priority":
        office.hand("ines")("PUT", f"threads/{person.thread}/priority", {"priority": "high"})
        return
    desk.at("mode-note" if deed == "note" else "mode-reply").click()
    desk.send(f"{deed} {turn}")


def shared(desk: Desk, people: list[Customer]) -> Any:
    """What is true for everybody of these conversations, as this page knows it."""
    desk.page.wait_for_timeout(30)
    found = desk.snapshot()
    threads = {one.thread: found["threads"][one.thread] for one in people}
    plain = {key: {k: v for k, v in row.items() if k not in OWN} for key, row in threads.items()}
    return plain, {one.thread: found["timelines"][one.thread] for one in people}


def reads(desk: Desk, people: list[Customer]) -> dict[str, int]:
    desk.page.wait_for_timeout(30)
    found = desk.snapshot()["threads"]
    return {one.thread: found[one.thread]["read_count"] for one in people}
