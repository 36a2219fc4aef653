"""The inbox on every screen and for everybody: widths, themes, zoom, direction, keys, screen readers."""

from __future__ import annotations

from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.looks import bring_axe
from tests.journeys.office import Desk, Office

THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
LOOK = """async (at) => {
    const rules = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"];
    const {violations} = await axe.run(at || document, {runOnly: rules, resultTypes: ["violations"]});
    const bad = violations.filter(one => ["serious", "critical"].includes(one.impact));
    return bad.map(one => `${one.id}: ${one.nodes.map(node => node.target.join(" ")).join(", ")}`);
}"""
#: Until what follows a change is drawn, and the browser has nothing else to do.
AT_REST = "() => new Promise(done => requestAnimationFrame(() => requestIdleCallback(() => done(true))))"


def faults(page: Page, at: str = "") -> list[str]:
    """What axe finds serious or critical.

    at: a selector of what is looked at alone."""
    bring_axe(page)
    found: list[str] = page.evaluate(LOOK, at)
    return found


def faults_in_both_themes(page: Page) -> list[str]:
    """The same by day and by night."""
    found = []
    for theme in THEMES:
        page.emulate_media(color_scheme=theme)
        page.evaluate(AT_REST)
        found += [f"{theme}: {one}" for one in faults(page)]
    return found


def overflow(desk: Desk) -> int:
    """How much wider the page is than its window, in px."""
    return int(desk.page.evaluate("document.documentElement.scrollWidth - innerWidth"))


def can_be_used(desk: Desk, *testids: str) -> None:
    """These stand in the window and take a click, whatever else there is."""
    for testid in testids:
        expect(desk.at(testid)).to_be_in_viewport()
        desk.at(testid).click(trial=True)


def test_all_panes_fit_1440_1024_and_390_px(office: Office) -> None:
    """A1: three panes, a drawer, one pane at a time."""
    mona = office.customer("Mona Sand", "Hello")
    mia = office.desk("mia").open(mona)
    can_be_used(mia, "list", "close", "snooze", "send", "assign", "customer-panel", "view-mine")
    assert overflow(mia) <= 0

    mia.page.set_viewport_size({"width": 1024, "height": 800})
    can_be_used(mia, "list", "close", "snooze", "send", "view-mine")
    expect(mia.at("customer-panel")).to_have_count(0)
    mia.page.get_by_role("button", name="Customer panel").click()
    expect(mia.at("customer-panel")).to_be_in_viewport()
    assert overflow(mia) <= 0
    mia.page.get_by_role("button", name="Close customer panel").click()

    mia.page.set_viewport_size({"width": 390, "height": 844})
    can_be_used(mia, "close", "more", "send")
    expect(mia.at("list")).not_to_be_visible()
    assert overflow(mia) <= 0
    mia.page.get_by_role("button", name="Back to the list").click()
    expect(mia.at("list")).to_be_visible()
    expect(mia.field).to_have_count(0)
    assert overflow(mia) <= 0


def test_nothing_serious_is_found_by_axe_with_menus_and_dialogs_open_or_closed(office: Office) -> None:
    """A69."""
    axel = office.customer("Axel Brun", "Here is a photo")
    office.says(axel, image="photo")
    office.hand("ben")(
        "POST", f"threads/{axel.thread}/notes", {"text": "A note", "client_ref": "n", "mentions": []}
    )
    mia = office.desk("mia", reduced_motion="reduce").open(axel)
    expect(mia.messages.locator("img")).to_be_visible()
    found = {"thread": faults_in_both_themes(mia.page)}
    for name, keys in (("assign", "a"), ("snooze", "h"), ("commands", "Control+k"), ("help", "?")):
        mia.press(keys)
        expect(mia.page.locator(".popover, dialog[open]").first).to_be_visible()
        found[name] = faults_in_both_themes(mia.page)
        mia.press("Escape")
        expect(mia.page.locator(".popover, dialog[open]")).to_have_count(0)
    mia.at("mode-note").click()
    found["note"] = faults_in_both_themes(mia.page)
    mia.page.set_viewport_size({"width": 390, "height": 844})
    found["narrow"] = faults_in_both_themes(mia.page)

    assert {name: bad for name, bad in found.items() if bad} == {}


def test_axe_would_find_a_fault_here(office: Office) -> None:
    mia = office.desk("mia").go()
    mia.page.evaluate("document.querySelector('header.bar').append(document.createElement('input'))")
    assert "label" in faults(mia.page)[0]


def test_a_new_message_is_announced_once_and_the_focus_returns_to_its_opener(office: Office) -> None:
    """A69: history is never announced; a dialog gives the focus back."""
    nils = office.customer("Nils Frost", "Old words")
    mia = office.desk("mia").open(nils)
    announcer = mia.at("announcer")
    expect(announcer).not_to_contain_text("Old words")
    office.says(nils, text="New words")
    expect(mia.bubble("New words")).to_be_visible()
    expect(announcer.get_by_text("New words")).to_have_count(1)

    mia.at("snooze").focus()
    mia.press("Enter")
    expect(mia.page.locator(".popover input")).to_be_focused()
    mia.press("Escape")
    expect(mia.at("snooze")).to_be_focused()


@pytest.mark.parametrize(("theme", "ground"), [("dark", "rgb(22, 22, 21)"), ("light", "rgb(255, 255, 255)")])
def test_a_chosen_theme_is_there_at_the_first_frame(office: Office, theme: str, ground: str) -> None:
    """A68: against what the system prefers, and before the page's own modules have run."""
    other = {"dark": "light", "light": "dark"}[theme]
    mia = office.desk("mia", color_scheme=other).go()
    mia.at("me").click()
    mia.page.get_by_role("radio", name=theme.capitalize(), exact=True).click()
    mia.page.route("**/inbox/main.js*", lambda route: route.fulfill(body="", content_type="text/javascript"))
    mia.page.reload(wait_until="domcontentloaded")
    shown = mia.page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert mia.page.evaluate("document.documentElement.dataset.theme") == theme
    assert shown == ground


def test_zoom_320_px_right_to_left_still_motion_and_forced_colours(office: Office) -> None:
    """A70."""
    runa = office.customer("Runa Dahl", "A rather long message " * 8)
    mia = office.desk("mia", viewport={"width": 720, "height": 450}, device_scale_factor=2).open(runa)
    can_be_used(mia, "send", "close")
    assert overflow(mia) <= 0

    mia.page.set_viewport_size({"width": 320, "height": 640})
    can_be_used(mia, "send", "close", "more")
    assert overflow(mia) <= 0

    mia.page.set_viewport_size({"width": 1440, "height": 900})
    mia.page.evaluate("document.dir = 'rtl'")
    box, panel = mia.at("list").bounding_box(), mia.at("customer-panel").bounding_box()
    assert box
    assert panel
    assert box["x"] > panel["x"]
    assert overflow(mia) <= 0

    mia.page.emulate_media(reduced_motion="reduce", forced_colors="active")
    moving = """all => all.filter(one => {
        const {transitionDuration, animationDuration, animationName} = getComputedStyle(one);
        const long = text => text.split(",").some(part => parseFloat(part) > 0.01);
        return long(transitionDuration) || (animationName !== "none" && long(animationDuration));
    }).map(one => one.className)"""
    assert mia.page.locator("body *").evaluate_all(moving) == []
    mia.at("close").focus()
    mia.press("Shift+Tab")
    ring = mia.page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert ring != "none"
