from django.core.management.base import BaseCommand

from kazvek import catalogues


class Command(BaseCommand):
    help = "Compile the catalogues, without gettext's programs."
    requires_system_checks = []

    def handle(self, **options):
        catalogues.compile_all()
