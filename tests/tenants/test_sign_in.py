"""Signing in and out, forgotten passwords, the second step, the first run; all through the pages."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.conf import settings as django_settings
from django.core import mail
from django.test import Client

from common.tenancy import tenant_context
from config import settings as house
from tenants.models import Member, Tenant, User
from tests.cast import Cast
from tests.reading import find

LOGIN = "/accounts/login/"


@pytest.fixture(autouse=True)
def _mailbox(settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    # What the library counts, apart from what other tests keep there.
    settings.CACHES = {"default": {**settings.CACHES["default"], "KEY_PREFIX": f"test:{uuid4()}"}}


def sign_in(client: Client, email: str = "bob@acme.example", password: str = "bobs-long-password", **more):
    return client.post(LOGIN, {"login": email, "password": password, **more})


def confirmed(client: Client, path: str):
    """A page that asks for the password once more."""
    asked = client.get(path)["Location"]
    assert asked.startswith("/accounts/reauthenticate/")
    return client.post(asked, {"password": "bobs-long-password"}, follow=True)


def code_for(secret: str) -> str:
    counter = next(iter(yield_hotp_counters_from_time()))
    return str(format_hotp_value(hotp_value(secret, counter)))


def test_passwords_are_hashed_by_argon2id(db: None, settings) -> None:
    settings.PASSWORD_HASHERS = house.PASSWORD_HASHERS

    ann = User.objects.create_user("ann@initech.example", "a-long-password")

    assert ann.password.startswith("argon2$argon2id$")


def test_sign_in_and_out(cast: Cast, client: Client) -> None:
    answer = sign_in(client, email="BOB@acme.example")
    assert (answer.status_code, answer["Location"]) == (302, "/inbox/")
    assert client.get("/accounts/").status_code == 200

    client.post("/accounts/logout/")

    assert client.get("/accounts/").status_code == 302


def test_sign_in_goes_where_one_wanted_but_never_abroad(cast: Cast) -> None:
    home = sign_in(
        Client(), email="alice@acme.example", password="alices-long-password", next="/console/keys/"
    )
    abroad = sign_in(Client(), next="https://evil.example/")

    assert home["Location"] == "/console/keys/"
    assert abroad["Location"] == "/inbox/"


def test_unknown_people_hear_the_same_as_known_ones(cast: Cast, client: Client) -> None:
    unknown = sign_in(client, email="nobody@acme.example")
    wrong = sign_in(client, password="not-bobs-password")

    def words(answer) -> str:
        text = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", answer.content.decode())
        return text.replace("nobody@acme.example", "bob@acme.example")

    assert unknown.status_code == wrong.status_code == 200
    assert words(unknown) == words(wrong)
    assert "do not fit together" in words(wrong)


def test_guessing_is_slowed_down(cast: Cast, client: Client) -> None:
    for _ in range(6):
        answer = sign_in(client, password="not-bobs-password")

    assert "Too many tries" in answer.content.decode()
    assert "Too many tries" in sign_in(client).content.decode()


def test_there_is_no_open_sign_up(cast: Cast, client: Client) -> None:
    wanted = {"email": "eve@evil.example", "password1": "a-long-password-9", "password2": "a-long-password-9"}

    answer = client.post("/accounts/signup/", wanted)

    assert b"by invitation" in answer.content
    assert not User.objects.filter(email="eve@evil.example").exists()


def test_a_forgotten_password(cast: Cast, client: Client, django_capture_on_commit_callbacks) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/accounts/password/reset/", {"email": "bob@acme.example"})
    assert mail.outbox[0].to == ["bob@acme.example"]
    link = find(r"https?://[^/]+(/\S+)", str(mail.outbox[0].body))

    form = client.get(link, follow=True)
    done = client.post(
        form.request["PATH_INFO"], {"password1": "a new long one", "password2": "a new long one"}
    )

    assert done.status_code == 302
    assert User.objects.get(email="bob@acme.example").check_password("a new long one")
    assert b"no longer works" in Client().get(link, follow=True).content


def test_a_reset_for_nobody_looks_the_same(
    cast: Cast, client: Client, django_capture_on_commit_callbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        known = client.post("/accounts/password/reset/", {"email": "bob@acme.example"})
        unknown = client.post("/accounts/password/reset/", {"email": "nobody@acme.example"})

    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    assert [message.to for message in mail.outbox] == [["bob@acme.example"], ["nobody@acme.example"]]
    assert "/password/reset/key/" not in mail.outbox[1].body


def test_short_and_common_passwords_are_refused(cast: Cast, bob_client: Client) -> None:
    for weak in ("short", "password1234", "bob@acme.example"):
        wanted = {"oldpassword": "bobs-long-password", "password1": weak, "password2": weak}
        bob_client.post("/accounts/password/change/", wanted)

    assert User.objects.get(email="bob@acme.example").check_password("bobs-long-password")


def test_a_changed_password_ends_every_sign_in(cast: Cast, client: Client) -> None:
    elsewhere = Client()
    sign_in(elsewhere)
    sign_in(client)
    wanted = {
        "oldpassword": "bobs-long-password",
        "password1": "a new long one",
        "password2": "a new long one",
    }

    client.post("/accounts/password/change/", wanted)

    assert client.get("/accounts/").status_code == 302
    assert elsewhere.get("/accounts/").status_code == 302


def test_the_second_step(cast: Cast, client: Client, settings) -> None:
    settings.MFA_TOTP_TOLERANCE = 1  # the half minute may end while the test runs
    sign_in(client)
    page = confirmed(client, "/accounts/2fa/totp/activate/")
    secret = find(r'id="totp-secret">([A-Z2-7]+)<', page.content.decode())

    wrong = client.post("/accounts/2fa/totp/activate/", {"code": "000000"})
    client.post("/accounts/2fa/totp/activate/", {"code": code_for(secret)})
    kept = Authenticator.objects.get(user=cast.bob.user, type="totp")
    client.post("/accounts/logout/")
    first = sign_in(client)
    between = client.get("/accounts/")
    code = code_for(secret)
    second = client.post(first["Location"], {"code": code})
    visitor = Client()
    replayed = visitor.post(sign_in(visitor)["Location"], {"code": code})

    assert b"That code is not right" in wrong.content
    assert secret not in str(kept.data)
    assert first["Location"].startswith("/accounts/2fa/authenticate/")
    assert between.status_code == 302
    assert b"That code is not right" in replayed.content
    assert second["Location"] == "/inbox/"


def test_a_recovery_code_works_once(cast: Cast, client: Client, settings) -> None:
    settings.MFA_TOTP_TOLERANCE = 1
    sign_in(client)
    page = confirmed(client, "/accounts/2fa/totp/activate/")
    secret = find(r'id="totp-secret">([A-Z2-7]+)<', page.content.decode())
    client.post("/accounts/2fa/totp/activate/", {"code": code_for(secret)})
    shown = client.get("/accounts/2fa/recovery-codes/").content.decode()
    code = re.findall(r"<li><code>([^<]+)</code>", shown)[0]

    def use() -> str:
        visitor = Client()
        there = sign_in(visitor)["Location"]
        return visitor.post(there, {"code": code}).headers.get("Location", "refused")

    assert (use(), use()) == ("/inbox/", "refused")
    kept = Authenticator.objects.get(user=cast.bob.user, type="recovery_codes")
    assert code not in str(kept.data)


def test_the_first_run_makes_a_workspace_and_its_owner(db: None, client: Client) -> None:
    assert client.get("/")["Location"] == "/accounts/first/"
    assert client.get(LOGIN)["Location"] == "/accounts/first/"
    wanted = {
        "workspace": "Initech",
        "name": "Ann",
        "email": "ann@initech.example",
        "password": "a-long-password",
    }

    weak = client.post("/accounts/first/", {**wanted, "password": "short"})
    answer = client.post("/accounts/first/", wanted)

    assert (weak.status_code, b'value="Initech"' in weak.content) == (422, True)
    assert answer["Location"] == "/console/"
    assert client.get("/console/").status_code == 200
    tenant = Tenant.objects.get()
    with tenant_context(tenant.id):
        assert Member.objects.get().role == "owner"


def test_the_first_run_happens_once(cast: Cast, client: Client) -> None:
    wanted = {"workspace": "Evil", "name": "Eve", "email": "eve@evil.example", "password": "a-long-password"}

    assert client.post("/accounts/first/", wanted)["Location"] == "/"
    assert not Tenant.objects.filter(name="Evil").exists()


def test_the_start_page_leads_on(cast: Cast, client: Client, bob_client: Client) -> None:
    assert client.get("/")["Location"] == LOGIN
    assert bob_client.get("/")["Location"] == django_settings.LOGIN_REDIRECT_URL


def test_a_persons_name_changes_here_and_in_the_workspace(cast: Cast, bob_client: Client) -> None:
    bob_client.post("/accounts/", {"name": "Robert"})

    assert User.objects.get(id=cast.bob.user_id).name == "Robert"
    with tenant_context(cast.acme.id):
        assert Member.objects.get(id=cast.bob.id).name == "Robert"
