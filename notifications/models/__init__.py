"""Rows of notifications: named types and their versions, runs, steps, consents, campaigns."""

from notifications.models.alerts import Alert, AlertMail, AlertRule, Tally, Watched
from notifications.models.campaigns import (
    Campaign,
    CampaignRow,
    CampaignSource,
    CampaignState,
    Outlook,
    RowState,
)
from notifications.models.people import Consent, ConsentChange, ConsentState, Preference, QuietHours
from notifications.models.prices import Cost, CostDay, CostSource, PriceLine
from notifications.models.reviews import Proposal, ProposalState, PublishingRule
from notifications.models.runs import (
    Answer,
    EventCursor,
    Notification,
    NotificationState,
    Step,
    StepState,
)
from notifications.models.samples import SampleSet
from notifications.models.types import Category, NotificationType, TypeVersion, VersionState

__all__ = [
    "Alert",
    "AlertMail",
    "AlertRule",
    "Answer",
    "Campaign",
    "CampaignRow",
    "CampaignSource",
    "CampaignState",
    "Category",
    "Consent",
    "ConsentChange",
    "ConsentState",
    "Cost",
    "CostDay",
    "CostSource",
    "EventCursor",
    "Notification",
    "NotificationState",
    "NotificationType",
    "Outlook",
    "Preference",
    "PriceLine",
    "Proposal",
    "ProposalState",
    "PublishingRule",
    "QuietHours",
    "RowState",
    "SampleSet",
    "Step",
    "StepState",
    "Tally",
    "TypeVersion",
    "VersionState",
    "Watched",
]
