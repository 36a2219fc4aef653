"""A template's picture that was uploaded: kept here, given to the provider once, shown in the editor."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from common.tenancy import tenant_context
from inbox.models import Attachment, KeptFile
from inbox.operations.attachments import upload_attachment
from inbox.operations.authors import Author
from notifications.checking import shape_faults
from notifications.operations.types import create_type, draft_faults
from notifications.queries.types import draft_of
from tests.cast import Cast
from tests.notifications.conftest import CONTENT, Ladder, Office, make_type, rung
from tests.notifications.forms import inputs, page

TYPE = "/console/notifications/types/fraud_alert/"


def picture(name: str = "card.png") -> SimpleUploadedFile:
    written = io.BytesIO()
    Image.new("RGB", (64, 48), "teal").save(written, "PNG")
    return SimpleUploadedFile(name, written.getvalue(), "image/png")


def with_picture(key: Any, kind: str = "image") -> dict[str, Any]:
    english = CONTENT["en"] | {"media": {kind: {"attachment_id": str(key)}}}
    return {"whatsapp": {"en": english}}


@pytest.mark.django_db(transaction=True)
def test_it_goes_with_every_message_and_is_uploaded_once(office: Office, ladder: Ladder) -> None:
    with office.scope():
        file = upload_attachment(file=picture())  # type: ignore[arg-type]
    offer = with_picture(file.id)["whatsapp"]["en"] | {
        "name": "spring_offer", "body": ["{{first_name}}", "20 %"],
        "buttons": [{}, {"coupon": "{{card_end}}"}, {"action": "not_me"}],
    }  # fmt: skip
    named = ladder(contents={"whatsapp": {"en": offer}})
    first = office.notify(named)
    office.work()
    second = office.notify(named)
    office.work()

    got = office.got()
    assert [one["media"]["filename"] for one in got] == ["card.png"] * 2
    assert len({one["media"]["id"] for one in got}) == 1
    with office.scope():
        [kept] = KeptFile.objects.all()
        assert kept.channel_id == office.numbers[0].id
        assert kept.storage_key == file.storage_key
        rows = Attachment.objects.exclude(message=None).order_by("id")
        assert [row.message_id for row in rows] == [office.message(run).id for run in (first, second)]
        assert {row.storage_key for row in rows} == {file.storage_key}


def test_a_file_that_is_not_there_or_of_another_kind_keeps_it_from_being_published(
    cast: Cast, charlie_client: Client
) -> None:
    with tenant_context(cast.globex.id):
        theirs = upload_attachment(file=picture())  # type: ignore[arg-type]
    with tenant_context(cast.acme.id):
        ours = upload_attachment(file=picture())  # type: ignore[arg-type]
        for n, (key, kind, why) in enumerate(
            (
                (theirs.id, "image", "There is no uploaded file with this id"),
                ("nonsense", "image", "There is no uploaded file with this id"),
                (ours.id, "video", "The kind of this file is image"),
            )
        ):
            named = create_type(
                key=f"t{n}", name="T", category="utility", by=Author.of(cast.alice),
                contents=with_picture(key, kind), ladder=[rung("whatsapp")],
            )  # fmt: skip
            assert any(why in sentence for _, sentence in draft_faults(named)), why
    assert charlie_client.get(TYPE).status_code == 404


def test_cards_take_addresses_only() -> None:
    card = {"media": {"image": {"attachment_id": "x"}}}
    content = {"name": "t", "language": "en", "cards": [card, card]}

    pointers = [pointer for pointer, _ in shape_faults({"contents": {"whatsapp": {"en": content}}})]

    assert pointers == ["/contents/whatsapp/en/cards/0/media", "/contents/whatsapp/en/cards/1/media"]


def test_the_editor_takes_a_file_keeps_it_and_shows_it(cast: Cast, alice_client: Client) -> None:
    with tenant_context(cast.acme.id):
        named = make_type(cast.alice)
    typed = inputs(page(alice_client, f"{TYPE}?language=en"))

    alice_client.post(f"{TYPE}?language=en", typed | {"whatsapp__media_file": picture("spring.png")})

    with tenant_context(cast.acme.id):
        file = Attachment.objects.get()
        draft = draft_of(named)
        assert draft is not None
        media = draft.contents["whatsapp"]["en"]["media"]
        assert media == {"image": {"attachment_id": str(file.id)}}
    shown = page(alice_client, f"{TYPE}?language=en")
    assert "Kept here: spring.png." in shown
    assert f'src="/api/v1/attachments/{file.id}/content' in shown
    again = inputs(shown)
    assert again["whatsapp__media_stored"] == str(file.id)
    alice_client.post(f"{TYPE}?language=en", again | {"whatsapp__body": "{{first_name}}\n{{amount}}"})
    with tenant_context(cast.acme.id):
        kept = draft_of(named)
        assert kept is not None
        assert kept.contents["whatsapp"]["en"]["media"] == media  # it stays while other things change
    alice_client.post(f"{TYPE}?language=en", again | {"whatsapp__media": ""})
    with tenant_context(cast.acme.id):
        bare = draft_of(named)
        assert bare is not None
        assert "media" not in bare.contents["whatsapp"]["en"]


def test_what_is_no_picture_is_refused_beside_its_field(cast: Cast, alice_client: Client) -> None:
    with tenant_context(cast.acme.id):
        make_type(cast.alice)
    typed = inputs(page(alice_client, TYPE))
    broken = SimpleUploadedFile("broken.png", b"no picture", "image/png")

    answer = alice_client.post(TYPE, typed | {"whatsapp__media_file": broken})

    assert answer.status_code == 422
    assert "This is no picture we can read" in answer.content.decode()
