from datetime import timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from moderation.models.judgement import Judgement
from sellers.models import Seller


def over(removals, now):
    return removals.filter(at__lte=now - Removal.KEPT_FOR)


class Removal(Judgement):
    """What a moderator took off the page of a seller. What stood there is not kept."""

    class Part(models.TextChoices):
        LOGO = "logo", _("Logo")
        ABOUT_KK = "about_kk", _("about, in Kazakh")
        ABOUT_RU = "about_ru", _("about, in Russian")
        ABOUT_EN = "about_en", _("about, in English")
        WEBSITE = "website", _("website")
        CONDITIONS = "conditions", _("conditions of shipping and payment")
        NOTES = "notes", _("notes beside the phones")

    KEPT_FOR = timedelta(days=365)

    seller = models.ForeignKey(
        Seller, on_delete=models.CASCADE, related_name="removals", verbose_name=_("seller")
    )
    parts = ArrayField(
        models.CharField(max_length=10, choices=Part), verbose_name=_("what was removed")
    )

    class Meta:
        verbose_name = _("removal from a seller's page")
        verbose_name_plural = _("removals from sellers' pages")
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(parts__len__gte=1, reasons__len__gte=1, rules__len__gte=1),
                name="removal_has_its_grounds",
            )
        ]
        indexes = [models.Index(fields=["at"], name="removal_at")]

    @property
    def parts_in_words(self):
        return [self.Part(part).label for part in self.parts]
