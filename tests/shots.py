"""`make shots`: pictures of every page of a running demo, both themes and three widths, into var/shots/.

Start `make run` first; this signs in with a fresh link of its own.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("PARLEY_DATA", ROOT / "var"))
WIDTHS = {1440: 900, 1024: 800, 390: 844}
CONSOLE = ("", "channels/", "channels/new/whatsapp/", "members/", "teams/", "keys/", "receipts/")


def main() -> int:
    """Take every picture; gives the exit code."""
    run_file = DATA / "run.json"
    if not run_file.exists():
        sys.stderr.write("No demo is running here: start it with `make run`, then take the pictures.\n")
        return 1
    run = json.loads(run_file.read_text())
    folder = DATA / "shots"
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=["--no-sandbox"]
        )
        state = _sign_in(chromium, run)
        for theme in ("light", "dark"):
            for width, height in WIDTHS.items():
                context = chromium.new_context(
                    viewport={"width": width, "height": height}, color_scheme=theme, storage_state=state
                )
                _take(context.new_page(), run, folder, f"{width}-{theme}")
                context.close()
    sys.stdout.write(f"{len(list(folder.glob('*.png')))} pictures in {folder}\n")
    return 0


def _sign_in(chromium: Browser, run: dict[str, Any]) -> Any:
    """The cookies of the first tenant's first agent, by a link that works once."""
    link = run["tenants"][0]["agents"][0]["login_url"]
    context = chromium.new_context()
    page = context.new_page()
    answer = page.goto(link)
    if answer is None or not answer.ok:
        sys.stderr.write("The sign-in link in run.json was used already: start the demo again.\n")
        raise SystemExit(1)
    return context.storage_state()


def _take(page: Page, run: dict[str, Any], folder: Path, name: str) -> None:
    url, simulator = run["url"], run["simulator_url"]
    page.goto(f"{url}/inbox/?view=all")
    page.get_by_test_id("list").wait_for()
    page.wait_for_load_state("networkidle")
    page.screenshot(path=folder / f"inbox-list-{name}.png")
    page.locator("[data-testid^=thread-row-]", has_text="Amara").first.click()
    page.get_by_test_id("message").last.wait_for()
    page.wait_for_load_state("networkidle")
    page.screenshot(path=folder / f"inbox-{name}.png")
    for path in CONSOLE:
        page.goto(f"{url}/console/{path}")
        page.screenshot(path=folder / f"console-{path.strip('/').replace('/', '-') or 'home'}-{name}.png")
    page.goto(f"{url}/accounts/")
    page.screenshot(path=folder / f"account-{name}.png")
    phone = run["tenants"][0]["channels"][0]["external_id"]
    page.goto(f"{simulator}/phone/#/{phone}/2348035550177")
    page.locator("[data-wamid]").last.wait_for()
    page.screenshot(path=folder / f"phone-{name}.png")


if __name__ == "__main__":
    sys.exit(main())
