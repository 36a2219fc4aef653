"""Whose rows are we looking at? One scope, opened in few places, obeyed by every query.

``with tenant_context(tenant_id):`` opens a transaction and names the tenant twice: to PostgreSQL, whose row
security is the second lock, and to Python, whose managers add ``tenant_id`` to every query, the first one.
Just before that transaction commits, registered flushes write what must come last (event numbers, wake-ups).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Any, Self, TypeVar
from uuid import UUID

from django.conf import settings
from django.db import connection, models, transaction
from django.db.models.base import ModelState
from django.db.models.sql.compiler import SQLCompiler

from common.ids import uuid7

_tenant: ContextVar[UUID | None] = ContextVar("tenant", default=None)
_flushes: dict[int, Callable[[], None]] = {}

P = TypeVar("P", bound="Pending")
Row = TypeVar("Row", bound=models.Model, covariant=True)
Given = TypeVar("Given", contravariant=True)
Found = TypeVar("Found", covariant=True)


class Unscoped(RuntimeError):
    """A tenant's rows were asked for while no tenant's scope was open."""


class ScopeMismatch(RuntimeError):
    """Another tenant's scope is already open here."""


def current_tenant() -> UUID | None:
    """The tenant whose scope is open, or None."""
    return _tenant.get()


def require_tenant() -> UUID:
    """The tenant whose scope is open. Raises Unscoped."""
    tenant_id = _tenant.get()
    if tenant_id is None:
        raise Unscoped("Open tenant_context(tenant_id) before touching a tenant's rows.")
    return tenant_id


@contextmanager
def tenant_context(tenant_id: UUID | str, *, snapshot: bool = False) -> Iterator[UUID]:
    """Open one tenant's scope and a transaction; nested calls for the same tenant join it.

    snapshot: only reading, and every statement sees the rows as they were at the first one. Needs a scope of
    its own: a transaction that has begun cannot become one. Raises ScopeMismatch when another tenant's scope
    is open.
    """
    wanted = tenant_id if isinstance(tenant_id, UUID) else UUID(tenant_id)
    open_now = _tenant.get()
    if open_now is not None:
        if open_now != wanted:
            raise ScopeMismatch(f"scope of {open_now} is open, {wanted} was asked for")
        yield wanted
        return
    token = _tenant.set(wanted)
    is_outermost = not connection.in_atomic_block
    try:
        with transaction.atomic():
            if snapshot and is_outermost:
                _take_snapshot()
            _name_tenant(str(wanted))
            yield wanted
            for order in sorted(_flushes):
                _flushes[order]()
        if connection.in_atomic_block:  # a test's outer transaction: leave it as it was found
            _name_tenant("")
    finally:
        _tenant.reset(token)


def _take_snapshot() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")


def _name_tenant(value: str) -> None:
    """SET LOCAL, not set_config(): only the statement is passed on to Citus workers (design §5)."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL app.tenant_id = '{value}'")


# ---------------------------------------------------------------- what is written just before the commit


class Pending:
    """Something to write in the scope's last statements. A savepoint that rolls back takes it along,
    because it travels as one of Django's on-commit callbacks, which Django drops with their savepoint."""

    done = False

    def __call__(self) -> None:
        """After the commit there is nothing left to do."""


def add_pending(item: Pending) -> None:
    """Keep `item` until the scope's flushes run. Raises Unscoped."""
    require_tenant()
    transaction.on_commit(item)


def take_pending(kind: type[P]) -> list[P]:
    """Everything of one kind that is still wanted, oldest first; each is handed out once."""
    callbacks = [entry[1] for entry in connection.run_on_commit]
    items = [item for item in callbacks if isinstance(item, kind) and not item.done]
    for item in items:
        item.done = True
    return items


def before_commit(flush: Callable[[], None], *, order: int) -> None:
    """Register what runs at the end of every scope (at start-up only). The order is fixed by number, so
    that two transactions take their row locks in the same order and never wait in a ring."""
    _flushes[order] = flush


# ---------------------------------------------------------------- models


class TenantManager(models.Manager[Row]):
    """Adds the scope's tenant to every query; without a scope it raises."""

    def get_queryset(self) -> models.QuerySet[Row]:
        return super().get_queryset().filter(tenant_id=require_tenant())


class UnscopedManager(models.Manager[Row]):
    """For the listed places that look across tenants; row security still applies to the serving role."""


class _SameTenant:
    """The join condition that keeps both sides in one tenant (and lets Citus route the join)."""

    contains_aggregate = False

    def __init__(self, alias: str, related_alias: str) -> None:
        self.aliases = (alias, related_alias)

    def as_sql(self, compiler: SQLCompiler, _connection: Any) -> tuple[str, list[Any]]:
        left, right = (compiler.quote_name_unless_alias(alias) for alias in self.aliases)
        return f"{left}.tenant_id = {right}.tenant_id", []


class TenantForeignKey(models.ForeignKey[Given, Found]):
    """A key to another row of the same tenant.

    The database constraint (tenant_id, x_id) → (tenant_id, id) is added by ``common.tenant_schema``.
    """

    def __init__(self, to: Any, on_delete: Any = models.CASCADE, **kwargs: Any) -> None:
        kwargs["db_constraint"] = False
        kwargs.setdefault("db_index", False)  # the composite indexes of each model serve instead
        super().__init__(to, on_delete, **kwargs)

    def get_extra_restriction(self, alias: str | None, related_alias: str | None) -> Any:
        if alias is None or related_alias is None:
            return None
        return _SameTenant(alias, related_alias)


class TenantKey(models.ForeignKey[Given, Found]):
    """Whose row it is: the tenant of the open scope.

    Not `default=`, by which the type checker would take the tenant for optional. Migrations show a plain key.
    """

    def get_default(self) -> UUID:
        return require_tenant()

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.ForeignKey", list(args), {**kwargs, "default": require_tenant}


class TenantModel(models.Model):
    """A row of one tenant. The primary key in the database is (tenant_id, id).

    `tenant` carries no database constraint of its own: row security already ties it to the open scope, and
    a check per row would lock the tenant's row once for every message.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tenant = TenantKey(
        settings.TENANT_MODEL,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        editable=False,
        related_name="+",
    )

    objects = TenantManager()
    unscoped = UnscopedManager()

    class Meta:
        abstract = True
        base_manager_name = "objects"
        default_manager_name = "objects"

    @classmethod
    def from_db(cls, db: str | None, field_names: Collection[str], values: Collection[Any], **_: Any) -> Self:
        """A row that was read. As Django's, but without ``__init__``, which asks each of thirty fields for a
        value: that was a quarter of what a message that comes in costs. Columns not read stay deferred."""
        row = cls.__new__(cls)
        row.__dict__.update(zip(field_names, values, strict=True))
        row._state = ModelState()
        row._state.adding, row._state.db = False, db
        return row

    @classmethod
    def made(cls, **values: Any) -> Self:
        """A new row, as ``cls(**values)`` in a third of the time: for where thousands are made.

        Takes plain values by the names of columns, and rows by the names of keys; it asks none of them
        whether it fits.
        """
        defaults, makers, keys = _blank(cls)
        row = cls.__new__(cls)
        row._state = ModelState()
        row.__dict__.update(defaults)
        row.__dict__.update({name: make() for name, make in makers.items() if name not in values})
        for name, value in values.items():
            if name in keys:
                row._state.fields_cache[name] = value
                row.__dict__[keys[name]] = value.pk if value is not None else None
            else:
                row.__dict__[name] = value
        return row

    def refer(self, **rows: models.Model | None) -> None:
        """Take rows that were read already for those this one's keys name; what assigning them does, without
        asking whether they fit."""
        self._state.fields_cache.update(rows)


@cache
def _blank(model: type[models.Model]) -> tuple[dict[str, Any], dict[str, Callable[[], Any]], dict[str, str]]:
    """What a new row has: (plain defaults, those made for each row, the column of each key), by name."""
    defaults: dict[str, Any] = {}
    makers: dict[str, Callable[[], Any]] = {}
    keys = {}
    for field in model._meta.concrete_fields:
        if isinstance(field, models.ForeignKey):
            keys[field.name] = field.attname
        found = field.get_default()
        if found is None or isinstance(found, str | int | float):
            defaults[field.attname] = found
        else:
            makers[field.attname] = field.get_default
    return defaults, makers, keys
