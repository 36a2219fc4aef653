"""API keys: their shape, who finds them, how they end."""

from __future__ import annotations

from datetime import timedelta
from zlib import crc32

import pytest
from django.utils import timezone

from common.tenancy import tenant_context
from tenants.models import ApiKey, KeyRoute
from tenants.operations.keys import (
    UnknownScope,
    create_api_key,
    find_key,
    is_well_formed,
    revoke_api_key,
    tenant_of_key,
    use_key,
)
from tests.cast import Cast


def make(cast: Cast, **wanted):
    with tenant_context(cast.acme.id):
        return create_api_key(**{"name": "core", "scopes": ["messages:read"], "by": cast.alice, **wanted})


def test_a_key_says_whose_it_is(cast: Cast) -> None:
    key, presented = make(cast)

    assert find_key(presented) == (cast.acme.id, key.id)


def test_only_a_digest_is_kept(cast: Cast) -> None:
    key, presented = make(cast)

    assert presented.startswith("parley_live_")
    assert key.prefix == presented[:16]
    with tenant_context(cast.acme.id):
        row = ApiKey.objects.values().get(id=key.id)
    assert not any(
        presented[16:48] in str(value) for value in [*row.values(), *KeyRoute.objects.values_list()]
    )


def test_a_mistyped_key_costs_no_query(cast: Cast, django_assert_num_queries) -> None:
    _, presented = make(cast)
    swapped = presented[:20] + ("a" if presented[20] != "a" else "b") + presented[21:]

    with django_assert_num_queries(0):
        found = [
            tenant_of_key(wrong)
            for wrong in (swapped, presented[:-1], presented + "x", "", "Bearer", "ß" * 60)
        ]

    assert found == [None] * 6


def test_the_checksum_is_base62_of_crc32() -> None:
    body = f"parley_live_{'0' * 32}"
    letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    checksum = "".join(letters[crc32(body.encode()) // 62**place % 62] for place in range(5, -1, -1))

    assert is_well_formed(f"{body}_{checksum}")
    assert not is_well_formed(f"{body}_{checksum[::-1]}")


def test_a_revoked_key_is_dead_at_once(cast: Cast) -> None:
    key, presented = make(cast)

    with tenant_context(cast.acme.id):
        revoke_api_key(key=key)

    assert find_key(presented) is None
    assert tenant_of_key(presented) is None


def test_an_expired_key_is_dead(cast: Cast) -> None:
    _, presented = make(cast, expires_at=timezone.now() + timedelta(hours=1))

    assert find_key(presented)
    assert find_key(presented, now=timezone.now() + timedelta(hours=2)) is None


def test_last_use_is_written_once_a_minute(cast: Cast) -> None:
    key, presented = make(cast)
    start = timezone.now()

    for seconds in (0, 20, 59, 61):
        find_key(presented, now=start + timedelta(seconds=seconds))
        with tenant_context(cast.acme.id):
            key.refresh_from_db()
        expected = start + timedelta(seconds=61 if seconds == 61 else 0)
        assert key.last_used_at == expected


@pytest.mark.parametrize("scopes", [[], ["everything"], ["messages:read", "tenants:drop"]])
def test_scopes_come_from_the_list(cast: Cast, scopes: list[str]) -> None:
    with pytest.raises(UnknownScope):
        make(cast, scopes=scopes)


def test_a_key_means_nothing_in_another_tenant(cast: Cast) -> None:
    _, presented = make(cast)

    with tenant_context(cast.globex.id):
        assert use_key(presented) is None
