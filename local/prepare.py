"""What a start of the portal needs of Django, in one process: Django's own start takes longest."""

import os

import django
from django.core.management import call_command

from kazvek import catalogues


def main():
    catalogues.compile_all()  # first: what Django has read once it does not read again
    django.setup()
    call_command("migrate", interactive=False, verbosity=0)
    call_command("load_documents", sample_operator=True)
    call_command("load_places")
    call_command("load_catalogue")
    call_command("rates", sample=True)
    call_command("load_moderation")
    call_command("demo", if_empty=True, listings=int(os.environ.get("DEMO_LISTINGS", 2000)))
    call_command("reindex")


if __name__ == "__main__":
    main()
