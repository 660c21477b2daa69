from datetime import timedelta
from decimal import Decimal

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.db.models.query import ModelIterable
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from listings.models.catalogue import CatalogueVersion, Category, DealType, PriceKind
from listings.models.rate import Currency, Rate, in_tenge
from listings.models.search_document import HiddenSeller, SearchDocument
from listings.states import OPEN_BY_ADDRESS, TRANSITIONS, Act, Role, State
from listings.units import SIGNS, PriceUnit
from places.atlas import atlas_of, put
from places.models import Region, Settlement
from sellers.models import Phone, Seller
from ui import alphabet
from ui.addresses import address

# What stands behind the number in the addresses of what is done to an ad: no title takes these.
VERBS_OF_ADDRESSES = {"phone", "save", "unsave", "report"}

POSITIVE = MinValueValidator(Decimal("0.001"))


class Vat(models.TextChoices):
    UNKNOWN = "", _("not said")
    INCLUDED = "incl", _("with VAT")
    EXCLUDED = "excl", _("without VAT, which is added")
    NONE = "none", _("the seller pays no VAT")


class Content(models.Model):
    """What an ad says: a moderator reads it before everybody does."""

    deal_type = models.CharField(_("deal"), max_length=10, choices=DealType)
    category = models.ForeignKey(
        Category, on_delete=models.PROTECT, related_name="+", verbose_name=_("category")
    )
    title = models.CharField(_("title"), max_length=100, blank=True)
    description = models.TextField(_("description"), max_length=5000, blank=True)
    language = models.CharField(_("language"), max_length=2, choices=User.Language)
    # As [{"attribute": key, "value": …}]; a value is a number, a year, a text, true or false, the
    # key of a choice or a list of such keys. See listings/answers.py.
    answers = models.JSONField(default=list, blank=True)
    # Keys of photos in the order they are shown, the main one first.
    photo_order = ArrayField(models.BigIntegerField(), default=list, blank=True)
    # Likewise of documents.
    document_order = ArrayField(models.BigIntegerField(), default=list, db_default=[], blank=True)

    class Meta:
        abstract = True

    CONTENT = [
        "deal_type", "category", "title", "description", "language", "answers", "photo_order",
        "document_order",
    ]  # fmt: skip


class WithPlaces(ModelIterable):
    """Ads with their places, and the place of their sellers, from the map of this process."""

    def __iter__(self):
        for listing in super().__iter__():
            atlas = atlas_of(listing.edition)
            put([listing], region=atlas.regions, settlement=atlas.settlements)
            put([listing.seller], region=atlas.regions)
            yield listing


def is_hidden():
    """Of whose seller `SellerQuerySet.public` is not true: its rule would join four tables more."""
    return Exists(HiddenSeller.objects.filter(seller=OuterRef("seller")))


class ListingQuerySet(models.QuerySet):
    def live(self, at=None):
        """What everybody finds, now unless it is said when."""
        return self.filter(
            state=State.PUBLISHED,
            expires_at__gt=at or timezone.now(),
        ).of_public_sellers()

    def open_by_address(self):
        """What whoever has the address sees, perhaps with a word on what has become of it."""
        return self.filter(state__in=OPEN_BY_ADDRESS).of_public_sellers()

    def of_public_sellers(self):
        return self.filter(~is_hidden())

    def closed(self):
        """What would be open by address, but its seller is not at present."""
        return self.filter(is_hidden(), state__in=OPEN_BY_ADDRESS)

    def for_cards(self):
        """With everything that rows, cards and pages of ads name."""
        edition = CatalogueVersion.objects.values("number")[:1]
        listings = self.select_related("seller").annotate(edition=Subquery(edition))
        listings._iterable_class = WithPlaces
        return listings

    def in_this_order(self, keys):
        """For cards, those of these keys that are there."""
        found = self.for_cards().in_bulk(keys)
        return [found[key] for key in keys if key in found]

    def of(self, member):
        """All ads of the seller this member acts for, in whatever state."""
        return self.filter(seller=member.seller)

    def overdue(self):
        return self.filter(
            state__in=[State.PUBLISHED, State.PAUSED], expires_at__lte=timezone.now()
        )

    def waiting(self):
        """For a moderator, the longest waiting first."""
        return self.filter(waiting_since__isnull=False).order_by("waiting_since", "pk")

    def ask_for_review(self):
        """Have a moderator look. Nothing that is shown changes, so it is no new version."""
        unasked = self.filter(waiting_since=None, state__in=OPEN_BY_ADDRESS)
        return unasked.update(waiting_since=timezone.now())


class Listing(Content):
    """An ad. Its content is the one approved last; a change of it waits in a `Revision`."""

    # What holds as soon as the seller says it.
    OFFER = [
        "price_kind", "price", "price_to", "currency", "unit", "vat",
        "quantity", "minimum_order", "step", "region", "settlement", "village", "phone",
    ]  # fmt: skip

    class Impossible(Exception):
        """An ad in this state cannot do that, or not for this role."""

    RENEWS_BEFORE = timedelta(days=3)

    # `listing_of_seller_newest` begins with it.
    seller = models.ForeignKey(
        Seller,
        on_delete=models.CASCADE,
        related_name="listings",
        db_index=False,
        verbose_name=_("seller"),
    )
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT)
    category = models.ForeignKey(
        Category, on_delete=models.PROTECT, related_name="listings", verbose_name=_("category")
    )

    # Live at once when the seller changes them.
    price_kind = models.CharField(
        _("kind of price"), max_length=10, choices=PriceKind, default=PriceKind.EXACT
    )
    price = models.DecimalField(_("price"), max_digits=14, decimal_places=2, null=True, blank=True)
    price_to = models.DecimalField(
        _("price to"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    currency = models.CharField(_("currency"), max_length=3, choices=Currency, default=Currency.KZT)
    unit = models.CharField(
        _("price for a"), max_length=10, choices=PriceUnit, default=PriceUnit.PIECE
    )
    vat = models.CharField(_("VAT"), max_length=4, choices=Vat, default=Vat.UNKNOWN, blank=True)
    # The lower price in tenge for the usual unit of the category, to compare by; empty when there
    # is no price or the units cannot be compared. The day is that of the rate.
    price_kzt = models.DecimalField(
        max_digits=18, decimal_places=2, null=True, blank=True, editable=False
    )
    price_kzt_on = models.DateField(null=True, blank=True, editable=False)
    quantity = models.DecimalField(
        _("quantity available"), max_digits=14, decimal_places=3, null=True, blank=True
    )
    minimum_order = models.DecimalField(
        _("minimum order"),
        max_digits=14, decimal_places=3, null=True, blank=True, validators=[POSITIVE],
    )  # fmt: skip
    step = models.DecimalField(
        _("step of the quantity"),
        max_digits=14, decimal_places=3, null=True, blank=True, validators=[POSITIVE],
    )  # fmt: skip
    region = models.ForeignKey(
        Region,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("region"),
    )
    settlement = models.ForeignKey(
        Settlement,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("town"),
    )
    village = models.CharField(_("village or place"), max_length=80, blank=True)
    # None: all the phones of the seller.
    phone = models.ForeignKey(
        Phone, on_delete=models.SET_NULL, null=True, blank=True, related_name="+",
        verbose_name=_("phone"),
    )  # fmt: skip

    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    touched_at = models.DateTimeField(_("last changed"), default=timezone.now, editable=False)
    first_published_at = models.DateTimeField(
        _("first published"), null=True, blank=True, editable=False
    )
    sort_at = models.DateTimeField(_("stands in lists at"), null=True, blank=True, editable=False)
    expires_at = models.DateTimeField(_("ends"), null=True, blank=True, editable=False)
    # Since when a moderator has something to look at: the ad, its change, or what was published
    # on trust.
    waiting_since = models.DateTimeField(_("waits since"), null=True, blank=True, editable=False)
    # When its seller was last written to that its term ends.
    reminded_at = models.DateTimeField(null=True, blank=True, editable=False)
    # Grows with whatever a card or the page shows; what is remembered of an ad bears it.
    version = models.PositiveIntegerField(_("changes counted"), default=1, editable=False)

    objects = ListingQuerySet.as_manager()

    class Meta:
        verbose_name = _("ad")
        verbose_name_plural = _("ads")
        constraints = [
            models.CheckConstraint(condition=Q(state__in=State.values), name="listing_state_known"),
            models.CheckConstraint(
                condition=~Q(state=State.PUBLISHED)
                | Q(
                    first_published_at__isnull=False,
                    sort_at__isnull=False,
                    expires_at__isnull=False,
                ),
                name="listing_published_has_its_dates",
            ),
            models.CheckConstraint(
                condition=Q(price__isnull=True) | Q(price__gt=0),
                name="listing_price_positive",
                violation_error_message=_("A price is more than nothing."),
            ),
            models.CheckConstraint(
                condition=Q(price_to__isnull=True)
                | Q(price__isnull=False, price_to__gt=F("price")),
                name="listing_range_in_order",
                violation_error_message=_("The second price is higher than the first."),
            ),
            models.CheckConstraint(
                condition=Q(state=State.DRAFT)
                | Q(price_kind__in=["exact", "from"], price__isnull=False, price_to__isnull=True)
                | Q(price_kind="range", price__isnull=False, price_to__isnull=False)
                | Q(price_kind="negotiable", price_to__isnull=True)
                | Q(price_kind="on_request", price__isnull=True, price_to__isnull=True),
                name="listing_price_as_its_kind",
                violation_error_message=_("The price does not fit its kind."),
            ),
            models.CheckConstraint(
                condition=(Q(quantity__isnull=True) | Q(quantity__gte=0))
                & (Q(minimum_order__isnull=True) | Q(minimum_order__gt=0))
                & (Q(step__isnull=True) | Q(step__gt=0)),
                name="listing_quantities_positive",
                violation_error_message=_("Quantities are more than nothing."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=[State.DRAFT, State.ARCHIVED])
                | (~Q(title="") & (Q(region__isnull=False) | Q(settlement__isnull=False))),
                name="listing_has_title_and_place",
            ),
        ]
        indexes = [
            models.Index(
                fields=["seller", "state", "-touched_at", "-id"], name="listing_of_seller_newest"
            ),
            models.Index(
                fields=["expires_at"],
                condition=Q(state__in=[State.PUBLISHED, State.PAUSED]),
                name="listing_expiring",
            ),
            models.Index(
                fields=["touched_at"],
                condition=Q(
                    state__in=[
                        *(State.DRAFT, State.REJECTED, State.BLOCKED),
                        *(State.EXPIRED, State.SOLD, State.ARCHIVED),
                    ]
                ),
                name="listing_at_rest",
            ),
            models.Index(
                fields=["waiting_since", "id"],
                condition=Q(waiting_since__isnull=False),
                name="listing_waiting",
            ),
            # For ads that are alike.
            models.Index(
                fields=["category", "deal_type", "-sort_at"],
                condition=Q(state=State.PUBLISHED),
                name="listing_newest",
            ),
            models.Index(
                fields=["category", "deal_type", "region", "-sort_at"],
                condition=Q(state=State.PUBLISHED),
                name="listing_newest_in_region",
            ),
        ]

    def __str__(self):
        return f"№ {self.pk}"

    def get_absolute_url(self):
        return address("listings:detail", self.pk, self.slug)

    @property
    def slug(self):
        slug = alphabet.slug(self.title, 80) or "ad"
        return f"{slug}-ad" if slug in VERBS_OF_ADDRESSES else slug

    @property
    def place(self):
        """As narrow as it is known, with the region where the name needs it."""
        return ", ".join(
            str(part) for part in (self.village, self.settlement or self.region) if part
        )

    @property
    def unit_sign(self):
        return SIGNS[self.unit]

    @property
    def is_live(self):
        return self.state == State.PUBLISHED and self.expires_at > timezone.now()

    @property
    def was_approved(self):
        """Somebody may have read it: from then on a change waits beside it."""
        return self.state in OPEN_BY_ADDRESS

    @property
    def can_be_renewed(self):
        return self.state == State.EXPIRED or (
            self.state == State.PUBLISHED and self.expires_at - timezone.now() <= self.RENEWS_BEFORE
        )

    # Verbs. Whoever calls one holds the row's lock, in a transaction.

    def move(self, act: Act, role: Role, by: User | None = None) -> None:
        """Change the state as the table says, with its history; raises `Impossible`."""
        before, now = self.state, timezone.now()
        allowed, after = TRANSITIONS[role].get(act, (set(), ""))
        if before not in allowed or (act == Act.RENEW and not self.can_be_renewed):
            raise self.Impossible
        self.state = after
        if after == State.PUBLISHED:
            if self.first_published_at is None:
                self.first_published_at = self.sort_at = now
            if act == Act.RENEW:
                self.sort_at = now
            if act == Act.RENEW or self.expires_at is None or self.expires_at <= now:
                self.expires_at = now + timedelta(days=self.category.expiry_days)
        if act in (Act.SUBMIT, Act.TRUST):
            self.waiting_since = now
        elif act in (Act.WITHDRAW, Act.ARCHIVE) or role == Role.STAFF:
            # Not by a pause: what was published on trust is looked at all the same.
            self.waiting_since = None
        self.changed("state", "first_published_at", "sort_at", "expires_at", "waiting_since")
        Change.objects.create(listing=self, act=act, role=role, by=by, before=before, after=after)

    def take(self, revision: "Revision") -> None:
        """Say from now on what the revision says, which goes."""
        for name in self.CONTENT:
            setattr(self, name, getattr(revision, name))
        revision.delete()
        self.changed(*self.CONTENT)

    def changed(self, *columns):
        """Save these columns, as a new version of the ad, and what searches know of it."""
        self.version += 1
        self.touched_at = timezone.now()
        self.compare_price(Rate.objects.current() if self.currency != Currency.KZT else {})
        self.save(update_fields=[*columns, *self.COMPARED, "version", "touched_at"])
        if columns and self.UNSEARCHED.issuperset(columns):
            # To write its words anew takes longer than all the rest of an order.
            documents = SearchDocument.objects.filter(pk=self.pk)
            documents.update(version=self.version, price_kzt=self.price_kzt)
        else:
            SearchDocument.objects.file([self])

    COMPARED = ["price_kzt", "price_kzt_on"]
    # Nobody finds an ad by these.
    UNSEARCHED = frozenset(["quantity", "waiting_since", "photo_order", "document_order"])

    def compare_price(self, rates):
        """The caller saves."""
        self.price_kzt, self.price_kzt_on = in_tenge(
            self.price, self.currency, self.unit, self.category.price_unit, rates
        )


class Revision(Content):
    """A change of an ad that is or was public, until a moderator has read it."""

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        PENDING = "pending", _("in review")
        REJECTED = "rejected", _("refused")

    listing = models.OneToOneField(Listing, on_delete=models.CASCADE, related_name="revision")
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT)
    touched_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("change of an ad")
        verbose_name_plural = _("changes of ads")
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["draft", "pending", "rejected"]),
                name="revision_state_known",
            )
        ]

    def __str__(self):
        return f"№ {self.pk}"


class Change(models.Model):
    """A change of an ad's state. Rows are only added."""

    listing = models.ForeignKey(Listing, on_delete=models.CASCADE, related_name="history")
    act = models.CharField(_("what happened"), max_length=10, choices=Act)
    role = models.CharField(_("by whom"), max_length=6, choices=Role)
    by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, related_name="+", editable=False
    )
    before = models.CharField(_("state before"), max_length=10, choices=State)
    after = models.CharField(_("state after"), max_length=10, choices=State)
    at = models.DateTimeField(_("when"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("change of state")
        verbose_name_plural = _("changes of state")
        ordering = ["-at", "-pk"]

    def __str__(self):
        return f"№ {self.pk}"
