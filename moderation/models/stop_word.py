from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class StopWord(models.Model):
    """A word at which a moderator should look up. It never refuses anything by itself."""

    class Mode(models.TextChoices):
        WORD = "word", _("as a whole word")
        PART = "part", _("at the beginning of a word")

    class Action(models.TextChoices):
        ADVISE = "advise", _("tell the moderator")
        HOLD = "hold", _("read it before it is public, whoever sells")

    word = models.CharField(_("word or words"), max_length=80, unique=True)
    mode = models.CharField(_("how it is looked for"), max_length=4, choices=Mode)
    action = models.CharField(_("what then"), max_length=6, choices=Action, default=Action.ADVISE)
    # Health, beliefs, origin, politics: also names of breeds and sorts, so they hold up nobody.
    is_special = models.BooleanField(
        _("of a special category"),
        default=False,
        help_text=_("Health, beliefs, origin or politics of people: such a word can only advise."),
    )
    note = models.CharField(_("note for moderators"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("stop word")
        verbose_name_plural = _("stop words")
        ordering = ["word"]
        constraints = [
            models.CheckConstraint(
                condition=Q(is_special=False) | Q(action="advise"),
                name="stop_word_special_only_advises",
                violation_error_message=_(
                    "A word of a special category only advises: it may be part of a name."
                ),
            ),
            models.CheckConstraint(
                condition=Q(mode__in=["word", "part"], action__in=["advise", "hold"]),
                name="stop_word_known_ways",
            ),
        ]

    def __str__(self):
        return self.word
