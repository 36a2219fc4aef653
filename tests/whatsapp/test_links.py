"""Short links: made, listed, changed, deleted, each with a code that a scanner reads."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.test import Client
from PIL import Image

from channels_whatsapp.models import Errand, NumberCopy
from common.tenancy import tenant_context
from inbox.models import Channel
from tests.api.caller import Caller
from tests.api.conftest import program_of
from tests.cast import ACME_ACCOUNT, Cast
from tests.far_end import FarEnd
from tests.whatsapp.conftest import graph


@pytest.fixture
def meta(cast: Cast, far_end: FarEnd) -> FarEnd:
    far_end.register(ACME_ACCOUNT, openers={}, links=[], username="")
    with tenant_context(cast.acme.id):
        Channel.objects.update(base_url=far_end.url)
    return far_end


@pytest.fixture
def page(cast: Cast, meta: FarEnd) -> str:
    return f"/console/channels/{cast.acme_number.id}/links/"


@pytest.fixture
def program(cast: Cast) -> Caller:
    """A program of Acme."""
    return program_of(cast.acme)


def words(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def at_meta(meta: FarEnd) -> list[dict[str, str]]:
    found: list[dict[str, str]] = graph(meta, "GET", f"{ACME_ACCOUNT}/message_qrdls").json()["data"]
    return found


def test_a_link_is_made_changed_and_deleted(meta: FarEnd, page: str, alice_client: Client) -> None:
    shown = words(alice_client.post(page, {"text": "I saw your poster"}, follow=True))
    (link,) = at_meta(meta)
    one = f"{page}{link['code']}/"

    assert "The link is made" in shown
    assert link["deep_link_url"] in shown
    assert link["prefilled_message"] == "I saw your poster"
    assert link["deep_link_url"] in words(alice_client.get(one))
    changed = words(alice_client.post(one, {"text": "I saw your <b>ad</b>"}, follow=True))
    assert "I saw your &lt;b&gt;ad&lt;/b&gt;" in changed
    assert at_meta(meta) == [{**link, "prefilled_message": "I saw your <b>ad</b>"}]
    assert "comes nowhere" in words(alice_client.get(f"{one}deletion/"))
    alice_client.post(f"{one}deletion/")
    assert at_meta(meta) == []
    assert alice_client.get(one).status_code == 404


def test_links_made_elsewhere_show_once_they_are_read_page_by_page(
    meta: FarEnd, page: str, alice_client: Client
) -> None:
    for n in range(103):
        said = {"prefilled_message": f"Poster {n}"}
        assert graph(meta, "POST", f"{ACME_ACCOUNT}/message_qrdls", json=said).ok
    assert "have not been read yet" in words(alice_client.get(page))

    shown = words(alice_client.post(f"{page}reading/", follow=True))

    assert shown.count("https://wa.me/message/") >= 103
    assert "Poster 0<" in shown


def test_the_code_is_a_picture_of_the_address(meta: FarEnd, page: str, alice_client: Client) -> None:
    alice_client.post(page, {"text": "I saw your poster"})
    (link,) = at_meta(meta)

    drawn = alice_client.get(f"{page}{link['code']}.png?download")
    vector = alice_client.get(f"{page}{link['code']}.svg")

    assert drawn["Content-Disposition"] == f'attachment; filename="whatsapp-{link["code"]}.png"'
    with Image.open(io.BytesIO(drawn.content)) as picture:
        assert picture.size[0] == picture.size[1] > 300
    assert vector.content.startswith(b"<?xml")
    assert alice_client.get(f"{page}{link['code']}.gif").status_code == 404
    assert alice_client.get(f"{page}NOSUCHCODE.svg").status_code == 404


@pytest.mark.parametrize(("text", "said"), [("x" * 141, "at most 140"), ("", "required")])
def test_what_meta_would_refuse_is_not_asked(
    cast: Cast, meta: FarEnd, page: str, alice_client: Client, text: str, said: str
) -> None:
    answer = alice_client.post(page, {"text": text})

    assert answer.status_code == 422
    assert said in words(answer)
    with tenant_context(cast.acme.id):
        assert not Errand.objects.exists()


def test_a_refusal_keeps_what_was_typed(meta: FarEnd, page: str, alice_client: Client) -> None:
    meta.faults(channel=ACME_ACCOUNT, error_code=190, calls="all", count=1)

    answer = alice_client.post(page, {"text": "I saw your poster"})

    assert answer.status_code == 422
    assert 'value="I saw your poster"' in words(answer)


def test_a_program_has_links_too(cast: Cast, meta: FarEnd, program: Caller) -> None:
    place = f"whatsapp/numbers/{cast.acme_number.id}/links"

    made = program.post(place, {"text": "From our app"})
    link = made.data

    assert made.status == 201
    assert program.get(place).data["data"] == [link]
    changed = program.patch(f"{place}/{link['code']}", {"text": "From our new app"}).data
    assert (changed["url"], changed["text"]) == (link["url"], "From our new app")
    assert program.delete(f"{place}/{link['code']}").data == changed
    assert program.delete(f"{place}/{link['code']}").status == 404
    assert at_meta(meta) == []


def test_agents_and_strangers_see_and_change_nothing(
    cast: Cast, meta: FarEnd, page: str, alice_client: Client, bob_client: Client, charlie_client: Client
) -> None:
    alice_client.post(page, {"text": "I saw your poster"})
    (link,) = at_meta(meta)
    for client in (bob_client, charlie_client):
        for path in (page, f"{page}{link['code']}/", f"{page}{link['code']}.png"):
            assert client.get(path).status_code == 404
        assert client.post(f"{page}{link['code']}/deletion/").status_code == 404
    assert at_meta(meta) == [link]
    with tenant_context(cast.globex.id):
        assert not NumberCopy.objects.exists()
