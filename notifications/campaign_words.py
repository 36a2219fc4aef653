"""The words people read for campaigns: states, stages of the funnel, fields of a file."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from notifications.words import STATES, Word

CAMPAIGNS = {
    "mapping": Word(_("Columns to choose"), "warn", "list"),
    "checking": Word(_("Being checked"), "blue", "hourglass"),
    "ready": Word(_("Ready to start"), "blue", "circle-dashed"),
    "scheduled": Word(_("Scheduled"), "blue", "alarm-clock"),
    "running": Word(_("Running"), "ok", "send"),
    "paused": Word(_("Paused"), "warn", "pause"),
    "stopped": Word(_("Stopped"), "mute", "circle-slash"),
    "done": Word(_("Done"), "ok", "check-check"),
}
ROWS = STATES | {
    "new": Word(_("Not checked yet"), "mute", "circle-dashed"),
    "waiting": Word(_("Waiting"), "mute", "hourglass"),
    "bad": Word(_("Bad row"), "bad", "circle-alert"),
    "duplicate": Word(_("Twice in the file"), "warn", "copy"),
    "stopped": Word(_("Stopped"), "mute", "circle-slash"),
}
STAGES = {
    "recipients": _("Recipients"),
    "waiting": _("Still to come"),
    "accepted": _("Accepted"),
    "held": _("Held"),
    "sent": _("Sent"),
    "delivered": _("Delivered"),
    "read": _("Read"),
    "answered": _("Answered"),
    "failed": _("Failed"),
    "skipped": _("Skipped"),
    "expired": _("Expired"),
    "cancelled": _("Cancelled"),
}
FIELDS = {
    "phone": _("Phone number"),
    "external_id": _("Your own id"),
    "name": _("Name"),
    "language": _("Language"),
    "timezone": _("Time zone"),
}
SOURCES = {
    "file": _("from a file"),
    "rows": _("from a program"),
    "segment": _("from your people"),
}
