"""The idempotent step after each migrate: what Django's own migrations cannot say.

For every tenant table: primary key (tenant_id, id), foreign keys (tenant_id, x_id) → (tenant_id, id), forced
row security, grants to the serving role. So a row cannot point into another tenant even if the code is
wrong (reliability rules 23–25). And where rows come by the thousand, no statistics of whose they are: the
planner would believe that a tenant too new to be counted has none. One statement per call, as Citus wants it.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.apps import apps
from django.conf import settings
from django.db import connections, models
from psycopg2.sql import SQL, Composable, Identifier, Literal

from common.tenancy import TenantForeignKey, TenantModel

POLICY = SQL("tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid")

#: Rows of these tables are only ever added by the serving role.
APPEND_ONLY = {"events_event", "events_change"}

#: Rows of these come by the thousand and are joined one by one. Nobody looks through those of a whole tenant,
#: so how many it has need not be known; what is searched and listed (messages, customers, the log) is.
BY_THE_THOUSAND = {
    "inbox_delivery", "inbox_messagestatus", "inbox_reach", "notifications_campaignrow", "notifications_step",
    "webhooks_delivery",
}  # fmt: skip


def tenant_models() -> list[type[TenantModel]]:
    """Every model whose rows belong to one tenant."""
    return [model for model in apps.get_models() if issubclass(model, TenantModel)]


def secure_schema(using: str = "default") -> None:
    """Bring every table to the shape above. Needs the owning role; does nothing the second time."""
    with connections[using].cursor() as cursor:
        for statement in _statements(_Catalogue(using)):
            cursor.execute(statement)


class _Catalogue:
    """What PostgreSQL already has."""

    def __init__(self, using: str) -> None:
        with connections[using].cursor() as cursor:
            cursor.execute(
                "SELECT conrelid::regclass::text, conname, contype, conkey "
                "FROM pg_constraint WHERE conrelid <> 0"
            )
            rows = cursor.fetchall()
            self.constraints = {(table.strip('"'), name) for table, name, _, _ in rows}
            self.primary = {
                table.strip('"'): (name, len(key)) for table, name, kind, key in rows if kind == "p"
            }
            cursor.execute("SELECT relname FROM pg_class WHERE relforcerowsecurity")
            self.forced = {row[0] for row in cursor.fetchall()}
            cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
            self.tables = {row[0] for row in cursor.fetchall()}
            cursor.execute(
                "SELECT attrelid::regclass::text FROM pg_attribute"
                " WHERE attname = 'tenant_id' AND attstattarget = 0"
            )
            self.uncounted = {row[0].strip('"') for row in cursor.fetchall()}


def _statements(have: _Catalogue) -> Iterator[Composable]:
    tables = [model for model in tenant_models() if model._meta.db_table in have.tables]
    for model in tables:
        yield from _primary_key(model, have)
    for model in tables:
        yield from _foreign_keys(model, have)
    for model in tables:
        yield from _row_security(model._meta.db_table, have)
        yield from _statistics(model._meta.db_table, have)
    yield from _grants(have)


def _primary_key(model: type[models.Model], have: _Catalogue) -> Iterator[Composable]:
    table = model._meta.db_table
    name, columns = have.primary.get(table, ("", 0))
    if columns != 2:
        if name:
            yield _named("ALTER TABLE {} DROP CONSTRAINT {} CASCADE", table, name)
        yield _named("ALTER TABLE {} ADD CONSTRAINT {} PRIMARY KEY (tenant_id, id)", table, f"{table}_pkey")


def _foreign_keys(model: type[models.Model], have: _Catalogue) -> Iterator[Composable]:
    table = model._meta.db_table
    for key in model._meta.local_fields:
        if isinstance(key, TenantForeignKey):
            name = f"{table}_{key.column}_in_tenant"[:63]
            if (table, name) not in have.constraints:
                yield _named(
                    "ALTER TABLE {} ADD CONSTRAINT {} "
                    "FOREIGN KEY (tenant_id, {}) REFERENCES {} (tenant_id, id)",
                    *(table, name, key.column, key.related_model._meta.db_table),
                )


def _row_security(table: str, have: _Catalogue) -> Iterator[Composable]:
    if table not in have.forced:
        yield _named("ALTER TABLE {} ENABLE ROW LEVEL SECURITY", table)
        yield _named("ALTER TABLE {} FORCE ROW LEVEL SECURITY", table)
        yield _named("DROP POLICY IF EXISTS tenant_rows ON {}", table)
        policy = SQL("CREATE POLICY tenant_rows ON {} USING ({}) WITH CHECK ({})")
        yield policy.format(Identifier(table), POLICY, POLICY)


def _statistics(table: str, have: _Catalogue) -> Iterator[Composable]:
    """Let the planner hold every tenant for one of many, each with its part of the rows.

    PostgreSQL keeps the common values of a column, and takes one that is not among them for all but absent.
    Which is what it then took a tenant for that had begun to send since the last count: it compared each of
    its rows with each, and read 66 million rows of the queue to send 1,200 messages.
    """
    if table in BY_THE_THOUSAND - have.uncounted:
        yield _named("ALTER TABLE {} ALTER COLUMN tenant_id SET STATISTICS 0", table)
        yield SQL(_FORGET).format(table=Literal(table))


#: What was counted before. Older servers have no word for it: there it is gone with the table's next rewrite.
_FORGET = """
DO $$ BEGIN
  IF to_regproc('pg_clear_attribute_stats') IS NOT NULL THEN
    PERFORM pg_clear_attribute_stats(current_schema(), {table}, 'tenant_id', false);
  END IF;
END $$
"""


def _grants(have: _Catalogue) -> Iterator[Composable]:
    role = settings.SERVING_ROLE
    yield _named("GRANT USAGE ON SCHEMA public TO {}", role)
    for table in sorted(have.tables):
        rights = "SELECT, INSERT" if table in APPEND_ONLY else "SELECT, INSERT, UPDATE, DELETE"
        yield _named(f"GRANT {rights} ON {{}} TO {{}}", table, role)
    yield _named("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {}", role)


def _named(statement: str, *names: str) -> Composable:
    """`statement` with a quoted name for each {}."""
    return SQL(statement).format(*map(Identifier, names))
