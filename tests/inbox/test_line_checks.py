"""B27: a telephone line is checked step by step against a real far end, and each fault says what to do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from common.tenancy import tenant_context
from inbox.models import Channel
from inbox.operations.channels import webhook_url
from inbox.operations.connection_check import check_channel
from inbox.ports import CheckStep
from tests.cast import Cast
from tests.far_end import FarEnd
from tests.inbox.telephone import ACCOUNT, LINE, TOKEN, connect_line

pytestmark = pytest.mark.django_db(transaction=True)
ELSEWHERE = "+442079469999"


@pytest.fixture(params=["sms", "voice"])
def line(request: pytest.FixtureRequest, committed_cast: Cast, far_end: FarEnd) -> Channel:
    """Acme's line, whose webhooks come here."""
    found = connect_line(committed_cast, request.param, far_end.url)
    lend(found, far_end)
    return found


def lend(line: Channel, far_end: FarEnd, **more: Any) -> None:
    with tenant_context(line.tenant_id):
        address = webhook_url(line)
    plain = {"account_sid": ACCOUNT, "auth_token": TOKEN, "capabilities": ["sms", "voice"]}
    about = {**plain, "verified_name": "Acme", "sms_url": address, "voice_url": address, **more}
    far_end._call("PUT", f"/control/lines/{LINE}", about)


def checked(line: Channel) -> list[CheckStep]:
    return check_channel(tenant_id=line.tenant_id, channel_id=line.id)


def change(line: Channel, **fields: Any) -> None:
    with tenant_context(line.tenant_id):
        Channel.objects.filter(id=line.id).update(**fields)


def test_a_line_that_works_passes_every_step_and_says_how_to_try_it(line: Channel) -> None:
    steps = checked(line)

    assert [step.name for step in steps] == ["Account and token", "Number", "Webhook address", "Test"]
    assert all(step.ok and step.detail for step in steps)
    assert steps[0].detail == "Acme is active."
    assert steps[-1].detail == f"Now write to {LINE} with your own phone, or call it from here."


def _other_account(line: Channel, far_end: FarEnd) -> None:
    change(line, config={**line.config, "account_sid": "AC" + "9" * 32})


def _other_token(line: Channel, far_end: FarEnd) -> None:
    lend(line, far_end, auth_token="0" * 32)


def _other_number(line: Channel, far_end: FarEnd) -> None:
    change(line, external_id=ELSEWHERE)


def _not_able(line: Channel, far_end: FarEnd) -> None:
    lend(line, far_end, capabilities=["voice" if line.kind == "sms" else "sms"])


def _elsewhere(line: Channel, far_end: FarEnd) -> None:
    lend(line, far_end, sms_url="https://old.example/hook", voice_url="https://old.example/hook")


def _nowhere(line: Channel, far_end: FarEnd) -> None:
    lend(line, far_end, sms_url="", voice_url="")


def _silent(line: Channel, far_end: FarEnd) -> None:
    change(line, base_url="http://127.0.0.1:9")


def _no_such_service(line: Channel, far_end: FarEnd) -> None:
    change(line, base_url=f"{far_end.url}/nowhere")


#: What is wrong → the step that finds it, and words of what to do.
FAULTS: dict[str, tuple[Callable[[Channel, FarEnd], None], str, str]] = {
    "another account": (_other_account, "Account and token", "account SID"),
    "another token": (_other_token, "Account and token", "auth token"),
    "another number": (_other_number, "Number", "a number of this account"),
    "a number that cannot": (_not_able, "Number", "another number"),
    "webhooks elsewhere": (_elsewhere, "Webhook address", "with HTTP POST"),
    "no webhooks": (_nowhere, "Webhook address", "with HTTP POST"),
    "nobody there": (_silent, "Account and token", "may reach the API's address"),
    "another service": (_no_such_service, "Account and token", "."),
}


def test_each_fault_is_found_at_its_step_with_what_to_do_and_remembered(
    line: Channel, far_end: FarEnd
) -> None:
    as_it_was = {name: getattr(line, name) for name in ("config", "external_id", "base_url")}

    for fault, (spoil, name, todo) in FAULTS.items():
        spoil(line, far_end)
        wrong = [step for step in checked(line) if not step.ok]

        assert [step.name for step in wrong] == [name], fault
        assert todo in wrong[0].fix, fault
        assert len(wrong[0].detail) > 10, fault
        with tenant_context(line.tenant_id):
            assert Channel.objects.get(id=line.id).last_error == f"{name}: {wrong[0].detail}"
        change(line, **as_it_was)
        lend(line, far_end)
