from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from privacy.documents import Unreadable, load
from privacy.models import ControllerIdentity, Document
from privacy.operator import forget_operator

# Nobody's: the domain and the phone are not given out, the BIN belongs to no organisation.
SAMPLE_OPERATOR = {
    "name": "VECTOR'KZ",
    "bin": "000140000002",
    "address_kk": "Үлгі көшесі, 1, Қостанай қ., 110000 (үлгі мекенжай)",
    "address_ru": "ул. Примерная, 1, г. Костанай, 110000 (адрес для примера)",
    "address_en": "1 Example Street, Kostanay 110000 (sample address)",
    "email": "support@kazvek.com",
    "phone": "+77010000000",
    "website": "https://kazvek.com",
    "data_protection_contact": "support@kazvek.com",
    "supervisory_authority_kk": "Дербес деректерді қорғау саласындағы уәкілетті орган",
    "supervisory_authority_ru": "Уполномоченный орган в сфере защиты персональных данных",
    "supervisory_authority_en": "The authorised body for the protection of personal data",
}


class Command(BaseCommand):
    help = (
        "Take over the documents shipped with the software: publish the first version of each, "
        "make a draft of what has changed since. Safe to run at any moment, any number of times."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--sample-operator",
            action="store_true",
            help="Fill in a made-up operator if there is none, to try the portal out.",
        )

    def handle(self, *, sample_operator, **options):
        if sample_operator and not settings.LOCAL:
            raise CommandError("A sample operator is for LOCAL=1 only: its BIN is nobody's.")
        if sample_operator:
            ControllerIdentity.objects.get_or_create(defaults=SAMPLE_OPERATOR)
            forget_operator()
        unreadable = []
        for slug in Document.Slug.values:
            try:
                self.report(load(slug))
            except Unreadable as error:
                unreadable.append(str(error))
        if unreadable:
            raise CommandError("\n".join(unreadable))

    def report(self, outcome):
        if outcome.version is None:
            return
        slug = outcome.document.slug
        if outcome.version.is_published:
            self.stdout.write(f"{slug}: version {outcome.version.number} is published.")
            return
        self.stdout.write(f"{slug}: draft № {outcome.version.pk} waits in the admin.")
        for problem in outcome.problems:
            self.stderr.write(f"{slug}: {problem}")
