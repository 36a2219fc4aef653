#!/usr/bin/env python
"""Django's command line. Schema changes run as the owning role, everything else as the serving one."""

import base64
import os
import secrets
import sys

from django.core.management import execute_from_command_line

#: Commands that change the schema: the serving role (DATABASE_URL) has no right to.
OWNER_COMMANDS = {"migrate", "distribute"}
#: Commands that talk to an installation from outside and need no keys of their own.
OUTSIDE_COMMANDS = {"listen"}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    owner_url = os.environ.get("DATABASE_OWNER_URL")
    if owner_url and sys.argv[1:2] and sys.argv[1] in OWNER_COMMANDS:
        os.environ["DATABASE_URL"] = owner_url
    if sys.argv[1:2] and sys.argv[1] in OUTSIDE_COMMANDS:
        for name in ("PARLEY_SECRET_KEY", "PARLEY_MASTER_KEY"):
            os.environ.setdefault(name, base64.b64encode(secrets.token_bytes(32)).decode())
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
