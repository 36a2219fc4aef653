"""The simulator as a process, a real webhook receiver; for each test a number and a customer of its own."""

import itertools
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import requests
from playwright.sync_api import Browser, Page, expect

from tests.browser import running_browser
from tests.journeys.eyes import Eyes
from tests.journeys.windows import Windows
from tests.simulator.receiver import Hook, Receiver, eventually

ROOT = Path(__file__).resolve().parents[2]
Opener = Callable[..., Page]
_numbers = itertools.count(318840571926000)
_phones = itertools.count(447700901000)


def quick_session() -> requests.Session:
    """A session that does not look for proxies and passwords of this machine on every call."""
    session = requests.Session()
    session.trust_env = False
    return session


class Simulator:
    """A simulator process with a data folder of its own."""

    def __init__(self, folder: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port = probe.getsockname()[1]
        self.folder = folder
        self.url = f"http://127.0.0.1:{self.port}"
        self.session = quick_session()
        self.start()

    def start(self) -> None:
        settings = {"SIMULATOR_PORT": str(self.port), "PARLEY_DATA": str(self.folder)}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "simulator"], cwd=ROOT, env={**os.environ, **settings}
        )
        eventually(self._answers, 60)

    def _answers(self) -> bool:
        assert self.process.poll() is None, "the simulator ended"
        try:
            return requests.get(f"{self.url}/control/health", timeout=1).ok
        except requests.RequestException:
            return False

    def kill(self) -> None:
        """kill -9."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        """SIGTERM; the exit code."""
        self.process.terminate()
        return self.process.wait(30)

    def call(self, method: str, path: str, body: Any = None, status: int | None = None) -> Any:
        """A control or phone call; its answer as JSON."""
        answer = self.session.request(method, self.url + path, json=body, timeout=30)
        if status is None:
            assert answer.ok, answer.text
        else:
            assert answer.status_code == status, answer.text
        return answer.json() if answer.content else None


@dataclass
class Business:
    """A business number with its webhook, and one customer's phone."""

    sim: Simulator
    hook: Hook
    id: str
    waba_id: str
    token: str
    app_secret: str
    phone: str
    session: requests.Session = field(default_factory=quick_session)

    def put(self, **settings: Any) -> Any:
        """Change the number's settings."""
        return self.sim.call("PUT", f"/control/numbers/{self.id}", settings)

    def graph(self, method: str, path: str, *, token: str | None = "own", **more: Any) -> requests.Response:
        """A Graph API call; `path` without the version."""
        headers = {"Authorization": f"Bearer {self.token if token == 'own' else token}"} if token else {}
        headers |= more.pop("headers", {})
        return self.session.request(
            method, f"{self.sim.url}/v24.0/{path}", headers=headers, timeout=30, **more
        )

    def send(self, to: str | None = None, **body: Any) -> requests.Response:
        """POST a message to the customer; `text="…"` stands for a text message."""
        if isinstance(body.get("text"), str):
            body = {**body, "type": "text", "text": {"body": body["text"]}}
        said = {"messaging_product": "whatsapp", "to": f"+{self.phone}" if to is None else to, **body}
        return self.graph("POST", f"{self.id}/messages", json={k: v for k, v in said.items() if v != ""})

    def upload(self, content: bytes, mime: str, name: str = "file") -> str:
        """Upload a file; its media id."""
        files = {"file": (name, content, mime)}
        answer = self.graph("POST", f"{self.id}/media", data={"messaging_product": "whatsapp"}, files=files)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["id"])

    def sent(self, to: str | None = None, **body: Any) -> str:
        """Send, and return the wamid of what was accepted."""
        answer = self.send(to, **body)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["messages"][0]["id"])

    def hears(self, **said: Any) -> str:
        """The customer writes; returns the wamid."""
        body = {"channel": self.id, "from": self.phone, "name": "Ada Tester", **said}
        return str(self.sim.call("POST", "/control/messages", body)["provider_id"])

    def opens_window(self) -> str:
        """The customer has written, and the business knows."""
        message_id = self.hears(text="Hello")
        eventually(lambda: [m for m in self.hook.messages() if m["id"] == message_id])
        return message_id

    def outbox(self, to: str | None = None, **query: str) -> list[dict[str, Any]]:
        wanted = "".join(f"&{name}={value}" for name, value in query.items())
        path = f"/control/outbox?to={to or self.phone}&channel={self.id}{wanted}"
        found: list[dict[str, Any]] = self.sim.call("GET", path)["data"]
        return found

    def fault(self, **fault: Any) -> None:
        """Break something for this number only."""
        self.sim.call("POST", "/control/faults", {"channel": self.id, **fault})

    def states(self, message_id: str) -> list[str]:
        """The statuses the business was told about a message, in order."""
        return [status["status"] for status in self.hook.statuses(message_id)]

    def told(self, message_id: str, count: int) -> list[dict[str, Any]]:
        """What the business was told about a message, as soon as that is `count` statuses."""

        def enough() -> list[dict[str, Any]]:
            found = self.hook.statuses(message_id)
            return found if len(found) >= count else []

        return eventually(enough)

    def log(self, direction: str) -> list[dict[str, Any]]:
        entries = self.sim.call("GET", "/control/log?limit=2000")["data"]
        return [e for e in entries if e["direction"] == direction and e["channel"] == self.id]


@pytest.fixture(scope="session")
def receiver() -> Iterator[Receiver]:
    server = Receiver()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def shared_simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    simulator = Simulator(tmp_path_factory.mktemp("simulator"))
    yield simulator
    assert simulator.stop() == 0


@pytest.fixture
def simulator(shared_simulator: Simulator) -> Iterator[Simulator]:
    """The shared simulator, whole again after each test."""
    yield shared_simulator
    shared_simulator.call("DELETE", "/control/faults")
    shared_simulator.call("PUT", "/control/clock", {"offset_s": 0})


@pytest.fixture
def business(simulator: Simulator, receiver: Receiver) -> Business:
    return new_business(simulator, receiver)


def new_business(simulator: Simulator, receiver: Receiver, **settings: Any) -> Business:
    """A number nobody else uses, with a webhook that answers; its customers read after a twentieth second."""
    number = next(_numbers)
    business = Business(
        simulator,
        receiver.hook(f"hook-{number}-{time.time_ns()}"),
        str(number),
        f"2048{number}",
        f"token-{number}",
        f"secret-{number}",
        str(next(_phones)),
    )
    business.put(
        access_token=business.token,
        app_secret=business.app_secret,
        waba_id=business.waba_id,
        app_id="99" + str(number),
        business_id="2990017",
        verify_token="verify-me",
        webhook_url=business.hook.url,
        verified_name="Harbour Bikes",
        display_phone_number="+44 7700 900201",
        verify=True,
        **settings,
    )
    business.fault(read_delay_s=0.05)
    return business


# ---------------------------------------------------------------- the phone page


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with running_browser() as found:
        yield found


@pytest.fixture(scope="module")
def windows(browser: Browser) -> Windows:
    return Windows(browser)


@pytest.fixture
def opened(windows: Windows) -> Iterator[Opener]:
    """Opens the page at a business's chat; any console error or policy report fails the test at its end."""
    eyes = Eyes(windows)

    def open_page(
        business: Business, address: str | None = None, *, forgives: tuple[str, ...] = (), **options: Any
    ) -> Page:
        eyes.forgive(*forgives)
        place = f"#/{business.id}/{business.phone}" if address is None else address
        return eyes.window(f"{business.sim.url}/phone/{place}", **{"locale": "en-GB", **options})

    yield open_page
    eyes.close()


@pytest.fixture
def page(opened: Opener, business: Business) -> Page:
    """The page at the customer's chat, after a first word from them."""
    business.opens_window()
    page = opened(business)
    expect(messages(page)).to_have_count(1)
    return page


def messages(page: Page, side: str = "me") -> Any:
    return page.locator(f"article.{side}")
