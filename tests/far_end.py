"""The simulator as a real process, for tests that need a provider."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

ROOT = Path(__file__).resolve().parent.parent
START_S = 60


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


@dataclass
class FarEnd:
    """A running simulator, spoken to as outside checks do."""

    url: str

    def register(self, phone_number_id: str, **fields: Any) -> None:
        """Register a business number with the tests' usual secrets."""
        body = {
            "display_phone_number": "447700900201",
            "verified_name": "Acme",
            "waba_id": "102290129340398",
            "access_token": "EAAGtesttoken",
            "app_secret": "acme-app-secret-0123456789abcdef",
            "verify_token": "verify-me",
            "webhook_url": "http://127.0.0.1:9/hooks/whatsapp/",
            **fields,
        }
        self._call("PUT", f"/control/numbers/{phone_number_id}", body)

    def write(self, channel: str, phone: str, **said: Any) -> str:
        """A customer writes; returns the provider's id."""
        found: str = self._call("POST", "/control/messages", {"channel": channel, "from": phone, **said})[
            "provider_id"
        ]
        return found

    def write_all(self, channel: str, messages: list[dict[str, Any]]) -> None:
        """Up to 1,000 messages in one webhook; each says `from` whom."""
        self._call("POST", "/control/messages/batch", {"channel": channel, "messages": messages})

    def webhook(self, channel: str, value: dict[str, Any], field: str = "messages") -> None:
        """A webhook of one field, signed, with this value as it is."""
        self._call("POST", "/control/webhooks", {"channel": channel, "field": field, "value": value})

    def clear_line(self, account: str) -> None:
        """The business takes calls, whatever somebody has set, and none goes on."""
        for call in self.calls(account):
            self.on_call(call["call_id"], hang_up=True)
        self.register(account, calling=True)

    def ring(self, channel: str, phone: str, **said: Any) -> str:
        """A customer calls, with a session nobody is behind; returns the provider's id."""
        body = {"channel": channel, "from": phone, **said}
        return str(self._call("POST", "/control/voice_calls", body)["call_id"])

    def calls(self, channel: str) -> list[dict[str, Any]]:
        """The calls of a number that ring or run."""
        found: list[dict[str, Any]] = self._call("GET", f"/control/voice_calls?channel={channel}")["data"]
        return found

    def on_call(self, call_id: str, **what: Any) -> None:
        """What the person with the phone does: answer, decline, hang_up."""
        self._call("POST", f"/control/voice_calls/{call_id}", what)

    def new_phone(self, phone: str) -> None:
        """The person's number moves to another phone."""
        self._call("POST", f"/phone/customers/{phone}/device")

    def outbox(self, phone: str) -> list[dict[str, Any]]:
        """What that phone got, oldest first."""
        found: list[dict[str, Any]] = self._call("GET", f"/control/outbox?to={phone}")["data"]
        return found

    def agree(self, app_id: str, *accounts: str, redirect_uri: str = "") -> str:
        """A person agrees in the dialog of embedded signup; the code they come back with."""
        body = {"app_id": app_id, "accounts": list(accounts), "redirect_uri": redirect_uri}
        return str(self._call("POST", "/control/logins", body)["code"])

    def lend_line(self, line: str, phone: str, **fields: Any) -> None:
        """A telephone line of the tests' account, and somebody it can call."""
        self._call("PUT", f"/control/lines/{line}", {"verified_name": "Acme", **fields})
        self._call("POST", "/phone/customers", {"number": phone, "name": "Ada Tester"})

    def rung(self, phone: str) -> list[dict[str, Any]]:
        """The calls to that phone, oldest first, as its page shows them."""
        found = self._call("GET", f"/control/outbox?to={phone}&all=1")["data"]
        return [one["content"]["call"] for one in found if one["kind"] == "call"]

    def number(self, phone_number_id: str) -> dict[str, Any]:
        """What the provider knows of a business number."""
        rows: list[dict[str, Any]] = self._call("GET", "/control/numbers")["data"]
        return next(row for row in rows if row["phone_number_id"] == phone_number_id)

    def faults(self, **fields: Any) -> None:
        self._call("POST", "/control/faults", fields)

    def heal(self) -> None:
        self._call("DELETE", "/control/faults")

    def _call(self, method: str, path: str, body: Any = None) -> Any:
        answer = requests.request(method, self.url + path, json=body, timeout=30)
        assert answer.ok, f"{method} {path}: {answer.status_code} {answer.text[:300]}"
        return answer.json() if answer.content else None


@contextlib.contextmanager
def running_simulator(data: Path, port: int | None = None) -> Iterator[FarEnd]:
    """Start the simulator on a free port and stop it at the end."""
    port = port or free_port()
    environment = {**os.environ, "SIMULATOR_PORT": str(port), "PARLEY_DATA": str(data)}
    process = subprocess.Popen(
        [sys.executable, "-m", "simulator"], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL
    )
    far_end = FarEnd(f"http://127.0.0.1:{port}")
    try:
        wait_for(lambda: requests.get(f"{far_end.url}/control/health", timeout=1).ok)
        yield far_end
    finally:
        process.terminate()
        process.wait(15)


def wait_for(check: Any, seconds: float = START_S) -> Any:
    """Ask until the answer is true; gives it back. Raises AssertionError with the last fault."""
    until, fault, pause = time.monotonic() + seconds, None, 0.05
    while time.monotonic() < until:
        try:
            if found := check():
                return found
        except (requests.RequestException, AssertionError, LookupError) as error:
            fault = error
        time.sleep(pause)
        pause = min(pause * 1.3, 0.5)  # whoever is asked has work to do
    raise AssertionError(f"it did not happen within {seconds} s ({fault})")
