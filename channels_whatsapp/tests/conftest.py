"""The provider of these tests: a real server on this machine that gives recorded answers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.servers import Recorded, recorded_server


@pytest.fixture(autouse=True)
def this_machine_may_be_called(settings: Any) -> None:
    """Our own client refuses addresses like this one otherwise."""
    settings.OUTBOUND_ALLOW = ["127.0.0.0/8"]


@pytest.fixture
def graph() -> Iterator[Recorded]:
    """The Graph API: record its answers first, look at what it was asked afterwards."""
    with recorded_server() as server:
        yield server
