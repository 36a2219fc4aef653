"""The form of what a new chat offers, with Meta's limits beside each field."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from channels_whatsapp.opener_calls import (
    COMMAND_CHARS,
    COMMANDS_MOST,
    HINT_CHARS,
    PROMPT_CHARS,
    PROMPTS_MOST,
)
from common.forms import SharedForm
from inbox.ports import Json

#: Empty rows that wait for another command.
SPARE = 3
_EMOJI = re.compile(r"[\U0001F000-\U0001FAFF\u2600-\u27BF]")


class OpenersForm(SharedForm):
    """stored: see ``flat``. As many rows of commands as there are, and some empty ones."""

    def __init__(self, data: Mapping[str, Any] | None = None, *, stored: Json, **kwargs: Any) -> None:
        self.rows = min(COMMANDS_MOST, max(_last(stored), _last(data or {})) + 1 + SPARE)
        super().__init__(data, stored={**blank(self.rows), **stored}, **kwargs)
        for n in range(PROMPTS_MOST):
            self.fields[f"prompt_{n}"] = _field(_("Text %d") % (n + 1), PROMPT_CHARS)
        for n in range(self.rows):
            self.fields[f"command_{n}"] = _field(_("Command %d") % (n + 1), COMMAND_CHARS)
            self.fields[f"hint_{n}"] = _field(_("What it does"), HINT_CHARS)

    @property
    def prompts(self) -> list[Any]:
        """The fields of the texts."""
        return [self[f"prompt_{n}"] for n in range(PROMPTS_MOST)]

    @property
    def commands(self) -> list[tuple[Any, Any]]:
        """The fields of the commands, pair by pair."""
        return [(self[f"command_{n}"], self[f"hint_{n}"]) for n in range(self.rows)]

    def clean(self) -> Json:
        found = super().clean()
        for name, value in list(found.items()):
            if _EMOJI.search(str(value)):
                self.add_error(name, _("WhatsApp shows no emoji here."))
        for n in range(self.rows):
            self._check_pair(n, found)
        _twins(self, found, "prompt_", PROMPTS_MOST)
        _twins(self, found, "command_", self.rows)
        return found

    def _check_pair(self, n: int, found: Json) -> None:
        name, hint = found.get(f"command_{n}"), found.get(f"hint_{n}")
        if name and not hint and f"hint_{n}" not in self.errors:
            self.add_error(f"hint_{n}", _("Say what the command does."))
        if hint and not name and f"command_{n}" not in self.errors:
            self.add_error(f"command_{n}", _("Give the command a name."))

    def flattened(self) -> Json:
        """The fields as `stored` has them."""
        names = blank(self.rows)
        return {name: self.cleaned_data.get(name, "") for name in names}


def _field(label: str, most: int) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=most, required=False, widget=forms.TextInput(attrs={"dir": "auto"})
    )


def _twins(form: OpenersForm, found: Json, prefix: str, count: int) -> None:
    seen: set[str] = set()
    for n in range(count):
        text = str(found.get(f"{prefix}{n}") or "").casefold()
        if text and text in seen:
            form.add_error(f"{prefix}{n}", _("This stands there twice."))
        seen.add(text)


def _last(data: Mapping[str, Any]) -> int:
    """The highest row of commands in which something stands; -1 for none."""
    rows = [n for n in range(COMMANDS_MOST) if data.get(f"command_{n}") or data.get(f"hint_{n}")]
    return max(rows, default=-1)


def blank(rows: int) -> Json:
    """Every field, empty."""
    names = [f"prompt_{n}" for n in range(PROMPTS_MOST)]
    names += [f"{part}_{n}" for n in range(rows) for part in ("command", "hint")]
    return dict.fromkeys(names, "")


def flat(openers: Json) -> Json:
    """Openers as the form's fields."""
    prompts = {f"prompt_{n}": text for n, text in enumerate(openers["prompts"][:PROMPTS_MOST])}
    commands = openers["commands"][:COMMANDS_MOST]
    names = {f"command_{n}": one["name"] for n, one in enumerate(commands)}
    return {**prompts, **names, **{f"hint_{n}": one["hint"] for n, one in enumerate(commands)}}


def openers_of(fields: Mapping[str, Any]) -> Json:
    """The form's fields as openers; what is empty falls out, and a slash before a command."""
    prompts = [text for n in range(PROMPTS_MOST) if (text := str(fields.get(f"prompt_{n}") or "").strip())]
    commands = [
        {"name": name, "hint": str(fields.get(f"hint_{n}") or "").strip()}
        for n in range(COMMANDS_MOST)
        if (name := str(fields.get(f"command_{n}") or "").strip().removeprefix("/"))
    ]
    return {"prompts": prompts, "commands": commands}
