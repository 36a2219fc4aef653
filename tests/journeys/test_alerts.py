"""Telling an agent who looks elsewhere: once for all tabs, and not when it is not wanted."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import BrowserContext, Page, expect

from tests.far_end import wait_for
from tests.journeys.office import PATIENCE_S, Customer, Desk, Office

#: Counts what would be heard and seen: sounds made, notices shown.
COUNT = """
window.told = {sounds: 0, notices: []};
const Real = window.AudioContext;
window.AudioContext = class extends Real { constructor() { super(); window.told.sounds += 1; } };
window.Notification = class { constructor(title, { body }) { window.told.notices.push([title, body]); }
    close() {}
    static get permission() { return "granted"; } static async requestPermission() { return "granted"; } };
"""

#: The module that tells, once the page has it.
ALERTS = 'performance.getEntriesByType("resource").find(one => one.name.includes("/inbox/alerts.js"))'


def tab(office: Office, browser: BrowserContext) -> Desk:
    page = office.eyes.tab(browser)
    page.add_init_script(COUNT)
    return Desk(page, office.stack)


def told(desks: list[Desk]) -> dict[str, Any]:
    """What all tabs together told."""
    found = [desk.page.evaluate("window.told") for desk in desks]
    return {
        "sounds": sum(one["sounds"] for one in found),
        "notices": [notice for one in found for notice in one["notices"]],
    }


def settle(page: Page) -> None:
    """Longer than a tab waits for the others before it alerts."""
    page.evaluate("new Promise(done => setTimeout(done, 1200))")


def mine(office: Office, name: str) -> Customer:
    """A customer whose conversation is Mia's."""
    person = office.customer(name, "Hello")
    hand = office.hand("mia")
    me = hand("GET", "bootstrap")["me"]["id"]
    hand("PUT", f"threads/{person.thread}/assignment", {"assignee_id": me, "team_id": None})
    return person


def test_three_tabs_alert_once_and_none_when_one_has_it_in_view(office: Office) -> None:
    """A52: a sound, a notice, the count in the title and on the icon."""
    ola, pim = mine(office, "Ola Alert"), mine(office, "Pim Alert")
    browser = office.browser("mia")
    tabs = [tab(office, browser).go() for _ in range(3)]
    tabs[0].at("bell").click()
    tabs[0].page.get_by_label("Notices on the desktop").check()
    tabs[0].press("Escape")

    office.says(ola, text="Are you there?")
    wait_for(lambda: told(tabs)["notices"] == [["Ola Alert", "Are you there?"]], PATIENCE_S)
    settle(tabs[0].page)
    assert told(tabs) == {"sounds": 1, "notices": [["Ola Alert", "Are you there?"]]}
    for one in tabs:
        wait_for(lambda one=one: one.page.title().startswith("("), PATIENCE_S)
        assert "logo-alert" in (one.page.locator("link[rel=icon]").get_attribute("href") or "")

    tabs[2].page.bring_to_front()
    tabs[2].open(pim)
    before = told(tabs)
    office.says(pim, text="In view")
    expect(tabs[2].bubble("In view")).to_be_visible()
    settle(tabs[2].page)
    assert told(tabs) == before


def test_twenty_alerts_at_once_make_one_sound(office: Office) -> None:
    """A52: after the line was down, say. Browsers play sixteen at once and complain of more."""
    mia = tab(office, office.browser("mia")).go()
    mia.page.wait_for_function(f"() => {ALERTS}")
    ring = f"import({ALERTS}.name).then(({{ ring }}) => {{ for (let n = 0; n < 20; n++) ring(0.1); }})"
    mia.page.evaluate(ring)
    assert told([mia])["sounds"] == 1
    settle(mia.page)
    mia.page.evaluate(ring)
    assert told([mia])["sounds"] == 2


def test_each_kind_can_be_switched_off_and_quiet_hours_are_quiet(office: Office) -> None:
    """A52: mentions and assignments, too."""
    una = office.customer("Una Alert", "Hello")
    mia = tab(office, office.browser("mia")).go()
    hand = office.hand("ben")
    me = mia.snapshot()["me"]["id"]
    start = told([mia])["sounds"]

    hand("POST", f"threads/{una.thread}/notes", {"text": "@Mia look", "client_ref": "1", "mentions": [me]})
    wait_for(lambda: told([mia])["sounds"] == start + 1, PATIENCE_S)
    settle(mia.page)  # what comes while it sounds makes none of its own
    hand("PUT", f"threads/{una.thread}/assignment", {"assignee_id": me, "team_id": None})
    wait_for(lambda: told([mia])["sounds"] == start + 2, PATIENCE_S)

    mia.at("bell").click()
    mia.page.get_by_label("Mentions of me").uncheck()
    mia.press("Escape")
    hand("POST", f"threads/{una.thread}/notes", {"text": "@Mia again", "client_ref": "2", "mentions": [me]})
    expect(mia.row(una)).to_be_visible()
    settle(mia.page)
    assert told([mia])["sounds"] == start + 2

    mia.at("bell").click()
    mia.page.get_by_label("Tell me nothing").check()
    mia.page.get_by_label("from", exact=True).fill("00:00")
    mia.page.get_by_label("to", exact=True).fill("23:59")
    mia.press("Escape")
    office.says(una, text="Late")
    expect(mia.row(una)).to_contain_text("Late")
    settle(mia.page)
    assert told([mia])["sounds"] == start + 2


def test_each_view_has_a_rule_of_its_own_a_saved_one_too(office: Office) -> None:
    """A52: nothing, messages, or everything; what one had chosen before there were rules still counts."""
    vip, free = office.customer("Vip Alert", "Hello"), office.customer("Free Alert", "Hello")
    ben, hand, label = office.hand("ben"), office.hand("ines"), f"vip {office.fresh_number()}"
    ben("PUT", f"threads/{vip.thread}/assignment", {"assignee_id": ben("GET", "bootstrap")["me"]["id"]})
    ben("PUT", f"threads/{vip.thread}/labels", {"labels": [label]})
    place = {"view": "all", "sort": "newest", "filters": {"label": label}}
    view = hand("POST", "saved_views", {"name": label, "place": place})
    ines = tab(office, office.browser("ines")).go()
    old = {"desktop": True, "message": False, "unassigned": True}
    ines.page.evaluate("old => localStorage.setItem('parley:alerts', JSON.stringify(old))", old)
    ines.go()

    expect(ines.at(f"saved-{label}")).to_be_visible()
    ines.at("bell").click()
    for key, level in (("mine", ""), ("unassigned", "messages"), ("watching", "all"), ("all", "")):
        expect(ines.at(f"tell-{key}")).to_have_value(level)
    ines.at(f"tell-{view['id']}").select_option("all")
    ines.press("Escape")

    office.says(free, text="Is anybody there?")
    notices = [["Free Alert", "Is anybody there?"]]
    wait_for(lambda: told([ines])["notices"] == notices, PATIENCE_S)
    ben("PUT", f"threads/{vip.thread}/closure", {})
    notices.append(["Vip Alert", "Ben Adeyemi closed the conversation"])
    wait_for(lambda: told([ines])["notices"] == notices, PATIENCE_S)

    me = ines.snapshot()["me"]["id"]
    hand("PUT", f"threads/{free.thread}/assignment", {"assignee_id": me, "team_id": None})
    office.says(free, text="Not told")
    expect(ines.row(free)).to_contain_text("Not told")
    settle(ines.page)
    assert told([ines])["notices"] == notices
    hand("DELETE", f"saved_views/{view['id']}")
