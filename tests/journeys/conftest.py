"""The whole product as a stranger starts it, on a database of its own, and browsers that look at it."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg2
import pytest
import requests
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from common.env import database
from tests.far_end import FarEnd, free_port, wait_for

ROOT = Path(__file__).resolve().parent.parent.parent
DATABASE = "parley_journeys"
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
]


@dataclass
class Stack:
    """A running Parley, known only by what run.json says."""

    run: dict[str, Any]
    data: Path
    pid: int

    @property
    def url(self) -> str:
        found: str = self.run["url"]
        return found

    @property
    def far_end(self) -> FarEnd:
        return FarEnd(self.run["simulator_url"])

    def tenant(self, slug: str) -> dict[str, Any]:
        found: dict[str, Any] = next(tenant for tenant in self.run["tenants"] if tenant["slug"] == slug)
        return found

    def api(self, slug: str, method: str, path: str, **said: Any) -> requests.Response:
        """Call the API as a business's program."""
        headers = {"Authorization": f"Bearer {self.tenant(slug)['api_key']}", **said.pop("headers", {})}
        return requests.request(method, f"{self.url}/api/v1/{path}", headers=headers, timeout=15, **said)

    def fresh_login(self, slug: str, n: int = 0) -> str:
        """A new single-use sign-in link for the tenant's n-th agent."""
        self._demo()
        self.run = json.loads((self.data / "run.json").read_text())
        found: str = self.tenant(slug)["agents"][n]["login_url"]
        return found

    def _demo(self) -> None:
        done = subprocess.run(
            [sys.executable, "manage.py", "demo"],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr

    @property
    def environment(self) -> dict[str, str]:
        found: dict[str, str] = json.loads((self.data / "environment.json").read_text())
        return found


def sign(secret: str, body: bytes) -> dict[str, str]:
    """The headers of a provider's webhook, computed independently of the product."""
    digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return {"X-Hub-Signature-256": f"sha256={digest}", "Content-Type": "application/json"}


def _new_database() -> dict[str, str]:
    """A database of its own for the journeys; unit tests empty theirs between tests."""
    owner = database(os.environ["DATABASE_OWNER_URL"])
    connection = psycopg2.connect(host=owner["HOST"], dbname=owner["NAME"], user=owner["USER"])
    connection.autocommit = True
    with contextlib.closing(connection), connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {DATABASE}")
        cursor.execute(f"CREATE DATABASE {DATABASE} TEMPLATE template0 ENCODING 'UTF8'")
    renamed = {
        name: os.environ[name].replace(f"/{owner['NAME']}?", f"/{DATABASE}?")
        for name in ("DATABASE_URL", "DATABASE_OWNER_URL")
    }
    return {**renamed, "REDIS_URL": os.environ["REDIS_URL"].replace("db=0", "db=1")}


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """`make run`, given servers that exist already."""
    data = tmp_path_factory.mktemp("journeys")
    port = free_port()
    environment = {
        **os.environ,
        **_new_database(),
        "PARLEY_DATA": str(data),
        "PORT": str(port),
        "SIMULATOR_PORT": str(free_port()),
        "PARLEY_DEMO": "1",
        "PARLEY_PUBLIC_URL": f"http://127.0.0.1:{port}",
    }
    (data / "environment.json").write_text(json.dumps(environment))
    with (data / "launcher.out").open("w") as out:
        launcher = subprocess.Popen(
            [sys.executable, "-m", "config.launch", "run"], cwd=ROOT, env=environment, stdout=out, stderr=out
        )
    try:
        wait_for(lambda: _is_up(launcher, data, port), 90)
        yield Stack(json.loads((data / "run.json").read_text()), data, launcher.pid)
    finally:
        launcher.send_signal(signal.SIGINT)
        launcher.wait(60)


def _is_up(launcher: subprocess.Popen[bytes], data: Path, port: int) -> bool:
    if launcher.poll() is not None:
        raise SystemExit((data / "launcher.out").read_text())
    return (data / "run.json").exists() and requests.get(
        f"http://127.0.0.1:{port}/-/health/ready", timeout=2
    ).ok


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=CHROMIUM_FLAGS
        )
        yield chromium
        chromium.close()


class Eyes:
    """Browser windows of one test; every console error and policy report fails it at the end (A72)."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.contexts: list[BrowserContext] = []
        self.complaints: list[str] = []
        self.forgiven: list[str] = []

    def window(self, url: str, **options: Any) -> Page:
        """A window of its own session at `url`."""
        context = self.browser.new_context(**{"viewport": {"width": 1440, "height": 900}, **options})
        self.contexts.append(context)
        page = context.new_page()
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))
        page.goto(url)
        return page

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.complaints.append(f"{message.location.get('url', '')}: {message.text}")

    def forgive(self, *parts: str) -> None:
        """Complaints that a story brings about on purpose, such as a network that is cut."""
        self.forgiven += parts

    def close(self) -> None:
        for context in self.contexts:
            context.close()
        serious = [one for one in self.complaints if not any(part in one for part in self.forgiven)]
        assert not serious, "\n".join(serious)


@pytest.fixture
def eyes(browser: Browser) -> Iterator[Eyes]:
    found = Eyes(browser)
    yield found
    found.close()
