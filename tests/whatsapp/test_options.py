"""What a number sends along with messages and calls, as its admins chose here."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from common.tenancy import tenant_context
from inbox.models import Channel
from tests.api.conftest import program_of
from tests.cast import Cast
from tests.reading import find

pytestmark = pytest.mark.django_db


def page_of(cast: Cast) -> str:
    return f"/console/channels/{cast.acme_number.id}/options/"


def saves(client: Client, cast: Cast, **chosen: str) -> Any:
    """Alice saves the page as it stands, with these changed."""
    shown = " ".join(client.get(page_of(cast)).content.decode().split())
    seen = find(r'name="seen" value="([^"]+)"', shown)
    return client.post(page_of(cast), {"seen": seen, **chosen}, follow=True)


def config(cast: Cast) -> Any:
    with tenant_context(cast.acme.id):
        return Channel.objects.get(id=cast.acme_number.id).config


def test_what_is_chosen_for_marketing_is_kept_beside_everything_else(
    cast: Cast, alice_client: Client, charlie_client: Client
) -> None:
    before = config(cast)
    saves(alice_client, cast, marketing_fallback="on", marketing_activity="off")

    chosen = {"marketing_fallback": True, "marketing_activity": "off", "direct_send": False}
    assert config(cast) == config(cast) | before | chosen
    path = f"whatsapp/numbers/{cast.acme_number.id}/options"
    program = program_of(cast.acme)
    assert program.get(path).data == program.get(path).data | chosen
    assert program.patch(path, {"marketing_activity": "on"}).data["marketing_fallback"] is True
    assert program.patch(path, {"marketing_activity": "perhaps"}).status == 400
    assert charlie_client.get(page_of(cast)).status_code == 404


def test_calls_are_recorded_only_with_a_purpose(cast: Cast, alice_client: Client) -> None:
    wrong = saves(alice_client, cast, call_recording="on", call_language="de")
    assert (wrong.status_code, "customers are told" in wrong.content.decode()) == (422, True)
    assert "call_recording" not in config(cast)

    saves(alice_client, cast, call_recording="on", call_language="de", call_purpose="to train our team")

    found = config(cast)
    assert (found["call_recording"], found["call_transcription"]) == (True, False)
    assert (found["call_purpose"], found["call_language"]) == ("to train our team", "de")
    assert "Meta records both sides" in alice_client.get(page_of(cast)).content.decode()
