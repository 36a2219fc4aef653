"""Values with a name, to look at a type with and to try it."""

from __future__ import annotations

from django.db import models

from common.tenancy import TenantForeignKey, TenantModel
from notifications.models.types import NotificationType


class SampleSet(TenantModel):
    """Values for a type's variables. data: {variable: value}, none of them personal when it was saved."""

    type = TenantForeignKey(NotificationType, on_delete=models.PROTECT, related_name="samples")
    name = models.CharField(max_length=60)
    data = models.JSONField(default=dict)
    author_name = models.CharField(max_length=120, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "type", "name"], name="sampleset_name_once")]
