from datetime import timedelta

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from listings.models import Listing


class ClaimQuerySet(models.QuerySet):
    def of_others(self, moderator):
        return self.filter(until__gt=timezone.now()).exclude(by=moderator)


class Claim(models.Model):
    """An ad that a moderator has before them, so that no other takes it meanwhile."""

    class Taken(Exception):
        """Another moderator has it before them."""

    LASTS = timedelta(minutes=10)

    listing = models.OneToOneField(Listing, on_delete=models.CASCADE, related_name="claim")
    by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    until = models.DateTimeField()

    objects = ClaimQuerySet.as_manager()

    class Meta:
        verbose_name = _("claim")
        verbose_name_plural = _("claims")

    def __str__(self):
        return f"№ {self.pk}"

    @classmethod
    def take(cls, listing, moderator):
        """For ten minutes from now, or raise `Taken`."""
        with transaction.atomic():
            claim, _made = cls.objects.select_for_update().get_or_create(
                listing=listing, defaults={"by": moderator, "until": timezone.now() + cls.LASTS}
            )
            if claim.by_id != moderator.pk and claim.until > timezone.now():
                raise cls.Taken
            claim.by, claim.until = moderator, timezone.now() + cls.LASTS
            claim.save(update_fields=["by", "until"])
        return claim
