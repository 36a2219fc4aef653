"""Reading a conversation: where it opens, what counts as read, how far one can go back, where quotes lead."""

from __future__ import annotations

import random
import re
import time
from pathlib import Path

from playwright.sync_api import Route, expect

from tests.far_end import wait_for
from tests.journeys import seed
from tests.journeys.office import PATIENCE_S, Customer, Desk, Office

DICE = random.Random(4)
SWITCH_FAST = Path(__file__).with_name("switch_fast.js").read_text()
#: How long a page rests after a refusal, as in static/inbox/timelines.js.
REST_S = 5
#: The first message in sight and how far from the top of the page it stands.
FIRST_IN_SIGHT = """box => {
    const top = box.getBoundingClientRect().top;
    const row = [...box.querySelectorAll("[data-entry]")].find(one => one.getBoundingClientRect().top > top);
    return [row.dataset.entry, row.getBoundingClientRect().top];
}"""
TOP_OF = "(box, id) => box.querySelector(`[data-entry='${id}']`).getBoundingClientRect().top"


def lines(desk: Desk) -> int:
    return desk.timeline.locator("[data-entry]").count()


def comes_to(desk: Desk, found: list[str], expected: list[str]) -> None:
    """Wait until the page's requests have come to this."""

    def is_so() -> bool:
        desk.page.wait_for_timeout(20)
        return found == expected

    wait_for(is_so, PATIENCE_S)


def scroll(desk: Desk, to: int) -> None:
    desk.timeline.evaluate("(box, to) => { box.scrollTop = to; }", to)


def bottom_gap(desk: Desk) -> float:
    gap = desk.timeline.evaluate("box => box.scrollHeight - box.scrollTop - box.clientHeight")
    return float(gap)


def unread(desk: Desk, customer: Customer) -> int:
    row = desk.snapshot()["threads"][customer.thread]
    return int(row["inbound_count"]) - int(row["read_count"])


def test_whoever_comes_back_to_a_conversation_finds_what_came_meanwhile_each_once(office: Office) -> None:
    """A4, A5: what came while another one was read is there."""
    vera, owen = (
        office.customer("Vera Visited", "This is Vera"),
        office.customer("Owen Other", "This is Owen"),
    )
    mia = office.desk("mia").open(vera)
    mia.switch(owen)
    expect(mia.messages).to_contain_text(["This is Owen"])

    office.says(vera, text="While you were away")
    expect(mia.row(vera).locator(".badge")).to_contain_text("1")
    mia.switch(vera)
    expect(mia.messages).to_contain_text(["This is Vera", "While you were away"])
    expect(mia.timeline.locator(".unreadline")).to_have_text("1 new")
    expect(mia.row(vera).locator(".badge")).to_have_count(0)
    mia.send("Here I am")
    expect(mia.bubble("Here I am")).to_be_in_viewport()
    expect(mia.messages).to_have_count(3)

    mia.switch(owen)
    expect(mia.messages).to_contain_text(["This is Owen"])
    expect(mia.timeline.locator(".unreadline")).to_have_count(0)


def test_a_conversation_is_fetched_when_one_rests_on_its_row_and_fifty_switches_show_each_its_own(
    office: Office,
) -> None:
    """A4: by pointer and by keys, and none is asked for twice while it is kept."""
    people = office.customers(f"Swift {word}" for word in ("One", "Two", "Three", "Four", "Five", "Six"))
    mia = office.desk("mia").go()
    asked: list[str] = []
    of_rows = re.compile(r"/threads/([0-9a-f-]+)/timeline")
    mia.page.on("request", lambda one: asked.extend(of_rows.findall(one.url)))
    pointed, focused = people[:2]

    mia.row(pointed).hover()
    comes_to(mia, asked, [pointed.thread])
    mia.row(focused).focus()
    comes_to(mia, asked, [pointed.thread, focused.thread])
    mia.page.mouse.move(1400, 880)

    order = [one for _ in range(12) for one in DICE.sample(people, 5)][:50]
    shown = mia.page.evaluate(SWITCH_FAST, [one.thread for one in order])

    assert [name for name, _ in shown] == [one.name for one in order]
    assert all(words.count("Hello") == 1 for _, words in shown)
    assert sorted(asked) == sorted(one.thread for one in people)


def test_a_conversation_left_behind_is_let_go_and_comes_back_whole(office: Office) -> None:
    """A4: at the end of a day the page holds no more than at its begin."""
    greta = office.customer("Greta Gone", "This is Greta")
    mia = office.desk("mia").open(greta)
    expect(mia.messages).to_contain_text(["This is Greta"])
    mia.page.evaluate("window.drawn = new WeakRef(document.querySelector('[data-testid=timeline]'))")

    names = mia.rows.evaluate_all("rows => rows.map(row => row.dataset.id)")
    for thread in [name for name in names if name != greta.thread][:7]:
        other = Customer("", "", "", thread=thread)
        mia.switch(other)
        expect(mia.messages.first).to_be_attached()
    browser = mia.page.context.new_cdp_session(mia.page)

    def is_let_go() -> bool:
        browser.send("HeapProfiler.collectGarbage")
        return bool(mia.page.evaluate("window.drawn.deref() === undefined"))

    wait_for(is_let_go, PATIENCE_S)
    mia.switch(greta)
    expect(mia.messages).to_contain_text(["This is Greta"])


#: Opens conversations as answers of the server would fill them; how many are kept then, and how many rows.
OPEN_MANY = """([many, rows]) => {
    const at = "2026-01-01T00:00:00Z";
    const entry = (id) => ({ type: "note", id, at, note: { id, at, text: "" } });
    for (let n = 0; n < many; n += 1) {
        const id = `${rows}:${n}`;
        const data = Array.from({ length: rows }, (_, k) => entry(`${id}:${k}`));
        const page = { data, before: null, after: null, has_before: false, has_after: false };
        parley.store.apply({ type: "page.open", data: { id } });
        parley.store.apply({ type: "loaded.timeline", data: { thread_id: id, page, side: "all" } });
    }
    const kept = Object.values(parley.store.snapshot().timelines).map(line => line.length);
    return [kept.length, kept.reduce((sum, n) => sum + n, 0)];
}"""


def test_of_all_conversations_looked_at_the_last_40_and_about_4000_rows_are_kept(office: Office) -> None:
    """However long the day is and however much stands in each."""
    mia = office.desk("mia").go()

    assert mia.page.evaluate(OPEN_MANY, [60, 2]) == [40, 80]
    assert mia.page.evaluate(OPEN_MANY, [60, 200]) == [21, 4200]
    assert mia.page.evaluate(OPEN_MANY, [60, 1000]) == [8, 8000]


def test_a_conversation_opens_at_the_first_unread_message_and_at_the_bottom_once_all_is_read(
    office: Office,
) -> None:
    """A5: counts in two browsers; looking reads for the one who looks."""
    nora = office.customer("Nora Lindqvist", *(f"Before {n}" for n in range(25)))
    office.hand("mia")("PUT", f"threads/{nora.thread}/read", {"read_count": 25})
    for n in range(12):
        office.says(nora, text=f"New {n}")
    mia, ben = office.desk("mia"), office.desk("ben").go()
    expect(ben.row(nora).locator(".badge")).to_contain_text("37")

    mia.open(nora)
    expect(mia.timeline.locator(".unreadline")).to_have_text("12 new")
    follower = ".unreadline + article, .unreadline + div + article"
    expect(mia.timeline.locator(follower)).to_contain_text("New 0")
    expect(mia.bubble("New 0")).to_be_in_viewport()
    expect(mia.bubble("Before 0")).to_be_attached()  # not only what fills the pane
    scroll(mia, 10**6)
    expect(mia.row(nora).locator(".badge")).to_have_count(0)

    mia.open(nora)
    expect(mia.timeline.locator(".unreadline")).to_have_count(0)
    wait_for(lambda: bottom_gap(mia) < 2, PATIENCE_S)
    assert unread(mia, nora) == 0
    assert unread(ben, nora) == 37


def test_a_message_is_read_only_when_it_is_seen_by_a_page_that_has_the_focus(office: Office) -> None:
    """A5: a page in the background reads nothing."""
    ida = office.customer("Ida Brandt", "First")
    mia = office.desk("mia").open(ida)
    expect(mia.row(ida).locator(".badge")).to_have_count(0)
    mia.page.evaluate("document.hasFocus = () => false")

    office.says(ida, text="Are you there?")
    expect(mia.bubble("Are you there?")).to_be_visible()
    expect(mia.row(ida).locator(".badge")).to_contain_text("1")
    assert unread(mia, ida) == 1
    expect(mia.timeline.locator(".unreadline")).to_have_text("1 new")

    mia.page.evaluate("delete document.hasFocus; dispatchEvent(new Event('focus'))")
    expect(mia.row(ida).locator(".badge")).to_have_count(0)


def test_a_page_whose_reading_is_refused_does_not_ask_again_and_again(office: Office) -> None:
    """A5: a server in trouble is not asked at every look."""
    office.eyes.forgive("503")
    udo = office.customer("Udo Stern", "One")
    mia = office.desk("mia")
    asked: list[str] = []

    def refuse(route: Route) -> None:
        asked.append(route.request.url)
        route.fulfill(status=503, json={"code": "unavailable", "title": "Not now"})

    began = time.monotonic()
    mia.page.route("**/read", refuse)
    mia.open(udo)
    for n in range(5):
        office.says(udo, text=f"Line {n}")
        expect(mia.bubble(f"Line {n}")).to_be_visible()
    passed_s = time.monotonic() - began
    assert asked
    assert len(asked) <= 2 + passed_s / REST_S  # a page without a rest asks many times a second

    mia.page.unroute_all()
    expect(mia.row(udo).locator(".badge")).to_have_count(0)
    hand = office.hand("mia")
    wait_for(lambda: hand("GET", f"threads/{udo.thread}")["read_count"] == 6, PATIENCE_S)


def test_reading_older_messages_keeps_the_place_and_new_ones_wait_below(office: Office) -> None:
    """A29: ± 2 px."""
    omar = office.customer("Omar Haddad", "The newest of long ago")
    seed.long_past(office.stack, omar, 160)
    mia = office.desk("mia").open(omar)
    expect(mia.timeline.locator("[data-entry]").nth(30)).to_be_attached()  # not only what fills the pane
    expect(mia.bubble("The newest of long ago")).to_be_in_viewport()

    for _ in range(2):
        before = lines(mia)
        scroll(mia, 400)
        entry, top = mia.timeline.evaluate(FIRST_IN_SIGHT)
        mia.page.wait_for_function("n => document.querySelectorAll('[data-entry]').length > n", arg=before)
        assert abs(mia.timeline.evaluate(TOP_OF, entry) - top) <= 2

    entry, top = mia.timeline.evaluate(FIRST_IN_SIGHT)
    office.says(omar, text="Something new")
    office.says(omar, text="And one more")
    expect(mia.at("to-end")).to_have_text("2 new")
    assert abs(mia.timeline.evaluate(TOP_OF, entry) - top) <= 2

    mia.at("to-end").click()
    expect(mia.bubble("And one more")).to_be_in_viewport()
    expect(mia.at("to-end")).to_have_count(0)


#: Scroll up and, before the browser tells anybody of it, change something of the conversation by a key.
SCROLL_AND_PRESS = """async (box, key) => {
    box.scrollTop = 400;
    document.body.dispatchEvent(new KeyboardEvent("keydown", {key, bubbles: true, cancelable: true}));
    for (let n = 0; n < 20; n += 1) await null;
    return box.scrollTop;
}"""


def test_a_change_in_the_moment_of_scrolling_does_not_pull_the_reader_down_again(office: Office) -> None:
    """A29: the change and the scroll's own event cross."""
    cara = office.customer("Cara Cross", "The newest of long ago")
    seed.long_past(office.stack, cara, 60)
    mia = office.desk("mia").open(cara)
    expect(mia.bubble("The newest of long ago")).to_be_in_viewport()
    expect(mia.timeline.locator("[data-entry]").nth(30)).to_be_attached()  # not only what fills the pane

    assert mia.timeline.evaluate(SCROLL_AND_PRESS, "i") == 400
    wait_for(lambda: office.thread(cara)["assignee_id"], PATIENCE_S)


def test_a_conversation_of_20000_messages_never_holds_more_than_320_rows(office: Office) -> None:
    """A30, and A21: a quote 2,000 messages back is found by a click."""
    vera = office.customer("Vera Kovacs", "Good morning")
    old = seed.long_past(office.stack, vera, 20_000)
    mia = office.desk("mia").open(vera)
    expect(mia.bubble("Good morning")).to_be_in_viewport()
    seen = {lines(mia)}

    for _ in range(9):
        first = mia.timeline.locator("[data-entry]").first.get_attribute("data-entry")
        scroll(mia, 0)
        mia.page.wait_for_function(
            "id => document.querySelector('[data-entry]').dataset.entry !== id", arg=first
        )
        seen.add(lines(mia))
    assert max(seen) <= 320
    assert len(seen) > 3
    expect(mia.bubble("Good morning")).to_have_count(0)

    mia.at("to-end").click()
    expect(mia.bubble("Good morning")).to_be_in_viewport()
    office.says(vera, raw={"type": "text", "text": {"body": "As I said"}, "context": {"id": f"{old}18000"}})
    quote = mia.bubble("As I said").locator(".quote")
    expect(quote).to_contain_text("Old line 18000")
    quote.click()
    target = mia.messages.filter(has=mia.page.get_by_text("Old line 18000", exact=True)).first
    expect(target).to_be_in_viewport()
    expect(target).to_contain_class("flash")
    assert lines(mia) <= 320
