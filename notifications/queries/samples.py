"""Values to preview a content with: the examples, the longest allowed, or what was really sent lately."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from common.templatetags.parts import words_for
from notifications.masking import masked_data
from notifications.models import Notification, NotificationType
from notifications.queries.previews import sample_values
from notifications.variables import Json

LONGEST = "longest"
RECENT = 5


@dataclass(frozen=True, slots=True)
class Samples:
    """choices: (key, words) of all there are; values: {variable: its text} of the chosen one."""

    chosen: str
    choices: list[tuple[str, str]]
    values: dict[str, str]


def samples_of(named: NotificationType, variables: Sequence[Json], language: str, chosen: str) -> Samples:
    """The sets of values for a draft with these variables. chosen: a key; an unknown one means the examples.

    One statement. What was sent lately shows no personal value, to nobody: a preview needs none.
    """
    rows = Notification.objects.filter(type=named, is_test=False).select_related("version")
    recent = {str(run.id): run for run in rows.order_by("-id")[:RECENT]}
    known = {"": _("Examples"), LONGEST: _("Longest values")}
    known |= {
        key: _("Sent %s UTC, without personal values") % words_for(run.created_at, "short")
        for key, run in recent.items()
    }
    values = sample_values(variables, language, longest=chosen == LONGEST)
    if chosen in recent:
        values |= _sent_values(variables, recent[chosen], language)
    return Samples(chosen if chosen in known else "", list(known.items()), values)


def _sent_values(variables: Sequence[Json], run: Notification, language: str) -> dict[str, str]:
    """Those that the draft still has; what either version calls personal is hidden."""
    data = masked_data(variables, masked_data(run.version.variables, run.data))
    shown: dict[str, Any] = {}
    for one in variables:
        if one["name"] in data:
            shown |= sample_values([{**one, "example": data[one["name"]]}], language)
    return shown
