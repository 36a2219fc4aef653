"""The same words for the same things: in the tables, the document of the API, the guide and on every page."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from django.conf import settings
from django.test import Client

from common.tenancy import tenant_context
from notifications.models import Notification, NotificationState, StepState
from notifications.words import STATES, STEPS
from tests.api.caller import Caller, document
from tests.api.conftest import program  # noqa: F401 - a fixture
from tests.cast import Cast
from tests.notifications.conftest import ask, make_type, send
from tests.notifications.forms import page

GUIDE = Path(settings.BASE_DIR) / "docs" / "wire.md"


def _enum(schema: str, field: str) -> list[str]:
    found: dict[str, Any] = document()["components"]["schemas"][schema]["properties"][field]
    return list(found["enum"])


def test_tables_api_guide_and_pages_know_the_same_states() -> None:
    states = list(NotificationState.values)
    told = re.search(r"States, the same words everywhere: (.*?)\.", GUIDE.read_text(), re.DOTALL)
    assert told

    assert list(STATES) == states == _enum("Notification", "state")
    assert list(STEPS) == list(StepState.values) == _enum("NotificationStep", "state")
    assert re.findall(r"[a-z]+", re.sub(r"\([^)]*\)|only of a dry run", "", told[1])) == states
    assert len({str(word.words) for word in STATES.values()}) == len(states)


def test_the_log_its_page_and_the_api_say_the_same_of_each(
    cast: Cast,
    alice_client: Client,
    program: Caller,  # noqa: F811
) -> None:
    with tenant_context(cast.acme.id):
        named = make_type(cast.alice)
        send(cast.alice, *[ask(named) for _ in STATES])
        for run, state in zip(Notification.objects.order_by("id"), STATES, strict=True):
            Notification.objects.filter(id=run.id).update(state=state)

    told = {one["id"]: one["state"] for one in program.get("notifications", limit=100).data["data"]}

    assert sorted(told.values()) == sorted(STATES)
    log = page(alice_client, "/console/notifications/log/")
    for key, state in told.items():
        row = next(one for one in log.split("<tr") if f"/log/{key}/" in one)
        one = page(alice_client, f"/console/notifications/log/{key}/")
        for text in (row, one):
            assert f'data-state="{state}"' in text
            assert str(STATES[state].words) in text
