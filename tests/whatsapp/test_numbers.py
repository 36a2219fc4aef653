"""A number in the console: how Meta sees it, registration, PIN and codes, each refusal with what to do."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from channels_whatsapp.models import Errand
from channels_whatsapp.operations.errands import begin_errand
from channels_whatsapp.operations.numbers import refresh_number
from channels_whatsapp.operations.templates import template_account
from channels_whatsapp.operations.work import work_all
from common.tenancy import tenant_context
from inbox.models import Channel
from inbox.operations.authors import SYSTEM
from inbox.operations.connection_check import check_channel
from inbox.operations.receipts import drain
from tests import hooks
from tests.cast import ACME_ACCOUNT, Cast
from tests.far_end import FarEnd

FRESH = {"pin": "", "registered": True, "ever": True, "verified": True}


@pytest.fixture
def meta(cast: Cast, far_end: FarEnd) -> FarEnd:
    """The provider, with Acme's number registered and nothing special about it."""
    far_end.register(ACME_ACCOUNT, registration=FRESH, name_status="APPROVED", account_review="APPROVED")
    with tenant_context(cast.acme.id):
        Channel.objects.update(base_url=far_end.url)
    return far_end


@pytest.fixture
def page(cast: Cast) -> str:
    return f"/console/channels/{cast.acme_number.id}/number/"


def words(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def last(cast: Cast) -> Errand:
    with tenant_context(cast.acme.id):
        return Errand.objects.latest("id")


def test_asking_shows_registration_name_review_quality_and_limits(
    cast: Cast, meta: FarEnd, page: str, alice_client: Client
) -> None:
    assert "Nothing is known yet" in words(alice_client.get(page))

    shown = words(alice_client.post(f"{page}refresh/", follow=True))

    for said in (
        "Registered and connected", "Proved by a code", "Acme", "Approved", "High", "messages a second",
        "in the last 24 hours", "None", "so that nobody else can register it", "Can it send", "Yes",
    ):  # fmt: skip
        assert said in shown
    assert (last(cast).what, last(cast).outcome) == ("refresh", "done")


@pytest.mark.parametrize(
    ("setting", "said", "fix"),
    [
        ({"number_status": "BANNED"}, "Banned: nothing can leave", "Ask for a review"),
        (
            {"number_status": "BANNED"},
            "No, because of the number: The phone number has been banned",
            "Request",
        ),
        ({"number_status": "FLAGGED"}, "Within limits, because of the number", "quality"),
        ({"account_review": "REJECTED"}, "No, because of the account", "Request a review of the account"),
        ({"number_status": "FLAGGED"}, "Flagged for low quality", "Write only to people who asked"),
        ({"account_review": "REJECTED"}, "no template may be sent", "Ask for a review"),
        ({"account_review": "PENDING"}, "In review", ""),
        ({"name_status": "DECLINED"}, "Refused: choose another name", ""),
        ({"quality_rating": "RED"}, "Low: many people blocked", "marketing waits"),
        ({"registration": {**FRESH, "registered": False}}, "neither send nor receive", "Register it below"),
        (
            {"registration": {**FRESH, "registered": False, "verified": False}},
            "Not proved yet",
            "Have a verification code sent",
        ),
    ],
)
def test_what_is_wrong_stands_there_with_the_fix(
    cast: Cast, meta: FarEnd, page: str, alice_client: Client, setting: Any, said: str, fix: str
) -> None:
    meta.register(ACME_ACCOUNT, **setting)

    shown = words(alice_client.post(f"{page}refresh/", follow=True))
    meta.register(ACME_ACCOUNT, number_status="CONNECTED", quality_rating="GREEN")

    assert said in shown
    assert fix in shown


def test_a_number_is_proved_registered_and_its_pin_must_be_the_same(
    cast: Cast, meta: FarEnd, page: str, alice_client: Client
) -> None:
    new = {"pin": "", "registered": False, "ever": False, "verified": False}
    meta.register(ACME_ACCOUNT, registration=new)

    def do(what: str, **typed: str) -> str:
        return words(alice_client.post(f"{page}{what}/", typed, follow=True))

    assert "must be verified first" in do("registration", pin="123456")
    assert "on its way" in do("code", method="SMS", language="en_GB")
    assert "wrong or too old" in do("verification", code="000000")
    assert "is proved to be yours" in do("verification", code=meta.number(ACME_ACCOUNT)["verification_code"])
    assert "it can send and receive" in do("registration", pin="123456")
    assert meta.number(ACME_ACCOUNT)["registered"] is True
    assert "Wrong two-step PIN" in do("registration", pin="654321")
    assert "The new PIN is set" in do("pin", pin="654321")
    assert "it can send and receive" in do("registration", pin="654321")


def test_a_deregistered_number_says_so_and_can_be_registered_again(
    cast: Cast, meta: FarEnd, page: str, alice_client: Client
) -> None:
    assert "Nothing leaves or comes in" in words(alice_client.get(f"{page}deregistration/"))

    shown = words(alice_client.post(f"{page}deregistration/", follow=True))

    assert "The number is deregistered" in shown
    assert "Not registered: it can neither send nor receive" in shown
    assert meta.number(ACME_ACCOUNT)["registered"] is False


@pytest.mark.parametrize(
    ("code", "reason", "fix"),
    [
        (133000, "config", "Deregister the number once more"),
        (133004, "unavailable", "Wait some minutes"),
        (133005, "config", "Use the PIN that was set before"),
        (133006, "config", "Have a verification code sent"),
        (133008, "config", "Wait some hours"),
        (133009, "config", "Wait a minute"),
        (133010, "config", "Register the number first"),
        (133015, "unavailable", "Wait five minutes"),
        (133016, "throttled", "ten registrations in 72 hours"),
        (136024, "throttled", "wait an hour"),
        (190, "auth", "permanent token"),
        (10, "auth", "permanent token"),
        (131031, "config", "Business Support Home"),
        (100, "invalid", "Correct what Meta names"),
        (80007, "throttled", "Wait a minute"),
    ],
)
def test_each_refusal_is_recorded_with_its_class_and_what_to_do(
    cast: Cast, meta: FarEnd, page: str, alice_client: Client, code: int, reason: str, fix: str
) -> None:
    meta.faults(channel=ACME_ACCOUNT, error_code=code, calls="all", count=1)

    shown = words(alice_client.post(f"{page}registration/", {"pin": "123456"}, follow=True))

    errand = last(cast)
    assert (errand.outcome, errand.reason, errand.code) == ("refused", reason, str(code))
    assert errand.sentence.endswith(".")
    assert fix in errand.fix
    assert fix in shown


@pytest.mark.parametrize("pin", ["", "12345", "1234567", "12345a", "١٢٣٤٥٦"])
def test_a_pin_that_is_none_is_said_beside_the_field_and_nobody_is_asked(
    cast: Cast, meta: FarEnd, page: str, alice_client: Client, pin: str
) -> None:
    answer = alice_client.post(f"{page}registration/", {"pin": pin})

    assert answer.status_code == 422
    assert 'id="register_pin_error"' in words(answer)
    with tenant_context(cast.acme.id):
        assert not Errand.objects.exists()


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("account_review_update", {"decision": "REJECTED"}, "no template may be sent"),
        (
            "security",
            {"display_phone_number": "447700900201", "event": "PIN_RESET_REQUEST"},
            "Somebody asked Meta to switch it off",
        ),
        (
            "business_username_updates",
            {"display_phone_number": "447700900201", "username": "acme.bikes", "status": "approved"},
            "@acme.bikes",
        ),
        (
            "account_update",
            {"event": "PARTNER_REMOVED", "waba_info": {"waba_id": "102290129340398"}},
            "Our app was taken off the account",
        ),
        (
            "account_update",
            {
                "event": "DISABLED_UPDATE",
                "ban_info": {"waba_ban_state": "SCHEDULE_FOR_DISABLE", "waba_ban_date": "April 17, 2027"},
            },
            "Meta will disable the account: April 17, 2027",
        ),
        (
            "phone_number_name_update",
            {
                "display_phone_number": "447700900201",
                "decision": "REJECTED",
                "rejection_reason": "NAME_FORMAT_UNACCEPTABLE",
            },
            "Its spelling breaks a rule",
        ),
    ],
)
def test_news_by_webhook_shows_without_asking(
    cast: Cast, page: str, alice_client: Client, field: str, value: Any, said: str
) -> None:
    change = {"field": field, "value": value}
    entry = {"id": "102290129340398", "time": 1790000000, "changes": [change]}
    hooks.post(cast.acme_number, {"object": "whatsapp_business_account", "entry": [entry]})

    drain()

    assert said in words(alice_client.get(page))


def test_an_errand_whose_answer_nobody_heard_is_not_called_done(
    cast: Cast, meta: FarEnd, page: str, alice_client: Client
) -> None:
    meta.faults(channel=ACME_ACCOUNT, drop_after_accept=True, calls="all", count=1)

    shown = words(alice_client.post(f"{page}registration/", {"pin": "123456"}, follow=True))

    assert last(cast).outcome == "unclear"
    assert "Refresh below to see how the number stands now" in shown


def test_an_errand_that_a_crash_cut_short_says_that_nobody_knows(
    cast: Cast, page: str, alice_client: Client
) -> None:
    with tenant_context(cast.acme.id):
        begin_errand(what=Errand.What.REGISTER, by=SYSTEM, channel=cast.acme_number)

    shown = words(alice_client.get(page))

    assert "No answer is known" in shown
    assert "it may have been done" in shown


def test_the_address_all_numbers_share_counts_as_ours(cast: Cast, meta: FarEnd, settings: Any) -> None:
    meta.register(ACME_ACCOUNT, webhook_url=f"{settings.PUBLIC_URL}/hooks/whatsapp/")

    steps = check_channel(tenant_id=cast.acme.id, channel_id=cast.acme_number.id)

    assert [step.ok for step in steps if step.name == "Webhook address"] == [True]


def test_agents_and_strangers_see_and_do_nothing(
    cast: Cast, meta: FarEnd, page: str, bob_client: Client, charlie_client: Client
) -> None:
    for client in (bob_client, charlie_client):
        assert client.get(page).status_code == 404
        for deed in ("refresh/", "registration/", "deregistration/", "pin/", "code/", "subscription/"):
            assert client.post(f"{page}{deed}", {"pin": "123456", "method": "SMS"}).status_code == 404
    with tenant_context(cast.acme.id):
        assert not Errand.objects.exists()


def test_a_stranger_gets_no_errand_by_operation(cast: Cast, meta: FarEnd) -> None:
    with pytest.raises(Channel.DoesNotExist):
        refresh_number(tenant_id=cast.globex.id, channel_id=cast.acme_number.id, by=SYSTEM)


# ---------------------------------------------------------------- name, place, news


def told(cast: Cast, field: str, **value: Any) -> None:
    """A webhook about the account or the number."""
    entry = {"id": "102290129340398", "time": 1793000000, "changes": [{"field": field, "value": value}]}
    hooks.post(cast.acme_number, {"object": "whatsapp_business_account", "entry": [entry]})
    drain()


def test_another_name_is_asked_for_reviewed_and_taken_by_registering_again(
    cast: Cast, far_end: FarEnd, alice_client: Client
) -> None:
    far_end.register(ACME_ACCOUNT, registration=FRESH, verified_name="Acme")
    with tenant_context(cast.acme.id):
        Channel.objects.update(base_url=far_end.url)
        template_account(Channel.objects.get(id=cast.acme_number.id))
    page = f"/console/channels/{cast.acme_number.id}/number/"

    def do(what: str, **typed: str) -> str:
        return words(alice_client.post(f"{page}{what}/", typed, follow=True))

    assert "at least 3 characters" in do("name", name="A")
    asked = do("name", name="Acme Bicycles")
    assert "Meta looks at the new name" in asked
    assert "“Acme Bicycles”: A new name is in review" in asked
    told(
        cast, "phone_number_name_update", display_phone_number="447700900201", decision="REJECTED",
        requested_verified_name="Acme Bicycles", rejection_reason="NAME_NOT_CONSISTENT",
    )  # fmt: skip
    refused = words(alice_client.get(page))
    assert "“Acme Bicycles”: The new name was refused" in refused
    assert "use the same one" in refused
    far_end._call("POST", "/control/names", {"channel": ACME_ACCOUNT, "decision": "APPROVED"})
    assert work_all() > 0  # the webhook has the number read again, without anybody's pressing a button
    read = words(alice_client.get(page))
    assert "within 14 days" in read
    assert "Refused: choose another name" not in read

    shown = do("registration", pin="123456", region="DE")

    assert "Acme Bicycles" in shown
    assert "New name" not in shown
    assert far_end.number(ACME_ACCOUNT)["region"] == "DE"


def test_where_messages_are_kept_is_chosen_at_registration_and_not_changed_while_registered(
    cast: Cast, meta: FarEnd, page: str, alice_client: Client
) -> None:
    def register(region: str) -> str:
        typed = {"pin": "123456", "region": region}
        answer = alice_client.post(f"{page}registration/", typed, follow=True)
        return words(answer)

    assert "Germany (European Union)" in words(alice_client.get(page))
    assert "it can send and receive" in register("CH")
    assert "Deregister the number before" in register("DE")
    assert "Select a valid choice" in register("XX")
    assert meta.number(ACME_ACCOUNT)["region"] == "CH"


@pytest.mark.parametrize(
    ("kind", "said", "fix"),
    [
        ("OBA_REJECTED", "did not make it an official business account", "Apply again"),
        ("PROFILE_PICTURE_LOST", "picture of the profile was lost", "Upload it again"),
        ("INCREASED_CAPABILITIES_ELIGIBILITY_NEED_MORE_INFO", "needs to know more", "Security centre"),
        ("SOMETHING_NEW", "A thing of next year.", ""),
    ],
)
def test_what_meta_wants_an_admin_to_know_stands_on_the_number_until_it_is_over(
    cast: Cast, alice_client: Client, kind: str, said: str, fix: str
) -> None:
    page = f"/console/channels/{cast.acme_number.id}/number/"
    info = {
        "alert_severity": "WARNING", "alert_status": "ACTIVE", "alert_type": kind,
        "alert_description": "A thing of next year.",
    }  # fmt: skip
    about = {"entity_type": "PHONE_NUMBER", "entity_id": ACME_ACCOUNT}

    told(cast, "account_alerts", **about, alert_info=info)
    shown = words(alice_client.get(page))
    told(cast, "account_alerts", **about, alert_info={**info, "alert_status": "NONE"})

    assert said in shown
    assert fix in shown
    assert said not in words(alice_client.get(page))


def test_a_number_of_the_business_app_hands_over_what_it_has_once(
    cast: Cast, meta: FarEnd, page: str, alice_client: Client
) -> None:
    alice_client.post(f"{page}refresh/")
    assert "From the WhatsApp Business app" not in words(alice_client.get(page))
    meta.register(ACME_ACCOUNT, on_biz_app=True, synced=[])
    try:
        assert "From the WhatsApp Business app" in words(alice_client.post(f"{page}refresh/", follow=True))

        first = words(alice_client.post(f"{page}app-contacts/", follow=True))
        again = words(alice_client.post(f"{page}app-contacts/", follow=True))
        chats = words(alice_client.post(f"{page}app-history/", follow=True))
    finally:
        meta.register(ACME_ACCOUNT, on_biz_app=False)

    assert "sends the app&#x27;s contacts now" in first
    assert "This was done before" in again
    assert "chats of up to six months" in chats
    with tenant_context(cast.acme.id):
        facts = Channel.objects.get(id=cast.acme_number.id).standing["facts"]
    assert {"sync_contacts", "sync_history"} <= facts.keys()
