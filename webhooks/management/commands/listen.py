"""`manage.py listen`: a workspace's events come to a program on this machine while you develop it."""

from __future__ import annotations

import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from common.http import AddressRefused
from webhooks.listening import Listener, NotLetIn

#: Besides what the installation allows: no key and no event leaves this machine in the clear.
THIS_MACHINE = ["127.0.0.0/8", "::1/128"]


class Command(BaseCommand):
    help = "Post a workspace's events to a local address, signed like webhooks. Needs only an API key."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--url", required=True, help="where to post them: http://localhost:3000/hooks")
        parser.add_argument("--key", required=True, help="an API key with the scope events:read")
        parser.add_argument("--server", default=settings.PUBLIC_URL, help="where Parley is: %(default)s")
        parser.add_argument("--after", type=int, help="begin after the event of this number, not with now")

    def handle(self, *_: Any, url: str, key: str, server: str, after: int | None, **__: Any) -> None:
        settings.OUTBOUND_ALLOW = [*settings.OUTBOUND_ALLOW, *THIS_MACHINE]
        try:
            Listener(server, key, self.say, time.sleep).listen(url, after)
        except (NotLetIn, AddressRefused) as refused:
            raise CommandError(str(refused)) from None
        except KeyboardInterrupt:
            self.say("Stopped.")

    def say(self, line: str) -> None:
        """A line for the person, at once."""
        self.stdout.write(line)
        self.stdout.flush()
