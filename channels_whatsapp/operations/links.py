"""Short links of a number: read, made, changed and deleted at Meta, and kept as they were when last read."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from channels_whatsapp import link_calls as calls
from channels_whatsapp.models import Errand, NumberCopy
from channels_whatsapp.operations.errands import run_errand
from channels_whatsapp.operations.number_copies import copy_of, keep_copy
from inbox.models import Channel
from inbox.operations.authors import Author
from inbox.ports import Account, Json

What = Errand.What
LINKS = NumberCopy.What.LINKS
Links = list[Json]


def kept_links(channel: Channel) -> Links:
    """The links as they were last read: [{code, text, url}]."""
    kept = copy_of(channel, LINKS)
    found: Links = kept.found["links"] if kept else []
    return found


def read_links(*, tenant_id: UUID, channel_id: UUID, by: Author) -> Errand:
    """Ask Meta for all of them. Writes Errand, NumberCopy."""

    def keep(channel: Channel, found: Links) -> None:
        _keep(channel, found)

    return run_errand(
        tenant_id=tenant_id, channel_id=channel_id, what=What.READ_LINKS, by=by, ask=calls.read_links,
        keep=keep,
    )  # fmt: skip


def make_link(*, tenant_id: UUID, channel_id: UUID, by: Author, text: str) -> Errand:
    """Have Meta make one. Writes Errand, NumberCopy."""

    def ask(account: Account) -> Json:
        return calls.make_link(account, text=text)

    return _change(tenant_id, channel_id, What.LINK, by, ask, lambda links, made: [made, *links])


def change_link(*, tenant_id: UUID, channel_id: UUID, by: Author, code: str, text: str) -> Errand:
    """Give one another text. Writes Errand, NumberCopy."""

    def ask(account: Account) -> Json:
        return calls.change_link(account, code=code, text=text)

    def changed(links: Links, made: Json) -> Links:
        return [{**one, "text": made["text"]} if one["code"] == code else one for one in links]

    return _change(tenant_id, channel_id, What.CHANGE_LINK, by, ask, changed)


def delete_link(*, tenant_id: UUID, channel_id: UUID, by: Author, code: str) -> Errand:
    """Take one away. Writes Errand, NumberCopy."""

    def ask(account: Account) -> Json:
        calls.delete_link(account, code=code)
        return {}

    def without(links: Links, _: Json) -> Links:
        return [one for one in links if one["code"] != code]

    return _change(tenant_id, channel_id, What.DELETE_LINK, by, ask, without)


def _change(
    tenant_id: UUID,
    channel_id: UUID,
    what: Errand.What,
    by: Author,
    ask: Callable[[Account], Json],
    changed: Callable[[Links, Json], Links],
) -> Errand:
    """Ask, and bring what is kept up to that; the channel is locked while it is written."""

    def keep(channel: Channel, made: Json) -> None:
        _keep(channel, changed(kept_links(channel), made))

    return run_errand(tenant_id=tenant_id, channel_id=channel_id, what=what, by=by, ask=ask, keep=keep)


def _keep(channel: Channel, links: Links) -> None:
    keep_copy(channel, LINKS, {"links": links})
