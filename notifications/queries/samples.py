"""Values to preview a content with: the examples, the longest allowed, or what was really sent lately."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from common.templatetags.parts import words_for
from notifications.masking import masked_data
from notifications.models import Notification, NotificationType, SampleSet
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


def sets_of(named: NotificationType) -> list[SampleSet]:
    """The sets kept with a name, by it."""
    return list(SampleSet.objects.filter(type=named).order_by("name", "id"))


def samples_of(named: NotificationType, variables: Sequence[Json], language: str, chosen: str) -> Samples:
    """The sets of values for a draft with these variables. chosen: a key; an unknown one means the examples.

    Two statements. What was sent lately, or kept before a variable was called personal, shows no personal
    value, to nobody: a preview needs none.
    """
    rows = Notification.objects.filter(type=named, is_test=False).select_related("version")
    recent = {str(run.id): run for run in rows.order_by("-id")[:RECENT]}
    known = {"": _("Examples"), LONGEST: _("Longest values")}
    kept = {str(row.id): row for row in sets_of(named)}
    known |= {key: row.name for key, row in kept.items()}
    known |= {
        key: _("Sent %s UTC, without personal values") % words_for(run.created_at, "short")
        for key, run in recent.items()
    }
    values = sample_values(variables, language, longest=chosen == LONGEST)
    if chosen in kept:
        values |= _texts(variables, masked_data(variables, kept[chosen].data), language)
    if chosen in recent:
        values |= _sent_values(variables, recent[chosen], language)
    return Samples(chosen if chosen in known else "", list(known.items()), values)


def values_of(
    named: NotificationType, variables: Sequence[Json], language: str, chosen: str
) -> dict[str, str]:
    """The values of the chosen set alone. Examples need no statement: they are asked for with each key."""
    if chosen in {"", LONGEST}:
        return sample_values(variables, language, longest=chosen == LONGEST)
    return samples_of(named, variables, language, chosen).values


def _sent_values(variables: Sequence[Json], run: Notification, language: str) -> dict[str, str]:
    """Those that the draft still has; what either version calls personal is hidden."""
    return _texts(variables, masked_data(variables, masked_data(run.version.variables, run.data)), language)


def _texts(variables: Sequence[Json], data: Json, language: str) -> dict[str, str]:
    """The values of these variables as they would be written."""
    shown: dict[str, Any] = {}
    for one in variables:
        if one["name"] in data:
            shown |= sample_values([{**one, "example": data[one["name"]]}], language)
    return shown
