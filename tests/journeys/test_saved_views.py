"""Saved views: a place gets a name, others see what is shared, each puts them in their own order (A13)."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser import PATIENCE_MS
from tests.far_end import wait_for
from tests.journeys.office import PATIENCE_S, Desk, Office


def test_saved_views_are_shared_or_private_and_ordered_by_drag_and_by_keys(office: Office) -> None:
    ada = office.customer("Ada Views", "Hello")
    hand = office.hand("mia")
    hand("PUT", f"threads/{ada.thread}/labels", {"labels": ["view story"]})
    mia = office.desk("mia", viewport={"width": 1440, "height": 900}).go(label="view story")
    _save(mia, "Shared story", is_shared=True)
    mia.go(label="view story", status="open", priority="none")
    expect(mia.at("save-view")).to_be_in_viewport(ratio=1)
    _save(mia, "Private story")

    shared = mia.at("saved-Shared story")
    expect(shared).to_have_attribute("data-count", "1")
    shared.click()
    expect(mia.at("chip-label")).to_be_visible()
    expect(mia.at("chip-status")).to_have_count(0)
    expect(shared).to_have_attribute("aria-current", "page")
    expect(mia.page.locator(".rail [aria-current]")).to_have_count(1)

    narrow = office.desk("mia", viewport={"width": 390, "height": 844}).go()  # no rail there, all in a menu
    narrow.page.locator(".view-switch").click()
    narrow.page.get_by_role("option", name="Private story").click()
    expect(narrow.at("chip-status")).to_be_visible()
    expect(narrow.at("bell")).to_be_visible()  # what one is told of is set there, too

    ben = office.desk("ben", viewport={"width": 1440, "height": 900}).go()
    expect(ben.at("saved-Shared story")).to_be_visible(timeout=PATIENCE_MS)
    expect(ben.at("saved-Private story")).to_have_count(0)

    assert _order(mia) == ["Shared story", "Private story"]
    mia.at("saved-Private story").focus()
    mia.press("Shift+ArrowUp")
    wait_for(lambda: _order(mia) == ["Private story", "Shared story"], PATIENCE_S)
    expect(mia.at("saved-Private story")).to_be_focused()
    mia.go()
    expect(mia.at("saved-Shared story")).to_be_visible()
    assert _order(mia) == ["Private story", "Shared story"]
    mia.at("saved-Shared story").drag_to(mia.at("saved-Private story"))
    wait_for(lambda: _order(mia) == ["Shared story", "Private story"], PATIENCE_S)

    _delete(mia, "Shared story")
    mia.toasts.filter(has_text="Shared story is deleted").get_by_role("button", name="Undo").click()
    expect(mia.at("saved-Shared story")).to_be_visible()
    _delete(mia, "Shared story")
    _delete(mia, "Private story")


def _delete(desk: Desk, name: str) -> None:
    desk.page.get_by_role("button", name=f"Change {name}").click()
    desk.page.get_by_role("option", name="Delete").click()
    expect(desk.at(f"saved-{name}")).to_have_count(0)


def _save(desk: Desk, name: str, *, is_shared: bool = False) -> None:
    desk.at("save-view").click()
    desk.at("saved-name").fill(name)
    if is_shared:
        desk.at("saved-share").check()
    desk.press("Tab")
    desk.page.get_by_role("button", name="Save", exact=True).click()
    expect(desk.at(f"saved-{name}")).to_be_visible()


def _order(desk: Desk) -> list[str]:
    """The names of this story's views as the rail shows them."""
    desk.page.wait_for_timeout(20)  # lets the browser's news in
    links = desk.page.locator("[data-testid^='saved-'][data-testid$='story']")
    return [str(link.get_attribute("title")) for link in links.all()]
