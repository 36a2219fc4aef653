"""Times as the clock of one place shows them: a field to write one in, and its words. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

#: As browsers send and want it.
_LOCAL = "%Y-%m-%dT%H:%M"
FURTHEST = timedelta(days=366)
TOO_FAR = gettext_lazy("That is more than a year away; choose an earlier time.")


class ZonedTimeField(forms.DateTimeField):
    """A time to come by the clock of `zone`, within a year; the value knows its zone."""

    zone = ZoneInfo("UTC")

    def __init__(self, **said: Any) -> None:
        attrs = {"type": "datetime-local"}
        super().__init__(widget=forms.DateTimeInput(attrs=attrs, format=_LOCAL), **said)

    def to_python(self, value: Any) -> datetime | None:
        with timezone.override(self.zone):
            try:
                found: datetime | None = super().to_python(value)
            except forms.ValidationError as error:
                raise self._skipped() if error.code == "ambiguous_timezone" else error from None
        return found

    def _skipped(self) -> forms.ValidationError:
        return forms.ValidationError(
            _("On that day the clock of %s is changed and shows this time twice or never. Choose another.")
            % self.zone
        )

    def validate(self, value: datetime | None) -> None:
        super().validate(value)
        now = timezone.now()
        if value and value <= now:
            raise forms.ValidationError(_("That time has passed; choose a later one."))
        if value and value > now + FURTHEST:
            raise forms.ValidationError(TOO_FAR)

    def prepare_value(self, value: Any) -> Any:
        with timezone.override(self.zone):
            return super().prepare_value(value)

    def stand_in(self, zone: ZoneInfo) -> None:
        """Go by the clock of this zone, and say so. On a form's own copy of the field."""
        self.zone = zone
        now = timezone.now().astimezone(zone)
        said = {"zone": zone, "time": f"{now:%H:%M}"}
        clock = _("By the clock of %(zone)s, where it is %(time)s now.") % said
        self.help_text = f"{self.help_text} {clock}".strip()


def clock_words(at: datetime, zone: ZoneInfo) -> str:
    """Mon 7 Dec 2026 09:00, Europe/Lisbon"""
    return f"{date_format(at.astimezone(zone), 'D j M Y H:i')}, {zone}"
