"""Files that providers keep for us."""

from __future__ import annotations

from django.db import models

from common.tenancy import TenantForeignKey, TenantModel
from inbox.models.channels import Channel


class KeptFile(TenantModel):
    """A file that goes with many messages, as one channel's provider keeps it.

    storage_key: our own bytes; external_id: its id there, which may be named instead of giving it again
    until then.
    """

    channel = TenantForeignKey(Channel, related_name="+")
    storage_key = models.CharField(max_length=200)
    external_id = models.CharField(max_length=200)
    until = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "channel", "storage_key"], name="keptfile_once")
        ]
