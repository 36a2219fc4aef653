"""The builder's preview: from a key in a text to the picture of what the customer gets (ux.md B4)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bench.cast import Tenant
from bench.house import House
from bench.measures.page import DESK
from bench.notices import DELAY, make_type
from bench.plan import Plan
from bench.table import Row, at_most, percentile
from tests.browser import running_browser

CLOCK = Path(__file__).parent.parent / "preview.js"
KEYS = 60
#: Between keys: a fast typist's pace.
PAUSE_MS = 90


def preview_rows(home: House, tenant: Tenant, plan: Plan) -> Iterator[Row]:
    """Sixty keys typed into the text of a template's variable."""
    del plan
    with home.running("web"), running_browser() as browser:
        make_type(home, tenant, f"{DELAY}_shown", category="utility", lane="utility")
        context = browser.new_context(viewport=DESK)
        name, value = tenant.cookie.split("=", 1)
        context.add_cookies([{"name": name, "value": value, "url": home.url}])
        context.add_init_script(path=CLOCK)
        page = context.new_page()
        page.goto(f"{home.url}/console/notifications/types/{DELAY}_shown_0/")
        field = page.get_by_label("Text", exact=True)
        field.focus()
        for key in "Dear traveller, " * 4:
            page.keyboard.press(key)
            page.wait_for_timeout(PAUSE_MS)
        page.wait_for_function("many => window.previewed().length >= many", arg=KEYS)
        took = page.evaluate("previewed()")
        context.close()
    yield Row(
        f"builder: key to preview, p95 of {KEYS}", percentile(took[:KEYS], 95), "ms", target=at_most(50)
    )
