"""What is in the tables, seen by the role that owns them: hashes of a tenant's rows, and words in them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator

from common.models import WorkQueue
from common.tenant_schema import tenant_models
from inbox.models import ChannelRoute, ProviderApp, Receipt
from tenants.models import KeyRoute, LoginLink, Membership, Tenant, User
from tests.conftest import owner

#: Moments that rise by somebody's own coming and going.
PRESENCE = "{last_login,last_seen_at}"
ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")

#: Who has left may still change their own name.
_PEOPLE = "SELECT user_id FROM tenants_membership WHERE tenant_id = %(tenant)s AND is_active"
_APPS = "SELECT app_id FROM inbox_channelroute WHERE tenant_id = %(tenant)s"

#: Table → which of its rows belong to a tenant.
OF_TENANT = {model._meta.db_table: "tenant_id = %(tenant)s" for model in tenant_models()} | {
    model._meta.db_table: condition
    for model, condition in {
        Tenant: "id = %(tenant)s",
        User: f"id IN ({_PEOPLE})",
        Authenticator: f"user_id IN ({_PEOPLE})",
        Membership: "tenant_id = %(tenant)s",
        LoginLink: "tenant_id = %(tenant)s",
        KeyRoute: "tenant_id = %(tenant)s",
        ChannelRoute: "tenant_id = %(tenant)s",
        ProviderApp: f"id IN ({_APPS})",
        Receipt: "tenant_id = %(tenant)s",
        WorkQueue: "tenant_id = %(tenant)s",
    }.items()
}


class Evidence:
    """Reads one tenant's rows over a connection of its own."""

    def __init__(self, connection: Any, tenant: UUID) -> None:
        self._connection, self._tenant = connection, str(tenant)

    def hashes(self) -> dict[str, str]:
        """Table → hash of the tenant's rows in it."""
        parts = (
            f"SELECT '{table}', md5(coalesce(string_agg(r::text, ' ' ORDER BY r::text), '')) FROM "
            f"(SELECT to_jsonb(t) - '{PRESENCE}'::text[] AS r FROM {table} t WHERE {condition}) rows"
            for table, condition in OF_TENANT.items()
        )
        return dict(self._rows(" UNION ALL ".join(parts)))

    def rows(self) -> list[tuple[str, str]]:
        """(table, whole row as text) of everything the tenant has; bytes are shown as text, too."""
        parts = (
            f"SELECT '{table}', to_jsonb(t)::text FROM {table} t WHERE {condition}"
            for table, condition in OF_TENANT.items()
        )
        return [(table, row + _from_hex(row)) for table, row in self._rows(" UNION ALL ".join(parts))]

    def ids(self) -> set[str]:
        """Every id of the tenant's own rows."""
        tables = (model._meta.db_table for model in tenant_models())
        parts = (f"SELECT id::text FROM {table} WHERE tenant_id = %(tenant)s" for table in tables)
        return {self._tenant, *(key for (key,) in self._rows(" UNION ALL ".join(parts)))}

    def _rows(self, sql: str) -> list[Any]:
        with self._connection, self._connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL app.tenant_id = '{self._tenant}'")
            cursor.execute(sql, {"tenant": self._tenant})
            found: list[Any] = cursor.fetchall()
            return found


def _from_hex(row: str) -> str:
    """Columns of bytes, which JSON shows as hex, as the text they may hold."""
    return " ".join(
        bytes.fromhex(part).decode("utf-8", "replace") for part in re.findall(r"\\\\x((?:[0-9a-f]{2})+)", row)
    )


@contextmanager
def evidence_of(*tenants: UUID) -> Iterator[list[Evidence]]:
    """One Evidence per tenant."""
    with closing(owner()) as connection:
        yield [Evidence(connection, tenant) for tenant in tenants]
