from urllib.parse import urlsplit

from django.db import models
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from privacy.bin import validate_bin
from privacy.models.translated import Translated


class ControllerIdentity(models.Model):
    """Who runs the portal and answers for the personal data on it: one row, used everywhere."""

    THE_ONE = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=THE_ONE, editable=False)
    name = models.CharField(_("name"), max_length=160)
    bin = models.CharField(_("BIN"), max_length=12, validators=[validate_bin])
    address_kk = models.CharField(_("address, in Kazakh"), max_length=250)
    address_ru = models.CharField(_("address, in Russian"), max_length=250)
    address_en = models.CharField(_("address, in English"), max_length=250)
    email = models.EmailField(_("e-mail"))
    phone = PhoneNumberField(_("phone"))
    website = models.URLField(_("website"))
    data_protection_contact = models.EmailField(
        _("data protection contact"),
        help_text=_("The e-mail address to which people write about their personal data."),
    )
    eu_representative = models.CharField(
        _("representative in the European Union"),
        max_length=250,
        blank=True,
        help_text=_("Name and address, if the law asks for one (GDPR, Article 27)."),
    )
    supervisory_authority_kk = models.CharField(
        _("supervisory authority, in Kazakh"), max_length=250
    )
    supervisory_authority_ru = models.CharField(
        _("supervisory authority, in Russian"), max_length=250
    )
    supervisory_authority_en = models.CharField(
        _("supervisory authority, in English"), max_length=250
    )

    address = Translated()
    supervisory_authority = Translated()

    class Meta:
        verbose_name = _("operator of the portal")
        verbose_name_plural = _("operator of the portal")
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="operator_is_one"),
            models.CheckConstraint(
                condition=models.Q(bin__regex=r"^\d{12}$"), name="operator_has_bin"
            ),
            models.CheckConstraint(
                condition=~models.Q(name="")
                & ~models.Q(email="")
                & ~models.Q(phone="")
                & ~models.Q(data_protection_contact=""),
                name="operator_can_be_reached",
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def site(self):
        return urlsplit(self.website).netloc
