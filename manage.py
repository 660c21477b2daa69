#!/usr/bin/env python
import os
import sys
from pathlib import Path

from django.core.management import execute_from_command_line
from environ import Env


def main():
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kazvek.settings")
    settings_file = Path(__file__).resolve().parent / ".env"
    if settings_file.exists():
        Env.read_env(settings_file)
    if "SECRET_KEY" not in os.environ:
        sys.exit("No settings yet: start the portal once with `make run`, or see .env.example.")
    if os.environ.get("LOCAL") == "1":
        # Here, because production has no such package.
        from local import Trouble, servers

        try:
            servers.join()
        except Trouble as trouble:
            sys.exit(str(trouble))
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
