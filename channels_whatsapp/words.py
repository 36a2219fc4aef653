"""What people read for the provider's words: states, facts of a life, languages."""

from __future__ import annotations

from typing import NamedTuple

from django.conf.locale import LANG_INFO
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class State(NamedTuple):
    """words; tone: ok, warn, bad, blue, mute; icon."""

    words: Promise
    tone: str
    icon: str


STATES: dict[str, State] = {
    "DRAFT": State(_("Draft"), "mute", "pencil"),
    "PENDING": State(_("In review"), "blue", "hourglass"),
    "APPROVED": State(_("Approved"), "ok", "check"),
    "REJECTED": State(_("Rejected"), "bad", "circle-alert"),
    "PAUSED": State(_("Paused"), "warn", "pause"),
    "DISABLED": State(_("Disabled"), "bad", "circle-slash"),
    "IN_APPEAL": State(_("In appeal"), "blue", "hourglass"),
    "FLAGGED": State(_("Flagged"), "warn", "flag"),
    "PENDING_DELETION": State(_("Being deleted"), "mute", "trash-2"),
    "DELETED": State(_("Deleted"), "mute", "trash-2"),
    "LIMIT_EXCEEDED": State(_("Over the limit"), "warn", "triangle-alert"),
    "LOCKED": State(_("Locked"), "warn", "lock"),
    "ARCHIVED": State(_("Archived"), "mute", "archive"),
}
#: Their code of a refusal that came without a sentence.
REASONS: dict[str, Promise] = {
    "ABUSIVE_CONTENT": _("WhatsApp finds it abusive."),
    "INCORRECT_CATEGORY": _("It is in the wrong category."),
    "INVALID_FORMAT": _("Its variables or its format break a rule."),
    "PROMOTIONAL": _("It advertises, which its category does not allow."),
    "SCAM": _("WhatsApp takes it for fraud."),
    "TAG_CONTENT_MISMATCH": _("Its language or category does not fit its text."),
}
UNKNOWN = State(_("Unknown"), "mute", "circle-question-mark")
WORKING = {
    "submit": State(_("Being submitted"), "blue", "hourglass"),
    "edit": State(_("Change being submitted"), "blue", "hourglass"),
    "delete": State(_("Being deleted"), "mute", "hourglass"),
    "unpause": State(_("Asked to go on"), "blue", "hourglass"),
}
QUALITIES: dict[str, State] = {
    "GREEN": State(_("High"), "ok", "circle-check"),
    "YELLOW": State(_("Medium"), "warn", "triangle-alert"),
    "RED": State(_("Low"), "bad", "circle-alert"),
}
CATEGORIES = {
    "UTILITY": _("Utility"),
    "MARKETING": _("Marketing"),
    "AUTHENTICATION": _("Authentication"),
}
KINDS = {
    "template.drafted": _("Written"),
    "template.changed": _("Changed"),
    "template.submitted": _("Submitted to WhatsApp"),
    "template.refused": _("WhatsApp refused it"),
    "template.added": _("Found at WhatsApp"),
    "template.pending": _("In review"),
    "template.approved": _("Approved"),
    "template.rejected": _("Rejected"),
    "template.paused": _("Paused"),
    "template.unpaused": _("May be used again"),
    "template.disabled": _("Disabled"),
    "template.flagged": _("Flagged: it will be disabled if its quality stays low"),
    "template.appealed": _("In appeal"),
    "template.deleted": _("Deleted"),
    "template.deletion_asked": _("Deletion asked for"),
    "template.release_asked": _("Asked to go on"),
    "template.reason_changed": _("Another reason was given"),
    "template.status_changed": _("Another state"),
    "template.category_announced": _("WhatsApp announced another category"),
    "template.category_changed": _("WhatsApp put it into another category"),
    "template.quality_changed": _("Another quality"),
    "template.edited": _("Its content changed at WhatsApp"),
}


def listed_states() -> list[tuple[str, Promise]]:
    """For the filter of the list."""
    return [(code, state.words) for code, state in STATES.items()]


#: Languages of templates and announcements that Django has no words for.
LANGUAGES = {
    "prs": _("Dari"), "fil": _("Filipino"), "gu": _("Gujarati"), "ha": _("Hausa"), "rw": _("Kinyarwanda"),
    "lo": _("Lao"), "ps": _("Pashto"), "si": _("Sinhala"), "zu": _("Zulu"),
}  # fmt: skip


def language_name(code: str) -> str:
    """ "English (GB)", in the reader's language."""
    base, _sep, region = code.partition("_")
    known = str((LANG_INFO.get(base.lower()) or {}).get("name") or "")
    name = translation.gettext(known) if known else str(LANGUAGES.get(base) or base)  # Django has the others
    return f"{name} ({region})" if region else name
