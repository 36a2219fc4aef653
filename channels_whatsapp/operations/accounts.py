"""The account behind a channel's templates: known from the moment the channel is connected."""

from __future__ import annotations

from uuid import UUID

from channels_whatsapp.models import TemplateAccount
from channels_whatsapp.operations.templates import request_sync, template_account
from inbox.models import Channel


def channel_changed(*, channel_id: UUID) -> None:
    """Read the templates of a new account, and again of one that could not be read before.

    Writes TemplateAccount.
    """
    channel = Channel.objects.get(id=channel_id)
    if not channel.config.get("waba_id"):
        return
    account: TemplateAccount = template_account(channel)
    if account.error:
        request_sync(account=account)
