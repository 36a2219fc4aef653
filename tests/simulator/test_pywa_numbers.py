"""A number's registration, codes, profile and signup: by pywa, and as the documentation has them."""

from __future__ import annotations

import io
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from PIL import Image
from pywa.client import WhatsApp
from pywa.errors import WhatsAppError
from pywa.types.others import Command, Industry, QRCodeImageType

from tests.simulator.conftest import Business, quick_session
from tests.simulator.receiver import eventually
from tests.simulator.test_pywa import client

__all__ = ["client"]
FRESH = {"pin": "", "registered": False, "ever": False, "verified": True}


def refusal(error: pytest.ExceptionInfo[WhatsAppError]) -> int:
    return int(error.value.code)


def test_a_number_is_registered_once_proved_and_only_by_its_pin(business: Business, client: WhatsApp) -> None:
    business.put(registration={**FRESH, "verified": False})

    with pytest.raises(WhatsAppError) as unproved:
        client.register_phone_number(pin="123456")
    client.request_verification_code(code_method="SMS", language_code="en_US")
    with pytest.raises(WhatsAppError) as wrong:
        client.verify_phone_number(code="000000")
    client.verify_phone_number(code=business.put()["verification_code"])
    client.register_phone_number(pin="123456")
    with pytest.raises(WhatsAppError) as other:
        client.register_phone_number(pin="654321")
    for _ in range(4):
        with pytest.raises(WhatsAppError):
            client.register_phone_number(pin="654321")
    with pytest.raises(WhatsAppError) as guessed:
        client.register_phone_number(pin="654321")

    assert [refusal(one) for one in (unproved, wrong, other, guessed)] == [133006, 136025, 133005, 133008]
    assert business.put()["registered"] is True


def test_ten_tries_in_72_hours_are_enough(business: Business, client: WhatsApp) -> None:
    business.put(registration={**FRESH, "pin": "123456"})
    for _ in range(5):
        client.register_phone_number(pin="123456")
        client.deregister_phone_number()

    with pytest.raises(WhatsAppError) as error:
        client.register_phone_number(pin="123456")

    assert refusal(error) == 133016


def test_an_unregistered_number_sends_nothing(business: Business, client: WhatsApp) -> None:
    business.opens_window()
    client.deregister_phone_number()

    answer = business.send(text="Hello")
    number = business.graph("GET", f"{business.id}?fields=status,is_pin_enabled").json()

    assert answer.json()["error"]["code"] == 133010
    assert number["status"] == "DISCONNECTED"


def test_a_new_pin_is_told_by_webhook(business: Business) -> None:
    assert business.graph("POST", business.id, json={"pin": "123456"}).json() == {"success": True}

    found = eventually(lambda: [one for one in business.hook.values() if "event" in one])

    assert found[0]["event"] == "PIN_CHANGED"


def test_pywa_changes_the_profile_and_reads_it_back(business: Business, client: WhatsApp) -> None:
    client.update_business_profile(
        about="Bikes 🚲", address="1 Harbour Road", description="We sell bikes.", email="hello@bikes.example",
        industry=Industry.RETAIL, websites=["https://bikes.example/"],
    )  # fmt: skip
    found = client.get_business_profile()

    assert (found.about, found.industry, list(found.websites or [])) == (
        "Bikes 🚲", Industry.RETAIL, ["https://bikes.example/"],
    )  # fmt: skip


@pytest.mark.parametrize(
    "change",
    [
        {"about": ""}, {"about": "x" * 140}, {"address": "x" * 257}, {"description": "x" * 513},
        {"email": "nobody"}, {"vertical": "PIRACY"}, {"websites": ["bikes.example"]},
        {"websites": ["https://a.example/"] * 3}, {"profile_picture_handle": "4::nothing"},
    ],
)  # fmt: skip
def test_what_the_documentation_forbids_is_refused(business: Business, change: dict[str, Any]) -> None:
    body = {"messaging_product": "whatsapp", **change}

    answer = business.graph("POST", f"{business.id}/whatsapp_business_profile", json=body)

    assert (answer.status_code, answer.json()["error"]["code"]) == (400, 100)


# ---------------------------------------------------------------- what a number offers


def test_pywa_sets_ice_breakers_and_commands(business: Business, client: WhatsApp) -> None:
    client.update_conversational_automation(
        ice_breakers=["Where is my order?"], commands=[Command(name="track", description="Track an order")]
    )
    found = client.get_business_phone_number().conversational_automation

    assert found is not None
    assert found.ice_breakers == ("Where is my order?",)
    assert [(one.name, one.description) for one in found.commands or ()] == [("track", "Track an order")]
    with pytest.raises(WhatsAppError):
        client.update_conversational_automation(ice_breakers=["x" * 81])


def picture_at(business: Business, url: str | None) -> requests.Response:
    """The picture at this address, which begins as the caller reached the simulator."""
    path = urlsplit(str(url)).path
    return quick_session().get(f"{business.sim.url}{path}", timeout=10)


def test_pywa_makes_links_whose_picture_is_a_real_code(business: Business, client: WhatsApp) -> None:
    made = client.create_qr_code("I saw your poster", image_type=QRCodeImageType.PNG)
    changed = client.update_qr_code(made.code, "I saw your advert")
    found = client.get_qr_code(made.code, image_type=QRCodeImageType.SVG)
    listed = client.get_qr_codes()

    assert found is not None
    assert changed.deep_link_url == made.deep_link_url == found.deep_link_url
    assert [one.prefilled_message for one in listed] == ["I saw your advert"]
    drawn = picture_at(business, made.qr_image_url)
    with Image.open(io.BytesIO(drawn.content)) as picture:
        assert picture.format == "PNG"
        assert picture.size[0] > 200
    assert picture_at(business, found.qr_image_url).headers["content-type"] == "image/svg+xml"
    assert client.delete_qr_code(made.code).success
    assert not list(client.get_qr_codes())
    with pytest.raises(WhatsAppError):
        client.create_qr_code("x" * 141)


def test_pywa_takes_a_username_that_is_free(business: Business, client: WhatsApp) -> None:
    name = f"bikes_{business.id[-6:]}"
    client.set_username(name)

    assert client.get_current_username().username == name
    told = eventually(lambda: [one for one in business.hook.values() if one.get("username") == name])
    assert told[0]["status"] == "approved"
    with pytest.raises(WhatsAppError):
        client.set_username("bikes.com")
    assert client.delete_username().success


def test_the_block_list_is_read_page_by_page(business: Business, client: WhatsApp) -> None:
    others = [str(int(business.phone) + 500_000 + n) for n in range(3)]
    for one in others:
        business.sim.call("POST", "/control/messages", {"channel": business.id, "from": one, "text": "Hello"})
    client.block_users(others)

    def page(**query: str) -> dict[str, Any]:
        found: dict[str, Any] = business.graph("GET", f"{business.id}/block_users", params=query).json()
        return found

    first = page(limit="2")
    second = page(limit="2", after=first["paging"]["cursors"]["after"])

    assert sorted(one["wa_id"] for one in (*first["data"], *second["data"])) == others
    assert ("next" in first["paging"], "next" in second["paging"]) == (True, False)
    client.unblock_users(others)
    assert page()["data"] == []


def test_what_the_business_app_has_is_handed_over_once(business: Business) -> None:
    business.opens_window()
    asked = {"messaging_product": "whatsapp", "sync_type": "smb_app_state_sync"}
    path = f"{business.id}/smb_app_data"
    refused = business.graph("POST", path, json=asked)
    business.put(on_biz_app=True)

    first = business.graph("POST", path, json=asked)
    again = business.graph("POST", path, json=asked)
    business.graph("POST", path, json={**asked, "sync_type": "history"})

    assert refused.json()["error"]["code"] == 100
    assert first.json()["request_id"]
    assert again.json()["error"]["code"] == 2593107
    book = eventually(lambda: [one for one in business.hook.values() if "state_sync" in one])
    assert book[0]["state_sync"][0]["contact"]["full_name"] == "Ada Tester"
    chats = eventually(lambda: [one for one in business.hook.values() if "history" in one])
    assert chats[0]["history"][0]["threads"][0]["messages"][0]["text"] == {"body": "Hello"}


# ---------------------------------------------------------------- signup


def ask(business: Business, path: str, token: str | None = None, **params: str) -> requests.Response:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    url = f"{business.sim.url}/v24.0/{path}"
    return quick_session().get(url, params=params, headers=headers, timeout=10, allow_redirects=False)


def test_a_code_becomes_a_token_that_opens_what_was_chosen(business: Business) -> None:
    app = str(business.put()["app_id"])
    back = "https://parley.example/back/"
    page = ask(business, "dialog/oauth", client_id=app, redirect_uri=back, state="s1")
    agreed = ask(
        business, "dialog/oauth", client_id=app, redirect_uri=back, state="s1", accounts=business.waba_id
    )
    code = agreed.headers["location"].split("code=")[1].split("&")[0]
    secret = {"client_id": app, "client_secret": business.app_secret}

    other = ask(business, "oauth/access_token", **secret, code=code, redirect_uri="https://no.example/")
    spent = ask(business, "oauth/access_token", **secret, code=code, redirect_uri=back)
    code = business.sim.call("POST", "/control/logins", {"app_id": app, "accounts": [business.waba_id]})[
        "code"
    ]
    token = ask(business, "oauth/access_token", **secret, code=code).json()["access_token"]
    about = ask(business, "debug_token", token=f"{app}|{business.app_secret}", input_token=token).json()[
        "data"
    ]

    assert business.waba_id in page.text
    assert agreed.headers["location"].endswith("state=s1")
    assert [one.json()["error"]["error_subcode"] for one in (other, spent)] == [36008, 36009]
    assert (about["is_valid"], about["app_id"], about["expires_at"]) == (True, app, 0)
    assert {one["scope"]: one["target_ids"] for one in about["granular_scopes"]} == {
        "whatsapp_business_management": [business.waba_id],
        "whatsapp_business_messaging": [business.waba_id],
    }
    numbers = ask(business, f"{business.waba_id}/phone_numbers", token=token).json()["data"]
    assert [one["id"] for one in numbers] == [business.id]
    assert ask(business, "1" * 15, token=token).json()["error"]["error_subcode"] == 33


def test_a_wrong_secret_and_a_strange_token_open_nothing(business: Business) -> None:
    app = str(business.put()["app_id"])
    code = business.sim.call("POST", "/control/logins", {"app_id": app, "accounts": [business.waba_id]})[
        "code"
    ]

    refused = ask(business, "oauth/access_token", client_id=app, client_secret="wrong", code=code)
    strange = ask(business, "debug_token", token=f"{app}|{business.app_secret}", input_token="EAAnobody")

    assert (refused.status_code, refused.json()["error"]["code"]) == (400, 1)
    assert strange.json()["data"]["is_valid"] is False
