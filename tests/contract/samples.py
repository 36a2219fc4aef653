"""What a channel's tests tell of its provider, so that the same questions can be put to every adapter.

Each channel has ``channels_<kind>/tests/contract.py`` with ``SAMPLES = Samples(…)``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from django.conf import settings

from inbox.ports import Account, Adapter, Credentials, Hook, Outbound, Reason


@dataclass(frozen=True)
class Samples:
    """What a channel shows of itself.

    adapter: as the house finds it. credentials: what its door accepts. signed: a request with this body, as
    the provider would send it. written: a body in which a customer wrote messages (id, text), in this order.
    strange: the same with something of a kind no code knows before the last message. account: ours on a
    provider that answers at this address. outbound: a text to a person. taken: the provider's yes, as
    (status, JSON). refusals: an answer for every reason its provider can have. fixtures: the folder with
    recorded bodies. tells_words: are the words in the request, or does the provider ask for them later?
    """

    adapter: type[Adapter]
    credentials: Credentials
    signed: Callable[[bytes], Hook]
    written: Callable[[Sequence[tuple[str, str]]], bytes]
    strange: Callable[[Sequence[tuple[str, str]]], bytes]
    account: Callable[[str], Account]
    outbound: Outbound
    taken: tuple[int, Any]
    refusals: Mapping[Reason, tuple[int, Any]]
    fixtures: Path
    tells_words: bool = True


def all_samples() -> list[Samples]:
    """The samples of every installed channel; a channel without them fails here."""
    return [import_module(f"{app}.tests.contract").SAMPLES for app in settings.CHANNEL_APPS]
