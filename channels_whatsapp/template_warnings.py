"""What is wrong with the templates of a number, one sentence for each kind of trouble."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from channels_whatsapp.models import DISABLED, PAUSED, REJECTED, USABLE
from channels_whatsapp.queries import templates_of
from inbox.ports import TemplateWarning

NAMES_SHOWN = 3
LOW = "RED"

Tone = Literal["warn", "bad"]
#: Which templates → (tone, what they are, what to do).
KINDS: tuple[tuple[Q, Tone, object, object], ...] = (
    (
        Q(status=DISABLED),
        "bad",
        gettext_lazy("disabled by WhatsApp"),
        gettext_lazy("Messages with them are held. Write a new template with other words and use that."),
    ),
    (
        Q(status=PAUSED),
        "warn",
        gettext_lazy("paused by WhatsApp"),
        gettext_lazy("Their messages wait for the end of the pause; send fewer, to people who expect them."),
    ),
    (
        Q(status=REJECTED),
        "warn",
        gettext_lazy("rejected"),
        gettext_lazy("Open each one, read the reason, change the text and submit it again."),
    ),
    (
        Q(status__in=USABLE, quality=LOW),
        "warn",
        gettext_lazy("of low quality"),
        gettext_lazy("People block or report them. Change the text before WhatsApp pauses them."),
    ),
)


def template_warnings(channel_id: UUID) -> list[TemplateWarning]:
    """See ``inbox.ports.WarnsOfTemplates``. One statement for each kind of trouble."""
    rows = templates_of(channel_id).order_by("name", "language")
    found = []
    for which, tone, what, fix in KINDS:
        names = list(rows.filter(which).values_list("name", flat=True))
        if names:
            found.append(TemplateWarning(tone, f"{_listed(names)} {what}.", str(fix)))
    return found


def _listed(names: Sequence[str]) -> str:
    """ "news is", "news, hello are", "news, hello, bye and 4 more are" """
    shown = ", ".join(names[:NAMES_SHOWN])
    more = len(names) - NAMES_SHOWN
    if more > 0:
        shown += " " + _("and %d more") % more
    return ngettext("%s is", "%s are", len(names)) % shown
