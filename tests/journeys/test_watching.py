"""Watching a conversation that somebody else works on."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.far_end import wait_for
from tests.journeys.office import PATIENCE_S, Office
from tests.journeys.test_alerts import settle, tab, told


def test_what_happens_in_a_watched_conversation_is_told_until_it_is_watched_no_more(office: Office) -> None:
    """A52: the customer writes, a colleague answers and closes; one's own doings tell nothing."""
    will, olga = office.customer("Will Watched", "Hello"), office.customer("Olga Other", "Hello")
    ben, hand = office.hand("ben"), office.hand("mia")
    path = f"threads/{will.thread}"
    ben("PUT", f"{path}/assignment", {"assignee_id": ben("GET", "bootstrap")["me"]["id"], "team_id": None})
    mia = tab(office, office.browser("mia")).open(will)
    count = mia.count("watching")

    mia.press("w")
    expect(mia.toasts.last).to_contain_text("You watch Will Watched")
    expect(mia.at("watch")).to_have_attribute("aria-pressed", "true")
    wait_for(lambda: office.thread(will)["watcher_ids"], PATIENCE_S)  # until then it is only shown
    ben("PUT", f"{path}/watch")
    expect(mia.at("watchers")).to_contain_text("You, Ben Adeyemi")
    mia.press("g")
    mia.press("w")
    expect(mia.page).to_have_url(re.compile("view=watching"))
    expect(mia.row(will)).to_be_visible()
    expect(mia.at("view-watching")).to_have_attribute("data-count", str(count + 1))

    mia.at("bell").click()
    mia.page.get_by_label("Notices on the desktop").check()
    mia.press("Escape")
    mia.open(olga)
    notices: list[list[str]] = []

    def is_told(*news: str) -> None:
        notices.append(list(news))
        wait_for(lambda: told([mia])["notices"] == notices, PATIENCE_S)

    office.says(will, text="Are you there?")
    is_told("Will Watched", "Are you there?")
    ben("POST", f"{path}/messages", {"text": "I am", "client_ref": f"watched {will.phone}"})
    is_told("Ben Adeyemi answered Will Watched", "I am")
    ben("PUT", f"{path}/closure", {})
    is_told("Will Watched", "Ben Adeyemi closed the conversation")
    hand("DELETE", f"{path}/closure")
    hand("DELETE", f"{path}/watch")
    expect(mia.at("view-watching")).to_have_attribute("data-count", str(count))
    office.says(will, text="Nobody hears this")
    expect(mia.row(will)).to_contain_text("Nobody hears this")
    settle(mia.page)
    assert told([mia])["notices"] == notices

    mia.switch(will)
    mia.at("watch").click()
    expect(mia.at("watch")).to_have_attribute("aria-pressed", "true")
    mia.toasts.get_by_role("button", name="Undo").last.click()
    expect(mia.at("watch")).to_have_attribute("aria-pressed", "false")
    wait_for(lambda: office.thread(will)["watcher_ids"] == [ben("GET", "bootstrap")["me"]["id"]], PATIENCE_S)
