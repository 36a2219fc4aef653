"""The connect form: what a person copies, checked and sorted."""

from __future__ import annotations

from typing import Any

import pytest

from channels_whatsapp.forms import ConnectForm

GOOD = {
    "name": "Orders", "display_phone_number": "+44 7700 900201", "external_id": "318840571926604",
    "waba_id": "204881736650091", "access_token": "EAAG", "app_secret": "harbour-demo",
    "verify_token": "mine",
}  # fmt: skip


def form(**keys: Any) -> ConnectForm:
    return ConnectForm({**GOOD, **keys})


def test_fields_are_sorted_the_way_a_channel_keeps_them():
    found = form(base_url="http://127.0.0.1:8100/")

    assert found.is_valid(), found.errors
    assert found.cleaned_data == {
        "name": "Orders",
        "external_id": "318840571926604",
        "config": {
            "display_phone_number": "+447700900201",
            "waba_id": "204881736650091",
            "marketing_api": False,
            "app_proof": False,
        },
        "secrets": {"access_token": "EAAG", "app_secret": "harbour-demo", "verify_token": "mine"},
        "base_url": "http://127.0.0.1:8100",
    }


def test_verify_token_is_made_for_everyone_anew():
    shown = [ConnectForm()["verify_token"].value() for _ in range(2)]
    left_empty = form(verify_token="")

    assert left_empty.is_valid()
    assert len({*shown, left_empty.cleaned_data["secrets"]["verify_token"]}) == 3
    assert all(len(token) >= 32 for token in shown)


@pytest.mark.parametrize(
    "keys",
    [
        {"name": ""},
        {"name": "x" * 81},
        {"external_id": ""},
        {"external_id": "+447700900201"},
        {"external_id": "447700900201"},
        {"external_id": "31884 0571"},
        {"external_id": "٣١٨٨٤٠٥٧"},
        {"waba_id": ""},
        {"display_phone_number": "ask reception"},
        {"display_phone_number": "+44" + "7" * 20},
        {"access_token": ""},
        {"access_token": "EA AG"},
        {"app_secret": "zwölf"},
        {"verify_token": "two words"},
        {"base_url": "graph.facebook.com"},
        {"base_url": "ftp://graph.facebook.com"},
        {"base_url": "https://user:word@graph.facebook.com"},
        {"base_url": "https://graph.facebook.com/?x=1"},
        {"base_url": "https://["},
    ],
    ids=repr,
)
def test_mix_ups_are_refused_at_their_field(keys):
    found = form(**keys)

    assert not found.is_valid()
    assert list(found.errors) == list(keys)


def test_every_field_says_where_to_find_it():
    assert all(field.help_text and field.label for field in ConnectForm().fields.values())


def test_secrets_are_not_written_back_into_the_page():
    page = form(access_token="EAAG-secret", app_secret="app-secret", external_id="wrong").as_p()

    assert "EAAG-secret" not in page
    assert "app-secret" not in page
    assert 'value="mine"' in page
