"""The fields of a template's file, offer and cards in the editor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from notifications.queries.files import find_file
from notifications.variables import Json


def rich_fields(name: str, variables: Sequence[Json], stored: Mapping[str, Any]) -> dict[str, forms.Field]:
    """{field: field} for one channel's template. stored: what stands in them now."""
    files = [("", "—"), ("image", _("Picture")), ("video", _("Video")), ("document", _("Document"))]
    offer = str(stored.get(f"{name}__offer") or "")
    dates = [(f"{{{{{one['name']}}}}}", one["name"]) for one in variables if one["type"] == "date"]
    if offer and offer not in dict(dates):
        dates.append((offer, offer))
    slots = {"data-slots": True, "dir": "auto"}
    found = {
        "media": forms.ChoiceField(label=_("File above the words"), choices=files, required=False),
        "media_file": forms.FileField(
            label=_("File from your computer"),
            help_text=_file_words(str(stored.get(f"{name}__media_stored") or "")),
            required=False,
        ),
        "media_stored": forms.CharField(widget=forms.HiddenInput, required=False, max_length=36),
        "media_link": forms.CharField(
            label=_("Or its address"),
            help_text=_(
                "Begins with https://, or is a variable like {{photo}}. It goes before an uploaded file."
            ),
            widget=forms.TextInput(attrs=slots),
            required=False,
            max_length=2000,
        ),
        "media_filename": forms.CharField(
            label=_("Name of the document"),
            widget=forms.TextInput(attrs=slots),
            required=False,
            max_length=240,
        ),
        "offer": forms.ChoiceField(
            label=_("The offer ends"),
            choices=[("", "—"), *dates],
            help_text=_("For templates with a limited offer: a variable of the type date."),
            required=False,
        ),
        "cards": forms.CharField(
            label=_("Cards"),
            help_text=_(
                "A paragraph for each card, with an empty line between. One thing a line: image, video, "
                "text, answer, link, coupon or nothing, a colon, and its value."
            ),
            widget=forms.Textarea(attrs={"rows": 4, **slots}),
            required=False,
        ),
    }
    return {f"{name}__{part}": field for part, field in found.items()}


def _file_words(key: str) -> str:
    file = find_file(key) if key else None
    if file is None:
        return _("The same file for everybody. It is kept here and given to the provider once.")
    return _("Kept here: %s. Another file takes its place.") % (file.filename or file.kind)
