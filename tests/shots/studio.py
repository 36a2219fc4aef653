"""Where pictures are taken: a running demo, a signed-in window, and a name for each picture."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests
from playwright.sync_api import Browser, Page, Route

ROOT = Path(__file__).resolve().parent.parent.parent
DATA = Path(os.environ.get("PARLEY_DATA", ROOT / "var"))
FOLDER = DATA / "shots"
WIDTHS = {1440: 900, 1024: 800, 390: 844}
THEMES = ("light", "dark")


@dataclass(frozen=True)
class Demo:
    """What run.json says of the demo, and the cookies of its first agent."""

    run: dict[str, Any]
    state: Any

    @property
    def url(self) -> str:
        return str(self.run["url"])

    @property
    def account(self) -> str:
        """The first tenant's WhatsApp number, as the simulator knows it."""
        return str(self.run["tenants"][0]["channels"][0]["external_id"])

    def says(self, phone: str, name: str, text: str) -> None:
        """A customer writes from the simulator."""
        body = {"channel": self.account, "from": phone, "name": name, "text": text}
        requests.post(
            f"{self.run['simulator_url']}/control/messages", json=body, timeout=30
        ).raise_for_status()


def find_demo(chromium: Browser) -> Demo:
    """The demo that runs from this folder. Exits with a sentence when there is none to enter."""
    run_file = DATA / "run.json"
    if not run_file.exists():
        sys.exit("No demo is running here: start it with `make run`, then take the pictures.")
    run = json.loads(run_file.read_text())
    kept = FOLDER / "signed-in.json"
    context = chromium.new_context(storage_state=kept if kept.exists() else None)
    page = context.new_page()
    page.goto(f"{run['url']}/inbox/")
    inbox = f"{run['url']}/inbox/"
    if not page.url.startswith(inbox):
        page.goto(run["tenants"][0]["agents"][0]["login_url"])
    if not page.url.startswith(inbox):
        sys.exit("The sign-in link in run.json was used already: start the demo again.")
    FOLDER.mkdir(parents=True, exist_ok=True)
    state = context.storage_state(path=kept)
    context.close()
    return Demo(run, state)


@dataclass
class Window:
    """One window of one width and theme."""

    demo: Demo
    page: Page
    look: str

    def go(self, path: str) -> Page:
        """Load a page of the product and let it settle."""
        self.page.goto(f"{self.demo.url}/{path}", wait_until="domcontentloaded")
        return self.page

    def inbox(self, **place: str) -> Page:
        """The inbox at a place, its list standing."""
        query = "&".join(f"{key}={value}" for key, value in {"view": "all", **place}.items())
        self.go(f"inbox/?{query}")
        self.page.locator("[data-testid=line][data-state=live]").wait_for(state="attached")
        self.settle()
        return self.page

    def conversation(self, name: str, **place: str) -> Page:
        """The inbox with the conversation of a customer of the demo open."""
        page = self.inbox(**place)
        page.locator("[data-testid^=thread-row-]", has_text=name).first.click()
        page.get_by_test_id("message").last.wait_for()
        self.settle()
        return page

    def settle(self) -> None:
        """Until nothing is asked of the server any more."""
        self.page.wait_for_load_state("networkidle")

    def keep(self, name: str, *, whole: bool = False) -> None:
        """Take the picture. whole: all of the page, not just what fits in the window."""
        self.page.screenshot(path=FOLDER / f"{name}-{self.look}.png", full_page=whole)

    @contextmanager
    def answering(self, pattern: str, status: int | None) -> Iterator[None]:
        """Calls that match are answered with an error; with status None never."""

        def answer(route: Route) -> None:
            if status is not None:
                problem = {"title": "The server is busy", "code": "busy", "detail": "Try again in a minute."}
                route.fulfill(status=status, json=problem, content_type="application/problem+json")

        self.page.route(pattern, answer)
        yield
        self.page.unroute(pattern)


@contextmanager
def window(chromium: Browser, demo: Demo, width: int, theme: Any) -> Iterator[Window]:
    """A window with nothing kept from the one before but the sign-in."""
    context = chromium.new_context(
        viewport={"width": width, "height": WIDTHS[width]}, color_scheme=theme, storage_state=demo.state
    )
    context.set_default_timeout(15_000)
    yield Window(demo, context.new_page(), f"{width}-{theme}")
    context.close()
