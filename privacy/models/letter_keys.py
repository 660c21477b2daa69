from datetime import timedelta

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from privacy.models.requests import Request
from privacy.models.subject import Subject


class LetterKeyQuerySet(models.QuerySet):
    def current(self):
        return self.filter(expires_at__gt=timezone.now())

    def over(self):
        return self.filter(expires_at__lte=timezone.now())


class LetterKey(models.Model):
    """A link in a letter, by which somebody without an account shows that an address is theirs.

    Pressed once it files what was asked, and is then the way to see how far we are.
    """

    KEPT_FOR = timedelta(hours=72)

    # Of the key itself nothing is kept but this.
    digest = models.CharField(max_length=64, unique=True)
    email = models.EmailField(_("e-mail"), max_length=320)
    kind = models.CharField(_("what is asked"), max_length=13, choices=Request.Kind)
    language = models.CharField(_("language"), max_length=2)
    # Both are empty until the link is pressed; the person also then, if nothing is held of them.
    subject = models.ForeignKey(Subject, on_delete=models.SET_NULL, null=True, related_name="+")
    used_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(_("written at"), default=timezone.now)
    expires_at = models.DateTimeField()

    objects = LetterKeyQuerySet.as_manager()

    class Meta:
        verbose_name = _("link in a letter")
        verbose_name_plural = _("links in letters")
        indexes = [models.Index(fields=["expires_at"], name="letter_key_expires")]

    def __str__(self):
        return f"№ {self.pk}"
