import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _


class Subject(models.Model):
    """A person, with or without an account.

    Nothing here says who: that stands in the rows that point here.
    """

    class State(models.TextChoices):
        ACTIVE = "active", _("active")
        RESTRICTED = "restricted", _("restricted")
        ERASING = "erasing", _("being erased")
        ERASED = "erased", _("erased")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.ACTIVE)
    # Grows when the person is erased; writes that began before are then refused.
    epoch = models.PositiveIntegerField(default=0, editable=False)
    # Of a guest whose address turned out to be that person's. Never more than one step long.
    joined_to = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        related_name="parts",
        editable=False,
        db_index=False,
    )
    created_at = models.DateTimeField(_("known since"), auto_now_add=True)
    erased_at = models.DateTimeField(_("erased at"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="erased", erased_at__isnull=False)
                | ~models.Q(state="erased") & models.Q(erased_at__isnull=True),
                name="subject_erased_has_time",
            )
        ]
        indexes = [
            models.Index(
                fields=["joined_to"],
                condition=models.Q(joined_to__isnull=False),
                name="subject_parts",
            )
        ]

    def __str__(self):
        return str(self.id)

    @classmethod
    def families(cls, people) -> set[uuid.UUID]:
        """The keys of these people and of all that is part of them or of which they are part."""
        keys = [person.pk for person in people]
        heads = [person.joined_to_id for person in people if person.joined_to_id]
        parts = cls.objects.filter(joined_to__in=[*keys, *heads]).values_list("pk", flat=True)
        return {*keys, *heads, *parts}

    def restrict(self):
        """Stop everything that is harmless to stop."""
        self.turn(self.State.ACTIVE, self.State.RESTRICTED)

    def release(self):
        self.turn(self.State.RESTRICTED, self.State.ACTIVE)

    def turn(self, before, after):
        """With all that is part of the same person."""
        # One statement: an erasure that began meanwhile must not be undone.
        family = Subject.objects.filter(pk__in=Subject.families([self]), state=before)
        family.update(state=after)
        self.refresh_from_db(fields=["state"])
