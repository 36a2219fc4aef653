"""Sample sets: kept and taken away. What a version calls personal is never kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from events import audit
from inbox.operations.authors import Author
from notifications.checking import Fault
from notifications.models import NotificationType, SampleSet
from notifications.queries.types import draft_of, versions_of
from notifications.variables import Json, data_faults

SETS_MAX = 50
NAME_MAX = 60


class SampleRefused(Exception):
    """The set cannot be kept. faults: (JSON pointer, sentence) of each reason."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__(faults[0][1])
        self.faults = list(faults)


def keep_samples(*, named: NotificationType, name: str, data: Mapping[str, Any], by: Author) -> SampleSet:
    """Keep values under a name; a set with this name is replaced.

    data: {variable: value}; any may be left out. Writes SampleSet. Raises SampleRefused: for a value that is
    personal, that does not fit, or that no version of the type knows.
    """
    NotificationType.objects.select_for_update().get(id=named.id)
    name = " ".join(name.split())
    if not 0 < len(name) <= NAME_MAX:
        raise SampleRefused(("/name", _("A name has 1 to %d characters.") % NAME_MAX))
    if faults := sample_faults(known_variables(named), data):
        raise SampleRefused(*faults)
    row = SampleSet.objects.filter(type=named, name=name).first() or SampleSet(type=named, name=name)
    if row._state.adding and SampleSet.objects.filter(type=named).count() >= SETS_MAX:
        raise SampleRefused(("/name", _("A type has at most %d sets; take one away first.") % SETS_MAX))
    before = None if row._state.adding else row.data
    row.data, row.author_name = dict(data), by.name[:120]
    row.save()
    audit.note(
        "notification_type.samples_kept", row.id, f"{named.key}: {name}", before=before, after=row.data,
        actor=by.actor,
    )  # fmt: skip
    return row


def remove_samples(*, samples: SampleSet, by: Author) -> None:
    """Take a set away. Writes SampleSet. Select `type`."""
    about = f"{samples.type.key}: {samples.name}"
    audit.note("notification_type.samples_removed", samples.id, about, before=samples.data, actor=by.actor)
    SampleSet.objects.filter(id=samples.id).delete()


def known_variables(named: NotificationType) -> list[Json]:
    """Those of the draft, else of what is published; personal if either says so."""
    draft, current = draft_of(named), named.current
    version = draft or current or versions_of(named)[0]
    personal = {one["name"] for of in (draft, current) if of for one in of.variables if one.get("personal")}
    return [{**one, "personal": one["name"] in personal} for one in version.variables]


def sample_faults(variables: list[Json], data: Mapping[str, Any]) -> list[Fault]:
    """Why these values cannot be kept, at their places under /data."""
    personal = {one["name"] for one in variables if one["personal"]}
    words = _("This is personal: a set holds no personal value, its example stands there.")
    found = [(f"/data/{name}", words) for name in data if name in personal]
    free = [{**one, "required": False} for one in variables if one["name"] not in personal]
    rest = {name: value for name, value in data.items() if name not in personal}
    return found + [(f"/data{pointer}", sentence) for pointer, sentence in data_faults(free, rest)]
