"""Templates with cards: written in the console or over the API, reviewed by a provider, changed, copied."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from channels_whatsapp.models import CardFile, Template, TemplateAccount
from channels_whatsapp.operations.work import work_all
from common.tenancy import tenant_context
from tests.cast import ACME_ACCOUNT, Cast
from tests.far_end import FarEnd
from tests.whatsapp.conftest import found, graph

LIST = "/console/templates/"
WABA = "900000000000001"


def png(colour: str = "red") -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(out, "PNG")
    return SimpleUploadedFile(f"{colour}.png", out.getvalue(), "image/png")


def typed(**changes: Any) -> dict[str, Any]:
    """A form with two cards."""
    said: dict[str, Any] = {
        "name": "bicycles", "language": "en", "category": "MARKETING", "layout": "cards",
        "body": "Hello {{1}}, these arrived today.", "sample_body_1": "Ada",
        "cards_media": "IMAGE", "cards_button_0": "QUICK_REPLY", "cards_button_1": "URL", "card": ["0", "1"],
    }  # fmt: skip
    for n, colour in enumerate(("red", "blue")):
        said |= {
            f"card_{n}_file": png(colour),
            f"card_{n}_body": f"The {colour} one costs {{{{1}}}} today.", f"card_{n}_sample_1": "£90",
            f"card_{n}_button_0_text": "Tell me more", f"card_{n}_button_1_text": "Look",
            f"card_{n}_button_1_value": f"https://example.com/{colour}",
        }  # fmt: skip
    return said | changes


@pytest.fixture
def submitted(cast: Cast, account: TemplateAccount, alice_client: Client) -> Template:
    """Written in the console and told to the provider."""
    answer = alice_client.post(f"{LIST}new/", typed(channel=str(cast.acme_number.id), submit=""), follow=True)
    assert "Submitted" in answer.content.decode()
    work_all()
    return found(cast, "bicycles")


def at_provider(provider: FarEnd, row: Template) -> dict[str, Any]:
    answer = graph(provider, "GET", row.provider_id)
    assert answer.status_code == 200, answer.text
    shown: dict[str, Any] = answer.json()
    return shown


def handles(components: list[dict[str, Any]]) -> list[str]:
    """Of the samples on the cards."""
    cards = next(part for part in components if part["type"] == "CAROUSEL")["cards"]
    parts = [part for card in cards for part in card["components"] if part["type"] == "HEADER"]
    return [part["example"]["header_handle"][0] for part in parts]


def without_handles(components: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {**part, "cards": [
            {**card, "components": [
                {key: value for key, value in one.items() if key != "example" or one["type"] != "HEADER"}
                for one in card["components"]
            ]} for card in part["cards"]
        ]} if part["type"] == "CAROUSEL" else part
        for part in components
    ]  # fmt: skip


def test_cards_are_written_with_their_pictures_and_reach_the_reviewers(
    cast: Cast, provider: FarEnd, submitted: Template, alice_client: Client
) -> None:
    assert submitted.status == "PENDING"
    there = at_provider(provider, submitted)
    assert len(set(handles(there["components"]))) == 2
    assert all(one.startswith("4::") for one in handles(there["components"]))
    page = alice_client.get(f"{LIST}{submitted.id}/").content.decode()
    assert page.count('class="wa-bubble"') == 3
    assert "variant=preview" in page


def test_nothing_of_the_cards_is_lost_when_they_are_changed(
    cast: Cast, provider: FarEnd, account: TemplateAccount, submitted: Template, alice_client: Client
) -> None:
    before = at_provider(provider, submitted)
    provider._call("POST", "/control/templates", _fate("approve"))
    alice_client.post(f"{LIST}sync/")
    work_all()
    row = found(cast, "bicycles")
    assert row.status == "APPROVED"
    page = alice_client.get(f"{LIST}{row.id}/change/").content.decode()
    assert 'value="£90"' in page
    kept = {name: value for name, value in typed(card_1_body="The blue one is {{1}}.").items()
            if not name.endswith("_file")}  # fmt: skip
    kept |= {"card_1_sample_1": "sold out", "version": str(row.version), "submit": "", "card": ["1", "0"]}

    answer = alice_client.post(f"{LIST}{row.id}/change/", kept, follow=True)
    work_all()

    assert "ends with a variable" not in answer.content.decode()
    assert "Submitted" in answer.content.decode()
    after = at_provider(provider, row)
    assert handles(after["components"]) == handles(before["components"])[::-1]
    texts = [card["components"][1]["text"] for card in after["components"][1]["cards"]]
    assert texts == ["The blue one is {{1}}.", "The red one costs {{1}} today."]


def _fate(fate: str) -> dict[str, str]:
    return {"channel": ACME_ACCOUNT, "name": "bicycles", "language": "en", "fate": fate}


def test_a_copy_has_the_same_cards_and_pictures(
    cast: Cast, provider: FarEnd, submitted: Template, alice_client: Client
) -> None:
    alice_client.post(f"{LIST}{submitted.id}/copy/", {"name": "bicycles", "language": "fr"})
    copied = found(cast, "bicycles", "fr")
    alice_client.post(f"{LIST}{copied.id}/submission/")
    work_all()

    ours, theirs = at_provider(provider, submitted), at_provider(provider, found(cast, "bicycles", "fr"))
    assert theirs["components"] == ours["components"]
    with tenant_context(cast.acme.id):
        assert CardFile.objects.count() == 4


def test_every_fault_of_a_card_stands_beside_it_while_one_types(
    account: TemplateAccount, alice_client: Client
) -> None:
    said = typed(category="UTILITY", card_0_body="a" * 161, card_1_button_1_value="nowhere", card=["0", "1"])

    page = alice_client.post(f"{LIST}check/", said).content.decode()

    assert "Only marketing takes cards" in _under(page, "category")
    assert "Shorten it by 1" in _under(page, "card_0_body")
    assert "no address of a page" in _under(page, "card_1_buttons")
    assert "no sample" not in _under(page, "card_0_file")  # the browser does not send a file while one types
    assert 'name="card_1_sample_1"' in page
    assert "There are 1 cards" in _under(
        alice_client.post(f"{LIST}check/", typed(card=["0"])).content.decode(), "cards"
    )


def _under(page: str, name: str) -> str:
    return page.split(f'id="e-{name}"')[1].split("</div>")[0]


def test_without_a_picture_a_card_is_kept_but_not_submitted(
    cast: Cast, account: TemplateAccount, alice_client: Client
) -> None:
    said = typed(channel=str(cast.acme_number.id), submit="")
    del said["card_1_file"]

    page = alice_client.post(f"{LIST}new/", said, follow=True).content.decode()

    assert "Saved, but not submitted" in page
    assert "The card has no sample" in _under(page, "card_1_file")
    assert found(cast, "bicycles").status == "DRAFT"


def test_a_program_writes_cards_by_the_ids_of_uploads(
    cast: Cast, provider: FarEnd, submitted: Template, alice_client: Client, charlie_client: Client
) -> None:
    files = [
        alice_client.post("/api/v1/attachments", {"file": png(colour)}).json()["id"]
        for colour in ("green", "black")
    ]
    said = {
        "channel_id": str(cast.acme_number.id), "name": "by_program", "language": "en",
        "category": "MARKETING",
        "components": without_handles(submitted.components), "card_file_ids": files,
    }  # fmt: skip

    made = alice_client.post("/api/v1/templates", said, content_type="application/json")
    assert made.status_code == 201, made.content
    one = f"/api/v1/templates/{made.json()['id']}"
    changed = alice_client.patch(one, {"category": "MARKETING"}, content_type="application/json")
    assert changed.status_code == 200
    assert alice_client.post(f"{one}/submission", content_type="application/json").status_code == 202
    work_all()

    ours = handles(at_provider(provider, found(cast, "by_program"))["components"])
    assert len(set(ours) - set(handles(at_provider(provider, submitted)["components"]))) == 2
    wrong = {**said, "name": "stolen", "card_file_ids": [None, str(cast.acme.id)]}
    refused = alice_client.post("/api/v1/templates", wrong, content_type="application/json").json()
    assert refused["errors"][0]["pointer"] == "/card_file_ids/1"
    assert charlie_client.get(one).status_code == 404
    assert charlie_client.get(f"{LIST}{made.json()['id']}/change/").status_code == 404
