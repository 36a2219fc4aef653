"""Settings of a number by pywa, which others wrote for the real API: calls, the check of people, keys."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives import serialization as formats
from cryptography.hazmat.primitives.asymmetric import rsa
from pywa.client import WhatsApp
from pywa.errors import RecipientIdentityKeyMismatch
from pywa.types.calls import CallingSettingsStatus
from pywa.types.others import UserIdentityChangeSettings

from simulator.ids import identity_key
from tests.simulator.conftest import Business
from tests.simulator.receiver import eventually
from tests.simulator.test_pywa import client as client

CHECKED = UserIdentityChangeSettings(enable_identity_key_check=True)


def test_calls_are_switched_and_the_business_is_told(business: Business, client: WhatsApp) -> None:
    settings = client.get_business_phone_number_settings()
    assert settings.calling is not None
    settings.calling.status = CallingSettingsStatus.DISABLED

    assert client.update_business_phone_number_settings(calling=settings.calling)

    now = client.get_business_phone_number_settings()
    assert now.calling is not None
    assert now.calling.status == CallingSettingsStatus.DISABLED

    def told() -> list[str]:
        found = [value.get("phone_number_settings") for value in business.hook.values()]
        return [one["calling"]["status"] for one in found if one]

    assert eventually(told) == ["DISABLED"]


def test_a_message_for_another_phone_is_refused(business: Business, client: WhatsApp) -> None:
    client.update_business_phone_number_settings(user_identity_change=CHECKED)
    business.opens_window()
    (contact,) = eventually(
        lambda: [one for value in business.hook.values() for one in value.get("contacts", [])]
    )
    key = contact["identity_key_hash"]
    assert key == identity_key(business.phone, 0)

    sent = client.send_message(to=business.phone, text="Hello", identity_key_hash=key)
    business.sim.call("POST", f"/phone/customers/{business.phone}/device")
    with pytest.raises(RecipientIdentityKeyMismatch):
        client.send_message(to=business.phone, text="Hello again", identity_key_hash=key)

    hashes = eventually(
        lambda: [
            one["recipient_identity_key_hash"] for one in business.hook.statuses(sent.id)
        ]  # told when it left
    )
    assert hashes[0] == key


def test_codes_in_many_languages_and_the_key_of_forms(business: Business, client: WhatsApp) -> None:
    button = {"type": "OTP", "otp_type": "COPY_CODE"}
    parts = [{"type": "BODY"}, {"type": "BUTTONS", "buttons": [button]}]
    code = {"name": "code_for_all", "languages": ["de", "fr"], "category": "AUTHENTICATION"}
    edge = f"{business.waba_id}/upsert_message_templates"

    made = business.graph("POST", edge, json={**code, "components": parts}).json()["data"]
    again = business.graph("POST", edge, json={**code, "components": parts}).json()["data"]
    other = business.graph("POST", edge, json={**code, "category": "UTILITY", "components": parts})

    assert [(one["language"], one["status"]) for one in made] == [("de", "PENDING"), ("fr", "PENDING")]
    assert [one["id"] for one in again] == [one["id"] for one in made]
    assert other.status_code == 400
    public = rsa.generate_private_key(public_exponent=65537, key_size=2048).public_key()
    pem = public.public_bytes(formats.Encoding.PEM, formats.PublicFormat.SubjectPublicKeyInfo).decode()
    assert client.set_business_public_key(pem)
    shown = business.graph("GET", f"{business.id}/whatsapp_business_encryption").json()["data"][0]
    assert (shown["business_public_key"], shown["business_public_key_signature_status"]) == (pem, "VALID")
