"""The phone page's calls: what a person does reaches the business, and the page hears what comes."""

import io
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import av
import pytest
import requests
from av.audio.frame import AudioFrame

from tests.simulator.conftest import Business
from tests.simulator.receiver import eventually

Json = dict[str, Any]


@pytest.fixture
def chat(business: Business) -> str:
    """The address of the business's chat on the customer's phone."""
    business.sim.call("POST", "/phone/customers", {"number": business.phone, "name": "Ada Tester"})
    return f"/phone/chats/{business.id}/{business.phone}"


def write(business: Business, chat: str, **said: Any) -> Json:
    written: Json = business.sim.call("POST", f"{chat}/messages", said)
    return written


def shown(business: Business, chat: str) -> list[Json]:
    found: list[Json] = business.sim.call("GET", chat)["messages"]
    return found


def chat_row(business: Business) -> Json:
    phones = business.sim.call("GET", "/phone/state")["phones"]
    rows = [row for phone in phones if phone["number"] == business.phone for row in phone["chats"]]
    return next(row for row in rows if row["channel"] == business.id)


def events(business: Business, after: int) -> Iterator[Json]:
    """The feed from a number on."""
    with requests.get(f"{business.sim.url}/phone/feed?after={after}", stream=True, timeout=5) as feed:
        for line in feed.iter_lines():
            if line.startswith(b"data: "):
                yield json.loads(line[6:])


def test_what_is_written_on_the_phone_reaches_the_business(business: Business, chat: str) -> None:
    written = write(business, chat, text="Hello")

    assert (written["from_me"], written["kind"], written["text"]) == (True, "text", "Hello")
    [message] = eventually(business.hook.messages)
    assert (message["id"], message["text"]) == (written["id"], {"body": "Hello"})
    eventually(lambda: shown(business, chat)[0]["status"] == "delivered")
    business.graph(
        "POST",
        f"{business.id}/messages",
        json={"messaging_product": "whatsapp", "status": "read", "message_id": written["id"]},
    )
    assert shown(business, chat)[0]["status"] == "read"


def test_marking_one_message_read_marks_all_before_it(business: Business, chat: str) -> None:
    ids = [write(business, chat, text=str(n))["id"] for n in range(3)]
    eventually(lambda: len(business.hook.messages()) == 3)

    business.graph(
        "POST",
        f"{business.id}/messages",
        json={"messaging_product": "whatsapp", "status": "read", "message_id": ids[1]},
    )

    assert [message["status"] for message in shown(business, chat)] == ["read", "read", "delivered"]


def test_pages_of_a_chat_go_back_in_time(business: Business, chat: str) -> None:
    texts = [str(n) for n in range(7)]
    for text in texts:
        write(business, chat, text=text)

    newest = business.sim.call("GET", f"{chat}?limit=3")
    before = business.sim.call("GET", f"{chat}?limit=4&before={quote(newest['messages'][0]['id'])}")

    assert [m["text"] for m in before["messages"] + newest["messages"]] == texts
    assert (newest["has_more"], before["has_more"]) == (True, False)


def test_a_recording_of_the_browser_arrives_as_a_voice_note(business: Business, chat: str) -> None:
    files = {"file": ("recording.webm", webm(), "audio/webm")}

    answer = business.session.post(f"{business.sim.url}{chat}/messages", data={"kind": "voice"}, files=files)

    assert answer.status_code == 201, answer.text
    assert answer.json()["kind"] == "voice"
    assert answer.json()["media"]["mime"] == "audio/ogg; codecs=opus"
    assert answer.json()["media"]["duration_s"] == pytest.approx(1.0, abs=0.1)
    assert max(answer.json()["media"]["waveform"]) == 31
    [message] = eventually(business.hook.messages)
    assert message["type"] == "audio"
    assert (message["audio"]["voice"], message["audio"]["mime_type"]) == (True, "audio/ogg; codecs=opus")


def webm() -> bytes:
    """A second of stereo sound as Chromium records it."""
    out = io.BytesIO()
    with av.open(out, "w", format="webm") as box:
        stream = box.add_stream("libopus", rate=48_000, layout="stereo")
        for index in range(50):
            frame = AudioFrame(format="s16", layout="stereo", samples=960)
            frame.planes[0].update(bytes([index % 7 * 9, 0, 9, index % 5 * 9]) * 960)
            frame.sample_rate, frame.pts = 48_000, index * 960
            box.mux(stream.encode(frame))
        box.mux(stream.encode(None))
    return out.getvalue()


def test_a_photo_with_a_caption_and_a_quote(business: Business, chat: str) -> None:
    first = write(business, chat, text="Look at this")
    picture = business.session.get(
        business.sim.url + write(business, chat, image="photo")["media"]["url"]
    ).content
    form = {"kind": "image", "caption": "My card", "reply_to": first["id"]}

    answer = business.session.post(
        f"{business.sim.url}{chat}/messages", data=form, files={"file": ("a.jpg", picture, "image/jpeg")}
    ).json()

    assert answer["quote"] == {"id": first["id"], "from_me": True, "kind": "text", "text": "Look at this"}
    message = eventually(lambda: business.hook.messages()[2:])[0]
    assert message["image"]["caption"] == "My card"
    assert message["context"] == {"from": business.phone, "id": first["id"]}


def test_buttons_and_rows_of_messages_can_be_pressed(business: Business, chat: str) -> None:
    write(business, chat, text="Hi")
    button = {"type": "reply", "reply": {"id": "yes", "title": "Yes"}}
    asked = business.sent(
        type="interactive",
        interactive={"type": "button", "body": {"text": "Was it you?"}, "action": {"buttons": [button]}},
    )
    template = business.sent(
        type="template",
        template={
            "name": "follow_up",
            "language": {"code": "en"},
            "components": [{"type": "body", "parameters": [{"type": "text", "text": "Ada"}]}],
        },
    )
    eventually(lambda: len(shown(business, chat)) == 3)
    offered = shown(business, chat)[2]["template"]["buttons"][0]

    write(business, chat, button={"target": asked, "payload": "yes", "text": "Yes"})
    write(business, chat, button={"target": template, "payload": offered["payload"], "text": offered["text"]})

    _, reply, quick = eventually(lambda: business.hook.messages()[2:] and business.hook.messages())
    assert reply["interactive"] == {"type": "button_reply", "button_reply": {"id": "yes", "title": "Yes"}}
    assert quick["button"] == {"payload": "Yes, go on", "text": "Yes, go on"}
    assert (reply["context"]["id"], quick["context"]["id"]) == (asked, template)


def test_reactions_edits_and_deletions_change_what_is_shown(business: Business, chat: str) -> None:
    mine = write(business, chat, text="Size M")
    theirs = business.sent(text="Noted")
    eventually(lambda: len(shown(business, chat)) == 2)

    write(business, chat, reaction={"target": theirs, "emoji": "🙏"})
    write(business, chat, edit={"target": mine["id"], "text": "Size L"})
    edited, answered = shown(business, chat)
    write(business, chat, reaction={"target": theirs, "emoji": None})
    write(business, chat, revoke={"target": mine["id"]})
    gone, plain = shown(business, chat)

    assert (edited["text"], edited["edited_at"] is not None) == ("Size L", True)
    assert (answered["reactions"], plain["reactions"]) == ({"me": "🙏"}, {})
    assert (gone["text"], gone["revoked_at"] is not None) == ("", True)
    refused = business.sim.call(
        "POST", f"{chat}/messages", {"edit": {"target": theirs, "text": "x"}}, status=400
    )
    assert "own messages" in refused["error"]


def test_what_is_written_offline_waits_and_goes_out_in_order(business: Business, chat: str) -> None:
    phone = f"/phone/customers/{business.phone}"
    business.sim.call("PATCH", phone, {"settings": {"offline": True}})
    ids = [write(business, chat, text=str(n))["id"] for n in range(3)]
    assert [message["status"] for message in shown(business, chat)] == ["waiting"] * 3

    business.sim.call("PATCH", phone, {"settings": {"offline": False}})

    eventually(lambda: [message["id"] for message in business.hook.messages()] == ids)
    eventually(lambda: [m["status"] for m in shown(business, chat)] == ["delivered"] * 3)


def test_a_message_the_business_does_not_take_waits_and_can_be_retried(business: Business, chat: str) -> None:
    business.put(retry_first_s=30)
    business.hook.answers[:] = [503]
    message = write(business, chat, text="Hello?")
    eventually(lambda: shown(business, chat)[0]["status"] == "waiting")

    business.sim.call("POST", f"/phone/messages/{message['id']}/retry")

    eventually(lambda: shown(business, chat)[0]["status"] == "delivered")
    business.sim.call("POST", f"/phone/messages/{message['id']}/retry", status=409)


def test_without_automatic_reading_messages_are_read_when_the_chat_is_opened(
    business: Business, chat: str
) -> None:
    write(business, chat, text="Hi")
    business.sim.call("PATCH", f"/phone/customers/{business.phone}", {"settings": {"auto_read": False}})
    ids = [business.sent(text=str(n)) for n in range(2)]
    eventually(lambda: all(business.states(message_id) == ["sent", "delivered"] for message_id in ids))
    assert chat_row(business)["unread"] == 2

    business.sim.call("POST", f"{chat}/open", {"open": True})

    eventually(lambda: all(business.states(message_id)[-1] == "read" for message_id in ids))
    assert chat_row(business)["unread"] == 0
    at_once = business.sent(text="While you look")
    eventually(lambda: business.states(at_once) == ["sent", "delivered", "read"])


def test_a_played_voice_message_is_told(business: Business, chat: str) -> None:
    write(business, chat, text="Hi")
    message_id = business.sent(text="Pretend this is sound")
    eventually(lambda: business.states(message_id)[2:])

    business.sim.call("POST", f"/phone/messages/{message_id}/played")

    eventually(lambda: business.states(message_id) == ["sent", "delivered", "read", "played"])


def test_a_phone_can_have_its_webhooks_doubled(business: Business, chat: str) -> None:
    business.sim.call("PATCH", f"/phone/customers/{business.phone}", {"settings": {"webhook_mode": "twice"}})

    write(business, chat, text="Twice")

    eventually(lambda: len(business.hook.messages()) == 2)


def test_the_window_is_shown_and_opens_with_a_message(business: Business, chat: str) -> None:
    write(business, chat, text="Hi")

    row = chat_row(business)

    assert row["last"]["text"] == "Hi"
    assert row["window_until"] > row["last"]["at"]


def test_the_feed_tells_everything_from_where_the_page_stopped(business: Business, chat: str) -> None:
    start = business.sim.call("GET", "/phone/state")["seq"]
    feed = events(business, start)
    write(business, chat, text="Hi")
    heard: list[Json] = []
    for event in feed:
        heard.append(event)
        if (event["data"].get("number"), event["data"].get("status")) == (business.phone, "delivered"):
            break

    mine = [e for e in heard if e["data"].get("number") == business.phone]
    assert [e["seq"] for e in heard] == sorted(e["seq"] for e in heard)
    assert [e["data"]["text"] for e in mine if e["type"] == "message"] == ["Hi"]
    wire = next(e["data"] for e in mine if e["type"] == "wire")
    assert (wire["direction"], wire["label"], wire["status"]) == ("out", "message text", 200)
    assert '"body":"Hi"' in wire["body"]


def test_a_page_that_was_away_too_long_is_told_to_load_again(business: Business) -> None:
    first = next(events(business, 10**9))

    assert first["type"] == "reload"
    assert first["seq"] == business.sim.call("GET", "/phone/state")["seq"]


def test_customers_are_made_renamed_and_kept_apart(business: Business) -> None:
    made = business.sim.call("POST", "/phone/customers", {"name": "Bo"})
    renamed = business.sim.call(
        "PATCH", f"/phone/customers/{made['number']}", {"name": "Bo Test", "username": "bo.test"}
    )

    assert (renamed["name"], renamed["username"]) == ("Bo Test", "bo.test")
    business.sim.call("POST", "/phone/customers", {"number": made["number"], "name": "Another"}, status=409)
    business.sim.call("POST", "/phone/customers", {"number": "12", "name": "Short"}, status=400)
    business.sim.call("PATCH", "/phone/customers/447700988888", {"name": "Nobody"}, status=404)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({}, "Say one of"),
        ({"text": "a", "location": {}}, "Say only one of"),
        ({"image": "no-such"}, "There is no built-in file"),
        ({"image": {"base64": "%%%"}}, "is not base64"),
        ({"text": "a", "timestamp": "soon"}, "Unix seconds"),
    ],
)
def test_what_cannot_be_written_is_refused_with_a_sentence(
    business: Business, chat: str, said: Json, why: str
) -> None:
    refused = business.sim.call("POST", f"{chat}/messages", said, status=400)

    assert why in refused["error"]


def test_the_page_and_its_files_are_served_under_a_strict_policy(business: Business) -> None:
    page = business.session.get(f"{business.sim.url}/")

    policy = page.headers["Content-Security-Policy"]
    nonce = policy.split("'nonce-")[1].split("'")[0]
    assert page.url.endswith("/phone/")
    assert "unsafe" not in policy
    assert f'nonce="{nonce}"' in page.text
    for path in (
        "/npm/preact/dist/preact.mjs",
        "/npm/htm/dist/htm.mjs",
        "/static/css/tokens.css",
        "/icons.svg",
        "/favicon.ico",
    ):
        assert business.session.get(business.sim.url + path).status_code == 200, path
    for path in ("/npm/../package.json", "/npm/axe-core/axe.min.js", "/npm/preact/package.json"):
        assert business.session.get(business.sim.url + path).status_code == 404, path


def test_a_reset_clears_chats_but_not_numbers(business: Business) -> None:
    business.opens_window()
    business.sent(text="Hi")

    business.sim.call("POST", "/control/reset")

    assert business.outbox(all="1") == []
    assert business.id in json.dumps(business.sim.call("GET", "/control/numbers"))
    business.opens_window()
