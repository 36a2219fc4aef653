"""Texts that agents answer with again and again."""

from __future__ import annotations

from django.db import models

from common.tenancy import TenantForeignKey, TenantModel
from tenants.models import Member


class SavedReply(TenantModel):
    """A text with a name to find it by. owner: the one member who sees it; NULL: everybody does.

    {{customer.name}} and other places in it are filled by the page when the text is taken.
    """

    name = models.CharField(max_length=80)
    text = models.TextField()
    owner = TenantForeignKey(Member, null=True, related_name="+")
    updated_at = models.DateTimeField(auto_now=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "owner", "name"], name="savedreply_name_once", nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return self.name
