"""Forms over stored rows: two people may have the same page open, and neither loses what they typed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core import signing
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

_SALT = "common.forms.seen"


class SharedForm(forms.Form):
    """Notices fields that somebody else saved since the page was loaded.

    stored: field → plain value as it is now in the row. What only the other person changed is kept; what
    both changed is refused once, showing the other value, and saved when sent again.
    """

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, stored: dict[str, Any], **kwargs: Any) -> None:
        self.stored = stored
        super().__init__(
            *args, initial={**stored, "seen": signing.dumps(stored, salt=_SALT, compress=True)}, **kwargs
        )

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        before = self._before(found.pop("seen", ""))
        for name, now in self.stored.items():
            mine = found.get(name)
            if name not in found or before.get(name, now) == now or _plain(mine) == now:
                continue
            if _plain(mine) == before[name]:
                found[name] = self.fields[name].clean(now)
            else:
                self.add_error(
                    name,
                    _("Somebody changed this to “%s” meanwhile. Save again to replace it.") % _words(now),
                )
        self.data = self.data.copy()
        self.data[self.add_prefix("seen")] = self.initial["seen"]
        return found

    def _before(self, seen: str) -> dict[str, Any]:
        try:
            before: dict[str, Any] = signing.loads(seen, salt=_SALT)
        except signing.BadSignature:
            return {}
        return before


def described(words: Any, detail: Any) -> SafeString:
    """The label of one choice, with a sentence under it."""
    return format_html("<span>{}<small>{}</small></span>", words, detail)


def _plain(value: Any) -> Any:
    """A cleaned value as rows store it in `stored`."""
    if isinstance(value, (list, tuple, set)) or hasattr(value, "values_list"):
        return sorted(str(getattr(one, "pk", one)) for one in value)
    return value


def _words(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
