"""What each person chooses for themselves: where closing leads, and time to take a message back."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.far_end import wait_for
from tests.journeys.office import PATIENCE_S, Desk, Office


def choose(desk: Desk, name: str, value: str) -> None:
    desk.at("me").click()
    desk.page.get_by_role("radiogroup", name=name).get_by_role("radio", name=value, exact=True).click()
    desk.press("Escape")


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
    choose(mia, "After closing", setting)

    mia.press("e")
    wait_for(lambda: office.thread(inlist[1])["status"] == "closed", PATIENCE_S)
    mia.shows(inlist[opens])
    expect(mia.row(inlist[1])).to_have_count(0)


def test_a_message_taken_back_in_time_never_leaves_and_its_words_come_back(office: Office) -> None:
    """A45: by the button, by key; else it goes after the wait, also over a reload."""
    uma = office.customer("Uma Undo", "Hello")
    mia = office.desk("mia").open(uma)
    choose(mia, "Undo send", "10 s")

    mia.send("Too fast")
    expect(mia.bubble("Too fast")).to_be_visible()
    expect(mia.toasts.last).to_contain_text("Goes out in 10 s")
    mia.toasts.get_by_role("button", name="Undo").last.click()
    expect(mia.bubble("Too fast")).to_have_count(0)
    expect(mia.field).to_have_value("Too fast")

    choose(mia, "Undo send", "5 s")
    mia.send("Now it is right")
    expect(mia.bubble("Now it is right")).to_be_visible()
    mia.page.reload()
    wait_for(lambda: office.got(uma) == ["Now it is right"], PATIENCE_S)

    mia.send("By key")
    mia.press("Escape")
    mia.press("z")
    expect(mia.field).to_have_value("By key")
    choose(mia, "Undo send", "Off")
    mia.field.press("Enter")
    wait_for(lambda: office.got(uma) == ["Now it is right", "By key"], PATIENCE_S)
