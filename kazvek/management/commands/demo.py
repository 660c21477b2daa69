from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction

from accounts.models import User
from kazvek import demo
from kazvek.demo import ground
from kazvek.demo.filling import fill
from kazvek.demo.people import sign_ins
from listings.models import Category


class Command(BaseCommand):
    help = "Fill a local database with a market to try the portal with, and say how to sign in."

    def add_arguments(self, parser):
        parser.add_argument(
            "--if-empty", action="store_true", help="Add nobody where there are accounts already."
        )
        parser.add_argument(
            "--listings",
            type=int,
            default=2000,
            metavar="N",
            help="Ads of the demo market in all, 2000 unless said. More are added, none removed.",
        )
        parser.add_argument(
            "--seed", type=int, default=1, metavar="N", help="Another number, another market."
        )

    def handle(self, *, if_empty, listings, seed, **options):
        if not settings.LOCAL:
            raise CommandError(
                "Nothing was changed: everybody knows the demo password, so demo people are for a "
                "local run only. Set LOCAL=1, as `make run` does, if this is one."
            )
        if listings < 0:
            raise CommandError("Nothing was changed: --listings is a number of ads.")
        if is_bare():
            ground.lay()
        if not if_empty:
            added = fill(listings, seed)
        elif User.objects.exists():
            added = 0
        else:
            # All or nothing: otherwise a start that was interrupted would leave half a market,
            # which the next one would take for a portal in use.
            with transaction.atomic():
                added = fill(listings, seed)
        if added:
            self.stdout.write(f"{added} demo ads are on the market.")
        if people := sign_ins():
            self.stdout.write(f"Demo sign-ins, all with the password {demo.PASSWORD}")
            for role, email in people:
                self.stdout.write(f"  {role:<14} {email}")


def is_bare():
    """A database without tables, or without a catalogue that ads could stand in."""
    tables = connection.introspection.table_names()
    return Category._meta.db_table not in tables or not Category.objects.exists()
