"""The twins, committed or in the test's transaction, with a real provider for the calls that ask one."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings

from tests.cast import ACME_ACCOUNT, APP_SECRET, GLOBEX_ACCOUNT, GLOBEX_SECRET
from tests.conftest import QUICK_HASHERS, _empty
from tests.crossfire.marks import MARK
from tests.crossfire.target import Target
from tests.crossfire.twins import Twin, Twins, make_twins
from tests.far_end import FarEnd


@pytest.fixture
def provider(far_end: FarEnd) -> FarEnd:
    """Knows both numbers; Acme has had a template approved."""
    _know(far_end)
    return far_end


def _know(far_end: FarEnd) -> None:
    _register(far_end, "acme", ACME_ACCOUNT, APP_SECRET, templates=[_template()])
    _register(far_end, "globex", GLOBEX_ACCOUNT, GLOBEX_SECRET, templates=[])


def _register(far_end: FarEnd, name: str, account: str, secret: str, **fields: Any) -> None:
    told = {"waba_id": f"1{account}", "access_token": f"EAAG{name}token", "app_secret": secret}
    far_end.register(account, verified_name=name.title(), **told, **fields)


def _template() -> dict[str, Any]:
    words = {"name": f"news_{MARK}", "language": "en", "category": "UTILITY", "status": "APPROVED"}
    return {**words, "components": [{"type": "BODY", "text": "News"}]}


@pytest.fixture
def twins(transactional_db: None, provider: FarEnd, settings: Any) -> Twins:
    """Both tenants, committed; nobody is slowed down, so that every try counts."""
    settings.ACCOUNT_RATE_LIMITS = False
    _empty()  # of the twins that this file's other tests share
    return make_twins(provider.url)


@pytest.fixture(scope="module")
def standing_twins(
    django_db_setup: None, django_db_blocker: Any, _simulator: FarEnd, tmp_path_factory: Any
) -> Iterator[tuple[Twins, Path]]:
    """Both tenants, made once for a file and committed, and the folder of their files."""
    folder = tmp_path_factory.mktemp("twins")
    told = {"PASSWORD_HASHERS": QUICK_HASHERS, "FILES_DIR": folder, "OUTBOUND_ALLOW": ["127.0.0.0/8"]}
    _know(_simulator)
    with django_db_blocker.unblock():
        _empty()
        with override_settings(**told):
            made = make_twins(_simulator.url)
    yield made, folder
    with django_db_blocker.unblock():
        _empty()


@pytest.fixture
def small_twins(standing_twins: tuple[Twins, Path], db: None, provider: FarEnd, settings: Any) -> Twins:
    """The twins of this file; what the test does to them is undone."""
    twins, settings.FILES_DIR = standing_twins
    return copy.deepcopy(twins)


@pytest.fixture(scope="module")
def acme(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[tuple[Twin, Path]]:
    """Acme beside its twin, made once and committed, and the folder of its files."""
    folder = tmp_path_factory.mktemp("acme")
    with django_db_blocker.unblock():
        _empty()
        with override_settings(PASSWORD_HASHERS=QUICK_HASHERS, FILES_DIR=folder):
            yield make_twins().acme, folder
        _empty()


@pytest.fixture
def target(acme: tuple[Twin, Path], db: None, settings: Any) -> Target:
    settings.ACCOUNT_RATE_LIMITS = False
    twin, settings.FILES_DIR = acme
    return Target(twin)
