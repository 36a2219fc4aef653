"""Forms over stored rows: two people may have the same page open, and neither loses what they typed."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from typing import Any

from django import forms
from django.core import signing
from django.http import QueryDict
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

_SALT = "common.forms.seen"


def typed(data: QueryDict) -> QueryDict:
    """What was typed into a form that no ``forms.Form`` reads, without NUL: it cannot be stored (rule 36)."""
    cleaned = data.copy()
    for name, values in data.lists():
        cleaned.setlist(name, [value.replace("\0", "") for value in values])
    return cleaned


def seen_token(stored: Mapping[str, Any]) -> str:
    """What a page shows of a row, to travel in a hidden field; signed. stored: field → plain value."""
    return signing.dumps(dict(stored), salt=_SALT, compress=True)


def merge(
    seen: str, stored: Mapping[str, Any], typed: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, str]]:
    """What became of a row since its page was loaded: (values only others changed, sentences where both did).

    stored: the row now; typed: what the person sends. Without a token nothing is known, and the person wins.
    """
    theirs: dict[str, Any] = {}
    clashes: dict[str, str] = {}
    before = _before(seen)
    for name, now in stored.items():
        if name not in typed or before.get(name, now) == now or typed[name] == now:
            continue
        if typed[name] == before[name]:
            theirs[name] = now
        else:
            clashes[name] = _("Somebody changed this to “%s” meanwhile. Save again to replace it.") % _words(
                now
            )
    return theirs, clashes


def _before(seen: str) -> dict[str, Any]:
    try:
        before: dict[str, Any] = signing.loads(seen, salt=_SALT)
    except signing.BadSignature:
        return {}
    return before


def _words(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def plain_breaks(text: str) -> str:
    """The text with its lines ended as everywhere but in what browsers send."""
    return text.replace("\r\n", "\n")


class LinesField(forms.CharField):
    """A text of several lines. Each break counts once, as the browser counts it; and a text that nobody
    touched comes back as it was."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> Any:
        found = super().to_python(value)
        return plain_breaks(found) if isinstance(found, str) else found


class SharedForm(forms.Form):
    """A form over a row that others may save at the same time; see ``merge``. stored: the row now."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, stored: dict[str, Any], **kwargs: Any
    ) -> None:
        self.stored = stored
        super().__init__(data, initial={**stored, "seen": seen_token(stored)}, **kwargs)

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        typed = {name: _plain(value) for name, value in found.items()}
        theirs, clashes = merge(found.pop("seen", ""), self.stored, typed)
        for name, value in theirs.items():
            found[name] = self.fields[name].clean(value)
        for name, sentence in clashes.items():
            self.add_error(name, sentence)
        sent: Any = copy(self.data)  # of what a page sent only a copy may be changed
        sent[self.add_prefix("seen")] = self.initial["seen"]
        self.data = sent
        return found


def _plain(value: Any) -> Any:
    """A cleaned value as `stored` holds it: rows become sorted ids."""
    is_many = isinstance(value, (list, tuple, set)) or hasattr(value, "values_list")
    return sorted(str(getattr(one, "pk", one)) for one in value) if is_many else value


def secret_names(form: forms.BaseForm) -> list[str]:
    """The fields whose content is shown to nobody."""
    return [name for name, field in form.fields.items() if isinstance(field.widget, forms.PasswordInput)]


def ask_again(form: forms.BaseForm) -> None:
    """Secrets never go back into a page, so after a refusal say that they have to be pasted once more."""
    for name in secret_names(form):
        form.fields[name].widget.attrs["placeholder"] = _("Not shown again: paste it once more")


def described(words: Any, detail: Any) -> SafeString:
    """The label of one choice, with a sentence under it."""
    return format_html("<span>{}<small>{}</small></span>", words, detail)
