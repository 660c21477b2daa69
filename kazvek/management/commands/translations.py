from itertools import chain

from django.core.management.base import BaseCommand, CommandError

from kazvek import catalogues


class Command(BaseCommand):
    help = "Bring the catalogues up to date with the code, or check that nothing is missing."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("--check", action="store_true", help="Change nothing; fail on faults.")

    def handle(self, *, check, **options):
        if not check:
            for language in catalogues.TRANSLATED:
                catalogues.update(language)
        faults = list(chain.from_iterable(map(catalogues.faults, catalogues.TRANSLATED)))
        if check and faults:
            raise CommandError("\n".join(faults))
        self.stdout.write("\n".join(faults) or "The catalogues are complete.")
