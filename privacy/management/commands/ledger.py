from django.core.management.base import BaseCommand, CommandError

from privacy.verification import go_on, start_run


class Command(BaseCommand):
    help = (
        "Verify the consent ledger: every entry's hash, every chain, the state beside it, and "
        "that the published documents show what their records say. "
        "Ends with code 1 and names what was changed behind the portal's back."
    )

    def add_arguments(self, parser):
        parser.add_argument("act", choices=["verify"])

    def handle(self, **options):
        run = start_run()
        while not go_on(run, seconds=60):
            self.stdout.write(f"{run.entries} entries so far")
        for fault in run.faults:
            self.stderr.write(fault)
        if run.faults:
            raise CommandError(f"{run.entries} entries, {len(run.faults)} faults", returncode=1)
        self.stdout.write(f"{run.entries} entries, no fault; run № {run.pk}, seal {run.seal}")
