"""Twilio's own client, written for the real API, works against the simulator without a change to it."""

import base64
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import pytest
import requests
from twilio.base.exceptions import TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from channels_voice.script import answer_call
from inbox.ports import Hook, StoredCall
from simulator import samples
from tests.simulator.conftest import Simulator
from tests.simulator.receiver import eventually
from tests.simulator.telephone import FormReceiver, Taken

ACCOUNT, TOKEN = "AC00c4f1a7be3d49d2a8875e6b1390fa62", "5f2a90cc1b7e4d3386a0e91d4477bb21"
_lines = itertools.count(442079461000)
_phones = itertools.count(447700955000)


class Rerouted(TwilioHttpClient):  # type: ignore[misc]
    """Sends what is meant for api.twilio.com to the simulator, as a name server would."""

    def __init__(self, there: str) -> None:
        super().__init__()
        self.there = there

    def request(self, method: str, url: str, *rest: Any, **more: Any) -> Any:
        return super().request(method, url.replace("https://api.twilio.com", self.there), *rest, **more)


@dataclass
class Line:
    """A line with its business's addresses, and one customer's phone."""

    sim: Simulator
    hooks: FormReceiver
    id: str
    phone: str
    client: Client = field(init=False)

    def __post_init__(self) -> None:
        self.client = Client(ACCOUNT, TOKEN, http_client=Rerouted(self.sim.url))

    def outbox(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.sim.call("GET", f"/control/outbox?to={self.phone}&all=1")["data"]
        return found

    def hears(self, **said: Any) -> str:
        body = {"channel": self.id, "from": self.phone, **said}
        return str(self.sim.call("POST", "/control/messages", body)["provider_id"])

    def behave(self, **settings: Any) -> None:
        """How the phone behaves."""
        self.sim.call("PATCH", f"/phone/customers/{self.phone}", {"settings": settings})

    def told(self, key: str, value: str) -> list[Taken]:
        return [taken for taken in self.hooks.taken if taken.fields.get(key) == value]

    def words(self, sid: str, name: str = "CallStatus") -> list[str]:
        """What the business was told of a call or text, in order."""
        told = [taken.fields for taken in self.hooks.taken if sid in taken.fields.values()]
        return [fields[name] for fields in told if name in fields and "MessageBody" not in fields]


@pytest.fixture
def line(simulator: Simulator) -> Iterator[Line]:
    with FormReceiver() as hooks:
        number, phone = f"+{next(_lines)}", str(next(_phones))
        body = {
            "verified_name": "Northwind Bank", "account_sid": ACCOUNT, "auth_token": TOKEN,
            "sms_url": f"{hooks.url}/sms?inbox=7", "voice_url": f"{hooks.url}/voice",
        }  # fmt: skip
        simulator.call("PUT", f"/control/lines/{number}", body)
        simulator.call("POST", "/phone/customers", {"number": phone, "name": "Ada Tester"})
        found = Line(simulator, hooks, number, phone)
        found.behave(speech_s_per_char=0)
        yield found


def test_a_text_sent_by_twilios_client_arrives_on_the_phone(line: Line) -> None:
    sent = line.client.messages.create(
        to=f"+{line.phone}", from_=line.id, body="Grüße: 5 €", status_callback=f"{line.hooks.url}/status"
    )

    [arrived] = eventually(lambda: [m for m in line.outbox() if m.get("received_at")])
    assert (arrived["provider_id"], arrived["text"], arrived["kind"]) == (sent.sid, "Grüße: 5 €", "text")
    assert sent.status == "queued"
    assert sent.num_segments == "1"
    eventually(lambda: line.words(sent.sid, "MessageStatus") == ["sent", "delivered"])
    fetched = line.client.messages(sent.sid).fetch()
    assert (fetched.status, fetched.direction) == ("delivered", "outbound-api")
    assert float(fetched.price) < 0


def test_a_picture_sent_by_twilios_client_is_fetched_and_shown(line: Line) -> None:
    photo = samples.sample("photo").content
    line.hooks.files["/photo.jpg"] = ("image/jpeg", photo)

    line.client.messages.create(
        to=f"+{line.phone}", from_=line.id, body="Your seat", media_url=[f"{line.hooks.url}/photo.jpg"]
    )

    [arrived] = eventually(lambda: [m for m in line.outbox() if m.get("received_at")])
    assert (arrived["kind"], arrived["text"]) == ("image", "Your seat")
    assert requests.get(line.sim.url + arrived["media"]["url"], timeout=30).content == photo


def test_twilios_validator_accepts_what_the_simulator_signs(line: Line) -> None:
    line.hears(text="Größe & 100 % ok? 😀")

    [taken] = eventually(lambda: line.told("Body", "Größe & 100 % ok? 😀"))

    given = taken.headers["x-twilio-signature"]
    assert RequestValidator(TOKEN).validate(taken.url, taken.fields, given)
    assert not RequestValidator("another").validate(taken.url, taken.fields, given)


def test_a_picture_of_a_customer_is_fetched_with_the_password_and_found_without(line: Line) -> None:
    sid = line.hears(image={"sample": "photo", "caption": "Look"})
    [taken] = eventually(lambda: line.told("MessageSid", sid))

    refused = requests.get(taken.fields["MediaUrl0"], timeout=30)
    leads = requests.get(taken.fields["MediaUrl0"], auth=(ACCOUNT, TOKEN), allow_redirects=False, timeout=30)
    found = requests.get(leads.headers["location"], timeout=30)

    assert (refused.status_code, leads.status_code) == (401, 307)
    assert found.content == samples.sample("photo").content
    [listed] = line.client.messages(sid).media.list()
    assert listed.content_type == "image/jpeg"


def test_stop_closes_the_way_and_start_opens_it(line: Line) -> None:
    line.hears(text="Stop")
    [taken] = eventually(lambda: line.told("OptOutType", "STOP"))
    assert taken.fields["Body"] == "Stop"

    with pytest.raises(TwilioRestException) as caught:
        line.client.messages.create(to=f"+{line.phone}", from_=line.id, body="hi")
    line.hears(text="START")
    line.client.messages.create(to=f"+{line.phone}", from_=line.id, body="hi again")

    assert caught.value.code == 21610


@pytest.mark.parametrize(("to", "code"), [("+15005550001", 21211), ("+15005550009", 21614), ("123", 21211)])
def test_numbers_that_cannot_be_reached_are_refused_with_their_code(line: Line, to: str, code: int) -> None:
    with pytest.raises(TwilioRestException) as caught:
        line.client.messages.create(to=to, from_=line.id, body="hi")

    assert (caught.value.code, caught.value.status) == (code, 400)


def test_a_wrong_password_is_refused(line: Line) -> None:
    stranger = Client(ACCOUNT, "wrong", http_client=Rerouted(line.sim.url))

    with pytest.raises(TwilioRestException) as caught:
        stranger.messages.create(to=f"+{line.phone}", from_=line.id, body="hi")

    assert (caught.value.code, caught.value.status) == (20003, 401)


def test_lists_hold_both_directions_and_are_paged(line: Line) -> None:
    line.hears(text="one")
    line.client.messages.create(to=f"+{line.phone}", from_=line.id, body="two")

    listed = line.client.messages.list(from_=line.id)
    heard = line.client.messages.list(to=line.id, page_size=1)

    assert [row.body for row in listed] == ["two"]
    assert [(row.body, row.direction) for row in heard] == [("one", "inbound")]


# ---------------------------------------------------------------- calls


CALL = StoredCall(
    "This is Northwind Bank. [pause 0.5 s] Was it you & nobody else? Press 1 or 2.",
    {"language": "en-GB", "choices": [{"key": "1", "title": "It was me"}], "repeat_key": "9"},
)


def _speaks(line: Line, call: StoredCall = CALL) -> None:
    """The business answers as our own adapter does."""

    def reply(taken: Taken) -> tuple[str, bytes]:
        query = dict(parse_qsl(taken.url.partition("?")[2]))
        said = answer_call(Hook("POST", taken.url, taken.headers, query, taken.body), call)
        return said.content_type, said.body

    line.hooks.reply = reply


def _call(line: Line, **more: Any) -> Any:
    return line.client.calls.create(
        to=f"+{line.phone}", from_=line.id, url=f"{line.hooks.url}/voice?ref=r&step=answer",
        status_callback=f"{line.hooks.url}/voice?ref=r&step=status", machine_detection="Enable",
        status_callback_event=["initiated", "ringing", "answered", "completed"], **more,
    )  # fmt: skip


def _status(line: Line, sid: str) -> str:
    return str(line.client.calls(sid).fetch().status)


def _act(line: Line, sid: str, **what: Any) -> None:
    line.sim.call("POST", f"/control/calls/{sid}", what)


def test_a_call_placed_by_twilios_client_rings_speaks_and_takes_a_key(line: Line) -> None:
    _speaks(line)
    call = _call(line)
    eventually(lambda: _status(line, call.sid) == "ringing")

    _act(line, call.sid, answer=True)
    eventually(lambda: line.outbox()[-1]["content"]["call"]["listens"])
    _act(line, call.sid, press="1")

    eventually(lambda: _status(line, call.sid) == "completed")
    eventually(lambda: "completed" in line.words(call.sid))
    [shown] = line.outbox()
    assert shown["kind"] == "call"
    assert "Was it you & nobody else?" in shown["text"]
    assert shown["text"].endswith("Thank you. Goodbye.")
    [pressed] = line.told("Digits", "1")
    assert pressed.url.endswith("/voice?ref=r&step=key&n=1")
    status = [t.fields for t in line.hooks.taken if "SequenceNumber" in t.fields]
    assert [fields["CallStatus"] for fields in status] == ["initiated", "ringing", "in-progress", "completed"]
    assert [fields["SequenceNumber"] for fields in status] == ["0", "1", "2", "3"]
    assert status[-1]["AnsweredBy"] == "human"
    assert not any("Northwind" in taken.url for taken in line.hooks.taken)


def test_every_webhook_of_a_call_is_signed(line: Line) -> None:
    _speaks(line)
    line.behave(picks_up="at_once", presses="91")

    call = _call(line)

    eventually(lambda: "completed" in line.words(call.sid))
    for taken in line.hooks.taken:
        given = taken.headers["x-twilio-signature"]
        assert RequestValidator(TOKEN).validate(taken.url, taken.fields, given)
    keys = [taken.url.rpartition("n=")[2] for taken in line.hooks.taken if taken.fields.get("Digits")]
    assert keys == ["1", "2"]


@pytest.mark.parametrize(
    ("picks_up", "status", "answered_by"),
    [("busy", "busy", None), ("declines", "busy", None), ("voicemail", "completed", "machine_start")],
)
def test_calls_that_reach_nobody_end_with_their_status(
    line: Line, picks_up: str, status: str, answered_by: str | None
) -> None:
    _speaks(line)
    line.behave(picks_up=picks_up)

    call = _call(line)

    eventually(lambda: _status(line, call.sid) == status)
    assert line.client.calls(call.sid).fetch().answered_by == answered_by
    assert "Northwind" not in line.outbox()[-1].get("text", "")


def test_nobody_answers_until_it_stops_ringing(line: Line) -> None:
    call = _call(line, timeout=1)

    eventually(lambda: _status(line, call.sid) == "no-answer")


def test_a_ringing_call_can_be_cancelled(line: Line) -> None:
    call = _call(line)
    eventually(lambda: _status(line, call.sid) == "ringing")

    line.client.calls(call.sid).update(status="canceled")

    eventually(lambda: _status(line, call.sid) == "canceled")


def test_an_answer_that_is_no_script_ends_the_call(line: Line) -> None:
    line.hooks.reply = lambda taken: ("text/xml", b"<Response><Say>broken")
    line.behave(picks_up="at_once")

    call = _call(line)

    eventually(lambda: _status(line, call.sid) == "completed")
    assert line.outbox()[-1]["content"]["call"]["fault"].startswith("12100")


def test_a_cut_after_accepting_leaves_the_text_on_its_way(line: Line) -> None:
    line.sim.call("POST", "/control/faults", {"channel": line.id, "drop_after_accept": True, "count": 1})
    password = base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()

    with pytest.raises(requests.ConnectionError):
        requests.post(
            f"{line.sim.url}/2010-04-01/Accounts/{ACCOUNT}/Messages.json", timeout=30,
            data={"To": f"+{line.phone}", "From": line.id, "Body": "lost?"},
            headers={"Authorization": f"Basic {password}"},
        )  # fmt: skip

    assert eventually(line.outbox)[0]["text"] == "lost?"
