"""What types lose when a channel or a template goes, for the page that asks before it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inbox.models import Channel
from notifications.models import Notification, NotificationType, TypeVersion

NAMES_SHOWN = 5


def consequences(of: str, row: Any) -> list[str]:
    """See ``common.consequences``."""
    uses = {"channel": _by_channel, "template": _by_template}.get(of)
    return _sentences([version.type for version in uses(row)]) if uses else []


def _in_use() -> QuerySet[TypeVersion]:
    """What new notifications use; archived types use nothing."""
    current = NotificationType.objects.filter(archived_at=None).values("current")
    return TypeVersion.objects.filter(id__in=current).select_related("type").order_by("type__key")


def _by_channel(channel: Channel) -> list[TypeVersion]:
    """Versions whose ladder names the channel, or its kind while there is no other of it."""
    others = Channel.objects.filter(kind=channel.kind, is_active=True).exclude(id=channel.id)
    names = {str(channel.id)} if others.exists() else {str(channel.id), channel.kind}
    return [one for one in _in_use() if any(rung["channel"] in names for rung in one.ladder)]


def _by_template(template: Any) -> list[TypeVersion]:
    """Versions with a content that is this template in this language, for a channel of its account.

    template: a row with a name, a language and an account whose channel shows the kind.
    """
    kind = template.account.channel.kind
    ids = Channel.objects.filter(kind=kind).values_list("id", flat=True)
    rungs = {kind, *map(str, ids)}
    return [one for one in _in_use() if _says(one, rungs, template.name, template.language)]


def _says(version: TypeVersion, rungs: Iterable[str], name: str, language: str) -> bool:
    contents = (it for rung in rungs for it in version.contents.get(rung, {}).values())
    return any(it.get("name") == name and it.get("language") == language for it in contents)


def _sentences(types: list[NotificationType]) -> list[str]:
    if not types:
        return []
    shown = ", ".join(one.name for one in types[:NAMES_SHOWN])
    if len(types) > NAMES_SHOWN:
        shown += ", …"
    used = ngettext("%(n)d type uses it: %(names)s.", "%(n)d types use it: %(names)s.", len(types))
    waiting = Notification.objects.filter(type__in=types, due_at__isnull=False).count()
    return [used % {"n": len(types), "names": shown}, *_waiting(waiting)]


def _waiting(count: int) -> list[str]:
    if not count:
        return [_("None of their notifications is on its way.")]
    words = ngettext(
        "%d notification of them is scheduled or on its way and may not get through.",
        "%d notifications of them are scheduled or on their way and may not get through.",
        count,
    )
    return [words % count]
