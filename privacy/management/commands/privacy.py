from django.core.management.base import BaseCommand, CommandError

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


class Command(BaseCommand):
    help = (
        "After a backup was restored. `replay` erases again everybody who was erased since, and "
        "withdraws again what was withdrawn; until then the portal answers 503. `gate` says "
        "whether it may serve. `refill` writes a store that was lost anew, from the database."
    )

    def add_arguments(self, parser):
        acts = parser.add_subparsers(dest="act", required=True)
        acts.add_parser("replay", help="Do again what a restored backup does not know.")
        acts.add_parser("gate", help="Say whether the portal may serve.")
        acts.add_parser("refill", help="Write a store that was lost anew.")

    def handle(self, *, act, **options):
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
