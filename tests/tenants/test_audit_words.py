"""What the audit shows of an action, in the reader's language."""

from __future__ import annotations

import re

import pytest
from django.utils import translation

from common.words import sources
from tenants.audit_words import NOUNS, VERBS, action_in_words

NOTED = re.compile(r'audit\.note\(\s*"([a-z_]+)\.([a-z_]+)"')


@pytest.mark.parametrize(
    ("action", "english", "german"),
    [
        ("key.made", "made key", "Schlüssel: angelegt"),
        ("member.role_changed", "member role changed", "Mitglied: Rolle geändert"),
        ("parrot.fed", "fed parrot", "parrot: fed"),
    ],
)
def test_an_action_is_said_in_words(action: str, english: str, german: str) -> None:
    assert action_in_words(action) == english
    with translation.override("de"):
        assert action_in_words(action) == german


def test_every_action_that_is_noted_has_words() -> None:
    files = [path for path in sources.files("django") if path.suffix == ".py"]
    noted = {found for path in files for found in NOTED.findall(path.read_text())}

    assert len(noted) > 30
    assert [f"{noun}.{verb}" for noun, verb in noted if noun not in NOUNS or verb not in VERBS] == []
