"""Who plays in the stories: agents at their desks, customers with their phones."""

from __future__ import annotations

import itertools
import random
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any
from urllib.parse import urlencode

import requests
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Route, expect

from tests.browser import PATIENCE_MS
from tests.far_end import wait_for
from tests.journeys.eyes import Eyes
from tests.journeys.stack import Stack

NORTHWIND, CONTOSO = "northwind-bank", "contoso-air"
#: Who works where, in the order of run.json.
AGENTS = {
    NORTHWIND: ("mia", "ben", "ines"),
    CONTOSO: ("tom", "yuki"),
}
PATIENCE_S = PATIENCE_MS / 1000
#: The status of a message that reached a phone; whoever looks a moment later finds it read.
ARRIVED = re.compile("delivered|read")
#: Numbers nobody has, a new one for each customer, so that stories never meet. Not American ones: these may
#: be sent no marketing.
_numbers = itertools.count(447710000000 + random.randrange(10**6) * 7)


def employer(agent: str) -> tuple[str, int]:
    """The tenant of an agent, and the agent's place in it."""
    return next((slug, names.index(agent)) for slug, names in AGENTS.items() if agent in names)


class SignIns:
    """Each agent signs in once for all stories; the cookies are kept."""

    def __init__(self, stack: Stack, browser: Browser) -> None:
        self.stack, self.browser = stack, browser
        self.kept: dict[str, Any] = {}

    def of(self, agent: str) -> Any:
        """The storage state of a browser in which this agent is signed in."""
        if agent not in self.kept:
            slug, n = employer(agent)
            context = self.browser.new_context()
            complaints: list[str] = []
            context.on("console", lambda one: complaints.append(one.text) if one.type == "error" else None)
            page = context.new_page()
            page.goto(self.stack.tenant(slug)["agents"][n]["login_url"], timeout=PATIENCE_MS)
            assert "/inbox/" in page.url, f"{agent} could not sign in: {page.url}"
            assert not complaints, complaints
            self.kept[agent] = {**context.storage_state(), "origins": []}
            context.close()
        return self.kept[agent]


@dataclass(frozen=True)
class Customer:
    """A person with a phone, and the conversation they began."""

    phone: str
    name: str
    account: str
    slug: str = NORTHWIND
    id: str = ""
    thread: str = ""


class Desk:
    """The inbox page of one agent in one window."""

    def __init__(self, page: Page, stack: Stack) -> None:
        self.page, self.url = page, f"{stack.url}/inbox/"

    # ------------------------------------------------------------ going somewhere

    def go(self, **place: str) -> Desk:
        """Load the page at a place (view, thread, filters …) and wait until it is live."""
        address = f"{self.url}?{urlencode({'view': 'all', **place})}"
        self.page.goto(address, wait_until="domcontentloaded")
        self.is_live()
        return self

    def open(self, customer: Customer, **place: str) -> Desk:
        """Load the page with a conversation open."""
        self.go(thread=customer.thread, **place)
        self.shows(customer)
        return self

    def switch(self, customer: Customer) -> Desk:
        """Open another conversation as a click in the list does: beside the face, which would choose it, and
        where "1 new" never lies."""
        self.row(customer).click(position={"x": 62, "y": 36})
        self.shows(customer)
        return self

    def shows(self, customer: Customer) -> None:
        expect(self.page.locator(f"main[data-thread='{customer.thread}']")).to_be_visible()
        expect(self.timeline).to_be_visible()

    def is_live(self) -> None:
        expect(self.page.locator("[data-testid=line][data-state=live]")).to_be_attached()

    # ------------------------------------------------------------ what is seen

    def row(self, customer: Customer) -> Locator:
        return self.page.get_by_test_id(f"thread-row-{customer.thread}")

    @property
    def rows(self) -> Locator:
        return self.page.locator("[data-testid^=thread-row-]")

    @property
    def timeline(self) -> Locator:
        return self.at("timeline")

    @property
    def messages(self) -> Locator:
        return self.at("message")

    @property
    def field(self) -> Locator:
        """Where one writes."""
        return self.page.locator("[data-testid=composer] textarea")

    @property
    def toasts(self) -> Locator:
        return self.page.get_by_test_id("toast")

    def at(self, testid: str) -> Locator:
        return self.page.get_by_test_id(testid)

    def bubble(self, text: str) -> Locator:
        """The messages that hold these words."""
        return self.messages.filter(has_text=text)

    def count(self, view: str) -> int:
        """The number beside a view, as the page knows it."""
        return int(self.at(f"view-{view}").get_attribute("data-count") or 0)

    def snapshot(self) -> dict[str, Any]:
        """Everything of the server's that this page knows."""
        found: dict[str, Any] = self.page.evaluate("parley.store.snapshot()")
        return found

    def head(self) -> int:
        """The number of the last event this page has applied."""
        return int(self.page.evaluate("parley.store.snapshot().head"))

    # ------------------------------------------------------------ doing something

    def send(self, text: str) -> None:
        """Write an answer and press Enter."""
        self.field.fill(text)
        self.field.press("Enter")

    def press(self, keys: str) -> None:
        self.page.keyboard.press(keys)

    def prefer(self, name: str, value: str) -> None:
        """Choose one of one's own settings in one's own menu."""
        self.at("me").click()
        self.page.get_by_role("radiogroup", name=name).get_by_role("radio", name=value, exact=True).click()
        self.press("Escape")


class Gate:
    """Requests of one page that wait until the story lets them go. hold: which addresses and methods."""

    def __init__(self, page: Page, pattern: str | re.Pattern[str], method: str = "GET") -> None:
        self.page, self.method, self.pattern = page, method, pattern
        self.waiting: list[Route] = []
        page.route(pattern, self._meet)

    def _meet(self, route: Route) -> None:
        if route.request.method != self.method:
            route.continue_()
        else:
            self.waiting.append(route)

    def wait(self, n: int = 1) -> None:
        """Until `n` requests wait."""

        def is_met() -> bool:
            self.page.wait_for_timeout(20)  # lets the browser's news in
            return len(self.waiting) >= n

        wait_for(is_met, PATIENCE_S)

    def open(self) -> None:
        """Let them go, and all that come after."""
        for route in self.waiting:
            route.continue_()
        self.leave()

    def leave(self) -> None:
        """Let all pass that come after.

        A gate that only waved them through would hold them for as long as the story waits for something
        outside the browser.
        """
        self.page.unroute(self.pattern, self._meet)


@dataclass
class Office:
    """One story's cast: gives desks to agents, phones to customers, and the customers themselves."""

    stack: Stack
    eyes: Eyes
    sign_ins: SignIns
    browsers: dict[str, BrowserContext] = field(default_factory=dict)

    def desk(self, agent: str, **options: Any) -> Desk:
        """A window of this agent in a browser of its own. options: of a browser context."""
        return Desk(self.eyes.tab(self.browser(agent, **options)), self.stack)

    def page(self, agent: str, path: str, **options: Any) -> Page:
        """A window of this agent at another page than the inbox. options: of a browser context."""
        page = self.eyes.tab(self.browser(agent, **options))
        page.goto(f"{self.stack.url}{path}")
        return page

    def browser(self, agent: str, **options: Any) -> BrowserContext:
        """A browser of its own in which this agent is signed in."""
        return self.eyes.context(storage_state=self.sign_ins.of(agent), **options)

    def phone(self, customer: Customer) -> Page:
        """The phone page with this customer's chat open."""
        return self.eyes.window(
            f"{self.stack.run['simulator_url']}/phone/#/{customer.account}/{customer.phone}"
        )

    def fresh_number(self) -> str:
        """Digits that no other story has."""
        return str(next(_numbers))

    def customer(
        self, name: str, *said: str, slug: str = NORTHWIND, at: int | None = None, phone: str = ""
    ) -> Customer:
        """A new person who has just written these words. at: when, in seconds since 1970."""
        person = Customer(phone or self.fresh_number(), name, self.stack.account(slug), slug)
        times = {} if at is None else {"timestamp": str(at)}
        first, *more = said or ("Hello",)
        self.says(person, text=first, **times)
        if more:
            words = [{"from": person.phone, "name": name, "text": one, **times} for one in more]
            self.stack.far_end.write_all(person.account, words)
        thread = wait_for(lambda: self._thread_of(person, len(said) or 1), PATIENCE_S)
        return Customer(**{**vars(person), "id": thread["customer"]["id"], "thread": thread["id"]})

    def customers(self, names: Iterable[str], slug: str = NORTHWIND) -> list[Customer]:
        """New people who have just said hello, by one webhook."""
        account = self.stack.account(slug)
        people = [Customer(self.fresh_number(), name, account, slug) for name in names]
        said = [{"from": one.phone, "name": one.name, "text": "Hello"} for one in people]
        self.stack.far_end.write_all(account, said)
        told = wait_for(partial(self._all_threads_of, people), PATIENCE_S)
        return [
            replace(one, id=told[one.phone]["customer"]["id"], thread=told[one.phone]["id"]) for one in people
        ]

    def _all_threads_of(self, people: list[Customer]) -> Any:
        """phone → thread, once all are there; they are the newest."""
        rows = self.stack.api(people[0].slug, "GET", "threads?limit=100").json()["data"]
        told = {one["value"].removeprefix("+"): row for row in rows for one in row["customer"]["addresses"]}
        return told if told.keys() >= {one.phone for one in people} else None

    def _thread_of(self, person: Customer, messages: int) -> Any:
        found = self.stack.api(person.slug, "GET", f"threads?q={person.phone}").json()["data"]
        return found and found[0]["inbound_count"] >= messages and found[0]

    def says(self, customer: Customer, **said: Any) -> str:
        """The customer writes from the phone; returns the provider's id of the message."""
        return self.stack.far_end.write(customer.account, customer.phone, name=customer.name, **said)

    def got(self, customer: Customer) -> list[str]:
        """The words that reached the customer's phone, oldest first."""
        return [one["text"] for one in self.stack.far_end.outbox(customer.phone)]

    def thread(self, customer: Customer) -> dict[str, Any]:
        """The conversation as the API tells it now."""
        found: dict[str, Any] = self.stack.api(customer.slug, "GET", f"threads/{customer.thread}").json()
        return found

    def hand(self, agent: str) -> Hand:
        """This agent without a window: calls of the inbox page, made with the agent's own cookies."""
        return Hand(self.stack, self.sign_ins.of(agent))


class Hand:
    """Calls of the API as a signed-in agent's page makes them."""

    def __init__(self, stack: Stack, state: dict[str, Any]) -> None:
        self.base = f"{stack.url}/api/v1/"
        self.session = requests.Session()
        for cookie in state["cookies"]:
            self.session.cookies.set(cookie["name"], cookie["value"])
        token = next(one["value"] for one in state["cookies"] if one["name"].endswith("parley_csrf"))
        self.session.headers.update({"X-CSRFToken": token, "Origin": stack.url})

    def __call__(self, method: str, path: str, body: Any = None, allowed: tuple[int, ...] = ()) -> Any:
        """Raises AssertionError for any answer but a success or an allowed one."""
        answer = self.session.request(method, self.base + path, json=body, timeout=PATIENCE_S)
        assert answer.ok or answer.status_code in allowed, (
            f"{method} {path}: {answer.status_code} {answer.text[:300]}"
        )
        return answer.json() if answer.content else None
