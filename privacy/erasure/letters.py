"""The letters around an erasure, and the key in them that opens its page without an account."""

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from letters.models import Letter
from letters.write import write_letter
from privacy.erasure.holding import expected
from privacy.models import Erasure

SIGNER = Signer(salt="privacy.erasure")


def key_of(erasure: Erasure) -> str:
    return SIGNER.sign(erasure.pk)


def of_key(key: str) -> Erasure | None:
    try:
        return Erasure.objects.filter(pk=int(SIGNER.unsign(key))).first()
    except (BadSignature, ValueError):
        return None


def url_of(erasure: Erasure, language: str) -> str:
    with override(language):
        return f"{settings.SITE_URL}{reverse('privacy:deletion')}?key={key_of(erasure)}"


def write_begun(erasure: Erasure, *, email: str, language: str) -> None:
    write_letter(
        "privacy/email/erasure_begun",
        to=email,
        language=language,
        request=erasure.request,
        erasure=erasure,
        waits=erasure.starts_at > erasure.created_at,
        held=expected(erasure.subject),
        url=url_of(erasure, language),
    )


def write_farewell(erasure: Erasure, secret: dict) -> int:
    """The number of the letter's row; 0 when it went another way, or nobody can be written to."""
    if not secret.get("email"):
        return 0
    written_at = timezone.now()
    write_letter(
        "privacy/email/erasure_farewell",
        to=secret["email"],
        language=secret["language"],
        url=url_of(erasure, secret["language"]),
        held=expected(erasure.subject),
    )
    row = Letter.objects.filter(created_at__gte=written_at, recipient=secret["email"])
    return row.values_list("pk", flat=True).order_by("-pk").first() or 0
