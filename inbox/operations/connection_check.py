"""Ask a provider whether a channel works; the only place where a page's request waits for one."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from common.tenancy import tenant_context
from inbox.channels import adapter_for
from inbox.models import Channel
from inbox.operations.channels import channel_account, note_channel_error, webhook_url
from inbox.operations.standing import REFUSED, keep_standing
from inbox.ports import Account, Adapter, CanCheck, CanTellStanding, CheckStep, SendError, Standing


def check_channel(*, tenant_id: UUID, channel_id: UUID) -> list[CheckStep]:
    """Every step the provider's adapter takes, in order; empty for a kind that cannot be asked.

    Opens the scope before and after, never around the call. Writes the channel's last error, or clears it.
    Raises Channel.DoesNotExist.
    """
    with tenant_context(tenant_id):
        channel = Channel.objects.get(id=channel_id)
        account, address = channel_account(channel), webhook_url(channel)
    adapter = adapter_for(channel.kind)
    if not isinstance(adapter, CanCheck):
        return []
    steps = adapter.check(account, webhook_url=address)
    news = _standing(adapter, account)
    with tenant_context(tenant_id):
        _note(channel, steps)
        if news:
            keep_standing(channel=Channel.objects.select_for_update().get(id=channel_id), news=news)
    return steps


def _standing(adapter: Adapter, account: Account) -> Standing | None:
    """How the account stands; None when nobody can tell. What an answer held back is free again."""
    if not isinstance(adapter, CanTellStanding):
        return None
    try:
        news = adapter.ask_standing(account)
    except SendError:
        return None
    return replace(news, holds={REFUSED: None, **news.holds})


def _note(channel: Channel, steps: list[CheckStep]) -> None:
    failed = next((step for step in steps if not step.ok), None)
    if failed:
        note_channel_error(channel=channel, sentence=f"{failed.name}: {failed.detail}")
    else:
        Channel.objects.filter(id=channel.id).update(last_error="", last_error_at=None)
