from django.core.management.base import BaseCommand, CommandError

from privacy.erasure import engine
from privacy.models import Erasure

# For a person at a terminal; beat hands over to the next task instead.
HOURS = 12 * 60 * 60


class Command(BaseCommand):
    help = (
        "`privacy erase --due`: carry out every erasure whose time has come. Safe at any moment, "
        "any number of times, beside the workers. Ends with code 1 when one is stuck."
    )

    def add_arguments(self, parser):
        acts = parser.add_subparsers(dest="act", required=True)
        erase = acts.add_parser("erase", help="Erase people.")
        erase.add_argument("--due", action="store_true", required=True, help="Those who are due.")

    def handle(self, *, act, **options):
        done = engine.run(HOURS).done
        stuck = Erasure.objects.filter(state=Erasure.State.FAILED).count()
        self.stdout.write(f"{done} erased, {stuck} stuck")
        if stuck:
            raise CommandError("See the erasures in the admin.", returncode=1)
