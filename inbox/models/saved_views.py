"""Places of the inbox that somebody named to come back to."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from common.tenancy import TenantForeignKey, TenantModel
from tenants.models import Member


class SavedView(TenantModel):
    """A view with its filters and order, under a name. owner: who alone sees it; NULL: everybody does.

    place: {"view", "sort", "filters": {name: text}}, in the words of the inbox page's address.
    """

    name = models.CharField(max_length=60)
    owner = TenantForeignKey(Member, null=True, related_name="+")
    place = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "owner", "name"], name="savedview_name_once", nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return self.name


class SavedViewOrder(TenantModel):
    """In which order a member wants the saved views; those it does not name follow."""

    member = TenantForeignKey(Member, related_name="+")
    ids = ArrayField(models.UUIDField(), default=list)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "member"], name="savedvieworder_once")]


class SavedViewCount(TenantModel):
    """How many threads a member found in a saved view, as of event number `seq` at `counted_at`."""

    view = TenantForeignKey(SavedView, related_name="+")
    member = TenantForeignKey(Member, related_name="+")
    count = models.PositiveIntegerField()
    seq = models.BigIntegerField()
    counted_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "member", "view"], name="savedviewcount_once")
        ]
