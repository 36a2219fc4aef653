"""Connecting accounts of providers: the Channel, its secrets, and the route by which webhooks find it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import orjson
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from common import crypto, queues
from events import audit, bus
from inbox.channels import adapter_for
from inbox.models import Channel, ChannelRoute, Inbox
from inbox.operations.app_secrets import app_for, move_route, siblings
from inbox.operations.authors import Author
from inbox.operations.errors import ChannelTaken
from inbox.ports import Account, CanListRecent, GroupsAccounts, HearsOfChannels
from inbox.shapes import channel_shape
from tenants.models import Tenant

#: Queue of channels whose provider is asked now and then.
CATCH_UP = "catch_up"


def default_inbox() -> Inbox:
    """The tenant's first inbox; made when there is none."""
    return Inbox.objects.order_by("id").first() or Inbox.objects.create(name="Support")


def connect_channel(
    *,
    kind: str,
    name: str,
    external_id: str,
    config: Mapping[str, Any],
    secrets: Mapping[str, str],
    base_url: str = "",
    inbox: Inbox | None = None,
    by: Author,
) -> Channel:
    """Connect an account. Raises ChannelTaken when it is connected already, here or elsewhere.

    Writes Channel, ProviderApp, ChannelRoute, Event `channel.updated`.
    """
    adapter_for(kind)
    channel = Channel(
        inbox=inbox or default_inbox(),
        kind=kind,
        name=name,
        external_id=external_id,
        config=dict(config),
        base_url=base_url,
        address=str(config.get("display_phone_number") or external_id),
    )
    channel.sealed_secrets = _sealed(channel, secrets)
    _plan_catch_up(channel)
    try:
        with transaction.atomic():
            channel.save(force_insert=True)
            ChannelRoute.objects.create(
                kind=kind,
                external_id=external_id,
                tenant_id=channel.tenant_id,
                channel_id=channel.id,
                group_id=_group(channel),
                app=app_for(kind, secrets),
            )
    except IntegrityError:
        raise ChannelTaken(_("This account is connected already."), pointer="/external_id") from None
    _tell_adapter(channel)
    _record(channel, by)
    audit.note("channel.connected", channel.id, name, after=_said(channel, secrets), actor=by.actor)
    return channel


def _said(channel: Channel, secrets: Mapping[str, str] | None = None) -> dict[str, Any]:
    """What an auditor reads of it: its fields, and which secrets were given, never what they are."""
    fields = ("name", "config", "base_url", "inbox_id", "is_active")
    said = {field: getattr(channel, field) for field in fields}
    return said | ({"new secrets": sorted(name for name in secrets if secrets[name])} if secrets else {})


def _group(channel: Channel) -> str:
    """The provider's id of what the account belongs to, "" when there is no such thing."""
    adapter = adapter_for(channel.kind)
    return (
        str(channel.config.get(adapter.group_key) or "")[:200] if isinstance(adapter, GroupsAccounts) else ""
    )


def _plan_catch_up(channel: Channel) -> None:
    """Have a new channel looked after by ``catch_up``, if its provider can be asked what it has."""
    if isinstance(adapter_for(channel.kind), CanListRecent):
        channel.catch_up_at = timezone.now() + timedelta(seconds=settings.CATCH_UP_EVERY_S)
        queues.enqueue(CATCH_UP, channel.catch_up_at)


def change_channel(
    *,
    channel: Channel,
    by: Author,
    secrets: Mapping[str, str] | None = None,
    old_secret_until: datetime | None = None,
    **fields: Any,
) -> Channel:
    """Change a channel's name, config, base_url, inbox or is_active, and any of its secrets.

    The app secret that was valid before stays valid beside the new one until `old_secret_until` (a week when
    None), so that a rotation loses nothing; the tenant's other channels of the same app change along.
    Writes Channel, ProviderApp, ChannelRoute, Event `channel.updated`.
    """
    before = _said(channel)
    for field, value in fields.items():
        setattr(channel, field, value)
    ChannelRoute.objects.filter(channel_id=channel.id).update(group_id=_group(channel))
    if secrets:
        for other in _of_same_app(channel, secrets):
            _change_secrets(other, _identity(other.kind, secrets), old_secret_until)
            other.save(update_fields=["sealed_secrets", "standing"])
            _record(other, by)
        _change_secrets(channel, secrets, old_secret_until)
    channel.save()
    _tell_adapter(channel)
    if channel.is_active and channel.catch_up_at:
        queues.enqueue(CATCH_UP, channel.catch_up_at)
    _record(channel, by)
    after = _said(channel, secrets)
    audit.note("channel.changed", channel.id, channel.name, before=before, after=after, actor=by.actor)
    return channel


def _identity(kind: str, secrets: Mapping[str, str]) -> dict[str, str]:
    """Of these secrets the one that belongs to the provider app as a whole."""
    return {name: secrets[name] for name in adapter_for(kind).hook_secrets[:1] if secrets.get(name)}


def _of_same_app(channel: Channel, secrets: Mapping[str, str]) -> Sequence[Channel]:
    """The channels whose secret changes along with this one's."""
    shared, known = _identity(channel.kind, secrets), channel_secrets(channel)
    is_new = any(known.get(name) not in {None, "", value} for name, value in shared.items())
    ids = [other.id for other in siblings(channel)] if is_new else []
    return list(Channel.objects.filter(id__in=ids).select_for_update().order_by("id")) if ids else []


def _change_secrets(channel: Channel, secrets: Mapping[str, str], old_until: datetime | None) -> None:
    merged = {**channel_secrets(channel), **secrets}
    channel.sealed_secrets = _sealed(channel, merged)
    route = ChannelRoute.objects.select_related("app").get(channel_id=channel.id)
    move_route(route, app_for(channel.kind, merged, before=route.app), until=old_until)
    channel.standing = {**channel.standing, "holds": {}}  # New secrets are given a new chance.


def _tell_adapter(channel: Channel) -> None:
    adapter = adapter_for(channel.kind)
    if isinstance(adapter, HearsOfChannels):
        adapter.channel_changed(channel_id=channel.id)


def note_channel_error(*, channel: Channel, sentence: str) -> None:
    """Keep the last thing that went wrong, for the console. Writes Channel."""
    Channel.objects.filter(id=channel.id).update(last_error=sentence[:400], last_error_at=timezone.now())


def channel_secrets(channel: Channel) -> dict[str, str]:
    """The secrets in the clear; never log them."""
    if not channel.sealed_secrets:
        return {}
    plain = crypto.unseal(
        bytes(channel.sealed_secrets),
        wrapped_key=_data_key(channel),
        tenant_id=str(channel.tenant_id),
        place=f"inbox_channel|sealed_secrets|{channel.id}",
    )
    found: dict[str, str] = orjson.loads(plain)
    return found


def channel_account(channel: Channel) -> Account:
    """The channel as its adapter sees it."""
    secrets = channel_secrets(channel)
    return Account(channel.external_id, channel.base_url, channel.config, secrets, webhook_url(channel))


def webhook_url(channel: Channel) -> str:
    """Where the provider must post."""
    return f"{settings.PUBLIC_URL}/hooks/{channel.kind}/{channel.id}/"


def _data_key(channel: Channel) -> bytes:
    return bytes(Tenant.objects.values_list("data_key", flat=True).get(id=channel.tenant_id))


def _sealed(channel: Channel, secrets: Mapping[str, str]) -> bytes:
    return crypto.seal(
        orjson.dumps(dict(secrets)),
        wrapped_key=_data_key(channel),
        tenant_id=str(channel.tenant_id),
        place=f"inbox_channel|sealed_secrets|{channel.id}",
    )


def _record(channel: Channel, by: Author) -> None:
    bus.record("channel.updated", {"channel": channel_shape(channel)}, actor=by.actor)
