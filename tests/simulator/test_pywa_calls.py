"""Calls at the far end, by pywa, which others wrote for the real API: both ways, refusals, permission."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from pywa.client import WhatsApp
from pywa.errors import WhatsAppError
from pywa.types.calls import (
    CallConnect,
    CallPermissions,
    CallPermissionStatus,
    CallStatus,
    CallTerminate,
    SessionDescription,
)

from tests.calls import ANSWER, OFFER
from tests.simulator.conftest import Business
from tests.simulator.receiver import eventually
from tests.simulator.test_pywa import client as client

OUR_OFFER = SessionDescription(sdp_type="offer", sdp=OFFER)
OUR_ANSWER = SessionDescription(sdp_type="answer", sdp=ANSWER)


def rings(business: Business, **said: Any) -> str:
    """The customer calls; the provider's id."""
    body = {"channel": business.id, "from": business.phone, "name": "Ada Tester", **said}
    return str(business.sim.call("POST", "/control/voice_calls", body)["call_id"])


def acts(business: Business, call_id: str, **what: Any) -> Any:
    return business.sim.call("POST", f"/control/voice_calls/{call_id}", what)


def told(business: Business, call_id: str, event: str) -> Any:
    """The webhook of this event of a call, as if it had come alone."""

    def look() -> Any:
        for value in business.hook.values():
            for call in value.get("calls", []):
                if (call["id"], call["event"]) == (call_id, event):
                    return alone(business, value)
        return None

    return eventually(look)


def alone(business: Business, value: dict[str, Any]) -> Any:
    return {"entry": [{"id": business.waba_id, "changes": [{"field": "calls", "value": value}]}]}


def asked(business: Business) -> Any:
    """What the business may do now."""
    params = {"user_wa_id": business.phone}
    return business.graph("GET", f"{business.id}/call_permissions", params=params).json()


def allows(business: Business, **reply: Any) -> None:
    """The customer answers whether the business may call."""
    said = {"type": "call_permission_reply", "call_permission_reply": {"response": "accept", **reply}}
    business.hears(raw={"type": "interactive", "interactive": said})


def code_of(refused: pytest.ExceptionInfo[WhatsAppError]) -> int:
    return int(refused.value.code)


def test_a_customers_call_is_accepted_once_and_ends_with_its_length(
    business: Business, client: WhatsApp
) -> None:
    call_id = rings(business)
    heard = CallConnect.from_update(client, told(business, call_id, "connect"))

    client.pre_accept_call(call_id, OUR_ANSWER)
    with pytest.raises(WhatsAppError):
        client.accept_call(call_id, SessionDescription(sdp_type="answer", sdp=ANSWER + "a=x:y\r\n"))
    client.accept_call(call_id, OUR_ANSWER)
    with pytest.raises(WhatsAppError) as doubled:
        client.accept_call(call_id, OUR_ANSWER)
    client.terminate_call(call_id)
    over: CallTerminate[Any] = CallTerminate.from_update(client, told(business, call_id, "terminate"))

    assert (heard.from_user.wa_id, heard.session and heard.session.sdp[:4]) == (business.phone, "v=0\r")
    assert code_of(doubled) == 138003
    assert over.duration == 0
    assert over.start_time is not None
    with pytest.raises(WhatsAppError, match="ended"):
        client.terminate_call(call_id)


def test_an_answered_call_leaves_what_was_asked_for_and_nothing_else(
    business: Business, client: WhatsApp
) -> None:
    """Younger than pywa, which fetches the sound all the same."""
    kept = {"status": "ENABLED", "purpose": "for quality", "announcement_language": "en"}
    answer = {"session": {"sdp_type": "answer", "sdp": ANSWER}}

    def takes(**more: Any) -> str:
        call_id = rings(business)
        said = {"messaging_product": "whatsapp", "call_id": call_id, "action": "accept", **answer, **more}
        refused = business.graph("POST", f"{business.id}/calls", json=said)
        acts(business, call_id, hang_up=True)
        return call_id if refused.status_code == 200 else str(refused.json()["error"]["code"])

    both = takes(recording=kept, transcription=kept)
    sound = told(business, both, "call_recording_available")["entry"][0]["changes"][0]["value"]["calls"][0]
    words = told(business, both, "call_transcription_available")["entry"][0]["changes"][0]["value"]["calls"][
        0
    ]
    audio = sound["call_recording"]["audio"]
    there = client.get_media_url(audio["id"])
    business.put(call_transcription="document")
    file = told(business, takes(transcription=kept), "call_transcription_available")
    document = file["entry"][0]["changes"][0]["value"]["calls"][0]["call_transcription"]["document"]

    assert (there.mime_type, there.sha256) == ("audio/ogg; codecs=opus", bytes_of(audio["sha256"]).hex())
    assert client.get_media_bytes(url=there.url)[:4] == b"OggS"
    assert "I am calling about my order." in words["call_transcription"]["text"]["body"]
    assert b"my order" in client.get_media_bytes(url=client.get_media_url(document["id"]).url)
    assert takes(recording={**kept, "purpose": "x" * 251}) == "100"
    assert takes(recording={"purpose": "why"}) == "100"
    plain = takes(recording={"status": "DISABLED"})
    assert told(business, plain, "terminate")
    assert plain not in [call["id"] for value in business.hook.values() for call in value.get("calls", [])
                         if call["event"] == "call_recording_available"]  # fmt: skip


def bytes_of(digest: str) -> bytes:
    return base64.b64decode(digest)


def test_a_call_nobody_takes_stops_ringing_and_a_rejected_one_at_once(
    business: Business, client: WhatsApp
) -> None:
    business.put(call_ring_s=0.2)
    missed = rings(business)
    over: CallTerminate[Any] = CallTerminate.from_update(client, told(business, missed, "terminate"))
    business.put(call_ring_s=45)
    rejected = rings(business)
    client.reject_call(rejected)
    hung_up = eventually(lambda: rings(business))
    acts(business, hung_up, hang_up=True)

    assert (over.duration, over.start_time) == (None, None)
    assert told(business, rejected, "terminate")
    assert told(business, hung_up, "terminate")


def test_the_business_calls_who_allowed_it(business: Business, client: WhatsApp) -> None:
    business.opens_window()
    with pytest.raises(WhatsAppError) as refused:
        client.initiate_call(business.phone, OUR_OFFER)
    allows(business, is_permanent=True)
    permissions = asked(business)
    call = client.initiate_call(business.phone, OUR_OFFER, tracker="row-1")
    with pytest.raises(WhatsAppError) as busy:
        client.initiate_call(business.phone, OUR_OFFER)
    acts(business, call.id, answer=True)
    joined = CallConnect.from_update(client, told(business, call.id, "connect"))
    acts(business, call.id, hang_up=True)
    over: CallTerminate[Any] = CallTerminate.from_update(client, told(business, call.id, "terminate"))

    assert (code_of(refused), code_of(busy)) == (138006, 138003)
    assert permissions["permission"] == {"status": "permanent"}  # younger than pywa
    assert joined.session
    assert joined.session.sdp_type == "answer"
    assert [row["status"] for row in business.told(call.id, 2)] == ["RINGING", "ACCEPTED"]
    first = next(value for value in business.hook.values() if value.get("statuses"))
    assert CallStatus.from_update(client, alone(business, first)).tracker == "row-1"
    assert over.tracker == "row-1"


def test_a_phone_that_declines_rejects_and_four_unanswered_calls_take_the_permission_back(
    business: Business, client: WhatsApp
) -> None:
    allows(business, is_permanent=True)
    for n in range(4):
        call = client.initiate_call(business.phone, OUR_OFFER)
        acts(business, call.id, **({"decline": True} if n == 0 else {"hang_up": True}))
        told(business, call.id, "terminate")
        if n == 0:
            assert business.told(call.id, 2)[1]["status"] == "REJECTED"

    with pytest.raises(WhatsAppError) as refused:
        client.initiate_call(business.phone, OUR_OFFER)
    assert code_of(refused) == 138006


def test_asking_for_permission_has_a_limit_which_a_call_lifts(business: Business, client: WhatsApp) -> None:
    business.opens_window()
    asks: dict[str, Any] = {
        "type": "interactive",
        "interactive": {
            "type": "call_permission_request", "body": {"text": "May we?"},
            "action": {"name": "call_permission_request"},
        },
    }  # fmt: skip
    business.sent(**asks)
    again = business.send(**asks)
    call_id = rings(business)
    client.accept_call(call_id, OUR_ANSWER)
    client.terminate_call(call_id)
    now = CallPermissions.from_dict(asked(business))
    allows(business, is_permanent=True)
    needless = business.send(**asks)

    assert again.json()["error"]["code"] == 138009
    assert now.permission.status == CallPermissionStatus.TEMPORARY
    assert [action.can_perform_action for action in now.actions] == [True, True]
    assert needless.json()["error"]["code"] == 138017


def test_a_number_without_calling_a_country_and_a_bad_session_are_refused(
    business: Business, client: WhatsApp
) -> None:
    allows(business, is_permanent=True)
    business.put(calling=False)
    with pytest.raises(WhatsAppError) as off:
        client.initiate_call(business.phone, OUR_OFFER)
    business.put(calling=True, display_phone_number="+1 202 555 0143")
    with pytest.raises(WhatsAppError) as country:
        client.initiate_call(business.phone, OUR_OFFER)
    with pytest.raises(WhatsAppError) as bad:
        client.initiate_call(business.phone, SessionDescription(sdp_type="offer", sdp="v=0\r\n"))

    assert [code_of(one) for one in (off, country, bad)] == [138000, 138013, 100]
