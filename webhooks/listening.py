"""A workspace's events for a program on this machine, while somebody develops it: read from the log with an
API key, like any program would, and posted as webhooks are. Asks no database.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable
from typing import Any

from common import http
from common.signed_calls import PREFIX
from events.wire import Event
from webhooks.envelopes import envelope, packed
from webhooks.sending import Try, post
from webhooks.wire import Workspace

#: How the keys of test workspaces begin.
TEST_KEY = "parley_test_"
#: Events of one call, and what they may weigh together.
AT_ONCE, MAX_BYTES = 50, 33_554_432
#: Asked again so long after there was nothing new, or no answer.
PAUSE_S, AWAY_S = 1.0, 2.0
#: "Not now": a server that starts anew, or wants to be asked less often.
NOT_NOW = frozenset({429, 500, 502, 503, 504})


class NotLetIn(Exception):
    """The server refuses, and will go on refusing."""


class Listener:
    """Reads one workspace's log and passes it on. say: a line for the person; rest: waits some seconds."""

    def __init__(
        self, server: str, key: str, say: Callable[[str], object], rest: Callable[[float], None]
    ) -> None:
        self.api, self.key, self.say, self.rest = f"{server.rstrip('/')}/api/v1", key, say, rest
        self.secret = secret_of(key)
        self._is_away = False

    def listen(self, url: str, after: int | None = None) -> None:
        """Pass on each event after this number, by default what happens from now on; never returns.

        Raises NotLetIn, http.AddressRefused.
        """
        workspace = _workspace(self._read("me"))
        seq = self.end() if after is None else after
        self.say(f"{workspace['name']}: events after {seq} go to {url}, signed with {self.secret}")
        while True:
            page = self._read("events", after=seq, limit=AT_ONCE)
            for event in page["data"]:
                self.say(_line(event, self._pass_on(event, workspace, url)))
            seq = int(page["next"])
            if not page["has_more"]:
                self.rest(PAUSE_S)

    def end(self) -> int:
        """The number of the last event: looked for in strides that double, then halve."""
        seq, stride = 0, 1
        while (found := self._read("events", after=seq + stride, limit=1))["data"]:
            seq, stride = int(found["next"]), stride * 2
        while stride > 1:
            stride //= 2
            if (found := self._read("events", after=seq + stride, limit=1))["data"]:
                seq = int(found["next"])
        while (found := self._read("events", after=seq, limit=1))["data"]:
            seq = int(found["next"])
        return seq

    def _pass_on(self, event: Event, workspace: Workspace, url: str) -> Try:
        whole = envelope(event, workspace, is_test=self.key.startswith(TEST_KEY))
        return post(url, packed(whole, self.api), event_id=event["id"], secrets=[self.secret])

    def _read(self, path: str, **query: int) -> Any:
        """What the API answers, however long it is away."""
        headers = {"Authorization": f"Bearer {self.key}"}
        params = {name: str(value) for name, value in query.items()}
        while True:
            try:
                answer = http.call(
                    "GET", f"{self.api}/{path}", headers=headers, params=params, max_bytes=MAX_BYTES
                )
            except (http.NotSent, http.NoAnswer) as error:
                self._wait(str(error))
                continue
            if answer.status not in NOT_NOW:
                self._is_away = False
                return _read(answer)
            self._wait(f"The server answered with status {answer.status}.")

    def _wait(self, why: str) -> None:
        """Said once, however long it lasts."""
        if not self._is_away:
            self.say(f"{why} Asking again until it is there.")
        self._is_away = True
        self.rest(AWAY_S)


def secret_of(key: str) -> str:
    """The same for the same key, so that a program keeps it from day to day; it does not tell the key."""
    digest = hmac.new(key.encode(), b"parley listen", hashlib.sha256).digest()
    return PREFIX + base64.b64encode(digest).decode()


def _workspace(me: Any) -> Workspace:
    tenant = me["tenant"]
    return {"id": tenant["id"], "name": tenant["name"], "slug": tenant["slug"]}


def _line(event: Event, found: Try) -> str:
    """Numbers and types only: what people wrote stays out of a terminal's history."""
    said = f"{found.status}" if found.status else found.error
    return f"{event['seq']} {event['type']} → {said} ({found.ms} ms)"


def _read(answer: http.HttpAnswer) -> Any:
    if answer.is_ok and answer.headers.get("content-type", "").startswith("application/json"):
        return answer.json()
    said = f"The server answered with status {answer.status}, which is not what Parley's API says."
    raise NotLetIn(_REFUSALS.get(answer.status, said))


_REFUSALS = {
    401: "The server does not take this key.",
    403: "This key may not read events: it needs the scope events:read.",
}
