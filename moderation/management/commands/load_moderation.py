from pathlib import Path

import yaml
from django.core.management.base import BaseCommand
from django.db import transaction

from moderation.models import StopWord
from moderation.staff import moderators

SHIPPED = Path(__file__).parents[2] / "data" / "stop_words.yaml"


class Command(BaseCommand):
    help = (
        "Make the group of moderators with its rights and, where there are none yet, the first "
        "stop words. Safe to run at any moment, any number of times."
    )

    @transaction.atomic
    def handle(self, **options):
        moderators()
        if StopWord.objects.exists():
            return
        shipped = yaml.safe_load(SHIPPED.read_text(encoding="utf-8"))
        StopWord.objects.bulk_create(
            StopWord(
                word=word,
                mode=mode,
                action="hold" if kind == "hold" else "advise",
                is_special=kind == "special",
            )
            for kind, modes in shipped.items()
            for mode, words in modes.items()
            for word in words
        )
        self.stdout.write(f"{StopWord.objects.count()} stop words")
