"""API keys: parley_live_<32 random letters>_<6 letters of checksum>, kept as a digest only.

Those of a test workspace begin with parley_test_, so that nobody takes one for the other.
"""

from __future__ import annotations

import re
import secrets
import string
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from uuid import UUID
from zlib import crc32

from django.db.models import Q
from django.utils import timezone

from common.prepared import Prepared
from common.tenancy import require_tenant, tenant_context
from events import audit
from tenants.models import ApiKey, KeyRoute, Member, Tenant
from tenants.operations.errors import Refused
from tenants.operations.tokens import digest_of
from tenants.permissions import SCOPES

ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
LIVE, TEST = "parley_live_", "parley_test_"
SHOWN_LETTERS = len(LIVE) + 4
#: A key in use writes its row at most this often.
TOUCH_EVERY = timedelta(minutes=1)
#: What every request of a program asks.
_ROUTES = Prepared(lambda digest: KeyRoute.objects.filter(digest=digest), "a digest")
_LIVE_KEYS = Prepared(
    lambda tenant_id, digest, now: ApiKey.unscoped.filter(
        Q(expires_at=None) | Q(expires_at__gt=now), tenant_id=tenant_id, digest=digest, revoked_at=None
    ),
    UUID(int=1),
    "a digest",
    datetime(1970, 1, 1, tzinfo=UTC),
)
_SHAPE = re.compile(rf"((?:{LIVE}|{TEST})[0-9A-Za-z]{{32}})_([0-9A-Za-z]{{6}})")


class UnknownScope(Refused):
    """A scope that is not in the list, or none at all."""

    code = "unknown_scope"


def create_api_key(
    *, name: str, scopes: Iterable[str], by: Member | None = None, expires_at: datetime | None = None
) -> tuple[ApiKey, str]:
    """Write an ApiKey in the open scope and its KeyRoute; returns it and the key itself, shown this once.

    Raises UnknownScope.
    """
    wanted = sorted(set(scopes))
    if not wanted or not set(wanted) <= set(SCOPES):
        raise UnknownScope("Choose at least one scope from the list.")
    is_test = Tenant.objects.filter(id=require_tenant(), live__isnull=False).exists()
    presented = _new_key(TEST if is_test else LIVE)
    digest = digest_of(presented)
    key = ApiKey.objects.create(
        name=name,
        prefix=presented[:SHOWN_LETTERS],
        digest=digest,
        scopes=wanted,
        created_by=by,
        expires_at=expires_at,
    )
    KeyRoute.objects.create(digest=digest, tenant_id=require_tenant())
    audit.note(
        "key.made", key.id, f"{name} ({key.prefix}…)", after={"scopes": wanted, "ends": str(expires_at)[:10]}
    )
    return key, presented


def revoke_api_key(*, key: ApiKey, now: datetime | None = None) -> None:
    """The key stops working with this commit. Writes ApiKey, deletes its KeyRoute."""
    if ApiKey.objects.filter(id=key.id, revoked_at=None).update(revoked_at=now or timezone.now()):
        audit.note("key.revoked", key.id, str(key))
    KeyRoute.objects.filter(digest=key.digest).delete()


def tenant_of_key(presented: str) -> UUID | None:
    """Whose key this says it is; None for a mistyped or unknown one. Needs no scope.

    The checksum sorts out most rubbish without asking the database.
    """
    if not is_well_formed(presented):
        return None
    return next((route.tenant_id for route in _ROUTES.rows(digest_of(presented))), None)


def use_key(presented: str, *, now: datetime | None = None) -> ApiKey | None:
    """The live key in the open scope's tenant, marked as used; None when it is revoked or expired."""
    now = now or timezone.now()
    key = next(iter(_LIVE_KEYS.rows(require_tenant(), digest_of(presented), now)), None)
    if key and (key.last_used_at is None or now - key.last_used_at > TOUCH_EVERY):
        _touch(key, now)
    return key


def find_key(presented: str, *, now: datetime | None = None) -> tuple[UUID, UUID] | None:
    """(tenant id, key id) of a live key, or None; opens the tenant's scope for a moment."""
    tenant_id = tenant_of_key(presented)
    if tenant_id is None:
        return None
    with tenant_context(tenant_id):
        key = use_key(presented, now=now)
    return (tenant_id, key.id) if key else None


def is_well_formed(presented: str) -> bool:
    """The right shape with the right checksum."""
    found = _SHAPE.fullmatch(presented)
    return found is not None and secrets.compare_digest(_checksum(found[1]), found[2])


def _touch(key: ApiKey, now: datetime) -> None:
    """Requests with one key must not queue behind each other's transaction, so a locked row is let be."""
    if ApiKey.objects.select_for_update(skip_locked=True).filter(id=key.id).exists():
        ApiKey.objects.filter(id=key.id).update(last_used_at=now)


def _new_key(start: str) -> str:
    body = start + "".join(secrets.choice(ALPHABET) for _ in range(32))
    return f"{body}_{_checksum(body)}"


def _checksum(body: str) -> str:
    number, letters = crc32(body.encode()), ""
    for _ in range(6):
        number, digit = divmod(number, len(ALPHABET))
        letters = ALPHABET[digit] + letters
    return letters
