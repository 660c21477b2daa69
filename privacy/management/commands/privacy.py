import gc
import os

from django.core.management.base import BaseCommand, CommandError

from privacy.erasure import engine
from privacy.models import Erasure
from privacy.restoring import gate, store
from privacy.restoring.replay import Foreign, NotErased, refill, replay
from privacy.tombstones import Behind

SHUT = 1
REASONS = {
    Behind: gate.BEHIND,
    Foreign: gate.FOREIGN,
    store.Forged: gate.FORGED,
    store.Away: "The store of TOMBSTONES_URL does not answer.",
}
# For a person at a terminal; beat hands over to the next task instead.
HOURS = 12 * 60 * 60
# Whoever waits for a page comes first.
NICE = 10
# Rows by the hundred thousand, and hardly a cycle among them to look for.
RARELY = 200_000


class Command(BaseCommand):
    help = (
        "`erase --due` carries out every erasure whose time has come; safe at any moment, any "
        "number of times, beside the workers; ends with code 1 when one is stuck. After a backup "
        "was restored `replay` erases again everybody who was erased since, and withdraws again "
        "what was withdrawn; until then the portal answers 503. `gate` says whether it may serve. "
        "`refill` writes a store that was lost anew, from the database."
    )

    def run_from_argv(self, argv):
        """A process of its own, and not a call from another one."""
        os.nice(NICE)
        gc.set_threshold(RARELY)
        super().run_from_argv(argv)

    def add_arguments(self, parser):
        acts = parser.add_subparsers(dest="act", required=True)
        erase = acts.add_parser("erase", help="Erase people.")
        erase.add_argument("--due", action="store_true", required=True, help="Those who are due.")
        acts.add_parser("replay", help="Do again what a restored backup does not know.")
        acts.add_parser("gate", help="Say whether the portal may serve.")
        acts.add_parser("refill", help="Write a store that was lost anew.")

    def handle(self, *, act, **options):
        if act == "erase":
            self.erase()
            return
        try:
            if act == "replay":
                for what, count in replay().items():
                    self.stdout.write(f"{count:>8} {what}")
            elif act == "refill":
                self.stdout.write(f"The store has {refill()} records.")
            trouble = gate.compare()
        except NotErased as left:
            raise CommandError(f"{left} The portal stays shut.", returncode=SHUT) from None
        except tuple(REASONS) as reason:
            raise CommandError(REASONS[type(reason)], returncode=SHUT) from None
        if trouble:
            raise CommandError(trouble, returncode=SHUT)
        self.stdout.write("The portal may serve.")

    def erase(self):
        done = engine.run(HOURS, waits=True).done
        stuck = Erasure.objects.filter(state=Erasure.State.FAILED)
        self.stdout.write(f"{done} erased, {len(stuck)} stuck")
        if stuck:
            troubles = "\n".join(f"{each.pk}: {each.trouble}" for each in stuck)
            raise CommandError(f"{troubles}\nSee the erasures in the admin.", returncode=1)
