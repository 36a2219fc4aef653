"""One row per fact. Sockets, webhooks, timelines, audit and /events all read these same rows."""

from __future__ import annotations

from django.db import models

from common.tenancy import TenantModel


class EventCounter(TenantModel):
    """The last number given out in one tenant; its row lock puts the tenant's commits in order (rule 19)."""

    seq = models.BigIntegerField(default=0)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant"], name="eventcounter_one")]


class Event(TenantModel):
    """Something that happened. `data` holds what a browser needs to show it; `audience` is the only member
    who may see it, or NULL for every member of the tenant."""

    seq = models.BigIntegerField()
    type = models.CharField(max_length=64)
    at = models.DateTimeField()
    actor = models.JSONField()
    data = models.JSONField()
    thread_id = models.UUIDField(null=True)
    customer_id = models.UUIDField(null=True)
    audience = models.UUIDField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "seq"], name="event_number")]
        indexes = [
            models.Index(
                fields=["tenant", "thread_id", "at", "id"],
                name="event_of_thread",
                condition=models.Q(type__startswith="thread."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.seq} {self.type}"


class Change(TenantModel):
    """One thing somebody did to the set-up; never changed and never deleted. People see the list as "audit".

    action: noun.past, as of events; about_id, about: what it was done to, by id and by its name then;
    before, after: only what differs, as plain values; a thing that was made has no before.
    """

    at = models.DateTimeField()
    actor = models.JSONField()
    actor_id = models.UUIDField(null=True)
    action = models.CharField(max_length=64)
    about_id = models.UUIDField(null=True)
    about = models.CharField(max_length=200)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    request_id = models.CharField(max_length=80, blank=True)

    class Meta(TenantModel.Meta):
        indexes = [
            models.Index(fields=["tenant", "actor_id", "id"], name="change_by_actor"),
            models.Index(fields=["tenant", "action", "id"], name="change_by_action"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.about}"
