"""A person, and the ways to reach that person."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.functions import Upper

from common.tenancy import TenantForeignKey, TenantModel


class Customer(TenantModel):
    """A person the tenant talks to; a phone number is optional everywhere.

    merged_into: whom this row has become part of; it has no addresses then and stands in no list.
    """

    name = models.CharField(max_length=200, blank=True)
    external_id = models.CharField(max_length=200, null=True)
    language = models.CharField(max_length=16, blank=True)
    timezone = models.CharField(max_length=64, blank=True)
    attributes = models.JSONField(default=dict)
    labels = ArrayField(models.CharField(max_length=60), default=list)
    created_at = models.DateTimeField(auto_now_add=True)
    version = models.BigIntegerField(default=1)
    merged_into = TenantForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")

    #: Set where many are read: see ``queries.addresses_ahead``.
    address_list: list[Address]

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "external_id"],
                condition=models.Q(external_id__isnull=False),
                name="customer_external_id_once",
            )
        ]
        indexes = [models.Index(models.F("tenant"), Upper("external_id"), name="customer_external_id_folded")]

    def __str__(self) -> str:
        return self.name or str(self.id)


class Address(TenantModel):
    """One way to reach a customer. kind "phone": E.164 with "+"; other kinds as the provider writes them.

    label: what the provider or an address book of ours calls them; named_at: since when, if it said so.
    beside: the address it was first seen with, which said whose it is.
    """

    customer = TenantForeignKey(Customer, related_name="addresses")
    kind = models.CharField(max_length=32)
    value = models.CharField(max_length=320)
    label = models.CharField(max_length=200, blank=True)
    beside = models.UUIDField(null=True)
    named_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "kind", "value"], name="address_once")]
        indexes = [
            models.Index(fields=["tenant", "customer"], name="address_of_customer"),
            GinIndex(
                fields=["tenant", "value"], opclasses=["uuid_ops", "gin_trgm_ops"], name="address_value_words"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.customer_id}"


class CustomerMerge(TenantModel):
    """Two rows found to be one person, and all it takes to tell them apart again.

    by, undone_by: who did it, as events say it. journal: what each room moved or changed, by the room's name.
    """

    survivor = TenantForeignKey(Customer, on_delete=models.PROTECT, related_name="merges")
    merged = TenantForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    by = models.JSONField()
    journal = models.JSONField()
    undone_at = models.DateTimeField(null=True)
    undone_by = models.JSONField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "merged"],
                condition=models.Q(undone_at__isnull=True),
                name="customermerge_once",
            )
        ]
        indexes = [models.Index(fields=["tenant", "survivor", "-id"], name="customermerge_of_survivor")]
