"""Templates are read from the provider: on connect, when asked, by the clock, and as it tells of changes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from channels_whatsapp.models import Template, TemplateAccount
from channels_whatsapp.operations.templates import request_sync
from channels_whatsapp.operations.work import work_all
from common import queues
from common.tenancy import tenant_context
from events.models import Event
from inbox.channels import adapter_for
from inbox.models import Channel, ReceiptOutcome
from inbox.operations.receipts import drain
from tests import hooks
from tests.cast import ACME_ACCOUNT, Cast
from tests.far_end import FarEnd
from tests.whatsapp.conftest import BODY, found, graph

WABA = "102290129340398"


def test_connecting_a_channel_reads_every_template_of_its_account(cast: Cast, provider: FarEnd) -> None:
    work_all()

    with tenant_context(cast.acme.id):
        account = TemplateAccount.objects.get()
        statuses = set(Template.objects.values_list("status", flat=True))
        kept = adapter_for("whatsapp").templates(cast.acme_number.id)  # type: ignore[attr-defined]
    assert account.synced_at
    assert account.error == ""
    assert statuses == {"APPROVED", "PAUSED", "DISABLED", "REJECTED"}
    assert {one["name"] for one in kept} >= {"hello_world", "flight_delay", "paused_offer"}
    assert next(one for one in kept if one["name"] == "flight_delay")["parameter_format"] == "NAMED"


def test_six_thousand_templates_are_read_page_by_page(cast: Cast, far_end: FarEnd, provider: FarEnd) -> None:
    many = [
        {"name": f"many_{n:04d}", "language": "en", "category": "UTILITY", "components": [BODY]}
        for n in range(5_985)
    ]
    far_end.register(ACME_ACCOUNT, templates=many)

    while work_all(seconds=60):
        with tenant_context(cast.acme.id):
            if TemplateAccount.objects.get().synced_at:
                break

    with tenant_context(cast.acme.id):
        assert Template.objects.count() == 6_000
        assert TemplateAccount.objects.get().sync_seen == 6_000


def test_what_changed_meanwhile_is_told_and_what_is_gone_is_marked(
    cast: Cast, account: TemplateAccount, provider: FarEnd
) -> None:
    body = {"name": "fresh_one", "language": "en_GB", "category": "UTILITY", "components": [BODY]}
    assert graph(provider, "POST", f"{WABA}/message_templates", json=body).ok
    graph(provider, "DELETE", f"{WABA}/message_templates?name=follow_up")

    _sync(cast)

    assert found(cast, "fresh_one", "en_GB").status == "PENDING"
    assert found(cast, "follow_up").status == "DELETED"
    with tenant_context(cast.acme.id):
        kinds = list(Event.objects.filter(type__startswith="template.").values_list("type", flat=True))
    assert sorted(kinds) == ["template.added", "template.deleted", "template.deleted"]


def _sync(cast: Cast) -> None:
    with tenant_context(cast.acme.id):
        request_sync(account=TemplateAccount.objects.get())
    work_all()


def test_the_clock_reads_the_list_again_and_a_failure_says_why(
    cast: Cast, account: TemplateAccount, provider: FarEnd
) -> None:
    with tenant_context(cast.acme.id):
        Channel.objects.update(base_url="http://127.0.0.1:9")
        request_sync(account=TemplateAccount.objects.get())
    work_all()

    with tenant_context(cast.acme.id):
        failed = TemplateAccount.objects.get()
        assert failed.error
        assert failed.sync_due_at
        assert failed.sync_due_at > timezone.now()
        assert failed.synced_at == account.synced_at
        Channel.objects.update(base_url=provider.url)
        past = timezone.now() - timedelta(seconds=1)
        TemplateAccount.objects.update(sync_due_at=past)
        queues.enqueue("templates")
    work_all()
    with tenant_context(cast.acme.id):
        assert TemplateAccount.objects.get().error == ""


# ---------------------------------------------------------------- webhooks


def notice(field: str, waba: str = WABA, at: int | None = None, **value: Any) -> dict[str, Any]:
    about = {
        "message_template_id": 1,
        "message_template_name": "follow_up",
        "message_template_language": "en",
    }
    entry = {"id": waba, "time": at or int(timezone.now().timestamp())}
    change = {"field": field, "value": {**about, **value}}
    return {"object": "whatsapp_business_account", "entry": [{**entry, "changes": [change]}]}


def hears(cast: Cast, body: dict[str, Any]) -> dict[str, Any]:
    """The webhook comes; what became of its one item."""
    receipt = hooks.post(cast.acme_number, body)
    drain()
    with tenant_context(cast.acme.id):
        line: dict[str, Any] = ReceiptOutcome.objects.get(receipt_id=receipt.id).items[0]
        return line


STATUS = "message_template_status_update"


def test_a_pause_and_its_end(cast: Cast, account: TemplateAccount) -> None:
    pause = {"title": "FIRST_PAUSE", "description": "Paused for low quality."}
    body = notice(STATUS, event="PAUSED", reason="NONE", other_info=pause)

    first, again = hears(cast, body), hears(cast, body)
    paused = found(cast, "follow_up")
    hears(cast, notice(STATUS, event="APPROVED", reason="NONE", other_info={"title": "UNPAUSE"}))

    assert (first["outcome"], again["outcome"]) == ("stored", "duplicate")
    assert (paused.status, paused.reason) == ("PAUSED", "Paused for low quality.")
    assert paused.paused_until
    assert paused.status_at
    assert paused.paused_until - paused.status_at == timedelta(hours=3)
    after = found(cast, "follow_up")
    assert (after.status, after.reason, after.paused_until) == ("APPROVED", "", None)
    assert [entry["kind"] for entry in after.history] == ["template.paused", "template.unpaused"]


def test_a_rejection_says_why_in_the_providers_words(cast: Cast, account: TemplateAccount) -> None:
    why = {"reason": "Variables stand next to each other.", "recommendation": "Put words between them."}

    hears(cast, notice(STATUS, event="REJECTED", reason="INVALID_FORMAT", rejection_info=why))

    row = found(cast, "follow_up")
    assert row.status == "REJECTED"
    assert row.reason == "Variables stand next to each other. Put words between them."


def test_a_late_report_does_no_harm(cast: Cast, account: TemplateAccount) -> None:
    now = int(timezone.now().timestamp())
    hears(cast, notice(STATUS, event="APPROVED", reason="NONE", at=now + 60))
    hears(cast, notice(STATUS, event="DISABLED", reason="NONE", at=now + 120))

    late = hears(cast, notice(STATUS, event="PAUSED", reason="NONE", at=now + 90))

    assert late["outcome"] == "ignored"
    assert found(cast, "follow_up").status == "DISABLED"


def test_quality_and_category_announced_and_done(cast: Cast, account: TemplateAccount) -> None:
    field = "template_category_update"
    hears(cast, notice("message_template_quality_update", new_quality_score="RED"))
    soon: dict[str, Any] = {"new_category": "UTILITY", "correct_category": "MARKETING"}
    hears(cast, notice(field, **soon, category_update_timestamp=1793090000))
    announced = found(cast, "follow_up")
    hears(cast, notice(field, previous_category="UTILITY", new_category="MARKETING"))

    assert (announced.quality, announced.category, announced.category_then) == ("RED", "UTILITY", "MARKETING")
    done = found(cast, "follow_up")
    assert (done.category, done.previous_category, done.category_then) == ("MARKETING", "UTILITY", "")
    with tenant_context(cast.acme.id):
        kinds = list(Event.objects.filter(type__startswith="template.").values_list("type", flat=True))
    assert kinds[-2:] == ["template.category_announced", "template.category_changed"]


def test_news_of_an_unknown_template_has_the_list_read_again(cast: Cast, account: TemplateAccount) -> None:
    line = hears(cast, notice(STATUS, event="APPROVED", reason="NONE", message_template_name="never_seen"))

    assert line["outcome"] == "ignored"
    with tenant_context(cast.acme.id):
        due = TemplateAccount.objects.get().sync_due_at
    assert due
    assert due <= timezone.now()


def test_news_of_another_account_touches_nothing(cast: Cast, account: TemplateAccount) -> None:
    line = hears(cast, notice(STATUS, waba="999", event="DISABLED", reason="NONE"))

    assert (line["outcome"], "999" in line["reason"]) == ("ignored", True)
    assert found(cast, "follow_up").status == "APPROVED"


def test_a_stranger_keeps_none_of_them(cast: Cast, account: TemplateAccount) -> None:
    with tenant_context(cast.globex.id):
        assert Template.objects.count() == 0
