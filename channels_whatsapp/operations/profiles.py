"""The profile customers see: read from Meta, changed there, and kept as it was when last read."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.utils import timezone

from channels_whatsapp import number_calls as calls
from channels_whatsapp.models import Errand, Profile
from channels_whatsapp.operations.errands import run_errand
from inbox.models import Channel
from inbox.operations.authors import Author
from inbox.ports import Account, Json, OutboundFile, SendError


def profile_of(channel: Channel) -> Profile | None:
    """The profile as it was last read, None before that."""
    return Profile.objects.filter(channel=channel).first()


def read_profile(*, tenant_id: UUID, channel_id: UUID, by: Author) -> Errand:
    """Ask Meta for the profile. Writes Errand, Profile."""
    return run_errand(
        tenant_id=tenant_id, channel_id=channel_id, what=Errand.What.READ_PROFILE, by=by,
        ask=calls.read_profile, keep=_keep,
    )  # fmt: skip


def change_profile(
    *,
    tenant_id: UUID,
    channel_id: UUID,
    by: Author,
    wanted: Callable[[Json], Json],
    picture: OutboundFile | None = None,
) -> Errand:
    """Change the profile at Meta and read it again. Writes Errand, Profile.

    wanted: gets the profile as Meta has it this moment and gives what to change of it; raises Conflict.
    """

    def ask(account: Account) -> Json:
        now = calls.read_profile(account)
        change = wanted(now)
        if picture:
            change["profile_picture_handle"] = calls.upload_picture(account, picture)
        return _changed(account, now, change) if change else now

    return run_errand(
        tenant_id=tenant_id, channel_id=channel_id, what=Errand.What.PROFILE, by=by, ask=ask, keep=_keep
    )


def _changed(account: Account, now: Json, change: Json) -> Json:
    calls.change_profile(account, change)
    try:
        return calls.read_profile(account)
    except SendError:  # It is changed all the same.
        return {**now, **{name: value for name, value in change.items() if name in now}}


def _keep(channel: Channel, found: Json) -> None:
    fields = {name: value for name, value in found.items() if name != "picture_url"}
    Profile.objects.update_or_create(
        channel=channel,
        defaults={
            "fields": fields,
            "picture_url": found["picture_url"][:2000],
            "read_at": timezone.now(),
        },
    )
