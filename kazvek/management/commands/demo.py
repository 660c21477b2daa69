from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from kazvek import demo


class Command(BaseCommand):
    help = "Fill a local database with people to try the portal with, and say how they sign in."

    def add_arguments(self, parser):
        parser.add_argument(
            "--if-empty", action="store_true", help="Add nobody where there are accounts already."
        )

    def handle(self, *, if_empty, **options):
        if not settings.LOCAL:
            raise CommandError(
                "Nothing was changed: everybody knows the demo password, so demo people are for a "
                "local run only. Set LOCAL=1, as `make run` does, if this is one."
            )
        if not (if_empty and User.objects.exists()):
            demo.fill()
        if people := demo.sign_ins():
            self.stdout.write(f"Demo sign-ins, all with the password {demo.PASSWORD}")
            for role, email in people:
                self.stdout.write(f"  {role:<14} {email}")
