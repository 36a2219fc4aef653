"""pywa, a client written by others for the real API, works against the simulator without a change to it."""

import io

import httpx
import pytest
from pywa.client import WhatsApp
from pywa.errors import ReEngagementMessage, WhatsAppError
from pywa.types.templates import BodyText, TemplateLanguage

from simulator import samples
from tests.simulator.conftest import Business
from tests.simulator.receiver import eventually


class Rerouted(httpx.HTTPTransport):
    """Sends what is meant for graph.facebook.com to the simulator, as a name server would."""

    def __init__(self, host: str, port: int) -> None:
        super().__init__()
        self._there = {"scheme": "http", "host": host, "port": port}

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.host == "graph.facebook.com":
            request.url = request.url.copy_with(**self._there)
        return super().handle_request(request)


@pytest.fixture
def client(business: Business) -> WhatsApp:
    session = httpx.Client(transport=Rerouted("127.0.0.1", business.sim.port))
    return WhatsApp(phone_id=business.id, token=business.token, session=session, waba_id=business.waba_id)


def test_a_text_sent_by_pywa_arrives_on_the_phone(business: Business, client: WhatsApp) -> None:
    business.opens_window()

    sent = client.send_message(to=business.phone, text="Größe 42? 😀", tracker="row-1")

    [arrived] = eventually(lambda: [m for m in business.outbox() if m.get("received_at")])
    assert (arrived["provider_id"], arrived["text"]) == (sent.id, "Größe 42? 😀")
    assert arrived["biz_opaque_callback_data"] == "row-1"
    eventually(lambda: business.states(sent.id) == ["sent", "delivered", "read"])


def test_an_image_uploaded_by_pywa_is_shown_on_the_phone(business: Business, client: WhatsApp) -> None:
    business.opens_window()
    photo = samples.sample("photo").content

    client.send_image(to=business.phone, image=io.BytesIO(photo), mime_type="image/jpeg", caption="The bike")

    [arrived] = eventually(lambda: [m for m in business.outbox() if m.get("received_at")])
    assert (arrived["kind"], arrived["text"]) == ("image", "The bike")
    assert (arrived["media"]["width"], arrived["media"]["height"]) == (960, 720)
    assert business.session.get(business.sim.url + arrived["media"]["url"]).content == photo


def test_pywa_downloads_what_a_customer_sent(business: Business, client: WhatsApp) -> None:
    business.hears(image={"sample": "photo", "caption": "Mine"})
    [message] = eventually(business.hook.messages)

    media = client.get_media_url(message["image"]["id"])

    assert media.mime_type == "image/jpeg"
    assert client.get_media_bytes(media.url) == samples.sample("photo").content


def test_a_reaction_by_pywa_hangs_on_the_customers_message(business: Business, client: WhatsApp) -> None:
    message_id = business.opens_window()

    client.send_reaction(to=business.phone, emoji="👍", message_id=message_id)

    def reactions() -> dict[str, str]:
        page = business.sim.call("GET", f"/phone/chats/{business.id}/{business.phone}")
        found: dict[str, str] = page["messages"][0]["reactions"]
        return found

    assert eventually(reactions) == {"them": "👍"}
    client.remove_reaction(to=business.phone, message_id=message_id)
    eventually(lambda: reactions() == {})


def test_a_template_sent_by_pywa_is_filled_in(business: Business, client: WhatsApp) -> None:
    client.send_template(
        to=business.phone,
        name="flight_delay",
        language=TemplateLanguage.PORTUGUESE_BR,
        params=[BodyText.params(first_name="Ada", flight="CA 204", new_time="18:40", gate="B7")],
    )

    [arrived] = eventually(lambda: [m for m in business.outbox() if m.get("received_at")])
    assert arrived["kind"] == "template"
    assert arrived["text"].startswith("Olá Ada, o voo CA 204 sai agora às 18:40 do portão B7.")


def test_pywa_marks_a_message_read_and_shows_as_typing(business: Business, client: WhatsApp) -> None:
    message_id = business.opens_window()

    client.mark_message_as_read(message_id)
    client.indicate_typing(message_id)

    [chat] = [
        chat
        for phone in business.sim.call("GET", "/phone/state")["phones"]
        for chat in phone["chats"]
        if phone["number"] == business.phone and chat["channel"] == business.id
    ]
    assert chat["last"]["status"] == "read"
    assert chat["typing_until"] is not None


def test_pywa_understands_the_refusals(business: Business, client: WhatsApp) -> None:
    business.put(window_check="sync")

    with pytest.raises(ReEngagementMessage) as refused:
        client.send_message(to=business.phone, text="Too late")

    assert refused.value.code == 131047
    with pytest.raises(WhatsAppError, match="Unsupported get request"):
        client.get_media_url("123456789012345")


def test_pywa_lists_templates_and_the_number(business: Business, client: WhatsApp) -> None:
    number = client.get_business_phone_number()
    templates = client.get_templates(name="fraud_alert")

    assert (number.verified_name, number.display_phone_number) == ("Harbour Bikes", "+44 7700 900201")
    assert {template.language for template in templates} == {
        TemplateLanguage.ENGLISH,
        TemplateLanguage.PORTUGUESE_BR,
    }
