"""A one-time code in many languages at once: nobody writes a word."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from channels_whatsapp.models import Template, TemplateAccount
from channels_whatsapp.operations.work import work_all
from common.tenancy import tenant_context
from tests.api.conftest import program_of
from tests.cast import Cast
from tests.whatsapp.conftest import found

pytestmark = pytest.mark.django_db


def words(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def languages_of(cast: Cast, name: str) -> set[str]:
    with tenant_context(cast.acme.id):
        return set(Template.objects.filter(name=name).values_list("language", flat=True))


def test_a_code_is_had_in_more_languages_in_whatsapps_own_words(
    cast: Cast, account: TemplateAccount, alice_client: Client
) -> None:
    code = found(cast, "one_time_code")
    page = f"/console/templates/{code.id}/languages/"
    assert page in words(alice_client.get(f"/console/templates/{code.id}/"))
    shown = words(alice_client.get(page))
    assert 'value="de"' in shown
    assert 'value="pt_BR"' not in shown  # there already

    answer = alice_client.post(page, {"language": ["de", "fr"]}, follow=True)

    assert "WhatsApp has them." in words(answer)
    work_all()
    assert languages_of(cast, "one_time_code") == {"en", "pt_BR", "de", "fr"}
    german = found(cast, "one_time_code", "de")
    assert (german.category, german.status) == ("AUTHENTICATION", "PENDING")
    assert [part["type"] for part in german.components] == ["BODY", "FOOTER", "BUTTONS"]


def test_nothing_else_can_be_had_like_this(
    cast: Cast, account: TemplateAccount, alice_client: Client
) -> None:
    update, code = found(cast, "order_update"), found(cast, "one_time_code")

    refused = alice_client.post(f"/console/templates/{update.id}/languages/", {"language": "de"})
    nobody = alice_client.post(f"/console/templates/{code.id}/languages/", {"language": "xx"})

    assert (refused.status_code, nobody.status_code) == (422, 422)
    assert "Only a one-time code" in words(refused)
    assert languages_of(cast, "order_update") == {"en"}


def test_a_program_does_it_too_and_a_stranger_finds_nothing(
    cast: Cast, account: TemplateAccount, charlie_client: Client
) -> None:
    code = found(cast, "one_time_code")
    path = f"templates/{code.id}/languages"

    done = program_of(cast.acme).post(path, {"languages": ["ar"]})
    wrong = program_of(cast.acme).post(
        f"templates/{found(cast, 'order_update').id}/languages", {"languages": ["ar"]}
    )
    work_all()

    assert (done.status, wrong.status) == (202, 409)
    assert "ar" in languages_of(cast, "one_time_code")
    assert program_of(cast.globex).post(path, {"languages": ["de"]}).status == 404
    assert charlie_client.get(f"/console/{path}/").status_code == 404
