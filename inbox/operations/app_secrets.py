"""What a provider signs its webhooks with: the app a channel belongs to, and the change of an app's secret.

While a secret is changed two are accepted: the new one, and the one before until a time that is stated. The
door and ``inbox.operations.routing`` both keep to that time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import orjson
from django.utils import timezone

from common import crypto
from events import audit, bus
from inbox.channels import adapter_for
from inbox.models import Channel, ChannelRoute, ProviderApp
from inbox.operations.authors import Author
from inbox.ports import Credentials
from inbox.shapes import channel_shape

#: A provider repeats a webhook it could not deliver for a week, perhaps with the signature it had at first.
OVERLAP = timedelta(days=7)


def app_for(kind: str, secrets: Mapping[str, str], before: ProviderApp | None = None) -> ProviderApp:
    """The provider app these secrets belong to, found by a keyed digest of the one that names it.

    An app is shared only by those who know its secret, so nobody can attach to another's. before: the app
    until now, whose other secrets (a verify token) stay good. Writes ProviderApp.
    """
    names = adapter_for(kind).hook_secrets
    identity = secrets.get(names[0], "") if names else ""
    app, _ = ProviderApp.objects.get_or_create(
        kind=kind, fingerprint=crypto.fingerprint(identity, f"app|{kind}")
    )
    app = ProviderApp.objects.select_for_update().get(id=app.id)
    accepted, older = app_credentials(app), app_credentials(before) if before else {}
    credentials = {names[0]: [identity] if identity else []} if names else {}
    for name in names[1:]:
        values = [secrets.get(name, ""), *accepted.get(name, []), *older.get(name, [])]
        credentials[name] = [value for value in dict.fromkeys(values) if value]
    app.sealed_credentials = crypto.seal_global(orjson.dumps(credentials), _place(app.id))
    app.save()
    return app


def _place(app_id: UUID) -> str:
    return f"inbox_providerapp|sealed_credentials|{app_id}"


def app_credentials(app: ProviderApp) -> dict[str, list[str]]:
    """Accepted values of each secret the door checks webhooks with; never log them."""
    return open_credentials(app.id, bytes(app.sealed_credentials))


def open_credentials(app_id: UUID, sealed: bytes) -> dict[str, list[str]]:
    """The same from the columns alone, for the door, which reads without the ORM."""
    if not sealed:
        return {}
    found: dict[str, list[str]] = orjson.loads(crypto.open_global(sealed, _place(app_id)))
    return found


def move_route(route: ChannelRoute, app: ProviderApp, *, until: datetime | None = None) -> None:
    """Give a channel another app; what the one before signed is accepted until then (OVERLAP when None).

    Writes ChannelRoute.
    """
    if route.app_id == app.id:
        return
    now = timezone.now()
    until = now + OVERLAP if until is None else until
    route.app_before, route.app_before_until = (route.app, until) if until > now else (None, None)
    route.app = app
    route.save(update_fields=["app", "app_before", "app_before_until"])


def signers_of(kind: str, channel_id: UUID) -> tuple[UUID, list[Credentials]]:
    """(tenant id, whose secrets may sign for this channel now): its app's, and the one's before for a time.

    For requests that are answered at once, outside the door. Raises ChannelRoute.DoesNotExist.
    """
    rows = ChannelRoute.objects.select_related("app", "app_before")
    route = rows.get(kind=kind, channel_id=channel_id)
    is_both = route.app_before and route.app_before_until and route.app_before_until > timezone.now()
    apps = [route.app, route.app_before] if is_both else [route.app]
    return route.tenant_id, [app_credentials(app) for app in apps if app]


def siblings(channel: Channel) -> Sequence[Channel]:
    """The tenant's other channels of the same provider app: their secret is the same one."""
    own = ChannelRoute.objects.filter(channel_id=channel.id).values("app_id")
    others = ChannelRoute.objects.filter(app__in=own, tenant_id=channel.tenant_id)
    ids = list(others.exclude(channel_id=channel.id).values_list("channel_id", flat=True))
    return list(Channel.objects.filter(id__in=ids).order_by("name", "id")) if ids else []


def old_secret_ends(channels: Sequence[Channel]) -> dict[UUID, datetime]:
    """Channel id → until when the secret before is accepted too; only channels where it still is."""
    rows = ChannelRoute.objects.filter(
        channel_id__in=[channel.id for channel in channels], app_before_until__gt=timezone.now()
    )
    return {key: at for key, at in rows.values_list("channel_id", "app_before_until") if at}


def end_old_secret(*, channel: Channel, by: Author) -> None:
    """Accept the secret before no longer, here and on the tenant's other channels of the app.

    Writes ChannelRoute, Event `channel.updated`.
    """
    concerned = [channel, *siblings(channel)]
    rows = ChannelRoute.objects.filter(channel_id__in=[one.id for one in concerned])
    rows.update(app_before=None, app_before_until=None)
    for one in concerned:
        bus.record("channel.updated", {"channel": channel_shape(one)}, actor=by.actor)
    audit.note("channel.old_secret_ended", channel.id, channel.name, actor=by.actor)
