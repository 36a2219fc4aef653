"""One tenant never sees, changes or points at another's rows: the database's own word on it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.apps import apps
from django.db import IntegrityError, ProgrammingError, connection, transaction

from common.tenancy import ScopeMismatch, TenantForeignKey, Unscoped, tenant_context
from common.tenant_schema import BY_THE_THOUSAND, tenant_models
from customers.models import Address, Customer
from events import bus
from events.models import Event
from inbox.models import Inbox, Thread
from tests.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)

#: The tables that may be read without a tenant's scope; a new one must be argued for here.
GLOBAL = {
    "tenants_user",
    "tenants_tenant",
    "tenants_membership",
    "tenants_keyroute",
    "tenants_loginlink",
    "inbox_channelroute",
    "inbox_providerapp",
    "inbox_receipt",
    "common_workqueue",
    "account_emailaddress",
    "account_emailconfirmation",
    "mfa_authenticator",
    "auth_group",
    "auth_permission",
    "auth_group_permissions",
    "django_content_type",
    "django_migrations",
    "django_session",
}


def rows(sql: str, *values: UUID | list[str]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def test_every_table_belongs_to_a_tenant_or_stands_in_the_list(db: None) -> None:
    tables = {name for (name,) in rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")}
    ours = {model._meta.db_table for model in tenant_models()}

    assert tables - ours == GLOBAL


def test_every_tenant_table_is_locked_twice(db: None) -> None:
    forced = {
        name for (name,) in rows("SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity")
    }
    policies: dict[str, str] = dict(rows("SELECT tablename, qual FROM pg_policies WHERE with_check = qual"))

    for model in tenant_models():
        table = model._meta.db_table
        assert table in forced, table
        assert "NULLIF(current_setting('app.tenant_id'" in str(policies[table]), table


def test_the_planner_takes_no_tenant_for_absent(db: None) -> None:
    """What is counted of tenant_id makes a tenant that began since the last count one without rows."""
    tables = sorted(BY_THE_THOUSAND)
    uncounted = rows(
        "SELECT attrelid::regclass::text FROM pg_attribute WHERE attname = 'tenant_id'"
        " AND attstattarget = 0 AND attrelid::regclass::text = ANY(%s) ORDER BY 1",
        tables,
    )
    known = rows("SELECT tablename FROM pg_stats WHERE attname = 'tenant_id' AND tablename = ANY(%s)", tables)

    assert ([name for (name,) in uncounted], known) == (tables, [])


def test_every_key_of_a_tenant_table_begins_with_the_tenant(db: None) -> None:
    ours = {model._meta.db_table for model in tenant_models()}
    unique = rows(
        "SELECT t.relname, i.relname, a.attname FROM pg_index x JOIN pg_class t ON t.oid = x.indrelid "
        "JOIN pg_class i ON i.oid = x.indexrelid "
        "JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = x.indkey[0] "
        "WHERE x.indisunique"
    )

    wrong = [(table, name) for table, name, first in unique if table in ours and first != "tenant_id"]

    assert not wrong


def test_every_key_to_a_tenants_row_carries_the_tenant(db: None) -> None:
    names = {
        name
        for (name,) in rows(
            "SELECT conname FROM pg_constraint WHERE contype = 'f' AND array_length(conkey, 1) = 2"
        )
    }

    for model in apps.get_models():
        for field in model._meta.local_fields:
            if isinstance(field, TenantForeignKey):
                assert f"{model._meta.db_table}_{field.column}_in_tenant"[:63] in names


def test_the_serving_role_has_no_more_rights_than_it_needs(db: None) -> None:
    [(is_super, bypasses)] = rows("SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")
    assert (is_super, bypasses) == (False, False)
    with pytest.raises(ProgrammingError), transaction.atomic():
        rows("TRUNCATE inbox_thread")
    with pytest.raises(ProgrammingError), transaction.atomic():
        rows("UPDATE events_event SET type = 'x'")


def test_without_a_scope_nothing_is_read_or_written(committed_cast: Cast) -> None:
    with pytest.raises(Unscoped):
        Customer.objects.count()
    assert Customer.unscoped.count() == 0
    assert Inbox.unscoped.count() == 0


def test_another_tenants_rows_do_not_exist(committed_cast: Cast) -> None:
    with tenant_context(committed_cast.acme.id):
        ada = Customer.objects.create(name="Ada")

    with tenant_context(committed_cast.globex.id):
        assert not Customer.objects.filter(id=ada.id).exists()
        assert not Customer.unscoped.filter(id=ada.id).exists()
        assert rows("SELECT count(*) FROM customers_customer WHERE id = %s", ada.id) == [(0,)]
        assert Customer.unscoped.filter(id=ada.id).update(name="Mallory") == 0


def test_a_row_cannot_be_written_into_another_tenant(committed_cast: Cast) -> None:
    with pytest.raises(ProgrammingError), tenant_context(committed_cast.globex.id):
        Customer(name="Planted", tenant_id=committed_cast.acme.id).save(force_insert=True)


def test_a_row_cannot_point_into_another_tenant(committed_cast: Cast) -> None:
    with tenant_context(committed_cast.acme.id):
        ada = Customer.objects.create(name="Ada")

    with pytest.raises(IntegrityError), tenant_context(committed_cast.globex.id):
        Address.objects.create(customer=ada, kind="phone", value="+447700900123")


def test_a_scope_inside_another_tenants_is_refused(committed_cast: Cast) -> None:
    with (
        tenant_context(committed_cast.acme.id),
        pytest.raises(ScopeMismatch),
        tenant_context(committed_cast.globex.id),
    ):
        pass


def test_a_join_stays_inside_the_tenant(committed_cast: Cast) -> None:
    with tenant_context(committed_cast.acme.id):
        sql = str(Thread.objects.select_related("customer").query)

    assert '"customers_customer".tenant_id = "inbox_thread".tenant_id' in sql


def record_and_fail() -> None:
    bus.record("thread.lost", {})
    raise ZeroDivisionError


def test_a_savepoint_that_rolls_back_takes_its_events_along(committed_cast: Cast) -> None:
    with tenant_context(committed_cast.acme.id):
        bus.record("thread.kept", {})
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            record_and_fail()

    with tenant_context(committed_cast.acme.id):
        types = set(Event.objects.values_list("type", flat=True))
    assert "thread.kept" in types
    assert "thread.lost" not in types


def test_a_scope_that_fails_leaves_no_event(committed_cast: Cast) -> None:
    with tenant_context(committed_cast.acme.id):
        before = bus.head()
    with pytest.raises(ZeroDivisionError), tenant_context(committed_cast.acme.id):
        record_and_fail()

    with tenant_context(committed_cast.acme.id):
        assert bus.head() == before
