"""Forms whose screens the business's own system makes: opened here, asked there, sealed again."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.test import Client

from channels_whatsapp.models import FormEndpoint
from channels_whatsapp.operations import form_endpoints
from common.tenancy import tenant_context
from inbox.models import Channel
from inbox.operations.authors import Author
from inbox.operations.channels import change_channel
from tests.api.conftest import customer_writes, program_of
from tests.cast import ACME_ACCOUNT, APP_SECRET, GLOBEX_SECRET, Cast
from tests.far_end import FarEnd
from tests.whatsapp.form_number import (
    NOBODY,
    Number,
    acme_writes_a_form,
    business,
    business_,
    leaves,
    number,
)
from tests.whatsapp.forms import INIT, PING, Business, Phone, says
from tests.whatsapp.test_form_key import pair

__all__ = ["business", "business_", "number"]
pytestmark = pytest.mark.django_db

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
