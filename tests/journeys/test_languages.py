"""In the language nobody speaks every word of the interface stands in brackets, and none is cut off (A71)."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.journeys.office import CONTOSO, NORTHWIND, Desk, Office
from tests.journeys.words import choose_language, cut, names_in, raw, untranslated_at_each_width

#: What opens over the inbox: how, and what shows that it is there.
LAYERS = ("a", "h", "l", "p", "?", "Control+k")


@pytest.fixture
def speaks(office: Office) -> Iterator[None]:
    """Whoever chose a language chooses none at the end: others work at the same desk."""
    yield
    for agent in ("mia", "tom"):
        choose_language(office.eyes, office.stack.url, office.sign_ins.of(agent), "")


@pytest.mark.usefixtures("speaks")
@pytest.mark.parametrize(("language", "direction"), [("en-xa", "ltr"), ("ar-xb", "rtl")])
def test_every_word_is_translated_and_has_room(office: Office, language: str, direction: str) -> None:
    """The inbox; all other pages: test_pages.py."""
    lea = office.customer("Lea Ohm", "Hello")
    with office.stack.as_owner(NORTHWIND) as cursor:
        names = names_in(cursor)
    choose_language(office.eyes, office.stack.url, office.sign_ins.of("mia"), language)
    mia = office.desk("mia", reduced_motion="reduce").open(lea)
    expect(mia.page.locator("html")).to_have_attribute("dir", direction)

    found = [*untranslated_at_each_width(mia.page, names), *under_layers(mia, names)]

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


#: Of each choice of a menu: the room in px between its picture and its words, and how many lines those beside
#: its words take.
ROOM = """rows => rows.map(row => {
    const words = document.createRange();
    words.selectNodeContents(row.querySelector(".option-label"));
    const aside = row.querySelector("small");
    const lines = document.createRange();
    if (aside) lines.selectNodeContents(aside);
    const tops = new Set([...lines.getClientRects()].map(one => Math.round(one.top)));
    const room = row.firstElementChild.getBoundingClientRect().left - words.getBoundingClientRect().right;
    return [Math.round(room), tops.size];
})"""


def menus_read_from_the_right(office: Office) -> None:
    """Names in Latin letters stand where Arabic words do; how busy somebody is stays in one line, with the
    digits of the reader's country as everywhere."""
    uma, unread = office.customers(("Uma Right", "Ugo Unread"), slug=CONTOSO)
    hand = office.hand("tom")
    hand("PUT", f"threads/{uma.thread}/assignment", {"assignee_id": hand("GET", "me")["member"]["id"]})
    desk = office.desk("tom", locale="ar-EG").open(uma)
    expect(desk.row(unread).locator(".badge")).to_have_text(re.compile("١"))
    desk.press("a")
    options = desk.page.get_by_role("option")
    expect(options.first.locator("small")).to_contain_text("٢٠")

    rooms = options.evaluate_all(ROOM)

    assert {lines for _, lines in rooms} <= {0, 1}
    assert max(room for room, _ in rooms) < 20, rooms


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
    menus_read_from_the_right(office)
    stranger = office.eyes.window(f"{office.stack.url}/accounts/login/", locale="de-AT")

    expect(stranger.get_by_role("button", name="Anmelden")).to_be_visible()


#: Whether the first word of an element stands inside it.
BEGINS_INSIDE = """element => {
    const word = document.createRange();
    word.setStart(element.firstChild, 0);
    word.setEnd(element.firstChild, 5);
    const [inner, outer] = [word.getBoundingClientRect(), element.getBoundingClientRect()];
    return inner.left >= outer.left - 1 && inner.right <= outer.right + 1;
}"""


def test_a_long_name_is_cut_at_its_end_whatever_its_direction(office: Office) -> None:
    """Else of a long Arabic one the family would be read, and not who it is."""
    long = office.customer(
        "محمد عبد الرحمن بن عبد العزيز بن محمد آل سعود الطويل الاسم جدا من الرياض", "مرحبا"
    )
    mia = office.desk("mia", viewport={"width": 1024, "height": 768}).open(long)

    for place in (mia.row(long).locator(".who"), mia.page.locator(".thread-head h2")):
        assert place.evaluate("(one) => one.scrollWidth > one.clientWidth")
        assert place.evaluate(BEGINS_INSIDE)
