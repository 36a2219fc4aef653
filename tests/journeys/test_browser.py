"""The browser of the tests is the one that Playwright means, with less around it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.journeys.eyes import Eyes
from tests.journeys.windows import Windows

SWITCH = "--disable-features="


def test_the_browser_leaves_out_whatever_playwright_leaves_out(browser: Browser) -> None:
    told = browser.new_browser_cdp_session().send("SystemInfo.getInfo")["commandLine"].split()
    theirs, ours = (set(one.removeprefix(SWITCH).split(",")) for one in told if one.startswith(SWITCH))

    assert theirs <= ours


def test_every_page_of_a_story_is_listened_to_however_it_was_opened(windows: Windows) -> None:
    """A72."""
    eyes = Eyes(windows)
    page = eyes.context().new_page()

    page.evaluate("console.error('a picture is gone')")
    with page.context.expect_event("weberror"):
        page.evaluate("setTimeout(() => { throw new Error('a module is broken'); })")

    with pytest.raises(AssertionError, match=r"(?s)a picture is gone.*a module is broken"):
        eyes.close()
