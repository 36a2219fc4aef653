"""The shape of opening hours as people type them: two spans a day, and a line for each holiday."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.forms import SharedForm
from tenants.hours import MINUTES_A_DAY, Span
from tenants.models import BusinessHours

DAYS = (
    gettext_lazy("Monday"),
    gettext_lazy("Tuesday"),
    gettext_lazy("Wednesday"),
    gettext_lazy("Thursday"),
    gettext_lazy("Friday"),
    gettext_lazy("Saturday"),
    gettext_lazy("Sunday"),
)
#: How many spans a day has on the page; what a program stored beyond them is refused by the page, not lost.
SPANS = 2
ENDS = ("from", "to")
_CLOCK = RegexValidator(r"^([01]\d|2[0-3]):[0-5]\d(:00)?$", gettext_lazy("Write a time of day, like 09:00."))


def name_of(day: int, span: int, end: str) -> str:
    """The name of one time's field."""
    return f"day{day}_{span}_{end}"


class HoursForm(SharedForm):
    """When the workspace is open."""

    is_always = forms.BooleanField(
        label=gettext_lazy("Always open"),
        required=False,
        help_text=gettext_lazy("The times below are kept, and do not count meanwhile."),
    )
    zone = forms.CharField(
        label=gettext_lazy("Time zone"), max_length=64, help_text=gettext_lazy("Like Europe/Lisbon.")
    )
    holidays = forms.CharField(
        label=gettext_lazy("Holidays"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 5, "placeholder": "2026-12-25 Christmas"}),
        help_text=gettext_lazy("One day a line: its date, then its name. The workspace is closed all day."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for day, words in enumerate(DAYS):
            for span in range(SPANS):
                for end, label in zip(ENDS, (_("from"), _("to")), strict=True):
                    self.fields[name_of(day, span, end)] = forms.CharField(
                        label=f"{words}, {label}",
                        required=False,
                        validators=[_CLOCK],
                        widget=forms.TextInput(attrs={"type": "time"}),
                    )
        self.order_fields([name for name in self.fields if name != "holidays"])

    def rows(self) -> Iterator[tuple[Any, list[tuple[Any, Any]]]]:
        """(day in words, its pairs of fields), for the table."""
        for day, words in enumerate(DAYS):
            pairs = [tuple(self[name_of(day, span, end)] for end in ENDS) for span in range(SPANS)]
            yield words, pairs  # type: ignore[misc]

    def clean_holidays(self) -> str:
        """Every line begins with a date."""
        text = self.cleaned_data["holidays"].replace("\r\n", "\n").strip()
        for number, line in enumerate(text.splitlines(), start=1):
            try:
                _holiday(line)
            except ValueError:
                raise forms.ValidationError(
                    _("Line %(number)d has no date in front. Write it like 2026-12-25 Christmas.")
                    % {"number": number}
                ) from None
        return str(text)

    def week(self) -> list[list[Span]]:
        """The cleaned times as minutes; a span without an end is kept for the refusal."""
        return [
            [
                (_minute(start), _minute(end, is_end=True))
                for start, end in (
                    [self.cleaned_data[name_of(day, span, which)] for which in ENDS] for span in range(SPANS)
                )
                if start or end
            ]
            for day in range(7)
        ]

    def closed_on(self) -> list[tuple[date, str]]:
        """The cleaned holidays."""
        return [_holiday(line) for line in self.cleaned_data["holidays"].splitlines() if line.strip()]


def _holiday(line: str) -> tuple[date, str]:
    day, _gap, name = line.strip().partition(" ")
    return date.fromisoformat(day), name


def _minute(text: str, *, is_end: bool = False) -> int:
    """09:30 → 570; midnight ends a day as 1440; "" is no minute of any day."""
    if not text:
        return -1
    hours, minutes = text.split(":")[:2]
    found = 60 * int(hours) + int(minutes)
    return found or (MINUTES_A_DAY if is_end else 0)


def stored(row: BusinessHours) -> dict[str, Any]:
    """The row as the form's fields hold it."""
    holidays = "\n".join(f"{one['date']} {one['name']}".strip() for one in row.holidays)
    found = {"is_always": row.is_always, "zone": row.zone, "holidays": holidays}
    for day in range(7):
        spans = row.week[day] if row.week else []
        for span in range(SPANS):
            times = spans[span] if span < len(spans) else (None, None)
            for end, minute in zip(ENDS, times, strict=True):
                found[name_of(day, span, end)] = _clock(minute)
    return found


def _clock(minute: int | None) -> str:
    return "" if minute is None else "{:02}:{:02}".format(*divmod(minute % MINUTES_A_DAY, 60))
