"""Templates of one account, as many as the provider lets a business keep."""

from __future__ import annotations

from uuid import UUID

from channels_whatsapp.models import APPROVED, Template
from channels_whatsapp.operations.templates import template_account
from common.ids import uuid7
from common.sql import insert_rows
from common.tenancy import tenant_context
from inbox.models import Channel

BODY = {"type": "BODY", "text": "Hello {{1}}, your order {{2}} is ready. " + "We are open until six. " * 20}


def keep_templates(*, tenant: str, channel: str, first: int, last: int) -> int:
    """Write the templates from `first` to `last`; returns how many there are."""
    with tenant_context(UUID(tenant)):
        account = template_account(Channel.objects.get(id=channel))
        insert_rows([_template(account.id, n) for n in range(first, last)])
        return Template.objects.count()


def _template(account: UUID, n: int) -> Template:
    return Template(
        id=uuid7(), account_id=account, provider_id=str(10**14 + n), name=f"order_update_{n:05}",
        language="en", category="UTILITY", status=APPROVED, components=[BODY], quality="GREEN",
    )  # fmt: skip
