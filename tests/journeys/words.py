"""What is wrong with the words of a page in the language nobody speaks: raw ones, and ones that are cut."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from notifications.words import LANGUAGES
from tests.journeys.eyes import Eyes

_HERE = Path(__file__).parent
RAW, CUT = ((_HERE / name).read_text() for name in ("raw_words.js", "cut_words.js"))
#: Elements that hold what people, programs and providers wrote.
NOT_OURS = (
    "time, code, pre, kbd, textarea, bdi, [dir=auto], [dir=ltr], .avatar, .brand, .logo, .place, .mono, "
    "[translate=no], select[name=language] option"
)

WIDTHS = (1440, 390)
#: Names of products, languages and days as browsers write them, and what providers call their things.
NAMES = {
    "WhatsApp", "SMS", "Parley", "JSON", "GSM-7", "UCS-2", "CSV", "PNG", "SVG",
    *LANGUAGES, *LANGUAGES.values(),
    "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun",
}  # fmt: skip
#: Where names stand: in columns of that name, and in what a type of notification says.
NAMED = """SELECT table_name, column_name FROM information_schema.columns
WHERE table_schema = 'public' AND (data_type ~ '^(text|character)' AND column_name IN ('name', 'key')
    OR table_name = 'notifications_typeversion' AND data_type = 'jsonb')"""


def names_in(cursor: Any) -> set[str]:
    """What people and programs of the cursor's workspace called their things: no word of ours."""
    cursor.execute(NAMED)
    wanted = " UNION ".join(f'SELECT "{column}"::text FROM "{table}"' for table, column in cursor.fetchall())
    cursor.execute(wanted)
    return NAMES | {name for (name,) in cursor.fetchall() if name}


def choose_language(eyes: Eyes, url: str, state: Any, language: str) -> None:
    """By the form on one's own page, as a person does. state: of a browser that is signed in."""
    page = eyes.window(f"{url}/accounts/", storage_state=state)
    page.locator("select[name=language]").select_option(language)
    page.locator(".savebar button").click()
    page.wait_for_load_state()
    page.context.close()


def untranslated(theirs: Iterable[str]) -> Callable[[Page, int], Iterator[str]]:
    """A look at a page: raw words, and at two widths words that are cut off or reach out of the window."""

    def look(page: Page, width: int) -> Iterator[str]:
        if width not in WIDTHS:
            return
        if width == WIDTHS[0]:
            yield from raw(page, theirs)
        yield from (f"{width} px: {one}" for one in cut(page))
        if page.evaluate("document.documentElement.scrollWidth") > width:
            yield f"{page.url} is wider than {width} px"

    return look


def untranslated_at_each_width(page: Page, theirs: Iterable[str]) -> Iterator[str]:
    """The same, of a page that stays as it was."""
    look = untranslated(theirs)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        yield from look(page, width)
    page.set_viewport_size({"width": WIDTHS[0], "height": 900})


def raw(page: Page, theirs: Iterable[str]) -> list[str]:
    """Words that stand in no brackets. theirs: names and texts of the people in the story."""
    return [f"{page.url} raw {one}" for one in page.evaluate(RAW, [NOT_OURS, list(theirs)])]


def cut(page: Page) -> list[str]:
    """Words that reach over the edge of what shows them."""
    return [f"{page.url} cut {one}" for one in page.evaluate(CUT)]
