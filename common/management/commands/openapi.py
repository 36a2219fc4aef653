"""`manage.py openapi`: write docs/openapi.json; with --check only say whether it is up to date."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from drf_spectacular.drainage import GENERATOR_STATS

from common.api.reference import openapi


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="write nothing; fail when the file differs")

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        path = settings.BASE_DIR / "docs" / "openapi.json"
        fresh = openapi()
        if GENERATOR_STATS:
            GENERATOR_STATS.emit_summary()
            raise CommandError("The document was made with warnings; see above.")
        if not check:
            path.write_bytes(fresh)
        elif not path.exists() or path.read_bytes() != fresh:
            raise CommandError("docs/openapi.json is not what the code says; run `manage.py openapi`.")
