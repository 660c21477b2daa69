from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.models import User


class Command(BaseCommand):
    help = (
        "Without an address: until when which staff may enter the administration. With one: "
        "confirm that this account still needs its rights, when no administrator can enter."
    )

    def add_arguments(self, parser):
        parser.add_argument("email", nargs="?")

    def handle(self, *, email, **options):
        staff = User.objects.filter(is_staff=True, is_active=True)
        if email is None:
            for user in staff.order_by("rights_reviewed_at"):
                until = timezone.localtime(user.rights_end_at)
                late = user.rights_end_at <= timezone.now()
                self.stdout.write(f"{user}: until {until:%Y-%m-%d}{', switched off' * late}")
            return
        user = staff.filter(email=email.strip().lower()).first()
        if user is None:
            raise CommandError("Nobody on the staff has this address.")
        user.review_rights()
        until = timezone.localtime(user.rights_end_at)
        self.stdout.write(f"{user}: confirmed until {until:%Y-%m-%d}")
