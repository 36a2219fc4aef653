"""Browser windows that watch for complaints: no console error and no policy report in any story (A72)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, WebError

from tests.journeys.windows import Profile, Windows

DESK = {"width": 1440, "height": 900}


class Eyes:
    """The windows of one story; what the browser complains of in any of them fails it at the end."""

    def __init__(self, windows: Windows) -> None:
        self.windows = windows
        self.profiles: dict[BrowserContext, Profile] = {}
        self.complaints: list[str] = []
        self.forgiven: list[str] = []
        self._ears: list[tuple[BrowserContext, str, Callable[[Any], None]]] = []

    def window(self, url: str, **options: Any) -> Page:
        """A window of its own session at `url`. options: of a browser context."""
        page = self.tab(self.context(**options))
        page.goto(url)
        return page

    def context(self, **options: Any) -> BrowserContext:
        """A browser of its own: cookies, storage and cache are shared with no other of this story.

        Every page in it is listened to, however it was opened.
        """
        profile = self.windows.take({"viewport": DESK, **options})
        self.profiles[profile.context] = profile
        self._listen(profile.context, "console", self._hear)
        self._listen(profile.context, "weberror", self._hear_fault)
        return profile.context

    def tab(self, context: BrowserContext) -> Page:
        """An empty page of that browser."""
        return self.profiles[context].page()

    def _listen(self, context: BrowserContext, event: str, ear: Callable[[Any], None]) -> None:
        type(context).on(context, event, ear)  # type: ignore[call-overload]
        self._ears.append((context, event, ear))

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.complaints.append(f"{message.location.get('url', '')}: {message.text}")

    def _hear_fault(self, fault: WebError) -> None:
        self.complaints.append(f"{fault.page.url if fault.page else ''}: {fault.error}")

    def forgive(self, *parts: str) -> None:
        """Complaints that a story brings about on purpose, such as a network that is cut."""
        self.forgiven += parts

    def close(self) -> None:
        """Leave every window; raises AssertionError with the complaints nobody forgave."""
        for context, event, ear in self._ears:
            context.remove_listener(event, ear)
        for profile in self.profiles.values():
            self.windows.give_back(profile)
        serious = [one for one in self.complaints if not any(part in one for part in self.forgiven)]
        assert not serious, "\n".join(serious)
