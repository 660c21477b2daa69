import hashlib
import hmac
import unicodedata
from contextlib import suppress

import phonenumbers
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from privacy.models.subject import Subject


class SubjectIdentifierQuerySet(models.QuerySet):
    def of(self, kind, value):
        """Whatever is filed under this address or number, however it is spelled."""
        return self.filter(kind=kind, digest=digest(kind, value))

    def file(self, subject, kind, value):
        """Note that this address or number is the person's, as they have proved.

        What another person had proved before is theirs no longer.
        """
        self.update_or_create(kind=kind, digest=digest(kind, value), defaults={"subject": subject})

    def strike(self, subject, kind, value):
        self.of(kind, value).filter(subject=subject).delete()


class SubjectIdentifier(models.Model):
    """By what a person is found: a keyed digest of an address or number they have proved."""

    class Kind(models.TextChoices):
        EMAIL = "email", _("e-mail")
        PHONE = "phone", _("phone")

    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="identifiers")
    kind = models.CharField(_("kind"), max_length=5, choices=Kind)
    digest = models.CharField(_("keyed digest"), max_length=64)
    created_at = models.DateTimeField(_("known since"), auto_now_add=True)

    objects = SubjectIdentifierQuerySet.as_manager()

    class Meta:
        verbose_name = _("identifier")
        verbose_name_plural = _("identifiers")
        constraints = [
            models.UniqueConstraint(fields=["kind", "digest"], name="identifier_of_one_person"),
            models.CheckConstraint(
                condition=models.Q(kind__in=["email", "phone"]), name="identifier_kind_known"
            ),
        ]

    def __str__(self):
        return f"№ {self.pk}"


def digest(kind: str, value: str) -> str:
    """Of the address or number in its one spelling; without the key nobody can guess it back."""
    spelled = normal_email(value) if kind == SubjectIdentifier.Kind.EMAIL else normal_phone(value)
    text = f"{kind}:{spelled}"
    return hmac.new(settings.PRIVACY_KEY.encode(), text.encode(), hashlib.sha256).hexdigest()


def normal_email(value: str) -> str:
    local, _at, domain = unicodedata.normalize("NFKC", value).strip().rpartition("@")
    domain = domain.rstrip(".").lower()
    with suppress(UnicodeError):  # no name of a host; it is still one spelling
        domain = domain.encode("idna").decode()
    return f"{local.casefold()}@{domain}"


def normal_phone(value: str) -> str:
    """E.164; raises ValueError for what is no number."""
    try:
        number = phonenumbers.parse(str(value), settings.PHONENUMBER_DEFAULT_REGION)
    except phonenumbers.NumberParseException as error:
        raise ValueError("not a phone number") from error
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
