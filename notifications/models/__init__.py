"""Rows of notifications: named types and their versions, runs and their steps, what people agreed to."""

from notifications.models.people import Consent, ConsentChange, ConsentState, Preference, QuietHours
from notifications.models.runs import (
    Answer,
    EventCursor,
    Notification,
    NotificationState,
    Step,
    StepState,
)
from notifications.models.types import Category, NotificationType, TypeVersion, VersionState

__all__ = [
    "Answer",
    "Category",
    "Consent",
    "ConsentChange",
    "ConsentState",
    "EventCursor",
    "Notification",
    "NotificationState",
    "NotificationType",
    "Preference",
    "QuietHours",
    "Step",
    "StepState",
    "TypeVersion",
    "VersionState",
]
