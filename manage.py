#!/usr/bin/env python
"""Django's command line. Schema changes run as the owning role, everything else as the serving one."""

import os
import sys

from django.core.management import execute_from_command_line

#: Commands that change the schema: the serving role (DATABASE_URL) has no right to.
OWNER_COMMANDS = {"migrate", "distribute"}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    owner_url = os.environ.get("DATABASE_OWNER_URL")
    if owner_url and sys.argv[1:2] and sys.argv[1] in OWNER_COMMANDS:
        os.environ["DATABASE_URL"] = owner_url
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
