"""Letters about a seller: what happened, and the one page to go to. Nobody's data is in them."""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import override

from accounts.models import User
from letters.write import write_letter
from sellers.models import Seller


def tell(user: User, letter: str, seller: Seller, **facts):
    """An account of ours, in its language; the page is the seller's in the account."""
    tell_address(user.email, user.language, letter, seller, "sellers:profile", **facts)


def tell_address(email, language, letter, seller, page, *args, **facts):
    with override(language):
        url = settings.SITE_URL + reverse(page, args=args)
    write_letter(
        f"sellers/email/{letter}", to=email, language=language, seller=seller, url=url, **facts
    )
