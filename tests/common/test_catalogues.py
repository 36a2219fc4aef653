"""Every text of the interface is translated into every language on offer; docs/adding-a-language.md."""

from __future__ import annotations

import pytest
from django.conf import settings

from common.words import catalogues, sources
from common.words.faults import faults


@pytest.mark.parametrize("domain", sources.DOMAINS)
@pytest.mark.parametrize("language", catalogues.translated(settings.LANGUAGES))
def test_a_language_is_complete_and_says_what_the_sources_say(language: str, domain: str) -> None:
    found = faults(language, domain)

    assert not found, "\n".join(found[:20]) + "\n… `manage.py words` brings the catalogues up to the sources."
