"""Forms of the console's pages about notifications."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.forms import LinesField, SharedForm
from notifications import words
from notifications.checking import Fault, shape_faults
from notifications.models import Category, TypeVersion
from notifications.rich_forms import rich_fields
from notifications.sheets import (
    BUTTONS,
    TEXTS,
    Block,
    blocks_of,
    contents_from,
    field_of,
    flat_contents,
    flat_variables,
    same_or,
    variables_from,
)
from notifications.variables import Json

_CATEGORIES = [(one, words.CATEGORIES[one]) for one in Category.values]


class Filter(forms.Form):
    """Filters of a list; anything unknown means all."""

    def chosen(self) -> dict[str, Any]:
        """The filters that were understood."""
        self.full_clean()
        return {name: value for name, value in self.cleaned_data.items() if value}


class TypeFilter(Filter):
    """Which types to list."""

    q = forms.CharField(
        label=gettext_lazy("Name or key"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    category = forms.ChoiceField(
        label=gettext_lazy("Category"), choices=[("", gettext_lazy("All")), *_CATEGORIES], required=False
    )
    archived = forms.ChoiceField(
        label=gettext_lazy("Use"),
        choices=[("", gettext_lazy("In use")), ("1", gettext_lazy("Archived"))],
        required=False,
    )

    def clean_archived(self) -> bool:
        return bool(self.cleaned_data["archived"])


class CopyForm(forms.Form):
    """What a copy is called."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    key = forms.CharField(
        label=gettext_lazy("Key"),
        max_length=64,
        help_text=gettext_lazy(
            "What your programs call it: small letters, digits and _, like parcel_here. It never changes."
        ),
    )


class TypeForm(CopyForm):
    """A new type."""

    category = forms.ChoiceField(
        label=gettext_lazy("Category"),
        choices=_CATEGORIES,
        initial="utility",
        help_text=gettext_lazy(
            "Authentication for codes, utility for what a person waits for, marketing for everything else; "
            "marketing needs the person's consent."
        ),
    )
    mandatory = forms.BooleanField(
        label=gettext_lazy("Mandatory"),
        required=False,
        help_text=gettext_lazy(
            "A person's preferences do not stop it; a no to its whole category always does."
        ),
    )


class SheetForm(SharedForm):
    """What a version says in one language, on every channel, and its variables.

    What others changed meanwhile is kept; where both changed the same field, both values are shown.
    """

    def __init__(self, version: TypeVersion, language: str, data: Mapping[str, Any] | None = None) -> None:
        self.version, self.language = version, language
        self.blocks = blocks_of(version.contents, version.ladder, language)
        self.rows: list[int] = []
        super().__init__(data, stored=flat_contents(self.blocks) | flat_variables(version.variables))
        rows = len(version.variables)
        if data is not None:  # rows that somebody else has taken away meanwhile are still on this page
            rows = max(rows, sum(1 for name in data if name.startswith("var") and name.endswith("__name")))
        for block in self.blocks:
            self.fields.update(_content_fields(block, self._buttons()))
            if block.form == "template":
                self.fields.update(rich_fields(block.name, version.variables, self.stored))
        for row in range(max(rows, len(flat_variables(version.variables)) // 6)):
            self.fields.update(_variable_fields(row))

    def _buttons(self) -> list[tuple[str, Any]]:
        version = self.version
        actions = [(f"action:{one['key']}", f"{_('Answer')}: {one['title']}") for one in version.actions]
        values = [
            (f"value:{{{{{one['name']}}}}}", _("Address ends with %s") % one["name"])
            for one in version.variables
        ]
        values += [
            (f"coupon:{{{{{one['name']}}}}}", _("Copies the code %s") % one["name"])
            for one in version.variables
            if one["type"] in {"code", "text"}
        ]
        kept = {
            name: value
            for name, value in self.stored.items()
            if "__button" in name and value and value not in dict(actions + values)
        }
        others = [(value, value.partition(":")[2] or _("Takes nothing")) for value in kept.values()]
        return [("", "—"), *actions, ("nothing", _("Takes nothing")), *values, *others]

    def clean(self) -> dict[str, Any]:
        found = super().clean()
        for pointer, sentence in shape_faults(self.said(found)):
            name = field_of(pointer, self.language, self.blocks, self.rows)
            self.add_error(name if name in self.fields else None, sentence)
        return found

    def said(self, typed: Mapping[str, Any] | None = None) -> Json:
        """The version's `contents` and `variables` with what was typed in their places."""
        typed = self._typed() if typed is None else typed
        contents = {name: dict(texts) for name, texts in self.version.contents.items()}
        for name, content in contents_from(typed, self.blocks).items():
            texts = contents.setdefault(name, {})
            texts.pop(self.language, None)
            if content is not None:
                texts[self.language] = content
        found, self.rows = variables_from(typed)
        variables = [same_or(one, self.version.variables) for one in found]
        return {"contents": {name: texts for name, texts in contents.items() if texts}} | {
            "variables": variables
        }

    def _typed(self) -> Mapping[str, Any]:
        """What stands in the fields now, good or not."""
        if not self.is_bound:
            return self.stored
        data: Any = self.data
        return {name: data.get(name, "") for name in self.fields if name != "seen"}

    def faults_by_field(self, faults: Sequence[Fault]) -> tuple[dict[str, list[str]], list[Fault]]:
        """Faults beside their fields, and those of other pages and languages."""
        beside: dict[str, list[str]] = {}
        others = []
        for pointer, sentence in faults:
            name = field_of(pointer, self.language, self.blocks, self.rows)
            if name in self.fields:
                beside.setdefault(name, []).append(sentence)
            else:
                others.append((pointer, sentence))
        return beside, others


_LABELS: dict[str, Any] = {
    "text": gettext_lazy("Text"),
    "name": gettext_lazy("Template"),
    "language": gettext_lazy("Language of the template"),
    "header": gettext_lazy("Values of the header"),
    "body": gettext_lazy("Values of the body"),
    "script": gettext_lazy("Script"),
    "voicemail": gettext_lazy("Said to a voicemail"),
    "repeat_key": gettext_lazy("Key that says it again"),
}
_HELP: dict[str, Any] = {
    "body": gettext_lazy("One per line, in the template's order; or name = value where it names them."),
    "header": gettext_lazy("One per line; most templates have none."),
    "voicemail": gettext_lazy("Empty: nothing is left on a voicemail."),
    "template text": gettext_lazy("The template's own words, for previews and for lists."),
}
_ROWS = {"text": 3, "script": 4, "body": 4, "header": 1, "voicemail": 2}


def _content_fields(block: Block, buttons: list[tuple[str, Any]]) -> dict[str, forms.Field]:
    found: dict[str, forms.Field] = {}
    for part in TEXTS[block.form]:
        found[f"{block.name}__{part}"] = _text_field(block.form, part)
    if block.form == "template":
        have = len(block.content.get("buttons") or ())
        for place in range(max(BUTTONS, have)):
            found[f"{block.name}__button{place}"] = forms.ChoiceField(
                label=_("Button %d") % (place + 1), choices=buttons, required=False
            )
    return found


def _text_field(form: str, part: str) -> forms.Field:
    label = _LABELS[part]
    help_text = _HELP.get(f"{form} {part}") or _HELP.get(part, "")
    if part in _ROWS:
        attrs = {"rows": _ROWS[part], "data-slots": True, "dir": "auto"}
        return LinesField(
            label=label, required=False, help_text=help_text, widget=forms.Textarea(attrs=attrs)
        )
    return forms.CharField(label=label, required=False, max_length=512)


def _variable_fields(row: int) -> dict[str, forms.Field]:
    types = [(kind, words.TYPES[kind]) for kind in words.TYPES]
    name = _("Name")
    return {
        f"var{row}__name": forms.CharField(required=False, max_length=60, label=name),
        f"var{row}__type": forms.ChoiceField(required=False, choices=types, label=_("Type")),
        f"var{row}__example": forms.CharField(required=False, max_length=2000, label=_("Example")),
        f"var{row}__max": forms.CharField(required=False, max_length=16, label=_("At most")),
        f"var{row}__required": forms.BooleanField(required=False, label=_("Required")),
        f"var{row}__personal": forms.BooleanField(required=False, label=_("Personal")),
    }
