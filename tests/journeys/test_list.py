"""The list of conversations: there at first paint, addressed, counted, calm under the pointer, and long."""

from __future__ import annotations

import random
import re
import time
from typing import Any

from playwright.sync_api import APIResponse, Locator, Route, expect

from tests.far_end import wait_for
from tests.journeys import seed
from tests.journeys.office import CONTOSO, NORTHWIND, PATIENCE_S, Customer, Desk, Office

DICE = random.Random(10)

#: When the first row and the first skeleton came into sight, in the browser's own time.
WATCH_FIRST = """() => {
    window.first = {};
    const isInSight = one => one.getBoundingClientRect().top < innerHeight;
    const note = () => {
        for (const [name, sign] of [["row", "[data-testid^=thread-row-]"], ["bones", ".bones"]])
            if ([...document.querySelectorAll(sign)].some(isInSight))
                window.first[name] ??= performance.now();
    };
    new MutationObserver(note).observe(document, {subtree: true, childList: true});
}"""

#: A key, three times before the next frame.
THREE_AT_ONCE = """key => {
    const press = () => new KeyboardEvent("keydown", {key, bubbles: true, cancelable: true});
    for (let n = 0; n < 3; n++) document.activeElement.dispatchEvent(press());
}"""


def test_the_first_paint_shows_real_rows_and_needs_no_call(office: Office) -> None:
    """A2: even when the API answers nothing."""
    ada = office.customer("Ada Novak", "Just arrived")
    mia = office.desk("mia")
    mia.page.add_init_script(f"({WATCH_FIRST})()")
    asked: list[str] = []

    def keep_silent(route: Route) -> None:
        asked.append(route.request.url)

    mia.page.route("**/api/v1/**", keep_silent)
    mia.page.goto(f"{mia.url}?view=all", wait_until="domcontentloaded")
    expect(mia.row(ada)).to_contain_text("Just arrived")
    mia.is_live()
    assert len(asked) <= 3

    first = mia.page.evaluate("window.first")
    mia.page.wait_for_function("() => performance.getEntriesByName('first-contentful-paint').length")
    painted = mia.page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
    assert first["row"] <= painted
    # Rows further down may still be on their way; no skeleton may come before the real ones.
    assert first["row"] <= first.get("bones", first["row"])


def test_the_address_holds_the_place_for_reload_back_and_a_fresh_browser(office: Office) -> None:
    """A3: view, filters, conversation and message."""
    lars, gwen = (
        office.customer("Lars Holm", *(f"Line {n}" for n in range(60))),
        office.customer("Gwen Ito", "Hi"),
    )
    hand = office.hand("mia")
    label = f"place {lars.phone}"
    for one in (lars, gwen):
        hand("PUT", f"threads/{one.thread}/labels", {"labels": [label]})
    entries = hand("GET", f"threads/{lars.thread}/timeline?limit=100")["data"]
    early = next(
        one["id"] for one in entries if one["type"] == "message" and one["message"]["text"] == "Line 3"
    )
    mia = office.desk("mia").go(label=label)
    expect(mia.rows).to_have_count(2)
    mia.switch(gwen)
    mia.switch(lars)
    mia.page.go_back()
    mia.shows(gwen)
    mia.page.go_forward()
    mia.shows(lars)
    mia.page.reload()
    mia.shows(lars)
    expect(mia.rows).to_have_count(2)
    expect(mia.at("chip-label")).to_contain_text(label)

    ben = office.desk("ben")
    ben.page.goto(f"{mia.page.url}&message={early}")
    ben.shows(lars)
    expect(ben.rows).to_have_count(2)
    expect(ben.messages.get_by_text("Line 3", exact=True)).to_be_in_viewport()
    ben.at("chip-label").click()
    expect(ben.rows).not_to_have_count(2)


def test_every_pane_says_when_it_is_empty_or_broken_and_what_to_do(office: Office) -> None:
    """A6."""
    office.eyes.forgive("500 (Internal Server Error)")
    ruth = office.customer("Ruth Amsel", "Hello")
    mia = office.desk("mia").go(label="nobody has this")
    expect(mia.at("list-empty")).to_contain_text("No conversation matches")
    mia.page.get_by_role("button", name="Remove filters").click()
    expect(mia.row(ruth)).to_be_visible()
    expect(mia.at("thread-empty")).to_contain_text("Choose a conversation")

    asked: list[str] = []

    def fail(route: Route) -> None:
        if "/timeline" in route.request.url:
            asked.append(route.request.url)
        route.fulfill(status=500, json={"title": "Something broke here."})

    mia.page.route("**/api/v1/threads*", fail)
    mia.page.route("**/timeline*", fail)
    mia.at("view-snoozed").click()
    expect(mia.at("list-error")).to_contain_text("Something broke here.")
    mia.page.go_back()
    mia.row(ruth).click()
    expect(mia.at("timeline-error")).to_contain_text("The messages could not be loaded.")
    tries = len(asked)
    _pointer_rests_on(mia, ruth)
    assert len(asked) == tries, "the row under the pointer loads what its reader is about to try again"

    mia.page.unroute_all()
    mia.at("timeline-error").get_by_role("button", name="Try again").click()
    expect(mia.bubble("Hello")).to_be_visible()
    expect(mia.at("customer-panel")).to_contain_text("Ruth Amsel")


def test_a_link_to_a_view_or_an_order_that_there_is_not_shows_all_newest_first(office: Office) -> None:
    """A6: the conversation that it names is open all the same."""
    ruth = office.customer("Ruth Oldlink", "Hello")
    mia = office.desk("mia").go(view="gone", sort="fastest", thread=ruth.thread)
    expect(mia.row(ruth)).to_be_visible()
    expect(mia.at("view-all")).to_have_attribute("aria-current", "page")
    mia.shows(ruth)
    expect(mia.page).to_have_url(re.compile(rf"\?view=all&thread={ruth.thread}$"))


def test_keys_that_come_faster_than_frames_go_through_the_list_row_by_row(office: Office) -> None:
    """A8, A63: a key held down repeats more often than a busy page draws."""
    for n in range(4):
        office.customer(f"Quick {n}", "Hello")
    mia = office.desk("mia").go()
    rows = mia.at("list").locator("[data-testid^=thread-row-]")
    expect(rows.nth(3)).to_be_visible()
    mia.press("j")
    expect(rows.first).to_be_focused()
    mia.page.evaluate(THREE_AT_ONCE, "j")
    expect(rows.nth(3)).to_be_focused()
    mia.page.evaluate(THREE_AT_ONCE, "k")
    expect(rows.first).to_be_focused()


def _pointer_rests_on(desk: Desk, customer: Customer) -> None:
    """Longer than the 80 ms after which a row is loaded before it is opened."""
    desk.at("search").hover()
    desk.row(customer).hover()
    desk.page.evaluate("window.rested = performance.now() + 400")
    desk.page.wait_for_function("() => performance.now() > window.rested")


def test_a_row_tells_twelve_kinds_of_things(office: Office) -> None:
    """A7."""
    mia, ben = office.hand("mia"), office.hand("ben")
    members = {one["name"]: one["id"] for one in mia("GET", "bootstrap")["members"]}
    label = f"rows {time.time_ns()}"
    now = int(time.time())

    def answered(customer: Customer, by: Any, words: str) -> None:
        by("POST", f"threads/{customer.thread}/messages", {"text": words, "client_ref": words})

    unread = office.customer("Unread Una", "One", "Two", "Three")
    photo = office.customer("Photo Phil", "x")
    office.says(photo, image="photo")
    voice = office.customer("Voice Vic", "x")
    office.says(voice, voice="voice")
    own = office.customer("Own Olive", "x")
    answered(own, mia, "I wrote this")
    other = office.customer("Other Otis", "x")
    answered(other, ben, "Ben wrote this")
    failed = office.customer("Failed Fay", "x")
    office.stack.far_end.faults(to=failed.phone, fail_next=131026)
    answered(failed, mia, "Never arrived")
    urgent = office.customer("Urgent Ugo", "x")
    mia("PUT", f"threads/{urgent.thread}/priority", {"priority": "urgent"})
    taken = office.customer("Taken Tess", "x")
    mia("PUT", f"threads/{taken.thread}/assignment", {"assignee_id": members["Ben Adeyemi"], "team_id": None})
    draft = office.customer("Draft Dan", "x")
    mia(
        "PUT",
        f"threads/{draft.thread}/drafts/reply",
        {"text": "Half a thought", "reply_to": None, "attachment_ids": []},
    )
    asleep = office.customer("Asleep Abe", "x")
    mia("PUT", f"threads/{asleep.thread}/snooze", {"until": None, "wake_on_reply": True})
    closed = office.customer("Closed Cleo", "x")
    mia("PUT", f"threads/{closed.thread}/closure", {})
    closing = office.customer("Closing Cy", "x", at=now - 22 * 3600)
    cast = [unread, photo, voice, own, other, failed, urgent, taken, draft, asleep, closed, closing]
    for one in cast:
        mia("PUT", f"threads/{one.thread}/labels", {"labels": [label]})

    desk = office.desk("mia").go(label=label)
    expect(desk.rows).to_have_count(12)
    for one in cast:
        expect(desk.row(one)).to_contain_text(one.name)
        expect(desk.row(one).locator(".mark[data-kind=whatsapp]")).to_be_attached()
        expect(desk.row(one).locator("time")).not_to_be_empty()
        expect(desk.row(one).locator(".vh").last).to_contain_text("Northwind Bank")
    expect(desk.row(unread).locator(".badge")).to_contain_text("3 unread")
    expect(desk.row(unread)).to_contain_text("Three")
    expect(desk.row(photo).locator("use[href$='#i-camera']")).to_be_attached()
    expect(desk.row(voice).locator("use[href$='#i-mic']")).to_be_attached()
    expect(desk.row(own)).to_contain_text("You: I wrote this")
    expect(desk.row(other)).to_contain_text("Ben: Ben wrote this")
    expect(desk.row(failed).get_by_role("img", name="Not sent")).to_be_visible()
    expect(desk.row(urgent)).to_contain_text("Urgent")
    expect(desk.row(taken).locator("[title='Assigned to Ben Adeyemi']")).to_be_visible()
    expect(desk.row(draft)).to_contain_text("Draft: Half a thought")
    expect(desk.row(asleep)).to_contain_text("Snoozed")
    expect(desk.row(closed)).to_contain_text("Closed")
    expect(desk.row(closing)).to_contain_text("left")


def test_ten_thousand_conversations_scroll_with_at_most_60_rows(office: Office) -> None:
    """A8: and what stands at each place is what the API says stands there."""
    seed.many_threads(office.stack, CONTOSO, 10_000)
    tom = office.desk("tom").go()
    box = tom.at("list")
    most = 0
    seen: dict[int, str] = {}
    for _ in range(30):
        box.evaluate("box => box.scrollBy(0, 720)")
        place = box.evaluate("box => Math.floor(box.scrollTop / 72) + 1")
        expect(tom.page.locator(f"li[aria-posinset='{place}'] a")).to_be_attached()
        rows = drawn(tom)
        most = max(most, len(rows))
        seen |= rows
    assert most <= 60
    expect(tom.page.locator("li[aria-setsize]").first).to_have_attribute("aria-setsize", str(all_in(tom)))
    expected: list[str] = []
    after = ""
    while len(expected) < max(seen):
        page = office.stack.api(CONTOSO, "GET", f"threads?limit=100{after}").json()
        expected += [row["id"] for row in page["data"]]
        after = f"&after={page['next']}"
    assert seen == {place: expected[place - 1] for place in seen}


def drawn(desk: Desk) -> dict[int, str]:
    """The rows in the page: place in the list → thread."""
    found = desk.page.locator("li.row-slot").evaluate_all(
        "all => all.map(one => [one.getAttribute('aria-posinset'), one.querySelector('a')?.dataset.id])"
    )
    return {int(place): thread for place, thread in found if thread}


def all_in(desk: Desk) -> int:
    return next(int(one["count"]) for one in desk.snapshot()["views"] if one["key"] == "all")


def test_rows_under_the_pointer_stay_while_newcomers_wait(office: Office) -> None:
    """A9: 20 events."""
    people = [office.customer(f"Calm {n}", "Hi") for n in range(5)]
    mia = office.desk("mia").go()
    target = mia.row(people[1])
    target.hover()
    before = place_of(target)

    for n in range(4):
        for one in (people[0], people[2], people[3], people[4], people[2]):
            office.says(one, text=f"News {n}")
    expect(mia.row(people[2])).to_contain_text("News 3")
    expect(mia.at("new-chip")).to_be_visible()
    assert place_of(target) == before
    newcomer = office.customer("Calm Newcomer", "I am new")
    expect(mia.at("new-chip")).to_contain_text("new")
    expect(mia.row(newcomer)).to_have_count(0)
    assert place_of(target) == before

    mia.at("new-chip").click()
    expect(mia.row(newcomer)).to_be_visible()
    expect(mia.at("new-chip")).to_have_count(0)


def place_of(row: Locator) -> tuple[float, float]:
    found = row.bounding_box()
    assert found
    return found["x"], found["y"]


#: Independent of the product's own statement: one count per view, for one member.
COUNTS = """
SELECT count(*) FILTER (WHERE status = 'open' AND assignee_id = %(me)s),
       count(*) FILTER (WHERE status = 'open' AND assignee_id IS NULL),
       count(*) FILTER (WHERE status <> 'closed' AND inbound_count > coalesce(
           (SELECT read_count FROM inbox_threadread r WHERE r.thread_id = t.id AND r.member_id = %(me)s), 0)),
       count(*) FILTER (WHERE status = 'open' AND waiting_since IS NOT NULL),
       count(*) FILTER (WHERE status <> 'closed' AND %(me)s = ANY (mentions)),
       count(*) FILTER (WHERE status <> 'closed' AND %(me)s = ANY (watchers)),
       count(*) FILTER (WHERE status = 'snoozed'),
       count(*) FILTER (WHERE status = 'closed'),
       count(*)
FROM inbox_thread t
"""
KEYS = ("mine", "unassigned", "unread", "waiting", "mentions", "watching", "snoozed", "closed", "all")


def test_a_conversation_that_came_while_the_list_was_asked_for_stands_in_it(office: Office) -> None:
    """The answer is older than what the page has heard when it comes at last."""
    office.customer("Ada Early", "Good morning")
    mia = office.desk("mia").go()
    waiting, held = mia.at("view-waiting"), list[tuple[Route, APIResponse]]()
    mia.page.route("**/api/v1/threads?*", lambda route: held.append((route, route.fetch())))

    def heard(more_than: int) -> bool:
        mia.page.wait_for_timeout(30)  # lets the page's own events in
        return int(waiting.get_attribute("data-count") or 0) > more_than

    waiting.click()
    wait_for(lambda: heard(-1) and held, PATIENCE_S)
    count = int(waiting.get_attribute("data-count") or 0)
    ben = office.customer("Ben Meanwhile", "Me too")
    wait_for(lambda: heard(count), PATIENCE_S)
    for route, answer in held:
        route.fulfill(response=answer)

    expect(mia.row(ben)).to_be_visible()


def test_counts_beside_the_views_equal_the_tables_after_random_events(office: Office) -> None:
    """A10: five hundred, one at a time and many at once."""
    people = office.customers(f"Count {n}" for n in range(25))
    mia = office.desk("mia").go()
    hands = office.hand("mia"), office.hand("ben")
    me = mia.snapshot()["me"]["id"]
    began, turn, many = hands[0]("GET", "views")["head"], 0, list[str]()
    while hands[0]("GET", "views")["head"] < began + 500:
        turn += 1
        if DICE.random() < 0.4:
            many += change_many(office, DICE.sample(people, 12), DICE.choice(hands), me, turn)
        else:
            random_event(office, DICE.choice(people), DICE.choice(hands), me, turn)
    for one in many:
        wait_for(lambda one=one: hands[0]("GET", f"bulk_changes/{one}")["state"] == "done", PATIENCE_S)

    def agree() -> bool:
        mia.page.wait_for_timeout(50)  # lets the page's own events in
        shown = {one["key"]: one["count"] for one in mia.snapshot()["views"]}
        teams = {one["id"]: one["count"] for one in hands[0]("GET", "views")["teams"]}
        return shown == counts(office, me) | teams

    wait_for(agree, PATIENCE_S)
    shown = counts(office, me)
    for key in ("unassigned", "waiting", "mentions", "watching", "snoozed", "all"):
        expect(mia.at(f"view-{key}")).to_have_attribute("data-count", str(shown[key]))


def counts(office: Office, me: str) -> dict[str, int]:
    with office.stack.as_owner(NORTHWIND) as cursor:
        cursor.execute(COUNTS, {"me": me})
        return dict(zip(KEYS, cursor.fetchone(), strict=True))


def random_event(office: Office, person: Customer, hand: Any, me: str, turn: int) -> None:
    """Whatever may happen to a conversation."""
    path = f"threads/{person.thread}"
    deeds = (
        lambda: office.says(person, text=f"Turn {turn}"),
        lambda: hand("PUT", f"{path}/assignment", {"assignee_id": DICE.choice((me, None)), "team_id": None}),
        lambda: hand("PUT", f"{path}/closure", {}),
        lambda: hand("DELETE", f"{path}/closure"),
        lambda: hand("PUT", f"{path}/snooze", {"until": None, "wake_on_reply": True}, allowed=(409,)),
        lambda: hand("DELETE", f"{path}/snooze"),
        lambda: hand("PUT", f"{path}/read", {"read_count": 1}),
        lambda: hand(DICE.choice(("PUT", "DELETE")), f"{path}/watch"),
        lambda: hand(
            "POST", f"{path}/notes", {"text": f"@ {turn}", "client_ref": f"{turn}", "mentions": [me]}
        ),
    )
    DICE.choice(deeds)()


def change_many(office: Office, people: list[Customer], hand: Any, me: str, turn: int) -> list[str]:
    """Something that happens to many at once; gives the ids of changes that go on after the call."""
    if DICE.random() < 0.5:
        said = [{"from": one.phone, "name": one.name, "text": f"All {turn}"} for one in people]
        office.stack.far_end.write_all(people[0].account, said)
        return []
    changes: tuple[dict[str, Any], ...] = (
        {"assign": {"assignee_id": me}},
        {"assign": {"assignee_id": None}},
        {"snooze": {"until": None, "wake_on_reply": True}},
        {"close": {}},
    )
    asked = {"thread_ids": [one.thread for one in people], "change": DICE.choice(changes)}
    return [hand("POST", "bulk_changes", asked)["id"]]
