"""How many templates WhatsApp takes, and how often one may change: said before it is asked."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from channels_whatsapp.models import Template, TemplateAccount
from channels_whatsapp.operations.templates import (
    TooOften,
    change_template,
    draft_template,
    request_sync,
    submit_template,
)
from channels_whatsapp.operations.work import work_all
from common.ids import uuid7
from common.sql import insert_rows
from common.tenancy import tenant_context
from common.wire import stamp
from inbox.operations.authors import SYSTEM
from tests.cast import ACME_ACCOUNT, Cast
from tests.far_end import FarEnd
from tests.whatsapp.conftest import BODY, found


def draft(account: TemplateAccount, name: str = "new_one") -> Template:
    return draft_template(
        account=account, by=SYSTEM, name=name, language="en", category="UTILITY", components=[BODY]
    )


def rows(account: TemplateAccount, many: int, **about: Any) -> None:
    """So many templates of the account."""
    plain = {"language": "en", "category": "UTILITY", "status": "APPROVED", "provider_id": "1", **about}
    insert_rows([Template(id=uuid7(), account=account, name=f"n_{n}", **plain) for n in range(many)])


def shown(client: Client, row: Template) -> str:
    return client.get(f"/console/templates/{row.id}/").content.decode()


def test_an_approved_template_changes_once_a_day_and_the_provider_says_so_too(
    cast: Cast, account: TemplateAccount, provider: FarEnd, alice_client: Client, charlie_client: Client
) -> None:
    row = found(cast, "follow_up")
    with tenant_context(cast.acme.id):
        submit_template(template=changed(row, "here"), by=SYSTEM)
    work_all()
    fate = {"channel": ACME_ACCOUNT, "name": row.name, "language": row.language, "fate": "approve"}
    provider._call("POST", "/control/templates", fate)
    with tenant_context(cast.acme.id):
        Template.objects.filter(id=row.id).update(status="APPROVED")
        row = changed(found(cast, "follow_up"), "there")
        with pytest.raises(TooOften, match=r"one change .* in 24 hours.* Submit it again in 2[34]\xa0hours"):
            submit_template(template=row, by=SYSTEM)

    page = shown(alice_client, row)
    assert "1 thing keeps the draft from being submitted" in page
    assert "one change of an approved template" in page
    assert charlie_client.get(f"/console/templates/{row.id}/").status_code == 404

    with tenant_context(cast.acme.id):
        Template.objects.filter(id=row.id).update(history=[])  # as if somebody had changed it elsewhere
        submit_template(template=row, by=SYSTEM)
    work_all()
    assert "edited 1 times in 1 days" in found(cast, "follow_up").work_error


def changed(row: Template, word: str) -> Template:
    parts = [{**BODY, "text": f"Hello {{{{1}}}}, your order {{{{2}}}} is {word}."}]
    return change_template(template=row, by=SYSTEM, category=row.category, components=parts)


def test_what_was_refused_or_rejected_may_be_changed_at_once_and_the_tenth_in_a_month_waits(
    cast: Cast, account: TemplateAccount
) -> None:
    row = found(cast, "follow_up")

    def past(*said: tuple[str, str, timedelta]) -> None:
        row.history = [
            {
                "kind": kind,
                "at": stamp(timezone.now() - ago),
                "by": "",
                "detail": "",
                "work": "edit",
                "was": was,
            }
            for kind, was, ago in said
        ]
        row.save(update_fields=["history"])

    handed_in, hour, day = "template.submitted", timedelta(hours=1), timedelta(days=1)
    with tenant_context(cast.acme.id):
        row = changed(row, "here")
        past((handed_in, "REJECTED", hour), (handed_in, "APPROVED", hour), ("template.refused", "", hour))
        assert submit_template(template=row, by=SYSTEM).work == "edit"

        Template.objects.filter(id=row.id).update(work="")
        past(*((handed_in, "APPROVED", day * n) for n in range(29, 1, -3)))
        with pytest.raises(TooOften, match=r"ten in 30 days\. Submit it again in 23\xa0hours"):
            submit_template(template=row, by=SYSTEM)


def test_an_account_takes_as_many_as_the_provider_tells(
    cast: Cast, account: TemplateAccount, provider: FarEnd
) -> None:
    with tenant_context(cast.acme.id):
        assert TemplateAccount.objects.get().room == 250
        kept = Template.objects.count()
        request_sync(account=account)
    provider.register(ACME_ACCOUNT, templates_max=kept)
    work_all()
    provider.register(ACME_ACCOUNT, templates_max=250)
    with tenant_context(cast.acme.id):
        row = draft(TemplateAccount.objects.get())
        with pytest.raises(TooOften, match=f"This account has {kept} templates, as many as WhatsApp takes"):
            submit_template(template=row, by=SYSTEM)


def test_a_hundred_new_ones_an_hour_and_six_thousand_in_all(
    cast: Cast, account: TemplateAccount, alice_client: Client
) -> None:
    with tenant_context(cast.acme.id):
        TemplateAccount.objects.update(room=None)
        account.room = None
        row, now = draft(account), timezone.now()
        handed_in = [
            {"kind": "template.submitted", "work": "submit", "at": stamp(now - timedelta(minutes=20))}
        ]
        rows(account, 100, history=handed_in, submitted_at=now)
        with pytest.raises(TooOften, match=r"100 new templates an hour.* again in 39\xa0minutes"):
            submit_template(template=row, by=SYSTEM)

        Template.objects.filter(account=account, name__startswith="n_").update(submitted_at=None)
        rows(account, 200, language="de")
    assert "only of a verified business" in shown(alice_client, row)

    with tenant_context(cast.acme.id):
        rows(account, 5_900, language="fr")
        with pytest.raises(TooOften, match="as many as WhatsApp takes"):
            submit_template(template=row, by=SYSTEM)
