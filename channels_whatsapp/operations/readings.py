"""How the numbers of an account stand, asked by the clock: what a webhook said too much or not at all is put
right without anybody pressing a button."""

from __future__ import annotations

from uuid import UUID

from channels_whatsapp.models import TemplateAccount
from channels_whatsapp.number_standing import ask_closely
from channels_whatsapp.operations.news import channel_ids_of
from common.tenancy import tenant_context
from inbox.models import Channel
from inbox.operations.channels import channel_account
from inbox.operations.standing import keep_standing
from inbox.ports import Account, SendError


def read_standings(tenant_id: UUID, account: TemplateAccount) -> None:
    """Ask for every number in use; one that cannot be asked stays as it is. Writes Channel, events."""
    with tenant_context(tenant_id):
        rows = Channel.objects.filter(id__in=channel_ids_of(account), is_active=True).order_by("id")
        asked = [(row.id, channel_account(row)) for row in rows]
    for channel_id, about in asked:
        _read(tenant_id, channel_id, about)


def _read(tenant_id: UUID, channel_id: UUID, about: Account) -> None:
    try:
        news = ask_closely(about)
    except SendError:
        return
    with tenant_context(tenant_id):
        channel = Channel.objects.select_for_update().filter(id=channel_id).first()
        if channel:
            keep_standing(channel=channel, news=news)
