"""What opens over the inbox or inside it, looked at by axe: each layer alone, by day and by night."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from tests.journeys.office import Desk, Office
from tests.journeys.test_looks import THEMES, faults

LAYER = ".popover, dialog[open]"
#: Opens one; gives what to look at.
Opening = Callable[[Desk], str]


def by_key(key: str) -> Opening:
    def open_it(desk: Desk) -> str:
        desk.press(key)
        return LAYER

    return open_it


def by_click(testid: str, shown: str = LAYER) -> Opening:
    def open_it(desk: Desk) -> str:
        desk.at(testid).click()
        return shown

    return open_it


def of_a_message(key: str) -> Opening:
    def open_it(desk: Desk) -> str:
        desk.messages.last.focus()
        expect(desk.messages.last).to_be_focused()
        desk.press(key)
        return LAYER

    return open_it


def found(desk: Desk) -> str:
    desk.at("search").fill("Lena")
    expect(desk.at("found-people").first).to_be_visible()
    return "[data-testid=search-panel]"


def chosen(desk: Desk) -> str:
    desk.page.locator(".row[tabindex='0']").focus()
    desk.press("x")
    return "[data-testid=bulk]"


OPENINGS: dict[str, Opening] = {
    "labels": by_key("l"),
    "priority": by_key("p"),
    "begin": by_key("c"),
    "filters": by_click("add-filter"),
    "save a view": by_click("save-view"),
    "emoji": by_click("pick-emoji"),
    "me": by_click("me"),
    "alerts": by_click("bell"),
    "more": by_click("more"),
    "macros": by_click("macros"),
    "offers": by_click("offers"),
    "merge": by_click("merge"),
    "consents": by_click("consents"),
    "addresses": by_click("addresses"),
    "message menu": of_a_message("m"),
    "reactions": of_a_message("+"),
    "found": found,
    "chosen": chosen,
}


def test_nothing_serious_is_found_by_axe_in_any_layer(office: Office) -> None:
    """A69: those that `test_looks.py` does not open."""
    lena, hand = office.customer("Lena Layer", "Hello"), office.hand("mia")
    macro = hand("POST", "macros", {"name": f"Layers {lena.phone}", "steps": {"close": True}})
    mia = office.desk("mia", reduced_motion="reduce", viewport={"width": 1440, "height": 900})
    mia.open(lena, status="open")
    expect(mia.at("addresses")).to_be_visible()
    bad: dict[str, list[str]] = {}
    for name, opening in OPENINGS.items():
        bad[name] = look(mia, opening(mia))
        mia.press("Escape")
        expect(mia.page.locator(f"{LAYER}, [data-testid=search-panel]")).to_have_count(0)
        mia.page.evaluate("document.activeElement.blur()")

    mia.field.fill("Later")
    mia.at("later").click()
    bad["later"] = look(mia, LAYER)
    mia.press("Escape")
    mia.field.fill("")
    mia.page.get_by_role("button", name="Send a template").click()
    bad["templates"] = look(mia, "[data-testid=template-picker]")
    mia.page.locator("[data-testid^=template-]:not([data-testid=template-picker]):enabled").first.click()
    bad["template"] = look(mia, ".template-form")

    hand("DELETE", f"macros/{macro['id']}")
    assert {name: said for name, said in bad.items() if said} == {}


def look(desk: Desk, layer: str) -> list[str]:
    expect(desk.page.locator(layer).first).to_be_visible()
    said = []
    for theme in THEMES:
        desk.page.emulate_media(color_scheme=theme)
        said += [f"{theme}: {one}" for one in faults(desk.page, layer)]
    return said
