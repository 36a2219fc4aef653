"""The profile customers see: read, changed, kept within Meta's limits, and never overwritten unseen."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from channels_whatsapp.models import Errand, Profile
from common.tenancy import tenant_context
from inbox.models import Channel
from tests.cast import ACME_ACCOUNT, Cast
from tests.far_end import FarEnd
from tests.reading import find
from tests.whatsapp.conftest import graph

KEPT = {
    "about": "Bikes and more", "address": "1 Harbour Road", "description": "We sell bikes.",
    "email": "hello@acme.example", "websites": ["https://acme.example/"], "vertical": "RETAIL",
}  # fmt: skip
TYPED = {
    **{name: value for name, value in KEPT.items() if name != "websites"},
    "website_1": "https://acme.example/",
    "website_2": "",
}


@pytest.fixture
def meta(cast: Cast, far_end: FarEnd) -> FarEnd:
    far_end.register(ACME_ACCOUNT, profile=KEPT)
    with tenant_context(cast.acme.id):
        Channel.objects.update(base_url=far_end.url)
    return far_end


@pytest.fixture
def page(cast: Cast, meta: FarEnd, alice_client: Client) -> str:
    """The profile's page, once it was read."""
    address = f"/console/channels/{cast.acme_number.id}/profile/"
    assert "has not been read yet" in words(alice_client.get(address))
    assert "Bikes and more" in words(alice_client.post(f"{address}reading/", follow=True))
    return address


def words(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def seen(page: str, client: Client) -> str:
    return find(r'name="seen" value="([^"]+)"', client.get(page).content.decode())


def at_meta(meta: FarEnd) -> dict[str, Any]:
    path = f"{ACME_ACCOUNT}/whatsapp_business_profile"
    fields = "about,address,description,email,profile_picture_url,websites,vertical"
    found: dict[str, Any] = graph(meta, "GET", path, params={"fields": fields}).json()["data"][0]
    return found


def elsewhere(meta: FarEnd, **change: Any) -> None:
    """Somebody changes the profile in WhatsApp Manager."""
    body = {"messaging_product": "whatsapp", **change}
    assert graph(meta, "POST", f"{ACME_ACCOUNT}/whatsapp_business_profile", json=body).ok


def picture(size: tuple[int, int] = (640, 640), kind: str = "PNG") -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, kind)
    return SimpleUploadedFile(f"logo.{kind.lower()}", out.getvalue(), f"image/{kind.lower()}")


def test_every_field_is_changed_at_meta_and_read_back(
    cast: Cast, meta: FarEnd, page: str, alice_client: Client
) -> None:
    typed = {
        **TYPED, "about": "Open 🚲 daily", "website_2": "https://shop.acme.example/", "vertical": "TRAVEL",
        "description": "Bikes.\r\nTours.", "seen": seen(page, alice_client),
    }  # fmt: skip

    shown = words(alice_client.post(page, typed, follow=True))

    now = at_meta(meta)
    assert "Customers see it at once" in shown
    assert (now["about"], now["vertical"], now["description"]) == (
        "Open 🚲 daily",
        "TRAVEL",
        "Bikes.\nTours.",
    )
    assert now["websites"] == ["https://acme.example/", "https://shop.acme.example/"]
    with tenant_context(cast.acme.id):
        assert Profile.objects.get().fields["about"] == "Open 🚲 daily"


def test_what_is_emptied_is_emptied(meta: FarEnd, page: str, alice_client: Client) -> None:
    typed = {**TYPED, "website_1": "", "address": "", "seen": seen(page, alice_client)}

    alice_client.post(page, typed)

    now = at_meta(meta)
    assert "websites" not in now
    assert "address" not in now
    assert now["email"] == "hello@acme.example"


def test_a_new_picture_is_uploaded_and_used(
    cast: Cast, meta: FarEnd, page: str, alice_client: Client
) -> None:
    shown = words(alice_client.post(page, {**TYPED, "picture": picture()}, follow=True))

    assert "A picture is set" in shown
    assert at_meta(meta)["profile_picture_url"].startswith("https://")


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("about", "", "does not take an empty one"),
        ("about", "x" * 140, "at most 139"),
        ("address", "x" * 257, "at most 256"),
        ("description", "x" * 513, "at most 512"),
        ("email", "x" * 120 + "@acme.example", "at most 128"),
        ("email", "nobody", "valid email"),
        ("website_1", "acme.example", "begins with https:// or http://"),
        ("website_1", "ftp://acme.example/", "begins with https:// or http://"),
        ("website_2", "https://acme.example/" + "x" * 240, "at most 256"),
        ("vertical", "PIRACY", "not one of the available choices"),
        ("picture", picture((640, 400)), "square"),
        ("picture", picture((100, 100)), "at least 192"),
        ("picture", picture(kind="GIF"), "not a JPEG or PNG"),
        ("picture", SimpleUploadedFile("x.png", b"no picture", "image/png"), "not a JPEG or PNG"),
    ],
)
def test_what_meta_would_refuse_is_said_beside_its_field_and_nobody_is_asked(
    cast: Cast, meta: FarEnd, page: str, alice_client: Client, field: str, value: Any, said: str
) -> None:
    answer = alice_client.post(page, {**TYPED, field: value})

    shown = words(answer)
    assert answer.status_code == 422
    assert said in shown[shown.index(f'id="id_{field}_error"') :][:400]
    with tenant_context(cast.acme.id):
        assert not Errand.objects.filter(what="profile").exists()


def test_what_others_changed_at_meta_stays_when_i_changed_something_else(
    meta: FarEnd, page: str, alice_client: Client
) -> None:
    token = seen(page, alice_client)
    elsewhere(meta, email="sales@acme.example")

    alice_client.post(page, {**TYPED, "address": "2 Harbour Road", "seen": token})

    now = at_meta(meta)
    assert (now["address"], now["email"]) == ("2 Harbour Road", "sales@acme.example")


def test_two_who_changed_the_same_see_both_values_and_nothing_is_lost(
    cast: Cast, meta: FarEnd, page: str, alice_client: Client
) -> None:
    token = seen(page, alice_client)
    elsewhere(meta, address="3 Harbour Road")

    answer = alice_client.post(page, {**TYPED, "address": "2 Harbour Road", "seen": token})

    shown = words(answer)
    assert answer.status_code == 422
    assert "changed this to “3 Harbour Road” meanwhile" in shown
    assert 'value="2 Harbour Road"' in shown
    assert at_meta(meta)["address"] == "3 Harbour Road"
    with tenant_context(cast.acme.id):
        assert Errand.objects.latest("id").reason == "conflict"

    again = find(r'name="seen" value="([^"]+)"', answer.content.decode())
    alice_client.post(page, {**TYPED, "address": "2 Harbour Road", "seen": again})
    assert at_meta(meta)["address"] == "2 Harbour Road"


def test_a_refusal_keeps_what_was_typed_and_says_what_to_do(
    cast: Cast, meta: FarEnd, page: str, alice_client: Client
) -> None:
    meta.faults(channel=ACME_ACCOUNT, error_code=190, calls="all", count=1)

    answer = alice_client.post(page, {**TYPED, "about": "Never saved"})

    shown = words(answer)
    assert answer.status_code == 422
    assert 'value="Never saved"' in shown
    assert "Make a permanent token" in shown
    with tenant_context(cast.acme.id):
        assert Profile.objects.get().fields["about"] == "Bikes and more"


def test_agents_and_strangers_see_and_change_nothing(
    meta: FarEnd, page: str, bob_client: Client, charlie_client: Client
) -> None:
    for client in (bob_client, charlie_client):
        assert client.get(page).status_code == 404
        assert client.post(page, {**TYPED, "about": "Raided"}).status_code == 404
        assert client.post(f"{page}reading/").status_code == 404
    assert at_meta(meta)["about"] == "Bikes and more"
