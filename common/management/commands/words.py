"""`manage.py words`: brings the catalogues in locale/ up to what the sources say; `--check` only looks."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from common.words import catalogues, sources
from common.words.faults import faults


class Command(BaseCommand):
    """Adds new texts, takes out those nobody says any more, and keeps what is translated."""

    help = __doc__ or ""
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """--check: write nothing, fail when a catalogue is not complete."""
        parser.add_argument(
            "--check", action="store_true", help="only look, and fail when something is missing"
        )

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        """Write or check every language of the settings."""
        found = []
        for language in catalogues.translated(settings.LANGUAGES):
            for domain in sources.DOMAINS:
                if not check:
                    catalogues.renew(language, domain)
                found += faults(language, domain)
        for fault in found:
            self.stdout.write(fault)
        if check and found:
            raise CommandError(f"{len(found)} texts need a translator: see docs/adding-a-language.md.")
