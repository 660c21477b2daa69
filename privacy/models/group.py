from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _


class GroupSite(models.Model):
    """Another site of the group, whose news people may ask for. A consent names its sites."""

    domain = models.CharField(
        _("domain"),
        max_length=100,
        unique=True,
        validators=[
            RegexValidator(
                r"\A(?=.{4,100}\Z)([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}\Z",
                _("A domain in small letters without https://, for example agro.example."),
            )
        ],
    )

    class Meta:
        verbose_name = _("site of the group")
        verbose_name_plural = _("sites of the group")
        ordering = ["domain"]

    def __str__(self):
        return self.domain
