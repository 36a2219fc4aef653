"""One business on the installation (a global table)."""

from __future__ import annotations

from django.db import models

from common.crypto import new_data_key
from common.ids import uuid7


class Tenant(models.Model):
    """People see it as "workspace". data_key: its encryption key, wrapped by the master key.

    live: the workspace this one is the test of. Both are whole tenants, so nothing in one reaches the other.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=60, unique=True)
    data_key = models.BinaryField(editable=False)
    is_demo = models.BooleanField(default=False)
    live = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="test")
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name

    @property
    def is_test(self) -> bool:
        """Is it the test of another workspace?"""
        return self.live_id is not None

    @classmethod
    def new(cls, *, name: str, slug: str, is_demo: bool = False, live: Tenant | None = None) -> Tenant:
        """An unsaved tenant with a fresh data key."""
        tenant = cls(name=name, slug=slug, is_demo=is_demo, live=live)
        tenant.data_key = new_data_key(str(tenant.id))
        return tenant
