"""Groups of a number: read, made, changed and ended at Meta, and kept as they were when last read."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeVar
from uuid import UUID

from django.utils import timezone

from channels_whatsapp import group_calls as calls
from channels_whatsapp.models import Errand, Group
from channels_whatsapp.operations.errands import run_errand
from common.sql import insert_rows
from inbox.models import Channel
from inbox.operations.authors import Author
from inbox.ports import Account, Json, OutboundFile, SendError

T = TypeVar("T")
What = Errand.What
_LISTED = """
(tenant_id, channel_id, group_id) DO UPDATE SET subject = EXCLUDED.subject, is_gone = FALSE
"""


def read_groups(*, tenant_id: UUID, channel_id: UUID, by: Author) -> Errand:
    """Ask which groups there are. Writes Errand, Group."""
    return _run(tenant_id, channel_id, What.READ_GROUPS, by, calls.list_groups, _keep_list)


def make_group(
    *,
    tenant_id: UUID,
    channel_id: UUID,
    by: Author,
    subject: str,
    description: str = "",
    needs_approval: bool = False,
) -> Errand:
    """Have one made; it is there once WhatsApp says so, usually at once. Writes Errand, Group."""

    def ask(account: Account) -> list[Json] | None:
        calls.create_group(account, subject=subject, description=description, needs_approval=needs_approval)
        return _again(partial(calls.list_groups, account))

    return _run(tenant_id, channel_id, What.MAKE_GROUP, by, ask, _keep_list)


def read_group(*, tenant_id: UUID, group: Group, by: Author) -> Errand:
    """Ask for everything about one. Writes Errand, Group."""

    def ask(account: Account) -> Json:
        return calls.read_group(account, group.group_id)

    return _run(tenant_id, group.channel_id, What.READ_GROUP, by, ask, partial(_keep, group))


def change_group(
    *,
    tenant_id: UUID,
    group: Group,
    by: Author,
    subject: str,
    description: str,
    picture: OutboundFile | None = None,
) -> Errand:
    """Give it another name, description and picture, as far as they differ. Writes Errand, Group."""

    def deed(account: Account, group_id: str) -> None:
        if (subject, description) != (group.subject, group.description):
            calls.change_group(account, group_id, subject=subject, description=description)
        if picture:
            calls.change_picture(account, group_id, picture=picture)

    return _change(tenant_id, group, What.CHANGE_GROUP, by, deed)


def renew_link(*, tenant_id: UUID, group: Group, by: Author) -> Errand:
    """Make another invite link. Writes Errand, Group."""
    return _change(tenant_id, group, What.GROUP_LINK, by, calls.renew_link)


def remove_person(*, tenant_id: UUID, group: Group, by: Author, person: str) -> Errand:
    """Take somebody out. Writes Errand, Group."""
    return _change(tenant_id, group, What.REMOVE_PERSON, by, partial(calls.remove_person, person=person))


def answer_request(*, tenant_id: UUID, group: Group, by: Author, request: str, lets_in: bool) -> Errand:
    """Let somebody in who asks, or not. Writes Errand, Group."""
    deed = partial(calls.answer_request, request=request, lets_in=lets_in)
    return _change(tenant_id, group, What.LET_IN if lets_in else What.TURN_AWAY, by, deed)


def delete_group(*, tenant_id: UUID, group: Group, by: Author) -> Errand:
    """End it. Writes Errand, Group."""

    def ask(account: Account) -> None:
        calls.delete_group(account, group.group_id)

    def keep(channel: Channel, _: None) -> None:
        Group.objects.filter(id=group.id).update(is_gone=True)

    return run_errand(
        tenant_id=tenant_id, channel_id=group.channel_id, what=What.DELETE_GROUP, by=by, ask=ask, keep=keep
    )


def _change(
    tenant_id: UUID, group: Group, what: Errand.What, by: Author, deed: Callable[[Account, str], None]
) -> Errand:
    """Do it, then look how the group stands; what WhatsApp does later shows at the next reading."""

    def ask(account: Account) -> Json | None:
        deed(account, group.group_id)
        return _again(partial(calls.read_group, account, group.group_id))

    return _run(tenant_id, group.channel_id, what, by, ask, partial(_keep, group))


def _run(
    tenant_id: UUID,
    channel_id: UUID,
    what: Errand.What,
    by: Author,
    ask: Callable[[Account], T],
    keep: Callable[[Channel, T], None],
) -> Errand:
    return run_errand(tenant_id=tenant_id, channel_id=channel_id, what=what, by=by, ask=ask, keep=keep)


def _again(read: Callable[[], T]) -> T | None:
    """What there is now; None when it cannot be read: what was asked is done all the same."""
    try:
        return read()
    except SendError:
        return None


def _keep_list(channel: Channel, found: list[Json] | None) -> None:
    """Those there are; what is no longer listed is gone."""
    if found is None:
        return
    ids = [one["group_id"] for one in found]
    Group.objects.filter(channel=channel).exclude(group_id__in=ids).update(is_gone=True)
    rows = [Group(channel=channel, group_id=one["group_id"], subject=one["subject"][:128]) for one in found]
    insert_rows(rows, on_conflict=_LISTED)


def _keep(group: Group, channel: Channel, found: Json | None) -> None:
    if found is not None:
        Group.objects.filter(id=group.id).update(**found, read_at=timezone.now(), is_gone=False)
