"""The form of a macro: one field for each thing it can do."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.forms import LinesField, plain_breaks
from inbox.forms import SavedReplyForm
from inbox.models import Macro
from inbox.operations.macros import HOURS_MAX
from inbox.operations.threads import LABELS_MAX
from tenants.models import Member, Team

_ENDINGS = [
    ("", gettext_lazy("Leave it as it is")),
    ("close", gettext_lazy("Close it")),
    ("reply", gettext_lazy("Snooze it until they answer")),
    ("hours", gettext_lazy("Snooze it for some hours")),
]
_PRIORITIES = [
    ("", gettext_lazy("Leave it as it is")),
    ("urgent", gettext_lazy("Urgent")),
    ("high", gettext_lazy("High")),
    ("normal", gettext_lazy("Normal")),
    ("low", gettext_lazy("Low")),
    ("none", gettext_lazy("None")),
]


class MacroForm(SavedReplyForm):
    """A macro, None for a new one. may_share: whether it can be made for everybody."""

    text = None  # type: ignore[assignment]
    reply = LinesField(
        label=gettext_lazy("Reply"),
        required=False,
        max_length=4096,
        widget=forms.Textarea(attrs={"rows": 5, "dir": "auto"}),
        help_text=SavedReplyForm.base_fields["text"].help_text,
    )
    note = LinesField(
        label=gettext_lazy("Note for the team"),
        required=False,
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
    )
    labels = forms.CharField(
        label=gettext_lazy("Labels to add"),
        required=False,
        max_length=LABELS_MAX * 62,
        help_text=gettext_lazy("Several with commas between them."),
    )
    assign = forms.ChoiceField(label=gettext_lazy("Assign to"), required=False)
    priority = forms.ChoiceField(label=gettext_lazy("Priority"), choices=_PRIORITIES, required=False)
    ending = forms.ChoiceField(label=gettext_lazy("At the end"), choices=_ENDINGS, required=False)
    hours = forms.IntegerField(
        label=gettext_lazy("Hours to snooze"), required=False, min_value=1, max_value=HOURS_MAX
    )
    field_order = [
        "name",
        "reply",
        "note",
        "labels",
        "assign",
        "priority",
        "ending",
        "hours",
        "is_shared",
        "seen",
    ]

    def __init__(self, *args: Any, macro: Macro | None, **kwargs: Any) -> None:
        super().__init__(*args, stored=initial_of(macro), **kwargs)
        self.macro = macro
        members = Member.objects.filter(is_active=True).order_by("name", "id")
        choices = [
            ("", _("Leave it as it is")),
            ("me", _("Who runs the macro")),
            ("nobody", _("Nobody")),
            *((f"member:{one.id}", one.name) for one in members),
            *((f"team:{one.id}", _("Team %s") % one.name) for one in Team.objects.order_by("name", "id")),
        ]
        cast(forms.ChoiceField, self.fields["assign"]).choices = choices

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        if found.get("ending") == "hours" and not found.get("hours") and "hours" not in self.errors:
            self.add_error("hours", _("Say for how many hours."))
        return found

    def steps(self) -> dict[str, Any]:
        """What was chosen, as a macro's steps."""
        said = self.cleaned_data
        to, _colon, key = said["assign"].partition(":")
        ending: dict[str, dict[str, Any]] = {
            "close": {"close": True},
            "reply": {"snooze": {"hours": None}},
            "hours": {"snooze": {"hours": said["hours"]}},
        }
        return {
            "reply": said["reply"],
            "note": said["note"],
            "add_labels": self._labels(said["labels"]),
            "assign": {"to": to, **({"id": key} if key else {})} if to else None,
            "priority": said["priority"],
            **ending.get(said["ending"], {}),
        }

    def _labels(self, text: str) -> list[str]:
        """Those the macro has stay whole where nobody touched them: a program's may have commas."""
        if self.macro and text == self.stored["labels"]:
            return list(self.macro.steps.get("add_labels", ()))
        return text.split(",")

    def field_of(self, pointer: str) -> str | None:
        """The field a refusal's pointer is about; None for the whole."""
        name = pointer.split("/")[-1]
        field = {"add_labels": "labels", "snooze": "hours", "close": "ending"}.get(name, name)
        return field if field in self.fields else None


def initial_of(macro: Macro | None) -> dict[str, Any]:
    """A macro as the form shows it."""
    if macro is None:
        return {}
    steps = macro.steps
    assign, snooze = steps.get("assign"), steps.get("snooze")
    hours = snooze and snooze["hours"]
    ending = "close" if steps.get("close") else "hours" if hours else "reply" if snooze else ""
    return {
        "name": macro.name,
        "reply": plain_breaks(steps.get("reply", "")),
        "note": plain_breaks(steps.get("note", "")),
        "labels": ", ".join(steps.get("add_labels", ())),
        "assign": ":".join(filter(None, (assign["to"], assign.get("id")))) if assign else "",
        "priority": steps.get("priority", ""),
        "ending": ending,
        "hours": hours,
    }
