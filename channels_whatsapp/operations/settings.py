"""A number's settings: read from Meta, changed there, and kept as they were when last read or told."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from channels_whatsapp import setting_calls as calls
from channels_whatsapp import username_calls
from channels_whatsapp.models import Errand, NumberCopy
from channels_whatsapp.operations.errands import KIND, run_errand
from channels_whatsapp.operations.number_copies import copy_of, keep_copy
from channels_whatsapp.values import record, word
from inbox.models import Channel
from inbox.operations.authors import Author
from inbox.operations.identities import forget_identities
from inbox.ports import Account, Json, Taken

SETTINGS = NumberCopy.What.SETTINGS


def read_settings(*, tenant_id: UUID, channel_id: UUID, by: Author) -> Errand:
    """Ask Meta for them. Writes Errand, NumberCopy; Reach and Delivery where people are not checked."""
    return run_errand(
        tenant_id=tenant_id, channel_id=channel_id, what=Errand.What.READ_SETTINGS, by=by,
        ask=calls.read_settings, keep=_keep,
    )  # fmt: skip


def change_settings(
    *, tenant_id: UUID, channel_id: UUID, by: Author, wanted: Callable[[Json], Json]
) -> Errand:
    """Change them at Meta. Writes what ``read_settings`` does.

    wanted: gets them as Meta has them this moment and gives what they are to be; raises Conflict.
    """

    def ask(account: Account) -> Json:
        now = calls.read_settings(account)
        change = wanted(now)
        calls.change_settings(account, now, change)
        return change

    return run_errand(
        tenant_id=tenant_id, channel_id=channel_id, what=Errand.What.SETTINGS, by=by, ask=ask, keep=_keep
    )


def _keep(channel: Channel, found: Json) -> None:
    keep_copy(channel, SETTINGS, found)
    if not found["identity_check"]:
        forget_identities(channel=channel)


def delete_contact_book(*, tenant_id: UUID, channel_id: UUID, by: Author) -> Errand:
    """Have Meta forget whom it keeps for the business. What we know of people stays. Writes Errand."""
    what = Errand.What.CONTACT_BOOK
    ask = username_calls.delete_contact_book
    return run_errand(tenant_id=tenant_id, channel_id=channel_id, what=what, by=by, ask=ask)


def take_settings(value: Json) -> Taken | None:
    """A webhook tells what is set for calls now. None for a number whose settings nobody has read."""
    said = record(value.get("phone_number_settings"))
    channel = Channel.objects.filter(kind=KIND, external_id=word(said, "phone_number_id")).first()
    kept = copy_of(channel, SETTINGS) if channel else None
    if channel is None or kept is None or not record(said.get("calling")):
        return None
    found = {**kept.found, **calls.calling_of(record(said.get("calling")))}
    if found == kept.found:
        return Taken("duplicate")
    keep_copy(channel, SETTINGS, found)
    return Taken("stored")
