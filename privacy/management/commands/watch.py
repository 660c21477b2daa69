from django.core.management.base import BaseCommand, CommandError

from privacy import watch
from privacy.sweep import sweep


class Command(BaseCommand):
    help = (
        "Look whether what the portal promises about personal data is so: once now, as beat does "
        "every hour. Ends with code 1 and names what is wrong by its numbers. `watch sweep` "
        "carries out the sweep of the night now."
    )

    def add_arguments(self, parser):
        parser.add_argument("act", nargs="?", choices=["check", "sweep"], default="check")

    def handle(self, *, act, **options):
        if act == "sweep":
            run = sweep()
            for table, count in run.swept.items():
                self.stdout.write(f"{table}: {count}")
            self.stdout.write(f"{sum(run.swept.values())} rows; sweep № {run.pk}")
            for table, count in run.late.items():
                self.stderr.write(f"{table}: {count} rows too late")
            if run.late:
                raise CommandError("Something is kept longer than promised.", returncode=1)
            return
        run = watch.run()
        for name, finding in run.findings.items():
            for fault in finding["first"]:
                self.stderr.write(f"{name}: {fault}")
        if run.findings:
            raise CommandError(f"self-check № {run.pk}: {run.faults} faults", returncode=1)
        self.stdout.write(f"self-check № {run.pk}: no fault, seal {run.seal}")
