"""What is wrong with the words of a page in the language nobody speaks: raw ones, and ones that are cut."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from playwright.sync_api import Page

_HERE = Path(__file__).parent
RAW, CUT = ((_HERE / name).read_text() for name in ("raw_words.js", "cut_words.js"))
#: Elements that hold what people, programs and providers wrote.
NOT_OURS = (
    "time, code, pre, kbd, textarea, bdi, [dir=auto], [dir=ltr], .avatar, .brand, .logo, .place, .mono, "
    "[translate=no], select[name=language] option"
)


def raw(page: Page, theirs: Iterable[str]) -> list[str]:
    """Words that stand in no brackets. theirs: names and texts of the people in the story."""
    return [f"{page.url} raw {one}" for one in page.evaluate(RAW, [NOT_OURS, list(theirs)])]


def cut(page: Page) -> list[str]:
    """Words that reach over the edge of what shows them."""
    return [f"{page.url} cut {one}" for one in page.evaluate(CUT)]
