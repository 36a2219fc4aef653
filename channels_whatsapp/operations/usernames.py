"""The name by which people find a business: taken and given up at Meta, and kept as a fact of the number."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from channels_whatsapp import username_calls as calls
from channels_whatsapp.models import Errand
from channels_whatsapp.operations.errands import run_errand
from inbox.models import Channel
from inbox.operations.authors import Author
from inbox.operations.standing import keep_standing
from inbox.ports import Account, Json, Standing


def take_username(*, tenant_id: UUID, channel_id: UUID, by: Author, username: str) -> Errand:
    """Ask Meta for it. Writes Errand, Channel, Event `channel.updated`."""
    ask = partial(calls.take_username, name=username.lower())
    return run_errand(
        tenant_id=tenant_id, channel_id=channel_id, what=Errand.What.USERNAME, by=by, ask=ask, keep=_keep
    )


def drop_username(*, tenant_id: UUID, channel_id: UUID, by: Author) -> Errand:
    """Give it up. Writes what ``take_username`` does."""

    def ask(account: Account) -> Json:
        calls.drop_username(account)
        return {"username": "", "username_status": ""}

    return run_errand(
        tenant_id=tenant_id, channel_id=channel_id, what=Errand.What.DROP_USERNAME, by=by, ask=ask, keep=_keep
    )


def _keep(channel: Channel, found: Json) -> None:
    keep_standing(channel=channel, news=Standing(facts=found, holds={}))
