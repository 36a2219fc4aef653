"""Connecting numbers by Meta's signup: the code, what it opens, the choice, and every way it can end."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from django.core import signing
from django.test import Client
from django.utils import timezone

from channels_whatsapp.models import Errand, Signup
from channels_whatsapp.operations.signups import signup_secrets
from channels_whatsapp.views.signup_pages import SALT
from common.tenancy import tenant_context
from inbox.models import Channel, ChannelRoute
from inbox.operations.app_secrets import app_credentials
from inbox.operations.channels import channel_secrets
from tests.cast import GLOBEX_ACCOUNT, Cast
from tests.far_end import FarEnd

START = "/console/channels/whatsapp/signup/"
APP, SECRET, WABA = "920000000000077", "signup-app-secret-0123456789abcd", "102290129340555"
ONE, TWO = "318840571926801", "318840571926802"


@pytest.fixture
def meta(cast: Cast, far_end: FarEnd, settings: Any) -> FarEnd:
    """Two numbers of an account that nobody has connected, and this installation's own app."""
    shared: dict[str, Any] = {
        "waba_id": WABA,
        "app_id": APP,
        "app_secret": SECRET,
        "subscribed": False,
        "login_lasts": True,
    }
    far_end.register(ONE, display_phone_number="447700900801", verified_name="Acme Sales", **shared)
    far_end.register(
        TWO, display_phone_number="447700900802", verified_name="Acme Care", **shared,
        registration={"registered": False, "ever": False},
    )  # fmt: skip
    settings.WHATSAPP_APP_ID, settings.WHATSAPP_APP_SECRET = APP, SECRET
    settings.WHATSAPP_LOGIN_CONFIG = "1"
    settings.WHATSAPP_LOGIN_URL = settings.WHATSAPP_API_URL = far_end.url
    return far_end


def words(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def typed(meta: FarEnd, **more: str) -> dict[str, str]:
    """The form for a code that was made elsewhere."""
    return {
        "app_id": APP, "app_secret": SECRET, "code": meta.agree(APP, WABA), "base_url": meta.url, **more
    }  # fmt: skip


def begun(client: Client, meta: FarEnd) -> str:
    """A signup with its code exchanged; the address of its page."""
    answer = client.post(START, typed(meta))
    assert answer.status_code == 302, words(answer)
    return str(answer["Location"])


def test_the_way_to_meta_and_back_connects_the_chosen_number(
    cast: Cast, meta: FarEnd, alice_client: Client
) -> None:
    link = alice_client.get(START).context["dialog"]
    agreed = requests.get(f"{link}&accounts={WABA}", allow_redirects=False, timeout=10)
    back = urlsplit(agreed.headers["location"])

    answer = alice_client.get(f"{back.path}?{back.query}", follow=True)

    shown, page = words(answer), answer.request["PATH_INFO"]
    assert "Acme Sales" in shown
    assert "+44 7700 900802" in shown
    assert "Not registered yet" in shown
    said = {"number": [ONE], f"name_{ONE}": "Sales"}
    assert "Sales is connected" in words(alice_client.post(page, said, follow=True))
    with tenant_context(cast.acme.id):
        channel = Channel.objects.get(external_id=ONE)
        secrets = channel_secrets(channel)
    assert channel.config == {"waba_id": WABA, "display_phone_number": "+447700900801", "app_id": APP}
    assert (channel.name, secrets["app_secret"]) == ("Sales", SECRET)
    headers = {"Authorization": f"Bearer {secrets['access_token']}"}
    assert requests.get(f"{meta.url}/v24.0/{ONE}", headers=headers, timeout=10).ok
    assert meta.number(ONE)["subscribed"] is True
    route = ChannelRoute.objects.select_related("app").get(channel_id=channel.id)
    assert secrets["verify_token"] in app_credentials(route.app)["verify_token"]


def test_a_code_of_ones_own_app_does_the_same_and_the_rest_can_follow(
    cast: Cast, meta: FarEnd, alice_client: Client
) -> None:
    page = begun(alice_client, meta)

    alice_client.post(page, {"number": [ONE], f"name_{ONE}": "Sales"})
    between = words(alice_client.get(page))
    alice_client.post(page, {"number": [TWO, ONE], f"name_{TWO}": "Care"})

    assert "Connected" in between
    assert f'id="n-{TWO}"' in between
    with tenant_context(cast.acme.id):
        assert set(Channel.objects.filter(config__waba_id=WABA).values_list("name", flat=True)) == {
            "Sales", "Care",
        }  # fmt: skip
    assert "To the channels" in words(alice_client.get(page))


def test_an_address_meta_cannot_reach_is_said_and_can_be_tried_again(
    cast: Cast, meta: FarEnd, alice_client: Client
) -> None:
    shown = words(alice_client.post(begun(alice_client, meta), {"number": [ONE]}, follow=True))

    assert "Meta did not take our webhook address" in shown
    assert "Have webhooks sent here" in shown
    with tenant_context(cast.acme.id):
        channel = Channel.objects.get(external_id=ONE)
        assert channel.name == "+447700900801"
        errand = Errand.objects.filter(channel=channel).latest("id")
    assert (errand.what, errand.outcome) == ("subscribe", "refused")
    assert "reached from the internet" in errand.fix


def test_a_token_that_would_end_soon_is_made_one_that_lasts(
    cast: Cast, meta: FarEnd, alice_client: Client
) -> None:
    meta.register(ONE, waba_id=WABA, app_id=APP, app_secret=SECRET, login_lasts=False)

    page = begun(alice_client, meta)

    with tenant_context(cast.acme.id):
        signup = Signup.objects.get()
        assert signup.token_until
        assert (signup.token_until - signup.created_at).days >= 59
        assert signup_secrets(signup)["access_token"]
    assert "The permission ends" in words(alice_client.get(page))


@pytest.mark.parametrize(
    ("more", "reason", "said"),
    [
        ({"app_secret": "wrong-secret-0123456789abcdef"}, "auth", "client secret"),
        ({"app_id": "920000000000066"}, "auth", "application"),
        ({"code": "AQnever"}, "invalid", "has been used"),
        ({"redirect_uri": "https://elsewhere.example/"}, "invalid", "redirect_uri"),
    ],
)
def test_a_refused_code_ends_with_a_sentence_and_leaves_nothing(
    cast: Cast, meta: FarEnd, alice_client: Client, more: dict[str, str], reason: str, said: str
) -> None:
    answer = alice_client.post(START, typed(meta, **more))

    assert answer.status_code == 422
    assert said in words(answer)
    with tenant_context(cast.acme.id):
        errand = Errand.objects.get()
        assert (errand.what, errand.outcome) == ("signup", "refused")
        assert errand.reason == reason
        assert errand.fix
        assert not Signup.objects.exists()


def test_the_secrets_typed_never_come_back(cast: Cast, meta: FarEnd, alice_client: Client) -> None:
    page = words(alice_client.post(START, typed(meta, code="AQcanary", app_secret="canary-secret-0123")))

    assert "canary" not in page.lower()


def test_a_code_is_good_once(meta: FarEnd, alice_client: Client) -> None:
    same = typed(meta)

    assert alice_client.post(START, same).status_code == 302
    assert "has been used" in words(alice_client.post(START, same))


def test_who_does_not_agree_or_was_not_sent_by_us_gets_nothing(
    cast: Cast, meta: FarEnd, alice_client: Client
) -> None:
    link = alice_client.get(START).context["dialog"]
    state = parse_qs(urlsplit(link).query)["state"][0]
    theirs = signing.dumps([str(cast.globex.id), str(cast.charlie.id)], salt=SALT)

    refused = alice_client.get(f"{START}return/", {"error": "access_denied", "state": state}, follow=True)
    forged = [
        alice_client.get(f"{START}return/", {"code": meta.agree(APP, WABA), "state": one}, follow=True)
        for one in ("", "x", theirs)
    ]

    assert "You did not agree at Meta" in words(refused)
    assert all("was not begun here" in words(one) for one in forged)
    with tenant_context(cast.acme.id):
        assert not Errand.objects.exists()


def test_a_subscription_that_is_refused_connects_no_number_of_the_account(
    cast: Cast, meta: FarEnd, alice_client: Client
) -> None:
    page = begun(alice_client, meta)
    meta.faults(channel=ONE, error_code=10, calls="all", count=1)

    answer = alice_client.post(page, {"number": [ONE, TWO]})

    assert answer.status_code == 422
    assert "Permission denied" in words(answer)
    with tenant_context(cast.acme.id):
        assert not Channel.objects.filter(config__waba_id=WABA).exists()
    assert alice_client.post(page, {"number": [ONE]}).status_code == 302  # the same page, later


def test_a_number_somebody_has_connected_is_said_beside_it(
    cast: Cast, meta: FarEnd, alice_client: Client
) -> None:
    meta.register(GLOBEX_ACCOUNT, waba_id=WABA, app_id=APP, app_secret=SECRET)
    page = begun(alice_client, meta)

    answer = alice_client.post(page, {"number": [GLOBEX_ACCOUNT, ONE], f"name_{ONE}": "Sales"})

    assert "connected already" in words(answer)
    with tenant_context(cast.acme.id):
        assert Channel.objects.filter(external_id=ONE).exists()
        assert not Channel.objects.filter(external_id=GLOBEX_ACCOUNT).exists()


def test_what_was_allowed_is_kept_for_a_day(cast: Cast, meta: FarEnd, alice_client: Client) -> None:
    page = begun(alice_client, meta)
    with tenant_context(cast.acme.id):
        Signup.objects.update(created_at=timezone.now() - timedelta(hours=25))

    assert alice_client.get(page).status_code == 404
    assert alice_client.post(page, {"number": [ONE]}).status_code == 404
    begun(alice_client, meta)
    with tenant_context(cast.acme.id):
        assert Signup.objects.count() == 1


def test_nothing_chosen_asks_for_a_choice(meta: FarEnd, alice_client: Client) -> None:
    answer = alice_client.post(begun(alice_client, meta), {})

    assert (answer.status_code, "Choose at least one number" in words(answer)) == (422, True)


def test_without_an_app_of_its_own_the_page_asks_for_a_code(
    cast: Cast, settings: Any, alice_client: Client
) -> None:
    settings.WHATSAPP_APP_ID = ""

    page = words(alice_client.get(START))

    assert "Continue at Meta" not in page
    assert "PARLEY_WHATSAPP_APP_ID" in page


def test_agents_and_strangers_see_none_of_it(
    meta: FarEnd, alice_client: Client, bob_client: Client, charlie_client: Client
) -> None:
    page = begun(alice_client, meta)

    assert bob_client.get(START).status_code == 404
    assert charlie_client.get(page).status_code == 404
    assert charlie_client.post(page, {"number": [ONE]}).status_code == 404
