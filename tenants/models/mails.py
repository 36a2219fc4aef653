"""What an e-mail to a member has in every room that writes some."""

from __future__ import annotations

from django.db import models

from common.tenancy import TenantForeignKey, TenantModel
from tenants.models.people import Member


class MemberMail(TenantModel):
    """One e-mail to a member, a work order until it left. due_at: NULL when nothing is left to do.

    A room adds what it is about, and an index of what is due; see ``tenants.operations.mails``.
    """

    member = TenantForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    due_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        abstract = True
