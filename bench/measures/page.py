"""The inbox page in a real browser: how long an agent waits, in a workspace of years of work (ux.md §6)."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import psycopg2
import requests
import uvloop
from playwright.sync_api import BrowserContext, CDPSession, Page, ViewportSize

from bench.bodies import phone
from bench.cast import Tenant, make_tenant, register
from bench.client import stream
from bench.house import House
from bench.measures.lists import grow_threads
from bench.notices import DELAY, asked, call, make_type
from bench.plan import Plan
from bench.table import Row, at_most, median, percentile
from tests.browser import running_browser

MANY_MESSAGES = Path(__file__).with_name("many_messages.sql")
CLOCKS = Path(__file__).parent.parent / "page.js"
DESK: ViewportSize = {"width": 1440, "height": 900}
BUSY_PER_S = 50.0
LOADS, LONG_OPENS, ECHOES, WORDS, ALERTS = 5, 5, 20, 20, 20
COMMANDS = ("assign", "snooze", "label", "close", "mentions", "priority high")
#: What a common office line does: 10 Mbit/s and 40 ms there and back.
OFFICE_LINE = {
    "offline": False, "latency": 40, "downloadThroughput": 1_250_000, "uploadThroughput": 1_250_000,
}  # fmt: skip
KIB = 1024


def page_rows(home: House, tenant: Tenant, plan: Plan) -> Iterator[Row]:
    """Loading, switching, hearing, writing, commands, scrolling; each p95 unless the row says otherwise."""
    del tenant  # the others' conversations would stand in between
    desk = make_tenant(home, name="Desk", first=555000333000001, messages_per_second=1000)
    _fill(home, desk, plan)
    processes = ("web", "worker-inbound", "worker-urgent", "worker-outbound", "clock", "simulator")
    with home.running(*processes), running_browser() as browser:
        register(home.simulator_url, desk.numbers[0])
        yield from _loads(home, browser.new_context, desk)
        context = _signed_in(home, desk, browser.new_context(viewport=DESK))
        page = _at_desk(home, context)
        yield from _switches(page, context.new_cdp_session(page), plan)
        yield from _long(home, context, plan)
        yield _heard(home, desk, page)
        yield _alerted(home, desk, page)
        yield from _written(page)
        yield _commanded(page)
        yield from _scrolled(page)
        yield _storm(home, desk, page, plan)
        context.close()
        yield _search(home, desk, plan)


def _fill(home: House, desk: Tenant, plan: Plan) -> None:
    """Conversations with as many messages each, and a very long one, the last."""
    grow_threads(home, desk, 0, plan.page_threads)
    each = plan.page_messages // plan.page_threads
    spans = [(1, plan.page_threads - 1, each), (plan.page_threads, plan.page_threads, plan.page_long)]
    with contextlib.closing(psycopg2.connect(home.superuser_url)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            for first, last, many in spans:
                told = {"tenant": desk.id, "first": first, "last": last, "each": many}
                cursor.execute(MANY_MESSAGES.read_text(), told)
            cursor.execute("VACUUM ANALYZE inbox_message, inbox_thread")


def _signed_in(home: House, desk: Tenant, context: BrowserContext) -> BrowserContext:
    name, value = desk.cookie.split("=", 1)
    context.add_cookies([{"name": name, "value": value, "url": home.url}])
    context.add_init_script(path=CLOCKS)
    return context


def _at_desk(home: House, context: BrowserContext, **place: str) -> Page:
    page = context.new_page()
    query = "&".join(f"{key}={value}" for key, value in {"view": "all", **place}.items())
    page.goto(f"{home.url}/inbox/?{query}", wait_until="domcontentloaded")
    page.evaluate("bench.listShown()")
    return page


# ---------------------------------------------------------------- loading


def _loads(home: House, new_context: Any, desk: Tenant) -> Iterator[Row]:
    """Over an office line, with nothing kept and with everything kept from before; the first one of all only
    fills the server's own memory."""
    cold, warm = [], []
    for n in range(LOADS + 1):
        context = _signed_in(home, desk, new_context(viewport=DESK))
        times = [_load(home, context) for _ in range(2)]
        context.close()
        if n:
            cold.append(times[0])
            warm.append(times[1])
    yield Row(
        "inbox page, first load at 40 ms and 10 Mbit/s, median", median(cold), "ms", None, "", at_most(1000)
    )
    yield Row(
        "inbox page, later load at 40 ms and 10 Mbit/s, median", median(warm), "ms", None, "", at_most(400)
    )
    told = requests.get(
        f"{home.url}/api/v1/bootstrap?view=all",
        headers={"Cookie": desk.cookie, "Accept-Encoding": "identity"},
        timeout=30,
    )
    told.raise_for_status()
    yield Row("what the page is told at the start", len(told.content) / KIB, "KiB", None, "", at_most(60))


def _load(home: House, context: BrowserContext) -> float:
    """Milliseconds until the list stands."""
    page = context.new_page()
    line = context.new_cdp_session(page)
    line.send("Network.enable")
    line.send("Network.emulateNetworkConditions", OFFICE_LINE)
    page.goto(f"{home.url}/inbox/?view=all", wait_until="domcontentloaded")
    found: float = page.evaluate("bench.listShown()")
    page.close()
    return found


# ---------------------------------------------------------------- switching


def _reach(page: Page, index: int) -> str:
    found: str = page.evaluate("index => bench.reach(index)", index)
    return found


def _open(page: Page, thread: str) -> list[float]:
    found: list[float] = page.evaluate("id => bench.open(id)", thread)
    return found


def _switches(page: Page, session: CDPSession, plan: Plan) -> Iterator[Row]:
    """Down the list, each conversation opened for the first time and the one before it once more; then some
    that were opened so long before that the page draws them anew."""
    fresh: list[list[float]] = []
    again: list[float] = []
    before = ""
    for index in range(1, plan.page_switches + 1):
        here = _reach(page, index)
        fresh.append(_open(page, here))
        if before:
            again.append(_open(page, before)[1])
        before = here
    last = plan.page_switches - 10
    earlier = [_open(page, _reach(page, index))[1] for index in range(max(1, last - 20), last)]
    frames, beyond = [one[0] for one in fresh], [one[1] - one[2] for one in fresh]
    name = f"{len(fresh) + len(again)} switches"
    yield Row(f"{name}, a conversation known already", percentile(again, 95), "ms", None, "", at_most(50))
    yield Row(f"{name}, one known from long before", percentile(earlier, 95), "ms", None, "", at_most(50))
    yield Row(f"{name}, a new one's frame", percentile(frames, 95), "ms", None, "", at_most(50))
    yield Row(
        f"{name}, a new one beyond its round trip", percentile(beyond, 95), "ms", None, "", at_most(100)
    )
    session.send("HeapProfiler.enable")
    session.send("HeapProfiler.collectGarbage")
    heap = session.send("Runtime.getHeapUsage")["usedSize"] / KIB / KIB
    yield Row("heap after them", heap, "MiB", None, "", at_most(80))


def _long(home: House, context: BrowserContext, plan: Plan) -> Iterator[Row]:
    """The first of the list is the long one."""
    took = []
    for _ in range(LONG_OPENS):
        page = _at_desk(home, context)
        took.append(_open(page, _reach(page, 0))[1])
        page.close()
    name = f"opening a conversation of {plan.page_long:,} messages"
    yield Row(name, percentile(took, 95), "ms", None, "", at_most(300))


# ---------------------------------------------------------------- writing, scrolling, hearing


def _heard(home: House, desk: Tenant, page: Page) -> Row:
    """One customer after the other writes."""
    took = []
    page.evaluate("bench.reach(0)")
    for n in range(WORDS):
        words = f"Quiet word {n}."
        body = orjson.loads(_said(desk, n, words))
        began = time.time() * 1000
        requests.post(f"{home.simulator_url}/control/messages", json=body, timeout=30).raise_for_status()
        took.append(page.evaluate("words => bench.told(words)", words) - began)
    return Row("phone to inbox page", percentile(took, 95), "ms", None, "", at_most(500))


def _alerted(home: House, desk: Tenant, page: Page) -> Row:
    """The open conversation's customer is told something by the business's own program, then reads it."""
    make_type(home, desk, DELAY, category="utility", lane="utility")
    _open(page, _reach(page, 0))
    took = []
    for n in range(ALERTS):
        told = asked(f"{DELAY}_0", n) | {"to": {"phone": f"+{phone(WORDS - 1)}"}}
        began = time.time() * 1000
        call(home, desk, "notifications", told)
        words = f"Passenger {n}, "
        took.append(page.evaluate("words => bench.shown(words)", words) - began)
        page.evaluate("words => bench.read(words)", words)
    return Row("API call to alert in the conversation", percentile(took, 95), "ms", None, "", at_most(500))


def _written(page: Page) -> Iterator[Row]:
    """Answers to the one who wrote last: at a person's pace, each when the one before was read; then one
    right after the other, while the processes that send them want the same two cores."""
    _open(page, _reach(page, 0))
    calm = [_echo(page, f"Answer number {n}.", is_read=True) for n in range(ECHOES)]
    yield Row("from Enter to the message on the screen", percentile(calm, 95), "ms", None, "", at_most(33))
    hasty = [_echo(page, f"Echo number {n}.") for n in range(ECHOES)]
    page.evaluate("words => bench.read(words)", f"Echo number {ECHOES - 1}.")
    yield Row(f"the same, {ECHOES} without a pause", percentile(hasty, 95), "ms")


def _echo(page: Page, words: str, *, is_read: bool = False) -> float:
    """Milliseconds from Enter to the frame that shows it. is_read: by the customer, when we return."""
    page.locator("[data-testid=composer] textarea").fill(words)
    page.evaluate("words => bench.echo(words)", words)
    page.keyboard.press("Enter")
    took: float = page.evaluate("benchEcho")
    if is_read:
        page.evaluate("words => bench.read(words)", words)
    return took


def _commanded(page: Page) -> Row:
    """Keys typed into the palette, each to the frame with what it finds."""
    took = []
    for words in COMMANDS:
        page.keyboard.press("Escape")
        page.keyboard.press("Control+k")
        field = page.get_by_role("combobox", name="Commands")
        field.wait_for()
        for key in words:
            page.evaluate("bench.key()")
            page.keyboard.press(key if key != " " else "Space")
            took.append(page.evaluate("benchKey"))
        page.keyboard.press("Escape")
        field.wait_for(state="hidden")
    return Row(f"a key in the palette, of {len(took)}", percentile(took, 95), "ms", None, "", at_most(50))


def _scrolled(page: Page) -> Iterator[Row]:
    gaps, rows = page.evaluate("bench.frames(4000, 60)")
    yield Row("frame while the list is scrolled", percentile(gaps, 95), "ms", None, "", at_most(20))
    yield Row("rows in the page meanwhile", rows, "rows", None, "", at_most(60))


def _storm(home: House, desk: Tenant, page: Page, plan: Plan) -> Row:
    """Fifty messages a second, all shown at the top of the list."""
    page.evaluate("bench.reach(0)")
    told = [_request(_said(desk, n, f"Storm {n}.")) for n in range(int(BUSY_PER_S * plan.live_busy_s))]
    storm = threading.Thread(
        target=lambda: uvloop.run(stream(home.simulator_url, told, per_second=BUSY_PER_S)), daemon=True
    )
    storm.start()
    gaps, _ = page.evaluate("milliseconds => bench.frames(milliseconds)", plan.live_busy_s * 1000)
    storm.join()
    return Row("frame while 50 messages a second come in", percentile(gaps, 95), "ms", None, "", at_most(34))


def _said(desk: Tenant, n: int, words: str) -> bytes:
    return orjson.dumps(
        {"channel": desk.numbers[0].external_id, "from": phone(n), "name": f"Caller {n}", "text": words}
    )


def _request(body: bytes) -> bytes:
    head = f"POST /control/messages HTTP/1.1\r\nHost: simulator\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def _search(home: House, desk: Tenant, plan: Plan) -> Row:
    """A rare word, a common one, a number in its middle, a name."""
    took = []
    with requests.Session() as session:
        for n in range(40):
            text = (f"Parcel {n * 100_000 + 7}", f"word{n * 7}", f"8800000{n:03}", f"Customer {n * 9}")[n % 4]
            began = time.perf_counter()
            answer = session.get(
                f"{home.url}/api/v1/search", params={"q": text}, headers={"Cookie": desk.cookie}, timeout=60
            )
            answer.raise_for_status()
            took.append((time.perf_counter() - began) * 1000)
    return Row(
        f"search in {plan.page_messages:,} messages", percentile(took, 95), "ms", None, "", at_most(200)
    )
