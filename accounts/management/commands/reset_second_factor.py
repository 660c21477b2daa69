from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from accounts.second_factor import NoSecondFactor, remove_second_factor


class Command(BaseCommand):
    help = (
        "Remove the second factor of somebody who lost it, with the recovery codes. Their devices "
        "are signed out and a letter tells them. First make sure that it is really them."
    )

    def add_arguments(self, parser):
        parser.add_argument("email")
        parser.add_argument(
            "--reason", required=True, help="How they proved who they are; it is recorded."
        )

    def handle(self, *, email, reason, **options):
        user = User.objects.filter(email=email.strip().lower()).first()
        if user is None:
            raise CommandError("Nobody has an account with this address.")
        if not reason.strip():
            raise CommandError("Give the reason: it is recorded.")
        try:
            # A command has no signed-in person; the record stands with the account itself.
            remove_second_factor(user, by=user, reason=f"{reason.strip()} (by command)")
        except NoSecondFactor:
            raise CommandError("This account has no second factor. Nothing was changed.") from None
        self.stdout.write("The second factor is removed; a letter says so.")
