"""Files both ways: ids that live 7 or 30 days, addresses that live five minutes and want the token."""

import base64
import hashlib
import io
from typing import Any

import av
import pytest
from av.audio.frame import AudioFrame

from simulator import samples, sound
from tests.simulator.conftest import Business
from tests.simulator.receiver import Receiver, eventually

DAY_S = 86_400


def received_image(business: Business) -> dict[str, Any]:
    business.hears(image="photo")
    image: dict[str, Any] = eventually(business.hook.messages)[0]["image"]
    return image


def fetch(business: Business, url: str, token: str | None = "own") -> int:
    headers = {"Authorization": f"Bearer {business.token if token == 'own' else token}"} if token else {}
    return business.session.get(url, headers=headers).status_code


def later(business: Business, seconds: float) -> None:
    business.sim.call("PUT", "/control/clock", {"offset_s": seconds})


def look_up(business: Business, media_id: str) -> dict[str, Any]:
    found: dict[str, Any] = business.graph("GET", media_id).json()
    return found


@pytest.mark.parametrize("name", samples.NAMES)
def test_every_built_in_file_is_what_it_says(business: Business, name: str) -> None:
    sample = samples.sample(name)
    business.hears(**{sample.kind: {"sample": name}})

    [message] = eventually(business.hook.messages)
    media = message[message["type"]]
    content = business.session.get(
        media["url"], headers={"Authorization": f"Bearer {business.token}"}
    ).content
    assert media["mime_type"] == sample.mime
    assert base64.b64decode(media["sha256"]) == hashlib.sha256(content).digest()
    if name == "voice":
        assert media["voice"] is True
    else:
        assert content == sample.content


def test_a_look_up_tells_size_and_checksum(business: Business) -> None:
    image = received_image(business)
    photo = samples.sample("photo").content

    found = look_up(business, image["id"])

    assert found["messaging_product"] == "whatsapp"
    assert (found["id"], found["mime_type"]) == (image["id"], "image/jpeg")
    assert (found["file_size"], found["sha256"]) == (str(len(photo)), hashlib.sha256(photo).hexdigest())
    business.put(media_file_size="number", media_sha256_in_get="base64")
    assert look_up(business, image["id"])["file_size"] == len(photo)
    assert look_up(business, image["id"])["sha256"] == image["sha256"]


def test_an_address_works_for_five_minutes_and_only_with_the_token(business: Business) -> None:
    image = received_image(business)
    url = look_up(business, image["id"])["url"]

    assert fetch(business, url) == 200
    assert fetch(business, image["url"]) == 200
    assert fetch(business, url, token=None) == 401
    assert fetch(business, url, token="wrong") == 401
    assert fetch(business, url.replace("hash=", "hash=0")) == 404
    later(business, 301)
    assert fetch(business, url) == 404
    assert fetch(business, look_up(business, image["id"])["url"]) == 200


def test_an_id_from_a_webhook_lives_seven_days_and_an_uploaded_one_thirty(business: Business) -> None:
    received = received_image(business)["id"]
    uploaded = business.upload(samples.sample("photo").content, "image/jpeg")

    later(business, 7 * DAY_S - 60)
    assert look_up(business, received)["id"] == received
    later(business, 7 * DAY_S + 60)
    assert look_up(business, received)["error"]["error_subcode"] == 33
    assert look_up(business, uploaded)["id"] == uploaded
    later(business, 30 * DAY_S + 60)
    assert look_up(business, uploaded)["error"]["error_subcode"] == 33
    refused = business.send(type="image", image={"id": uploaded})
    assert refused.json()["error"]["code"] == 131009


def test_a_deleted_file_is_gone(business: Business) -> None:
    media_id = business.upload(samples.sample("photo").content, "image/jpeg")
    url = look_up(business, media_id)["url"]

    assert business.graph("DELETE", media_id).json() == {"success": True}

    assert look_up(business, media_id)["error"]["code"] == 100
    assert fetch(business, url) == 404


@pytest.mark.parametrize(
    ("mime", "size", "code"),
    [
        ("image/gif", 10, 100),
        ("application/zip", 10, 100),
        ("image/jpeg", 5 * 1024 * 1024 + 1, 131053),
        ("image/png", 0, 131053),
    ],
)
def test_a_file_of_a_wrong_type_or_size_is_not_taken(
    business: Business, mime: str, size: int, code: int
) -> None:
    files = {"file": ("file", b"x" * size, mime)}

    answer = business.graph(
        "POST", f"{business.id}/media", data={"messaging_product": "whatsapp"}, files=files
    )

    assert (answer.status_code, answer.json()["error"]["code"]) == (400, code)


def stereo() -> bytes:
    """Ogg with stereo Opus, which WhatsApp does not play."""
    out = io.BytesIO()
    with av.open(out, "w", format="ogg") as box:
        stream = box.add_stream("libopus", rate=48_000, layout="stereo")
        for index in range(50):
            frame = AudioFrame(format="s16", layout="stereo", samples=960)
            frame.planes[0].update(bytes(960 * 4))
            frame.sample_rate, frame.pts = 48_000, index * 960
            box.mux(stream.encode(frame))
        box.mux(stream.encode(None))
    return out.getvalue()


@pytest.mark.parametrize(
    ("kind", "mime", "content"),
    [
        ("audio", "audio/ogg", stereo()),
        ("audio", "audio/ogg", b"not sound at all"),
        ("image", "image/png", samples.sample("photo").content),
        ("video", "video/mp4", b"not a video"),
        ("image", "application/pdf", samples.sample("document").content),
    ],
    ids=["stereo", "noise", "jpeg-called-png", "no-video", "pdf-as-image"],
)
def test_a_file_that_is_not_what_it_says_fails_after_it_was_accepted(
    business: Business, kind: str, mime: str, content: bytes
) -> None:
    business.opens_window()

    said: dict[str, Any] = {"type": kind, kind: {"id": business.upload(content, mime)}}
    message_id = business.sent(**said)

    [failed] = eventually(lambda: business.hook.statuses(message_id))
    assert failed["errors"][0]["code"] == 131053


@pytest.mark.parametrize("name", samples.NAMES)
def test_every_kind_of_file_can_be_sent(business: Business, name: str) -> None:
    business.opens_window()
    sample = samples.sample(name)
    kind = "audio" if name == "voice" else sample.kind
    media = {"id": business.upload(sample.content, sample.mime, sample.filename)}
    said: dict[str, Any] = {"type": kind, kind: media | ({"voice": True} if name == "voice" else {})}

    message_id = business.sent(**said)

    eventually(lambda: business.states(message_id) == ["sent", "delivered", "read"])
    [arrived] = business.outbox()
    assert arrived["kind"] == sample.kind
    assert business.session.get(business.sim.url + arrived["media"]["url"]).content == sample.content


def test_a_file_behind_a_link_is_fetched(business: Business, receiver: Receiver) -> None:
    business.opens_window()
    receiver.files["/offer.jpg"] = ("image/jpeg", samples.sample("photo").content)

    message_id = business.sent(type="image", image={"link": f"{receiver.url}/offer.jpg", "caption": "Look"})

    eventually(lambda: business.states(message_id) == ["sent", "delivered", "read"])
    assert business.outbox()[0]["media"]["width"] == 960
    lost = business.sent(type="image", image={"link": f"{receiver.url}/not-there.jpg"})
    eventually(lambda: business.states(lost) == ["failed"])
    assert business.hook.statuses(lost)[0]["errors"][0]["code"] == 131053


def test_a_template_shows_its_picture(business: Business) -> None:
    media_id = business.upload(samples.sample("photo").content, "image/jpeg")
    template = {
        "name": "spring_offer",
        "language": {"code": "pt_BR"},
        "components": [
            {"type": "header", "parameters": [{"type": "image", "image": {"id": media_id}}]},
            {
                "type": "body",
                "parameters": [{"type": "text", "text": "Ada"}, {"type": "text", "text": "20%"}],
            },
            {
                "type": "button",
                "sub_type": "quick_reply",
                "index": "0",
                "parameters": [{"type": "payload", "payload": "STOP"}],
            },
        ],
    }

    message_id = business.sent(type="template", template=template)

    eventually(lambda: business.states(message_id)[1:])
    page = business.sim.call("GET", f"/phone/chats/{business.id}/{business.phone}")
    [shown] = page["messages"]
    assert shown["template"]["header"] == {"kind": "image", "text": None}
    assert shown["template"]["buttons"] == [
        {"kind": "quick_reply", "text": "Parar promoções", "payload": "STOP"}
    ]
    assert shown["media"]["width"] == 960


def test_a_recording_becomes_the_voice_note_whatsapp_knows() -> None:
    content, mime = sound.as_voice_note(stereo(), "audio/ogg")

    assert mime == "audio/ogg; codecs=opus"
    assert sound.flaw_of_audio(content, mime) is None
    seconds, waveform = sound.measure(content)
    assert seconds == pytest.approx(1.0, abs=0.1)
    assert waveform is not None
    assert len(waveform) == 48
