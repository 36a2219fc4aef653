"""Endpoints: made, changed, paused and resumed, taken away. Each is a line in the audit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from django.utils import timezone
from django.utils.translation import gettext as _

from common import queues
from common.ids import uuid7
from common.sql import lock_keys
from common.tenancy import require_tenant
from events import audit, bus
from inbox.operations.authors import SYSTEM, Author
from webhooks.models import Endpoint, Format, Why
from webhooks.operations.errors import WebhookRefused
from webhooks.operations.off_mails import write_mails
from webhooks.operations.secrets import seal_first
from webhooks.patterns import MOST, is_pattern, tidy

QUEUE, SWEEPS = "webhooks", "webhook_sweeps"
#: Of one tenant; each of its events is looked at for each of them.
ENDPOINTS_MOST = 20
FIELDS = ("url", "description", "types", "event_format", "is_enabled")


def make_endpoint(*, by: Author, url: str, **said: Any) -> tuple[Endpoint, str]:
    """A new endpoint and its secret, which is shown this once. It hears of what happens from now on.

    said: what else is known of FIELDS. Writes Endpoint, Change. Raises WebhookRefused.
    """
    lock_keys([f"{require_tenant()}|webhook endpoints"])
    if Endpoint.objects.filter(removed_at=None).count() >= ENDPOINTS_MOST:
        raise WebhookRefused(
            _("There are %d endpoints already; take one away first.") % ENDPOINTS_MOST, field="url"
        )
    endpoint = Endpoint(id=uuid7(), seq=bus.head())
    _set(endpoint, {"url": url, **said})
    secret = seal_first(endpoint)
    endpoint.save(force_insert=True)
    endpoint.refresh_from_db(fields=["created_at", "updated_at"])
    audit.note("webhook_endpoint.made", endpoint.id, str(endpoint), after=_said(endpoint), actor=by.actor)
    queues.enqueue(QUEUE)
    queues.enqueue(SWEEPS)
    return endpoint, secret


def change_endpoint(*, endpoint: Endpoint, by: Author, **said: Any) -> Endpoint:
    """Change what is said of FIELDS. An endpoint that is resumed goes on where it stopped.

    Writes Endpoint, Change. Raises WebhookRefused.
    """
    row = Endpoint.objects.select_for_update(no_key=True).get(id=endpoint.id, removed_at=None)
    before = _said(row)
    _set(row, said)
    row.updated_at = timezone.now()
    row.save()
    audit.note("webhook_endpoint.changed", row.id, str(row), before=before, after=_said(row), actor=by.actor)
    if row.is_enabled:
        queues.enqueue(QUEUE)
    return row


def remove_endpoint(*, endpoint: Endpoint, by: Author) -> None:
    """Nothing is sent to it any more; its log goes with the next sweeps. Writes Endpoint, Change."""
    now = timezone.now()
    rows = Endpoint.objects.filter(id=endpoint.id, removed_at=None)
    if rows.update(removed_at=now, is_enabled=False, why_disabled=Why.PAUSED, disabled_at=now, sealed=b""):
        audit.note(
            "webhook_endpoint.removed", endpoint.id, str(endpoint), before=_said(endpoint), actor=by.actor
        )
        queues.enqueue(SWEEPS)


def switch_off(endpoint: Endpoint, why: Why) -> None:
    """The house itself gives up an endpoint it holds, locked; the caller saves the row.

    Those who may switch it on again are told by e-mail. Writes OffMail, Event `webhook_endpoint.disabled`,
    Change.
    """
    before = _said(endpoint)
    _turn_off(endpoint, why)
    told = {
        "id": endpoint.id,
        "description": endpoint.description,
        "host": urlsplit(endpoint.url).hostname or "",
        "reason": why.value,
        "failing_since": endpoint.failing_since,
    }
    write_mails(endpoint)
    bus.record("webhook_endpoint.disabled", {"endpoint": told}, actor=SYSTEM.actor)
    audit.note(
        "webhook_endpoint.disabled", endpoint.id, str(endpoint), before=before,
        after=_said(endpoint) | {"reason": why.value}, actor=SYSTEM.actor,
    )  # fmt: skip


# ---------------------------------------------------------------- what may be set


def _set(endpoint: Endpoint, said: Mapping[str, Any]) -> None:
    for name, value in said.items():
        _SETTERS[name](endpoint, value)


def _set_url(endpoint: Endpoint, url: str) -> None:
    before, endpoint.url = endpoint.url, checked_url(url)
    if before != endpoint.url:
        _forget_failures(endpoint)


def _set_description(endpoint: Endpoint, text: str) -> None:
    endpoint.description = text.strip()


def _set_types(endpoint: Endpoint, types: list[str]) -> None:
    wrong = next((one for one in types if not is_pattern(one)), None)
    if wrong is not None:
        raise WebhookRefused(
            _("“%s” is no type of events, nor a pattern like message.*.") % wrong, field="types"
        )
    if len(types) > MOST:
        raise WebhookRefused(_("At most %d types; use patterns like message.*.") % MOST, field="types")
    endpoint.types = tidy(types)


def _set_format(endpoint: Endpoint, wanted: str) -> None:
    endpoint.event_format = Format(wanted)


def _set_enabled(endpoint: Endpoint, is_enabled: bool) -> None:
    if is_enabled:
        _turn_on(endpoint)
    elif endpoint.is_enabled:
        _turn_off(endpoint, Why.PAUSED)


_SETTERS: dict[str, Callable[[Endpoint, Any], None]] = {
    "url": _set_url, "description": _set_description, "types": _set_types, "event_format": _set_format,
    "is_enabled": _set_enabled,
}  # fmt: skip


def _turn_on(endpoint: Endpoint) -> None:
    """Somebody says that it is well again."""
    endpoint.is_enabled, endpoint.why_disabled, endpoint.disabled_at = True, "", None
    _forget_failures(endpoint)


def _forget_failures(endpoint: Endpoint) -> None:
    """It is tried at once."""
    endpoint.failures, endpoint.failing_since, endpoint.rests_until = 0, None, None


def _turn_off(endpoint: Endpoint, why: Why) -> None:
    endpoint.is_enabled, endpoint.why_disabled, endpoint.disabled_at = False, why, timezone.now()


def checked_url(text: str) -> str:
    """Only its shape; whether it may be called is decided each time it is called. Raises WebhookRefused."""
    url = text.strip()
    try:
        parts = urlsplit(url)
        is_good = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_good = False
    if not is_good or parts.username is not None or parts.fragment or any(one <= " " for one in url):
        raise WebhookRefused(_("This is not an address like https://shop.example/webhooks."), field="url")
    return url


def _said(endpoint: Endpoint) -> dict[str, Any]:
    """As the audit keeps it."""
    return {name: getattr(endpoint, name) for name in FIELDS}
