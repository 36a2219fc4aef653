"""Browser windows that watch for complaints: no console error and no policy report in any story (A72)."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from tests.browser import PATIENCE_MS

DESK = {"width": 1440, "height": 900}


class Eyes:
    """The windows of one story; what the browser complains of in any of them fails it at the end."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.contexts: list[BrowserContext] = []
        self.complaints: list[str] = []
        self.forgiven: list[str] = []

    def window(self, url: str, **options: Any) -> Page:
        """A window of its own session at `url`. options: of a browser context."""
        page = self.tab(self.context(**options))
        page.goto(url)
        return page

    def context(self, **options: Any) -> BrowserContext:
        """A browser of its own: cookies, storage and cache are shared with no other."""
        context = self.browser.new_context(**{"viewport": DESK, **options})
        context.set_default_timeout(PATIENCE_MS)
        self.contexts.append(context)
        return context

    def tab(self, context: BrowserContext) -> Page:
        """An empty page that is listened to."""
        page = context.new_page()
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))
        return page

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.complaints.append(f"{message.location.get('url', '')}: {message.text}")

    def forgive(self, *parts: str) -> None:
        """Complaints that a story brings about on purpose, such as a network that is cut."""
        self.forgiven += parts

    def close(self) -> None:
        """Close every window; raises AssertionError with the complaints nobody forgave."""
        for context in self.contexts:
            context.close()
        serious = [one for one in self.complaints if not any(part in one for part in self.forgiven)]
        assert not serious, "\n".join(serious)
