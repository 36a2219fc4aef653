"""The browser of the tests is the one that Playwright means, with less around it."""

from __future__ import annotations

from playwright.sync_api import Browser

SWITCH = "--disable-features="


def test_the_browser_leaves_out_whatever_playwright_leaves_out(browser: Browser) -> None:
    told = browser.new_browser_cdp_session().send("SystemInfo.getInfo")["commandLine"].split()
    theirs, ours = (set(one.removeprefix(SWITCH).split(",")) for one in told if one.startswith(SWITCH))

    assert theirs <= ours
