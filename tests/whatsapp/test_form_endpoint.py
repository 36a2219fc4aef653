"""Forms whose screens the business's own system makes: opened here, asked there, sealed again."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from channels_whatsapp import form_calls
from channels_whatsapp.form_crypto import new_pair
from channels_whatsapp.models import FormEndpoint
from channels_whatsapp.operations import form_endpoints, form_exchange, form_keys
from common.tenancy import tenant_context
from inbox.models import Channel, Delivery
from inbox.operations.authors import Author
from inbox.operations.channels import change_channel
from inbox.operations.departures import claim
from tests.api.conftest import customer_writes, program_of
from tests.cast import ACME_ACCOUNT, APP_SECRET, GLOBEX_SECRET, Cast
from tests.far_end import FarEnd
from tests.whatsapp.conftest import graph
from tests.whatsapp.forms import INIT, PING, Business, Json, Phone, running_business, says, signature
from tests.whatsapp.test_form_key import pair, words

pytestmark = pytest.mark.django_db
EDGE = f"{ACME_ACCOUNT}/whatsapp_business_encryption"
FIRST = new_pair()
NOBODY = "0190a0c4-0000-7000-8000-000000000001"


@pytest.fixture(scope="module")
def business_() -> Iterator[Business]:
    with running_business() as found:
        yield found


@pytest.fixture
def business(business_: Business) -> Business:
    business_.heard.clear()
    business_.answer = Business().answer
    return business_


@dataclass
class Number:
    """Acme's number with a key made here, and what asks and answers around it."""

    cast: Cast
    provider: FarEnd
    business: Business
    admin: Client

    @property
    def page(self) -> str:
        return f"/console/channels/{self.cast.acme_number.id}/form-key/"

    @property
    def hook(self) -> str:
        return f"/hooks/whatsapp/{self.cast.acme_number.id}/forms/"

    @property
    def public_key(self) -> str:
        """As WhatsApp has it."""
        return str(graph(self.provider, "GET", EDGE).json()["data"][0]["business_public_key"])

    def makes_key(self) -> str:
        self.admin.post(f"{self.page}making/")
        return self.public_key

    def names_system(self, url: str) -> str:
        """The secret, as the next page shows it."""
        shown = self.admin.post(f"{self.page}address/", {"url": url}, follow=True).content.decode()
        return next((word for word in shown.replace("<", ">").split(">") if word.startswith("whsec_")), "")

    def asked(self, said: Json, phone: Phone | None = None, secret: str = APP_SECRET) -> Any:
        """WhatsApp asks; (status, what the phone reads)."""
        phone = phone or Phone(self.public_key)
        body = phone.says(said)
        answer = self.posts(body, secret=secret)
        return answer.status_code, phone.reads(
            answer.content
        ) if answer.status_code == 200 else answer.content

    def posts(self, body: bytes, *, secret: str = APP_SECRET, hook: str = "") -> Any:
        return Client().generic(
            "POST", hook or self.hook, body, "application/json", headers=signature(body, secret)
        )

    def shows(self) -> str:
        """The page, as text."""
        return words(self.admin.get(self.page))


@pytest.fixture
def number(cast: Cast, provider: FarEnd, business: Business, alice_client: Client) -> Number:
    provider.register(ACME_ACCOUNT, form_key="")
    found = Number(cast, provider, business, alice_client)
    with pytest.MonkeyPatch.context() as patch:  # a pair takes a fifth of a second: one for all
        patch.setattr(form_keys, "new_pair", lambda: FIRST)
        found.makes_key()
    found.names_system(business.url)
    return found


def acme_writes_a_form(number: Number, **content: Any) -> tuple[Any, str]:
    """(the message, its token) as it leaves."""
    said = customer_writes(number.cast.acme_number, "Hello")
    form = {"type": "flow", "flow_id": "77", "title": "Book", **content}
    path, body = (
        f"threads/{said.thread_id}/messages",
        {"kind": "interactive", "text": "Book", "content": form},
    )
    sent = program_of(number.cast.acme).post(path, body).data
    return sent, leaves(number, sent["id"])


def leaves(number: Number, message_id: str) -> str:
    """A worker takes the message up; returns the id of this send."""
    with tenant_context(number.cast.acme.id):
        # To PostgreSQL it is still the moment at which the test began.
        Delivery.objects.update(due_at=timezone.now() - timedelta(hours=1))
        claim(10, {})
        return str(Delivery.objects.get(message_id=message_id).id)


# ---------------------------------------------------------------- the way there and back


def test_a_key_made_here_opens_a_form_and_the_business_makes_its_screen(
    cast: Cast, provider: FarEnd, business: Business, alice_client: Client
) -> None:
    provider.register(ACME_ACCOUNT, form_key="")
    number = Number(cast, provider, business, alice_client)
    assert "Make a key here" in number.shows()

    public = number.makes_key()
    secret = number.names_system(business.url)
    shown = number.asked({**INIT, "action": "data_exchange", "screen": "START", "data": {"city": "Köln"}})

    assert shown == (200, {"screen": "DATES", "data": {"n": 1}})
    assert business.question | {"flow_token_signature": ""} == {
        "channel_id": str(cast.acme_number.id),
        "number": "+447700900201",
        "flow_token": "tok-1",
        "flow_token_signature": "",
        "action": "data_exchange",
        "screen": "START",
        "data": {"city": "Köln"},
        "version": "3.0",
        "customer_id": None,
        "thread_id": None,
        "message_id": None,
    }
    assert business.signed_with(secret)
    page = number.shows()
    assert "It was made here" in page
    assert f"{number.hook}</code>" in page
    assert "PRIVATE KEY" not in page + public
    assert secret not in page


def test_whom_the_form_was_sent_to_is_told_to_the_business(number: Number) -> None:
    sent, token = acme_writes_a_form(number)

    number.asked({**INIT, "flow_token": token})

    asked = number.business.question
    assert (asked["thread_id"], asked["customer_id"]) == (sent["thread_id"], sent["customer_id"])
    assert asked["message_id"] == sent["id"]


def test_a_token_of_ones_own_leads_back_too_unless_two_people_have_it(number: Number) -> None:
    sent, _ = acme_writes_a_form(number, token="ord-7781")
    number.asked({**INIT, "flow_token": "ord-7781"})
    assert number.business.question["message_id"] == sent["id"]

    other = customer_writes(number.cast.acme_number, "Hi", phone="447700900456", name="Ben")
    form = {"type": "flow", "flow_id": "77", "title": "Book", "token": "ord-7781"}
    said = {"kind": "interactive", "text": "Book", "content": form}
    leaves(number, program_of(number.cast.acme).post(f"threads/{other.thread_id}/messages", said).data["id"])

    number.asked({**INIT, "flow_token": "ord-7781"})
    assert number.business.question["customer_id"] is None


def test_the_form_ends_when_the_business_closes_it(number: Number) -> None:
    wanted = {"flow_token": "tok-1", "day": "3 May"}
    ending = {"screen": "SUCCESS", "data": {"extension_message_response": {"params": wanted}}}

    for answer in ({"close": {"day": "3 May"}}, ending):
        number.business.answer = says(answer)
        assert number.asked(INIT) == (200, ending)


# ---------------------------------------------------------------- who may ask, and what is answered here


def test_only_whatsapp_is_answered(number: Number) -> None:
    body = Phone(number.public_key).says(PING)

    assert number.posts(body).status_code == 200
    assert number.posts(body, secret=GLOBEX_SECRET).status_code == 432
    assert Client().generic("POST", number.hook, body, "application/json").status_code == 432

    assert number.posts(body, hook=f"/hooks/whatsapp/{NOBODY}/forms/").status_code == 404
    assert number.posts(body, hook=f"/hooks/sms/{number.cast.acme_number.id}/forms/").status_code == 404
    assert Client().get(number.hook).status_code == 405
    assert number.posts(b"x" * 1_048_577).status_code == 413
    assert number.business.heard == []


def test_a_signature_that_does_not_fit_is_told_to_the_admin_until_one_does(number: Number) -> None:
    body = Phone(number.public_key).says(PING)

    shown = []
    for secret in (APP_SECRET, "of another app", APP_SECRET):
        number.posts(body, secret=secret)
        shown.append("Does not fit the app secret of this number." in number.shows())

    assert shown == [False, True, False]


def test_the_secret_before_is_good_while_it_is_changed(number: Number) -> None:
    with tenant_context(number.cast.acme.id):
        channel = Channel.objects.get(id=number.cast.acme_number.id)
        change_channel(
            channel=channel, by=Author.of(number.cast.alice), secrets={"app_secret": "the-new-one"}
        )

    assert number.asked(PING) == (200, {"data": {"status": "active"}})
    assert number.asked(PING, secret="the-new-one")[0] == 200


def test_what_was_changed_on_the_way_or_sealed_for_another_is_not_opened(number: Number) -> None:
    sealed = json.loads(Phone(number.public_key).says(INIT))
    flipped = {**sealed, "encrypted_flow_data": "A" + sealed["encrypted_flow_data"][1:]}
    if flipped == sealed:
        flipped["encrypted_flow_data"] = "B" + sealed["encrypted_flow_data"][1:]
    odd = [json.dumps(flipped).encode(), b"{}", b"[]", b"no json", b'{"encrypted_aes_key": 7}']

    assert {number.posts(body).status_code for body in odd} == {421}
    assert number.asked(INIT, Phone(pair()[0]))[0] == 421
    assert "WhatsApp encrypted with a key that is not kept here." in number.shows()
    assert number.business.heard == []


def test_a_number_that_is_switched_off_answers_nothing(number: Number) -> None:
    with tenant_context(number.cast.acme.id):
        Channel.objects.filter(id=number.cast.acme_number.id).update(is_active=False)

    assert number.asked(PING)[0] == 404


def test_a_look_and_a_report_are_answered_here(number: Number) -> None:
    report = {"error": "INVALID_SCREEN", "error_message": "Screen DATES wants “days”"}

    assert number.asked(PING) == (200, {"data": {"status": "active"}})
    assert "Not yet" not in number.shows()
    told = number.asked({**INIT, "action": "data_exchange", "screen": "START", "data": report})

    assert told == (200, {"data": {"acknowledged": True}})
    page = number.shows()
    assert "A phone could not show what your system answered." in page
    assert "Screen DATES wants “days”" in page
    assert number.business.heard == []


# ---------------------------------------------------------------- keys


def test_another_key_leaves_the_one_before_usable_for_a_day(
    number: Number, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = Phone(number.public_key)

    after = Phone(number.makes_key())

    assert before.public_key != after.public_key
    assert number.asked(PING, before)[0] == number.asked(PING, after)[0] == 200
    monkeypatch.setattr(form_endpoints, "OVERLAP", timedelta(0))
    newest = Phone(number.makes_key())
    assert [number.asked(PING, phone)[0] for phone in (after, newest)] == [421, 200]


def test_a_key_that_meta_refuses_leaves_the_one_there_is(number: Number) -> None:
    there = number.public_key
    number.provider.faults(channel=ACME_ACCOUNT, calls="all", error_code=100)

    number.admin.post(f"{number.page}making/")

    number.provider.heal()
    assert number.public_key == there
    assert number.asked(PING)[0] == 200
    with tenant_context(number.cast.acme.id):
        assert len(form_endpoints.private_keys(FormEndpoint.objects.get())) == 1


def test_a_key_whose_upload_nobody_heard_the_end_of_works_and_is_known_once_read(number: Number) -> None:
    number.provider.faults(channel=ACME_ACCOUNT, calls="all", drop_after_accept=True)
    number.admin.post(f"{number.page}making/")
    number.provider.heal()

    assert number.asked(PING)[0] == 200
    assert "Unclear" in number.shows()
    number.admin.post(f"{number.page}reading/")
    assert "It was made here" in number.shows()


def test_a_key_of_ones_own_takes_its_place(number: Number) -> None:
    ours = Phone(number.public_key)

    number.admin.post(number.page, {"key": pair()[0]})

    assert "It was not made here" in number.shows()
    assert number.asked(PING, ours)[0] == 200  # phones that have it still
    assert number.asked(PING)[0] == 421


# ---------------------------------------------------------------- what can go wrong there

DEEP = b'{"screen":' + b"[" * 300 + b"]" * 300 + b"}"


#: What a system may answer → why no phone could show it.
UNREADABLE = [
    (says({"oops": 1}, 500), "status"),
    (says(b"<html>"), "garbage"),
    (says([]), "garbage"),
    (says({"screen": 7}), "garbage"),
    (says({"screen": "A", "data": []}), "garbage"),
    (says({"close": "now"}), "garbage"),
    (says(DEEP), "garbage"),
    (says(b" " * 1_100_000), "too_large"),
]


def test_an_answer_no_phone_could_read_is_told_to_the_admin(number: Number) -> None:
    found = []
    for answer, _ in UNREADABLE:
        number.business.answer = answer
        found.append((number.asked(INIT)[0], _fault(number)))

    assert found == [(503, fault) for _, fault in UNREADABLE]
    page = number.shows()
    assert "The answer of your system is larger than a megabyte." in page
    assert "Not the last 8 times." in page
    assert "larger than a megabyte" in words(number.admin.get("/console/health/"))
    path = f"whatsapp/numbers/{number.cast.acme_number.id}/form_endpoint"
    assert program_of(number.cast.acme).get(path).data["fault"]["code"] == "too_large"


def test_a_system_that_is_away_slow_or_forbidden_is_told_apart(
    number: Number, monkeypatch: pytest.MonkeyPatch
) -> None:
    found, held = [], threading.Event()

    def wait(question: Json) -> tuple[int, bytes]:
        held.wait(30)
        return 200, b"{}"

    number.business.answer = wait
    monkeypatch.setattr(form_calls, "DEADLINE_S", 0.3)
    found.append((number.asked(INIT)[0], _fault(number)))
    held.set()
    for url in ("http://127.0.0.1:9/forms", "https://10.0.0.1/forms", ""):
        number.names_system(url)
        found.append((number.asked(INIT)[0], _fault(number)))
    number.names_system(number.business.url)
    monkeypatch.setattr(form_exchange, "AT_ONCE", 0)
    found.append((number.asked(INIT)[0], _fault(number)))

    assert found == [(503, one) for one in ("silent", "unreachable", "address", "no_address", "busy")]
    assert "Not the last 5 times." in number.shows()
    monkeypatch.undo()
    number.business.answer = says({"screen": "A"})
    assert number.asked(INIT) == (200, {"screen": "A", "data": {}})
    assert "Not the last" not in number.shows()


def _fault(number: Number) -> str:
    with tenant_context(number.cast.acme.id):
        return FormEndpoint.objects.get().fault


def test_a_token_that_is_over_closes_the_form_on_the_phone(number: Number) -> None:
    number.business.answer = says({"error_msg": "The order has been placed."}, 427)
    assert number.asked(INIT) == (427, b'{"error_msg":"The order has been placed."}')

    number.business.answer = says(b"over", 427)
    assert number.asked(INIT) == (427, b"{}")
    assert "Last error" not in number.shows()


# ---------------------------------------------------------------- programs and strangers


def test_a_program_sets_it_up(cast: Cast, provider: FarEnd, business: Business, alice_client: Client) -> None:
    provider.register(ACME_ACCOUNT, form_key="")
    program, base = program_of(cast.acme), f"whatsapp/numbers/{cast.acme_number.id}"
    number = Number(cast, provider, business, alice_client)

    assert program.post(f"{base}/form_key").data == {"status": "valid", "made_here": True}
    first = program.put(f"{base}/form_endpoint", {"url": business.url}).data
    again = program.put(f"{base}/form_endpoint", {"url": business.url}).data
    second = program.put(f"{base}/form_endpoint/secret").data["secret"]
    number.asked(INIT)

    assert again["secret"] is None
    assert again["address"].endswith(number.hook)
    assert business.signed_with(first["secret"])
    assert business.signed_with(second)
    now = program.get(f"{base}/form_endpoint").data
    assert now["heard_at"]
    assert now["answered_at"]
    assert (now["failures"], now["fault"], now["secret"]) == (0, None, None)
    for url in ("ftp://shop.example", "https://", "https://me:pw@shop.example/", "shop.example"):
        assert program.put(f"{base}/form_endpoint", {"url": url}).code == "validation_failed"


def test_an_address_that_is_none_is_said_beside_the_field(number: Number) -> None:
    answer = number.admin.post(f"{number.page}address/", {"url": "shop.example"})

    assert answer.status_code == 422
    assert "This is not an address like" in words(answer)


def test_a_stranger_finds_nothing(number: Number, charlie_client: Client) -> None:
    base = f"whatsapp/numbers/{number.cast.acme_number.id}"
    stranger = program_of(number.cast.globex)

    assert stranger.post(f"{base}/form_key").status == 404
    assert stranger.get(f"{base}/form_endpoint").status == 404
    assert stranger.put(f"{base}/form_endpoint", {"url": "https://evil.example"}).status == 404
    assert stranger.put(f"{base}/form_endpoint/secret").status == 404
    for part in ("making/", "address/", "secret/"):
        assert charlie_client.post(f"{number.page}{part}", {"url": "https://evil.example"}).status_code == 404
    assert number.asked(INIT)[0] == 200
