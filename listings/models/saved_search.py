from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from listings.models.catalogue import Category


class SavedSearch(models.Model):
    """A search somebody comes back to, in its canonical form."""

    class TooMany(Exception):
        """Somebody keeps as many searches as one may."""

    MOST_PER_PERSON = 20
    LONGEST_QUERY = 1000

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="saved_searches")
    name = models.CharField(_("name"), max_length=80)
    # None: of the whole catalogue.
    category = models.ForeignKey(
        Category,
        on_delete=models.CASCADE,
        null=True,
        related_name="+",
        verbose_name=_("category"),
    )
    query = models.CharField(_("search"), max_length=LONGEST_QUERY, blank=True)
    saved_at = models.DateTimeField(_("saved at"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("saved search")
        verbose_name_plural = _("saved searches")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "category", "query"],
                nulls_distinct=False,
                name="saved_search_once_per_person",
            ),
            models.CheckConstraint(condition=~models.Q(name=""), name="saved_search_has_name"),
        ]

    def __str__(self):
        return f"№ {self.pk}"

    def get_absolute_url(self):
        """Of the page that finds it."""
        page = self.category.get_absolute_url() if self.category else reverse("listings:index")
        return f"{page}?{self.query}" if self.query else page
