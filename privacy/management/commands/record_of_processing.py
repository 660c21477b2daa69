import csv
import json
import re

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from privacy.record import COLUMNS, columns_of_record, record_of_processing

SNAPSHOT = settings.BASE_DIR / "docs" / "record-of-processing.json"


class Command(BaseCommand):
    help = (
        "Write the record of processing to docs/record-of-processing.json, so that every change "
        "of what is held about people is seen in review."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--check", action="store_true", help="Write nothing; fail when the file is out of date."
        )
        parser.add_argument(
            "--format", choices=["json", "csv"], help="Print it instead of writing the file."
        )

    def handle(self, *, check, format, **options):
        with translation.override("en"):
            if format == "csv":
                table = csv.DictWriter(self.stdout, COLUMNS, lineterminator="\n")
                table.writeheader()
                table.writerows(columns_of_record())
                return
            text = as_json(record_of_processing())
        if format == "json":
            self.stdout.write(text)
        elif not check:
            SNAPSHOT.write_text(text, encoding="utf-8")
            self.stdout.write(f"Written: {SNAPSHOT.relative_to(settings.BASE_DIR)}")
        elif not SNAPSHOT.exists() or SNAPSHOT.read_text(encoding="utf-8") != text:
            raise CommandError(
                "docs/record-of-processing.json is out of date: run "
                "`manage.py record_of_processing` and look at the difference."
            )


def as_json(record):
    text = json.dumps(record, ensure_ascii=False, indent=2) + "\n"
    # A list of words on one line: a change of it is then one line of the difference.
    return re.sub(r"\[[^][{}]*\]", lambda found: re.sub(r"\s*\n\s*", " ", found[0]), text)
