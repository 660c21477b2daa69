from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.db import transaction
from django.urls import reverse

from accounts.models import User


class Command(BaseCommand):
    help = (
        "Create an administrator and print a one-time link to choose the password. "
        "While no password is chosen, running it again prints a new link."
    )

    def add_arguments(self, parser):
        parser.add_argument("email")

    def handle(self, *, email, **options):
        email = email.strip().lower()
        try:
            validate_email(email)
        except ValidationError:
            raise CommandError("That is not an e-mail address.") from None
        with transaction.atomic():
            user = User.objects.select_for_update().filter(email=email).first()
            if user is None:
                user = User.objects.create_superuser(email)
                EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
            elif not user.is_superuser:
                raise CommandError(
                    "Somebody has an account with this address already; it is left as it is. "
                    "Give another address, or let an administrator tick what the account may do "
                    "in the administration under Accounts."
                )
            elif user.has_usable_password():
                raise CommandError(
                    "This administrator has chosen a password already. If it is forgotten, "
                    f"{settings.SITE_URL}{reverse('account_reset_password')} sends a letter; if "
                    "the second factor is lost, use reset_second_factor."
                )
        link = reverse(
            "account_reset_password_from_key",
            args=[user_pk_to_url_str(user), default_token_generator.make_token(user)],
        )
        self.stdout.write(
            "Open this link to choose the password (it works once, for three days), sign in, "
            "and set up the second factor that the administration asks for:\n"
            f"{settings.SITE_URL}{link}"
        )
