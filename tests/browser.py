"""The one Chromium of a test process: Playwright's blocking face allows a single one at a time."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, expect, sync_playwright

from config.launch import environment as environments
from config.launch.throwaway import find_browser

#: A waiting limit, not a measure: the machine may be busy with other tests.
PATIENCE_MS = 30_000
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    # Fewer processes do the same for an eighth less work; no page here is another's enemy.
    "--in-process-gpu",
    "--disable-site-isolation-trials",
]
#: What Playwright switches off. Chromium obeys the last --disable-features alone, so ours repeats it;
#: tests/journeys/test_browser.py says when a new Playwright has more.
OF_PLAYWRIGHT = [
    "AimEnabled", "AvoidCorsURLLoaderRestartOnRedirect", "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose", "HttpsFirstBalancedModeAutoEnable", "HttpsUpgrades", "LensOverlay",
    "MediaRouter", "NetworkTimeServiceQuerying", "OptimizationHints", "PaintHolding", "PreconnectToSearch",
    "TcpPortRandomizationWin", "ThirdPartyStoragePartitioning", "msEdgeUpdateLaunchServicesPreferredVersion",
    "msForceBrowserSignIn",
]  # fmt: skip
#: Pages of Chromium's own that nobody sees here: the address bar's list, loaded twice for each new browser
#: context, and a spare process. Without them a context costs a third.
NOBODY_SEES = ["WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "SpareRendererForSitePerProcess"]
WITHOUT = "--disable-features=" + ",".join(OF_PLAYWRIGHT + NOBODY_SEES)


def browser_path() -> str:
    """Where Chromium is: `$CHROMIUM`, else what is installed."""
    found = find_browser(environments.read(os.environ))
    assert found, "No Chromium found: install `chromium-headless-shell` or `chromium`, or set CHROMIUM."
    return found


@contextmanager
def running_browser() -> Iterator[Browser]:
    """A real Chromium."""
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser_path(), args=[*FLAGS, WITHOUT])
        yield chromium
        chromium.close()
