"""`manage.py demo`: the demo tenants, made once; writes run.json anew each time."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from demo.build import build
from demo.simulator import SimulatorAway


class Command(BaseCommand):
    help = "Make the two demo tenants and write run.json. Needs PARLEY_DEMO=1 and the simulator."

    def handle(self, *_: Any, **__: Any) -> None:
        if not settings.DEMO:
            raise CommandError("The demo is only made where PARLEY_DEMO=1 is set.")
        try:
            run = build()
        except SimulatorAway as error:
            raise CommandError(str(error)) from error
        names = ", ".join(tenant["name"] for tenant in run["tenants"])
        agent = run["tenants"][0]["agents"][0]
        self.stdout.write(f"Demo: {names}.")
        self.stdout.write(f"Sign in, once, as {agent['email']}: {agent['login_url']}")
