"""The key in the letter by which somebody without an account comes to their copy."""

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse
from django.utils.translation import override

from privacy.models import Export


def url_for_guest(export: Export) -> str:
    with override(export.language):
        page = reverse("privacy:open_export", args=[export.pk])
    return f"{settings.SITE_URL}{page}?key={key_of(export)}"


def key_of(export: Export) -> str:
    return signer(export).signature(str(export.pk))


def is_key_of(export: Export, key: str) -> bool:
    try:
        signer(export).unsign(f"{export.pk}:{key}")
    except BadSignature:
        return False
    return True


def signer(export):
    # The name of the file is random and known to nobody: another copy has another key.
    return Signer(salt=f"privacy.export.{export.file.name}")
