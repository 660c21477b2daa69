"""What a start of the portal needs of Django, in one process: Django's own start takes longest."""

import os

import django
from django.core.management import call_command

from kazvek import catalogues
from kazvek.demo import ground


def main():
    catalogues.compile_all()  # first: what Django has read once it does not read again
    django.setup()
    ground.lay()
    call_command("demo", if_empty=True, listings=int(os.environ.get("DEMO_LISTINGS", 2000)))
    call_command("reindex")


if __name__ == "__main__":
    main()
