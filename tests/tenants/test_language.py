"""In which language a person reads the pages: their own choice, else their browser's, else English."""

from __future__ import annotations

import gzip

import pytest
from django.test import Client

from common.apps import speak_pseudo
from tenants.models import User
from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _pseudo(settings: object) -> None:
    settings.LANGUAGES = [("en", "English"), ("en-xa", "Pseudo"), ("ar-xb", "Pseudo, right to left")]  # type: ignore[attr-defined]
    speak_pseudo()  # Django forgets what it has read when LANGUAGES changes


def _html(client: Client, address: str, **headers: str) -> str:
    return client.get(address, headers=headers).content.decode()


def test_a_choice_is_kept_and_shown_at_once(alice_client: Client, charlie_client: Client) -> None:
    told = {"name": "Alice", "language": "en-xa"}

    answer = alice_client.post("/accounts/", told, follow=True)

    assert '<html lang="en-xa" dir="ltr">' in answer.content.decode()
    assert "⟦Šávéd." in answer.content.decode()
    assert '<html lang="en" dir="ltr">' in _html(charlie_client, "/accounts/")


def test_the_inbox_and_the_api_speak_it_too(cast: Cast, alice_client: Client) -> None:
    User.objects.filter(email=cast.alice.email).update(language="ar-xb")

    page = _html(alice_client, "/inbox/")
    refusal = alice_client.post("/accounts/language/", {"language": "tlh"})

    assert '<html lang="ar-xb" dir="rtl">' in page
    assert '<script defer src="/words/ar-xb.js?v=' in page
    assert refusal.status_code == 422
    assert refusal.content.decode().startswith("⟦")


def test_the_inbox_chooses_and_comes_back_to_its_place(alice_client: Client) -> None:
    place = "/inbox/?view=all"

    ours = alice_client.post("/accounts/language/", {"language": "ar-xb", "next": place})
    theirs = alice_client.post("/accounts/language/", {"language": "", "next": "https://evil.example/"})

    assert (ours["Location"], theirs["Location"]) == (place, "/inbox/")
    assert '<html lang="en" dir="ltr">' in _html(alice_client, place)
    assert "/words/" not in _html(alice_client, place)


def test_a_language_that_is_gone_is_english(cast: Cast, alice_client: Client) -> None:
    User.objects.filter(email=cast.alice.email).update(language="tlh")

    assert '<html lang="en" dir="ltr">' in _html(alice_client, "/console/")


def test_words_of_the_page_are_a_script_for_ever_and_nobody_elses(client: Client) -> None:
    plain = client.get("/words/en-xa.js")
    packed = client.get("/words/en-xa.js", headers={"Accept-Encoding": "gzip"})

    assert "globalThis.gettext" in plain.content.decode()
    assert '"Undo":"⟦Úñdó ë' in plain.content.decode()
    assert gzip.decompress(packed.content) == plain.content
    assert plain["Cache-Control"] == "public, max-age=300"
    assert [client.get(f"/words/{name}.js").status_code for name in ("en", "tlh", "..")] == [404, 404, 404]
