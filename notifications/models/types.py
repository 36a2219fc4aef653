"""Named types of notification and their versions."""

from __future__ import annotations

from django.db import models

from common.tenancy import TenantForeignKey, TenantModel
from inbox.models.deliveries import Lane


class Category(models.TextChoices):
    AUTHENTICATION = "authentication"
    UTILITY = "utility"
    MARKETING = "marketing"


class NotificationType(TenantModel):
    """A named notification ("fraud_alert"). key: what programs call it.

    mandatory: a person's preferences do not stop it; a legal opt-out always does. current: the published
    version that new notifications use.
    """

    key = models.CharField(max_length=64)
    name = models.CharField(max_length=120)
    category = models.CharField(max_length=16, choices=Category.choices)
    mandatory = models.BooleanField(default=False)
    current = TenantForeignKey(
        "notifications.TypeVersion", on_delete=models.PROTECT, null=True, related_name="+"
    )
    archived_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "key"], name="notificationtype_key_once"),
            models.CheckConstraint(
                condition=models.Q(category__in=Category.values), name="notificationtype_category_known"
            ),
        ]

    def __str__(self) -> str:
        return self.key


class VersionState(models.TextChoices):
    DRAFT = "draft"
    PUBLISHED = "published"


class TypeVersion(TenantModel):
    """What a type says and how it gets through. A published version never changes; at most one is a draft.

    variables: [{name, type, required, example, personal, max?}]
    contents: {channel kind: {language: content}}; the shapes are in notifications/contents.py
    ladder: [{channel: kind or channel id, reach, patience_s}]
    actions: [{key, title, words: [text], digit?, then: {stop, event?, thread?: {team?, priority?}}}]
    quiet_hours: "obey" or "pass". throttle: {count, per_s}. digest: {window_s}.
    revision rises with each edit.
    """

    type = TenantForeignKey(NotificationType, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=VersionState.choices, default=VersionState.DRAFT)
    variables = models.JSONField(default=list)
    contents = models.JSONField(default=dict)
    ladder = models.JSONField(default=list)
    actions = models.JSONField(default=list)
    ttl_s = models.PositiveIntegerField(default=86_400)
    quiet_hours = models.CharField(max_length=8, default="obey")
    dedupe_window_s = models.PositiveIntegerField(default=86_400)
    throttle = models.JSONField(null=True)
    digest = models.JSONField(null=True)
    lane = models.PositiveSmallIntegerField(choices=Lane.choices, default=Lane.UTILITY)
    fallback_language = models.CharField(max_length=16, default="en")
    revision = models.PositiveIntegerField(default=1)
    created_by = models.CharField(max_length=120, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    published_by = models.CharField(max_length=120, blank=True)
    published_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "type", "number"], name="typeversion_number_once"),
            models.UniqueConstraint(
                fields=["tenant", "type"], condition=models.Q(state="draft"), name="typeversion_one_draft"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=VersionState.values), name="typeversion_state_known"
            ),
        ]

    def __str__(self) -> str:
        return f"version {self.number}"
