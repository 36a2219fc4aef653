"""Two tenants whose numbers hang on one app of the provider: news of an account is only its tenant's."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest
from django.db import connection

from channels_whatsapp.models import Template, TemplateAccount
from common.models import WorkQueue
from common.tenancy import tenant_context
from inbox.models import Channel, ChannelRoute, ReceiptOutcome
from inbox.operations.authors import Author
from inbox.operations.channels import change_channel
from inbox.operations.receipts import drain
from tenants.models import Member
from tests import hooks
from tests.cast import APP_SECRET, Cast
from tests.whatsapp.test_sync import WABA, notice

THEIRS = "102290129340777"
PAUSED: dict[str, Any] = {"event": "PAUSED", "reason": "NONE", "other_info": {"title": "FIRST_PAUSE"}}


@pytest.fixture
def shared(cast: Cast) -> Cast:
    """Globex's number is of the same app as Acme's, in an account of its own; both have one template."""
    _move(cast, waba=THEIRS)
    for channel in (cast.acme_number, cast.globex_number):
        with tenant_context(channel.tenant_id):
            account = TemplateAccount.objects.get(
                waba_id=Channel.objects.get(id=channel.id).config["waba_id"]
            )
            Template.objects.create(
                account=account, provider_id="1", name="follow_up", language="en", category="UTILITY",
                status="APPROVED",
            )  # fmt: skip
    return cast


def _move(cast: Cast, *, waba: str) -> None:
    with tenant_context(cast.globex.id):
        number = Channel.objects.get(id=cast.globex_number.id)
        by = Author.of(Member.objects.get(id=cast.charlie.id))
        config = {**number.config, "waba_id": waba}
        change_channel(channel=number, by=by, secrets={"app_secret": APP_SECRET}, config=config)


def _statuses(cast: Cast) -> tuple[str, str]:
    found = []
    for tenant in (cast.acme, cast.globex):
        with tenant_context(tenant.id):
            found.append(Template.objects.get(name="follow_up").status)
    return found[0], found[1]


def _receipts(cast: Cast) -> tuple[int, int]:
    found = []
    for tenant in (cast.acme, cast.globex):
        with tenant_context(tenant.id):
            found.append(ReceiptOutcome.objects.count())
    return found[0], found[1]


@pytest.mark.parametrize(
    ("waba", "expected"), [(WABA, ("PAUSED", "APPROVED")), (THEIRS, ("APPROVED", "PAUSED"))]
)
def test_news_of_a_template_reaches_only_the_tenant_of_its_account(
    shared: Cast, waba: str, expected: tuple[str, str]
) -> None:
    hooks.post(shared.acme_number, notice("message_template_status_update", waba=waba, **PAUSED))
    drain()

    assert _statuses(shared) == expected
    assert _receipts(shared) == ((1, 0) if waba == WABA else (0, 1))


def test_news_of_an_account_holds_only_its_tenants_numbers(shared: Cast) -> None:
    banned: dict[str, Any] = {"event": "DISABLED_UPDATE", "ban_info": {"waba_ban_state": "DISABLE"}}
    hooks.post(shared.acme_number, notice("account_update", waba=THEIRS, **banned))
    drain()

    with tenant_context(shared.acme.id):
        assert not Channel.objects.get(id=shared.acme_number.id).standing.get("holds")
    with tenant_context(shared.globex.id):
        assert Channel.objects.get(id=shared.globex_number.id).standing["holds"]["ban"]["what"] == "all"


def test_an_account_nobody_here_has_is_nobodys_news(shared: Cast) -> None:
    hooks.post(shared.acme_number, notice("message_template_status_update", waba="999999999", **PAUSED))
    drain()

    assert _statuses(shared) == ("APPROVED", "APPROVED")
    assert _receipts(shared) == (0, 0)


def test_an_account_two_tenants_name_is_of_the_one_whose_address_it_came_to(shared: Cast) -> None:
    _move(shared, waba=WABA)
    hooks.post(shared.acme_number, notice("message_template_status_update", waba=WABA, **PAUSED))
    drain()

    assert _statuses(shared) == ("PAUSED", "APPROVED")
    assert _receipts(shared) == (1, 0)


def test_one_body_with_news_of_both_is_told_to_each(shared: Cast) -> None:
    ours = notice("message_template_status_update", waba=WABA, **PAUSED)
    theirs = notice("message_template_status_update", waba=THEIRS, **PAUSED)
    receipt = hooks.post(shared.acme_number, {**ours, "entry": [*ours["entry"], *theirs["entry"]]})
    drain()

    assert _statuses(shared) == ("PAUSED", "PAUSED")
    for tenant in (shared.acme, shared.globex):
        with tenant_context(tenant.id):
            outcome = ReceiptOutcome.objects.get(receipt_id=receipt.id)
            assert (len(outcome.items), outcome.whole) == (1, False)


def test_channels_of_an_older_version_get_their_route_and_their_templates_read(cast: Cast) -> None:
    step = import_module("channels_whatsapp.migrations.0002_known_accounts")
    with tenant_context(cast.acme.id):
        TemplateAccount.objects.all().delete()
    ChannelRoute.objects.update(group_id="")
    WorkQueue.objects.all().delete()

    for _ in range(2):
        with connection.schema_editor() as editor:
            step.know_accounts(None, editor)

    assert set(ChannelRoute.objects.values_list("group_id", flat=True)) == {WABA}
    assert WorkQueue.objects.get().tenant_id == cast.acme.id
    with tenant_context(cast.acme.id):
        account = TemplateAccount.objects.get()
    assert (account.waba_id, account.channel_id) == (WABA, cast.acme_number.id)
    assert account.sync_due_at
