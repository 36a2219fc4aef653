"""What each person chooses for themselves: where closing leads, and time to take a message back."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.far_end import wait_for
from tests.journeys.office import PATIENCE_S, Gate, Office


@pytest.mark.parametrize(("setting", "opens"), [("Next", 2), ("Previous", 0), ("Stay", 1)])
def test_after_closing_the_next_the_previous_or_the_same_one_is_open(
    office: Office, setting: str, opens: int
) -> None:
    """A59."""
    people = [office.customer(f"After {n}", "Hello") for n in range(3)]
    label = f"after {people[0].phone}"
    for one in people:
        office.hand("mia")("PUT", f"threads/{one.thread}/labels", {"labels": [label]})
    inlist = people[::-1]  # newest first
    mia = office.desk("mia").open(inlist[1], label=label, status="open")
    mia.prefer("After closing", setting)

    mia.press("e")
    wait_for(lambda: office.thread(inlist[1])["status"] == "closed", PATIENCE_S)
    mia.shows(inlist[opens])
    expect(mia.row(inlist[1])).to_have_count(0)


def test_a_message_taken_back_in_time_never_leaves_and_its_words_come_back(office: Office) -> None:
    """A45: by the button, by key; else it goes after the wait, also over a reload."""
    uma = office.customer("Uma Undo", "Hello")
    mia = office.desk("mia").open(uma)
    mia.prefer("Undo send", "10 s")

    mia.send("Too fast")
    expect(mia.bubble("Too fast")).to_be_visible()
    expect(mia.toasts.last).to_contain_text("Goes out in 10 s")
    mia.toasts.get_by_role("button", name="Undo").last.click()
    expect(mia.bubble("Too fast")).to_have_count(0)
    expect(mia.field).to_have_value("Too fast")

    mia.prefer("Undo send", "5 s")
    mia.send("Now it is right")
    expect(mia.bubble("Now it is right")).to_be_visible()
    mia.page.reload()
    wait_for(lambda: office.got(uma) == ["Now it is right"], PATIENCE_S)

    mia.send("By key")
    mia.press("Escape")
    mia.press("z")
    expect(mia.field).to_have_value("By key")
    mia.prefer("Undo send", "Off")
    mia.field.press("Enter")
    wait_for(lambda: office.got(uma) == ["Now it is right", "By key"], PATIENCE_S)


def test_send_and_close_closes_once_the_answer_has_left(office: Office) -> None:
    """The server takes no answer for a closed conversation; one it refuses leaves it open, and says so
    wherever the agent is by then."""
    office.eyes.forgive("422 (Unprocessable")
    rosa, next_one = office.customer("Rosa Done", "Thanks!"), office.customer("Next Done", "Thanks!")
    label = f"done {rosa.phone}"
    for one in (rosa, next_one):
        office.hand("mia")("PUT", f"threads/{one.thread}/labels", {"labels": [label]})
    mia = office.desk("mia").open(rosa, label=label, status="open")
    posts = re.compile(r"/threads/[^/]+/messages$")

    gate = Gate(mia.page, posts, "POST")
    mia.field.fill("You are welcome")
    mia.field.press("Control+Shift+Enter")
    mia.shows(next_one)
    expect(mia.row(next_one)).to_be_focused()
    gate.wait()
    assert office.thread(rosa)["status"] == "open"
    gate.open()
    wait_for(lambda: office.thread(rosa)["status"] == "closed", PATIENCE_S)
    wait_for(lambda: office.got(rosa) == ["You are welcome"], PATIENCE_S)

    mia.page.route(posts, lambda route: route.fulfill(status=422, json={"detail": "No such words."}))
    mia.field.fill("You too")
    mia.field.press("Control+Shift+Enter")
    expect(mia.toasts.filter(has_text="Not sent to Next Done: No such words.")).to_be_visible()
    told = mia.toasts.filter(has_text="Not done: Next Done closed. The answer did not go out.")
    expect(told.get_by_role("button", name="Try again")).to_be_visible()
    expect(mia.toasts.get_by_role("button", name="Undo")).to_have_count(1)
    assert office.thread(next_one)["status"] == "open"
    mia.toasts.get_by_role("button", name="Show").click()
    mia.shows(next_one)
    expect(mia.bubble("You too").locator("..")).to_contain_text("No such words.")

    mia.prefer("Undo send", "10 s")
    mia.send("Wait")
    mia.press("Escape")
    mia.press("e")
    expect(mia.toasts.get_by_text("Next Done closed", exact=True)).to_be_visible()
    mia.toasts.filter(has_text="Goes out in 10 s").get_by_role("button", name="Undo").click()
    expect(mia.toasts.get_by_text("Next Done closed", exact=True)).to_have_count(0)
    expect(mia.row(next_one)).to_contain_text("Draft: Wait")
    assert office.thread(next_one)["status"] == "open"


def test_a_closing_that_waits_for_its_answer_survives_a_reload(office: Office) -> None:
    """Once undone it is forgotten for good."""
    rita, stan = office.customers(("Rita Reload", "Stan Stays"))
    mia = office.desk("mia").open(rita)
    mia.prefer("Undo send", "5 s")

    mia.send("Good bye, Rita")
    mia.press("Escape")
    mia.press("e")
    mia.page.reload()
    wait_for(lambda: office.thread(rita)["status"] == "closed", PATIENCE_S)
    assert office.got(rita) == ["Good bye, Rita"]

    mia.open(stan)
    mia.send("Good bye, Stan")
    mia.press("Escape")
    mia.press("e")
    mia.toasts.filter(has_text="Stan Stays closed").get_by_role("button", name="Undo").click()
    mia.page.reload()
    wait_for(lambda: office.got(stan) == ["Good bye, Stan"], PATIENCE_S)
    expect(mia.row(stan)).to_be_visible()
    assert office.thread(stan)["status"] == "open"


@pytest.mark.parametrize("late", [False, True], ids=["at-once", "late"])
def test_what_the_network_cut_off_is_taken_back_and_done_once_more(office: Office, late: bool) -> None:
    """No word says that it is done; the focus goes on, from what has left the list to what is open.

    late: the list, and the focus with it, has moved on before the request failed.
    """
    office.eyes.forgive("ERR_INTERNET_DISCONNECTED")
    first, second = office.customer("", "Hello"), office.customer("Second Cut", "Hello")
    label = f"cut {first.phone}"
    for one in (first, second):
        office.hand("mia")("PUT", f"threads/{one.thread}/labels", {"labels": [label]})
    mia = office.desk("mia").open(first, label=label, status="open")
    mia.row(first).focus()

    gate = Gate(mia.page, "**/closure", "PUT" if late else "")
    mia.page.context.set_offline(not late)
    mia.press("e")
    if late:
        expect(mia.row(first)).to_have_count(0)
        expect(mia.row(second)).to_be_focused()
        gate.wait()
        mia.page.context.set_offline(True)
    gate.open()
    expect(mia.toasts).to_have_count(1)
    expect(mia.toasts).to_contain_text("Not done: +44")
    expect(mia.toasts).to_contain_text(f"{first.phone[-6:]} closed. The server cannot be reached.")
    expect(mia.row(first)).to_be_visible()
    mia.page.context.set_offline(False)
    mia.toasts.get_by_role("button", name="Try again").press("Enter")
    wait_for(lambda: office.thread(first)["status"] == "closed", PATIENCE_S)
    expect(mia.row(first)).to_have_count(0)
    mia.shows(second)
    expect(mia.row(second)).to_be_focused()


#: The room from each row of the list to the next, and how high each is, in px.
STEPS = """rows => {
    const boxes = rows.map(one => one.getBoundingClientRect()).sort((a, b) => a.top - b.top);
    const steps = boxes.slice(1).map((box, n) => box.top - boxes[n].top);
    return [...new Set([...steps, ...boxes.map(box => box.height)].map(Math.round))];
}"""
LOOK = """() => [document.documentElement.dataset.density, document.documentElement.dataset.size,
    getComputedStyle(document.body).fontSize]"""


def test_density_and_text_size_are_there_at_the_first_frame_and_each_row_keeps_its_place(
    office: Office,
) -> None:
    """A68: rows without a gap or an overlap, the same one on top, also from right to left."""
    office.customers(f"Dense {n}" for n in range(24))
    mia = office.desk("mia").go()
    rows, box = mia.page.locator(".row-slot"), mia.at("list")
    assert rows.evaluate_all(STEPS) == [72]
    box.evaluate("box => { box.scrollTop = 4 * 72; }")
    expect(mia.page.locator("li[aria-posinset='5']")).to_be_in_viewport()

    mia.prefer("Density", "Compact")
    wait_for(lambda: rows.evaluate_all(STEPS) == [56], PATIENCE_S)
    assert box.evaluate("box => box.scrollTop") == 4 * 56
    mia.prefer("Text size", "Large")
    wait_for(lambda: rows.evaluate_all(STEPS) == [62], PATIENCE_S)
    assert box.evaluate("box => box.scrollTop") == 4 * 62

    for width, direction in ((390, "ltr"), (390, "rtl"), (1440, "rtl")):
        mia.page.set_viewport_size({"width": width, "height": 844})
        mia.page.evaluate("dir => { document.dir = dir; }", direction)
        assert mia.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0

    mia.page.route("**/inbox/main.js*", lambda route: route.fulfill(body="", content_type="text/javascript"))
    mia.page.reload(wait_until="domcontentloaded")
    assert mia.page.evaluate(LOOK) == ["compact", "large", "16px"]


def test_list_and_panel_are_as_wide_as_one_has_made_them_by_drag_or_by_keys(office: Office) -> None:
    """A1: kept over a reload and there before the page's modules are; a double click undoes it."""
    wim = office.customer("Wim Wide", "Hello")
    mia = office.desk("mia", viewport={"width": 1440, "height": 900}).open(wim)
    edge = {name: mia.page.get_by_role("separator", name=name) for name in ("List width", "Panel width")}
    pane = {"List width": mia.page.locator(".list"), "Panel width": mia.at("customer-panel")}

    def is_wide(name: str, width: int) -> None:
        expect(edge[name]).to_have_attribute("aria-valuenow", str(width))
        wait_for(lambda: (pane[name].bounding_box() or {"width": 0})["width"] == width, PATIENCE_S)

    is_wide("List width", 336)
    is_wide("Panel width", 312)
    edge["List width"].press("ArrowRight")
    is_wide("List width", 352)
    edge["Panel width"].press("ArrowRight")
    is_wide("Panel width", 296)
    edge["Panel width"].press("End")
    is_wide("Panel width", 403)

    box = edge["List width"].bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + 300
    mia.page.mouse.move(x, y)
    mia.page.mouse.down()
    mia.page.mouse.move(x + 10, y)
    mia.page.mouse.move(x + 30, y)
    mia.page.mouse.up()
    is_wide("List width", 382)

    mia.page.evaluate("document.dir = 'rtl'")
    edge["List width"].press("ArrowLeft")
    is_wide("List width", 398)
    mia.page.route("**/inbox/main.js*", lambda route: route.fulfill(body="", content_type="text/javascript"))
    mia.page.reload(wait_until="domcontentloaded")
    kept = "name => document.documentElement.style.getPropertyValue(name)"
    assert [mia.page.evaluate(kept, name) for name in ("--list", "--side")] == ["398px", "403px"]
    mia.page.unroute_all()
    mia.page.reload()
    mia.shows(wim)
    is_wide("List width", 398)
    for name, usual in (("List width", 336), ("Panel width", 312)):
        edge[name].dblclick()
        is_wide(name, usual)
