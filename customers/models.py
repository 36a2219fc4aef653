"""A person, and the ways to reach that person."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from common.tenancy import TenantForeignKey, TenantModel


class Customer(TenantModel):
    """A person the tenant talks to; a phone number is optional everywhere."""

    name = models.CharField(max_length=200, blank=True)
    external_id = models.CharField(max_length=200, null=True)
    language = models.CharField(max_length=16, blank=True)
    timezone = models.CharField(max_length=64, blank=True)
    attributes = models.JSONField(default=dict)
    labels = ArrayField(models.CharField(max_length=60), default=list)
    created_at = models.DateTimeField(auto_now_add=True)
    version = models.BigIntegerField(default=1)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "external_id"],
                condition=models.Q(external_id__isnull=False),
                name="customer_external_id_once",
            )
        ]

    def __str__(self) -> str:
        return self.name or str(self.id)


class Address(TenantModel):
    """One way to reach a customer. kind "phone": E.164 with "+"; other kinds as the provider writes them."""

    customer = TenantForeignKey(Customer, related_name="addresses")
    kind = models.CharField(max_length=32)
    value = models.CharField(max_length=320)
    label = models.CharField(max_length=200, blank=True)
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
