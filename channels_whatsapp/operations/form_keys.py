"""A number's key of forms: made here or brought along, set at Meta, and how it stood when last asked."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from channels_whatsapp import form_keys as calls
from channels_whatsapp.form_crypto import new_pair
from channels_whatsapp.models import Errand, NumberCopy
from channels_whatsapp.operations.errands import run_errand, whatsapp_channel
from channels_whatsapp.operations.form_endpoints import drop_pair, keep_pair, settle_keys
from channels_whatsapp.operations.number_copies import keep_copy
from common.tenancy import tenant_context
from inbox.models import Channel
from inbox.operations.authors import Author
from inbox.ports import Json

FORM_KEY = NumberCopy.What.FORM_KEY


def read_key(*, tenant_id: UUID, channel_id: UUID, by: Author) -> Errand:
    """Ask Meta how it stands. Writes Errand, NumberCopy."""
    what = Errand.What.READ_FORM_KEY
    return run_errand(
        tenant_id=tenant_id, channel_id=channel_id, what=what, by=by, ask=calls.read_key, keep=_keep
    )


def set_key(*, tenant_id: UUID, channel_id: UUID, by: Author, key: str) -> Errand:
    """Put a key into the place of the one there is. Writes Errand, NumberCopy. key: see ``checked_key``."""
    ask = partial(calls.set_key, key=key)
    return run_errand(
        tenant_id=tenant_id, channel_id=channel_id, what=Errand.What.FORM_KEY, by=by, ask=ask, keep=_keep
    )


def make_key(*, tenant_id: UUID, channel_id: UUID, by: Author) -> Errand:
    """Make a pair here and have Meta sign its public key; the private one stays here, sealed.

    It is kept before Meta hears of it, beside the ones in use: phones are answered whatever becomes of the
    call. Writes FormEndpoint, Errand, NumberCopy. Raises Channel.DoesNotExist.
    """
    with tenant_context(tenant_id):
        whatsapp_channel(channel_id)  # a pair costs a fifth of a second: not for a number that is not there
    private, public = new_pair()
    with tenant_context(tenant_id):
        keep_pair(whatsapp_channel(channel_id), private, public)
    ask = partial(calls.set_key, key=public)
    errand = run_errand(
        tenant_id=tenant_id, channel_id=channel_id, what=Errand.What.MAKE_FORM_KEY, by=by, ask=ask,
        keep=_keep,
    )  # fmt: skip
    if errand.outcome == Errand.Outcome.REFUSED:
        with tenant_context(tenant_id):
            drop_pair(whatsapp_channel(channel_id), public)
    return errand


def _keep(channel: Channel, found: Json) -> None:
    keep_copy(channel, FORM_KEY, found)
    settle_keys(channel, found["key"])
