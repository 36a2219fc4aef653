"""In the language nobody speaks every word of the interface stands in brackets, and none is cut off (A71)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from notifications.words import LANGUAGES
from tests.journeys.office import NORTHWIND, Desk, Office
from tests.journeys.test_console import DOORS, PAGES
from tests.journeys.words import cut, raw

WIDTHS = (1440, 390)
#: What opens over the inbox: how, and what shows that it is there.
LAYERS = ("a", "h", "l", "p", "?", "Control+k")
#: Names of products, languages and days as browsers write them, and what providers call their things.
NAMES = {
    "WhatsApp", "SMS", "Parley", "JSON", "GSM-7", "UCS-2", "CSV", *LANGUAGES, *LANGUAGES.values(),
    "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun",
}  # fmt: skip
#: Where names stand: in columns of that name, and in what a type of notification says.
NAMED = """SELECT table_name, column_name FROM information_schema.columns
WHERE table_schema = 'public' AND (data_type ~ '^(text|character)' AND column_name IN ('name', 'key')
    OR table_name = 'notifications_typeversion' AND data_type = 'jsonb')"""


@pytest.fixture
def speaks(office: Office) -> Iterator[None]:
    """Whoever chose a language chooses none at the end: others work at the same desk."""
    yield
    for agent in ("mia", "tom"):
        choose(office, agent, "")


def choose(office: Office, agent: str, language: str) -> None:
    """By the form on one's own page, as a person does."""
    page = office.eyes.tab(office.browser(agent))
    page.goto(f"{office.stack.url}/accounts/")
    page.locator("select[name=language]").select_option(language)
    page.locator(".savebar button").click()
    page.wait_for_load_state()
    page.context.close()


def theirs(office: Office) -> set[str]:
    """What people and programs of this workspace called their things: no word of ours."""
    with office.stack.as_owner(NORTHWIND) as cursor:
        cursor.execute(NAMED)
        wanted = " UNION ".join(
            f'SELECT "{column}"::text FROM "{table}"' for table, column in cursor.fetchall()
        )
        cursor.execute(wanted)
        return NAMES | {name for (name,) in cursor.fetchall() if name}


def faults(page: Page, names: set[str]) -> Iterator[str]:
    """Raw words, and at each width words that are cut off."""
    yield from raw(page, names)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        yield from (f"{width} px: {one}" for one in cut(page))
        if page.evaluate("document.documentElement.scrollWidth") > width:
            yield f"{page.url} is wider than {width} px"
    page.set_viewport_size({"width": WIDTHS[0], "height": 900})


@pytest.mark.usefixtures("speaks")
@pytest.mark.parametrize(("language", "direction"), [("en-xa", "ltr"), ("ar-xb", "rtl")])
def test_every_word_is_translated_and_has_room(office: Office, language: str, direction: str) -> None:
    lea = office.customer("Lea Ohm", "Hello")
    names = theirs(office)
    choose(office, "mia", language)
    mia = office.desk("mia", reduced_motion="reduce").open(lea)
    expect(mia.page.locator("html")).to_have_attribute("dir", direction)

    found = [*faults(mia.page, names), *under_layers(mia, names)]
    office.eyes.forgive("410 (Gone)", "404 (Not Found)")
    channel = office.stack.tenant(NORTHWIND)["channels"][0]["id"]
    for address in (*PAGES, *DOORS[-1:]):
        mia.page.goto(office.stack.url + address.format(channel=channel))
        found += faults(mia.page, names)

    assert not found, "\n".join(dict.fromkeys(found))


def under_layers(desk: Desk, names: set[str]) -> Iterator[str]:
    """Menus, pickers and dialogs of a conversation, one after the other."""
    layer = desk.page.locator(".popover, dialog[open], [data-testid=template-picker]")
    for keys in LAYERS:
        desk.press(keys)
        expect(layer.first).to_be_visible()
        yield from (f"{keys}: {one}" for one in (*raw(desk.page, names), *cut(desk.page)))
        desk.press("Escape")
        expect(layer).to_have_count(0)
    desk.at("me").click()
    expect(desk.at("language")).to_be_visible()
    yield from (*raw(desk.page, names), *cut(desk.page))


@pytest.mark.usefixtures("speaks")
def test_german_and_arabic_are_spoken_at_once(office: Office) -> None:
    tom = office.desk("tom").go()
    tom.at("me").click()
    tom.at("language").select_option("de")
    expect(tom.at("view-unassigned")).to_contain_text("Nicht zugewiesen")
    tom.is_live()

    tom.at("me").click()
    tom.at("language").select_option("ar")
    expect(tom.page.locator("html")).to_have_attribute("dir", "rtl")
    expect(tom.at("view-unassigned")).to_contain_text("غير مسندة")
    stranger = office.eyes.window(f"{office.stack.url}/accounts/login/", locale="de-AT")

    expect(stranger.get_by_role("button", name="Anmelden")).to_be_visible()
