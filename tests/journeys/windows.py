"""Browsers that one story after another uses: to start one costs more work than most stories do in it.

What a story may have changed is put back when it ends. What cannot be put back is noticed while the story
does it, and then its browser is closed instead.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urljoin

from playwright.sync_api import Browser, BrowserContext, Dialog, Error, Page

from tests.browser import PATIENCE_MS

#: What stays with a page or a browser for good.
LASTING = (
    "add_init_script",
    "route_web_socket",
    "expose_function",
    "expose_binding",
    "new_cdp_session",
    "on",
)
#: More than these would only hold memory.
MOST_AT_REST = 6
#: Where a window rests: an answer of the same house without scripts, so that its process goes on.
RESTS = ("-/health/live", "control/health")


class Profile:
    """One browser of its own: cookies, storage and cache are shared with no other that is in use."""

    def __init__(self, browser: Browser, options: dict[str, Any]) -> None:
        self.options = options
        self.context: BrowserContext = browser.new_context(**options)
        self.context.set_default_timeout(PATIENCE_MS)
        self.is_spent = not options.get("java_script_enabled", True)
        self._page: Page | None = None
        self._watch(self.context)

    def page(self) -> Page:
        """An empty window; the one that rested here, if it did."""
        page, self._page = self._page, None
        if page is None:
            page = self.context.new_page()
            self._watch(page)
        return page

    def rest(self) -> bool:
        """Put everything back; False when that cannot be."""
        if self.is_spent or not self.context.pages:
            return False
        try:
            self._put_back(*self.context.pages)
        except Error:
            return False
        return True

    def _put_back(self, page: Page, *others: Page) -> None:
        for other in others:
            other.close()
        page.unroute_all(behavior="ignoreErrors")
        self.context.set_offline(False)
        self._leave(page)
        page.evaluate("() => { localStorage.clear(); sessionStorage.clear(); }")
        page.set_viewport_size(self.options["viewport"])
        page.emulate_media(
            color_scheme=self.options.get("color_scheme", "light"),
            reduced_motion=self.options.get("reduced_motion", "no-preference"),
            forced_colors="none",
        )
        self.context.clear_permissions()
        self.context.clear_cookies()
        self.context.add_cookies((self.options.get("storage_state") or {}).get("cookies", []))
        self._page = page

    def _leave(self, page: Page) -> None:
        """Go where nothing happens, whatever an unsaved form has against it."""

        def agree(dialog: Dialog) -> None:
            dialog.accept()

        lasting: Callable[..., None] = type(page).on.__get__(page)
        lasting("dialog", agree)
        found = [page.goto(urljoin(page.url, f"/{path}")) for path in RESTS[:1] if page.url != "about:blank"]
        if not found or not found[0] or found[0].status >= 400:
            page.goto(urljoin(page.url, f"/{RESTS[1]}"))
        page.remove_listener("dialog", agree)

    def _watch(self, thing: Page | BrowserContext) -> None:
        """Notice whatever stays."""
        for name in LASTING:
            if hasattr(thing, name):
                setattr(thing, name, self._noticed(getattr(thing, name)))

    def _noticed(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def do(*args: Any, **named: Any) -> Any:
            self.is_spent = True
            return original(*args, **named)

        return do


class Windows:
    """Gives out browsers, and takes them back."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self._at_rest: list[tuple[str, Profile]] = []

    def take(self, options: dict[str, Any]) -> Profile:
        """One with these options of a browser context, as if it were new."""
        key = json.dumps(options, sort_keys=True)
        for place, (other, profile) in enumerate(self._at_rest):
            if other == key:
                del self._at_rest[place]
                return profile
        return Profile(self.browser, options)

    def give_back(self, profile: Profile) -> None:
        """Its story is over."""
        if not profile.rest():
            profile.context.close()
            return
        self._at_rest.append((json.dumps(profile.options, sort_keys=True), profile))
        while len(self._at_rest) > MOST_AT_REST:
            self._at_rest.pop(0)[1].context.close()
