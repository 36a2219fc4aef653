"""The demo's single-use sign-in links."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.db import connections
from django.test import Client
from django.utils import timezone

from tenants.models import LoginLink
from tenants.operations.login_links import LinkUsed, create_login_link, use_login_link
from tests.cast import Cast


def link(cast: Cast) -> str:
    address = create_login_link(user=cast.bob.user, tenant=cast.acme)
    return address.removeprefix(django_settings.PUBLIC_URL)


@pytest.fixture(autouse=True)
def _demo(settings) -> None:
    settings.DEMO = True


def test_it_signs_in_and_selects_the_tenant(cast: Cast, client: Client) -> None:
    answer = client.get(link(cast))

    assert (answer.status_code, answer["Location"]) == (302, "/inbox/")
    assert client.session["tenant_id"] == str(cast.acme.id)
    assert client.session["_auth_user_id"] == str(cast.bob.user_id)


def test_the_second_time_it_says_so(cast: Cast, client: Client) -> None:
    address = link(cast)
    client.get(address)

    again = Client().get(address)

    assert again.status_code == 410
    assert b"used before" in again.content
    assert b'href="/accounts/login/"' in again.content


def test_without_the_demo_there_is_no_such_page(cast: Cast, client: Client, settings) -> None:
    address = link(cast)
    settings.DEMO = False

    assert client.get(address).status_code == 404


def test_it_ends_after_a_day(cast: Cast) -> None:
    token = link(cast).split("token=")[1]

    with pytest.raises(LinkUsed):
        use_login_link(token=token, now=timezone.now() + timedelta(hours=24, seconds=1))


def test_a_deactivated_user_gets_nowhere(cast: Cast, client: Client) -> None:
    address = link(cast)
    cast.bob.user.is_active = False
    cast.bob.user.save()

    assert client.get(address).status_code == 410


def test_only_its_digest_is_kept(cast: Cast) -> None:
    token = link(cast).split("token=")[1]

    assert token not in str(list(LoginLink.objects.values_list()))


def test_of_two_at_once_one_gets_in(committed_cast: Cast) -> None:
    token = link(committed_cast).split("token=")[1]

    def use(_: int) -> bool:
        try:
            return bool(use_login_link(token=token))
        except LinkUsed:
            return False
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(use, range(8)))

    assert sum(results) == 1
