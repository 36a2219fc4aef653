"""The adapters of the installed channels, found by kind.

``settings.CHANNEL_APPS`` lists the folders; each has an ``adapter.py`` with a class ``Adapter``.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Any

from django.conf import settings

from inbox.ports import Adapter


class UnknownChannel(LookupError):
    """No installed channel has this kind."""


@cache
def adapters() -> dict[str, Adapter]:
    """Every installed adapter by its kind."""
    found = (import_module(f"{app}.adapter").Adapter() for app in settings.CHANNEL_APPS)
    return {adapter.kind: adapter for adapter in found}


def adapter_for(kind: str) -> Adapter:
    """The adapter of one kind. Raises UnknownChannel."""
    try:
        return adapters()[kind]
    except KeyError:
        raise UnknownChannel(kind) from None


def address_kinds() -> set[str]:
    """Every kind of address that some installed channel can write to."""
    return {kind for adapter in adapters().values() for kind in adapter.address_kinds}


def is_able(kind: str, ability: type[Any]) -> bool:
    """Does this kind of channel have an ability of ``inbox.ports``?"""
    try:
        return isinstance(adapter_for(kind), ability)
    except UnknownChannel:
        return False
