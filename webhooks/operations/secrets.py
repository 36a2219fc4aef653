"""An endpoint's secrets, kept sealed: the one in use, and for a day the one it took the place of.

sealed holds [{secret, until}], the newest first. What has an `until` is used until then only.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import orjson
from django.utils import timezone

from common import crypto
from common.signed_calls import new_secret
from common.tenancy import require_tenant
from common.wire import Json, stamp
from events import audit
from inbox.operations.authors import Author
from tenants.models import Tenant
from webhooks.models import Endpoint

#: How long calls are signed with a secret that was replaced, too.
OVERLAP = timedelta(days=1)
#: Signed with at once, however often somebody presses the button.
SECRETS_MOST = 4


def signing_secrets(endpoint: Endpoint, data_key: bytes, now: datetime) -> list[str]:
    """What calls are signed with, the newest first; never log them. data_key: the tenant's."""
    return [row["secret"] for row in _opened(endpoint, data_key) if _is_good(row, now)]


def old_secret_ends_at(endpoint: Endpoint) -> datetime | None:
    """Until when the one before is good; None when there is none any more."""
    end = endpoint.old_secret_ends_at
    return end if end and end > timezone.now() else None


def seal_first(endpoint: Endpoint) -> str:
    """Give a new endpoint its secret, and return it; the caller saves the row."""
    made = new_secret()
    _seal(endpoint, [{"secret": made}], tenant_key())
    return made


def renew_secret(*, endpoint: Endpoint, by: Author) -> str:
    """Another secret, returned; calls are signed with the one before too, for a day.

    Writes Endpoint, Change.
    """
    row, key, now = (
        Endpoint.objects.select_for_update(no_key=True).get(id=endpoint.id),
        tenant_key(),
        timezone.now(),
    )
    made, until = new_secret(), now + OVERLAP
    before = [one for one in _opened(row, key) if _is_good(one, now)][: SECRETS_MOST - 1]
    older = [{**one, "until": one.get("until") or stamp(until)} for one in before]
    _seal(row, [{"secret": made}, *older], key)
    row.old_secret_ends_at = endpoint.old_secret_ends_at = until
    row.save(update_fields=["sealed", "old_secret_ends_at"])
    audit.note("webhook_endpoint.secret", row.id, str(row), actor=by.actor)
    return made


def tenant_key() -> bytes:
    """The wrapped data key of the open scope's tenant."""
    return bytes(Tenant.objects.values_list("data_key", flat=True).get(id=require_tenant()))


def _opened(endpoint: Endpoint, key: bytes) -> list[Json]:
    found: list[Json] = orjson.loads(crypto.unseal(bytes(endpoint.sealed), **_lock(endpoint, key)))
    return found


def _seal(endpoint: Endpoint, rows: list[Json], key: bytes) -> None:
    endpoint.sealed = crypto.seal(orjson.dumps(rows), **_lock(endpoint, key))


def _lock(endpoint: Endpoint, key: bytes) -> Any:
    place = f"webhooks_endpoint|sealed|{endpoint.id}"
    return {"wrapped_key": key, "tenant_id": str(endpoint.tenant_id), "place": place}


def _is_good(row: Json, now: datetime) -> bool:
    until = row.get("until")
    return not until or datetime.fromisoformat(until) > now
