from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import connection, models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from accounts.models import User
from places.models import Region
from privacy.models import Subject
from ui import alphabet

TWELVE_DIGITS = r"^\d{12}$"


class SellerQuerySet(models.QuerySet):
    def public(self):
        """What everybody may see: somebody answers for it, and nobody asked to be left in peace."""
        public = self.answered_by([Subject.State.ACTIVE])
        return public.select_related("region")

    def answered(self):
        """Those that bring to its end what has begun: also who asked to be left in peace does."""
        return self.answered_by([Subject.State.ACTIVE, Subject.State.RESTRICTED])

    def answered_by(self, states):
        answering = Member.objects.answering(states).filter(seller=OuterRef("pk"))
        return self.filter(Q(subject=None) | Q(subject__state__in=states), Exists(answering))

    def found_by(self, words):
        """By parts of the name, or by a BIN. An IIN finds nobody."""
        digits = "".join(words.split())
        if digits.isascii() and digits.isdecimal() and len(digits) == 12:
            return self.filter(bin=digits)
        found = self
        for part in alphabet.folded(words).split():
            found = found.filter(folded_name__contains=part)
        return found

    def in_order(self):
        return self.order_by("sort_key", "pk")

    def behind(self, sort_key, pk):
        """Those that follow this place of the order."""
        return self.filter(sort_key__gte=sort_key).exclude(sort_key=sort_key, pk__lte=pk)


class Seller(models.Model):
    """Who sells: a company, a sole proprietor or an individual, whoever works for them."""

    class Form(models.TextChoices):
        COMPANY = "company", _("Legal entity")
        SOLE = "sole", _("Sole proprietor")
        PERSON = "person", _("Individual")

    LONGEST_SLUG = 80
    TRUST_RETURNS_AFTER = timedelta(days=30)

    # The proprietor or individual. A company is no person.
    subject = models.ForeignKey(
        Subject, on_delete=models.PROTECT, null=True, related_name="sellers", editable=False
    )
    form = models.CharField(_("form"), max_length=8, choices=Form)
    name = models.CharField(_("name"), max_length=160)
    bin = models.CharField(_("BIN"), max_length=12, blank=True)
    iin = models.CharField(_("IIN"), max_length=12, blank=True)
    pays_vat = models.BooleanField(_("pays VAT"), default=False)
    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, related_name="+", verbose_name=_("region")
    )
    settlement = models.CharField(_("town or village"), max_length=80)
    street = models.CharField(_("street and building"), max_length=160, blank=True)
    about_kk = models.TextField(_("about, in Kazakh"), max_length=3000, blank=True)
    about_ru = models.TextField(_("about, in Russian"), max_length=3000, blank=True)
    about_en = models.TextField(_("about, in English"), max_length=3000, blank=True)
    website = models.URLField(_("website"), blank=True)
    minimum_order = models.DecimalField(
        _("minimum order, ₸"), max_digits=12, decimal_places=2, null=True, blank=True
    )
    # What the files of the logo are called; empty without one. See sellers/models/logo.py.
    logo = models.CharField(max_length=64, blank=True, default="", db_default="", editable=False)
    slug = models.SlugField(max_length=LONGEST_SLUG, unique=True, editable=False)
    # Made of the name, for order and search.
    sort_key = models.CharField(max_length=160, editable=False, db_collation="C")
    folded_name = models.CharField(max_length=320, editable=False)
    verified_at = models.DateTimeField(_("verified at"), null=True, editable=False)
    # When a moderator had refused ads too often; written from above.
    lost_trust_at = models.DateTimeField(_("lost trust at"), null=True, editable=False)
    created_at = models.DateTimeField(
        _("on the portal since"), default=timezone.now, editable=False
    )
    changed_at = models.DateTimeField(_("changed at"), auto_now=True)

    objects = SellerQuerySet.as_manager()

    class Meta:
        verbose_name = _("seller")
        verbose_name_plural = _("sellers")
        constraints = [
            models.CheckConstraint(
                condition=Q(form__in=["company", "sole", "person"]), name="seller_form_known"
            ),
            models.CheckConstraint(
                condition=~Q(form="company") | Q(bin__regex=TWELVE_DIGITS, iin="", subject=None),
                name="seller_company_has_bin_and_no_person",
            ),
            models.CheckConstraint(
                condition=Q(form="company") | Q(bin="", subject__isnull=False),
                name="seller_person_has_subject_and_no_bin",
            ),
            models.CheckConstraint(
                condition=Q(form="sole", iin__regex=TWELVE_DIGITS)
                | ~Q(form="sole") & (Q(iin="") | Q(iin__regex=TWELVE_DIGITS)),
                name="seller_iin_where_needed",
            ),
            models.CheckConstraint(
                condition=~Q(name="") & ~Q(settlement=""),
                name="seller_has_name_and_place",
            ),
            models.CheckConstraint(
                condition=Q(minimum_order=None) | Q(minimum_order__gt=0),
                name="seller_minimum_order_positive",
            ),
            # Anybody can type the number of somebody else; only one can show the papers.
            models.UniqueConstraint(
                fields=["bin"],
                condition=Q(verified_at__isnull=False) & ~Q(bin=""),
                name="seller_bin_verified_once",
            ),
            models.UniqueConstraint(
                fields=["iin"],
                condition=Q(verified_at__isnull=False, form="sole"),
                name="seller_iin_verified_once",
            ),
        ]
        indexes = [
            models.Index(fields=["sort_key", "id"], name="seller_in_order"),
            models.Index(fields=["region", "sort_key", "id"], name="seller_of_region"),
            models.Index(fields=["bin"], condition=~Q(bin=""), name="seller_bin"),
            GinIndex(fields=["folded_name"], opclasses=["gin_trgm_ops"], name="seller_name_parts"),
        ]

    def __str__(self):
        return f"№ {self.pk}"

    def get_absolute_url(self):
        return reverse("sellers:storefront", args=[self.slug])

    @property
    def is_company(self):
        return self.form == self.Form.COMPANY

    @property
    def place(self):
        """Settlement, then region unless it is the same city, in whatever language it was typed."""
        region = self.region
        names = (region.name_kk, region.name_ru, region.name_en, str(region))
        is_same = region.kind == Region.Kind.CITY and self.settlement in names
        return str(region) if is_same else f"{self.settlement}, {region}"

    @property
    def is_trusted(self):
        """Their ads are published at once and checked afterwards."""
        if self.verified_at is None:
            return False
        lost = self.lost_trust_at
        return lost is None or timezone.now() - lost >= self.TRUST_RETURNS_AFTER

    @property
    def masked_iin(self):
        return f"•••• •••• {self.iin[-4:]}" if self.iin else ""

    @property
    def website_host(self):
        return urlsplit(self.website).hostname

    @property
    def about(self):
        """In the reader's language if it is written, else in one it is written in."""
        for language in (get_language() or settings.LANGUAGE_CODE, "ru", "kk", "en"):
            if text := getattr(self, f"about_{language}"):
                return {"language": language, "text": text}
        return None

    def rename(self, name):
        """Take a name, with the address made of it. Where the seller was found before still leads
        here. The caller saves, in the same transaction.
        """
        with connection.cursor() as cursor:
            # Two must not find the same address free.
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('addresses of sellers'))")
        self.name = name
        self.sort_key = alphabet.sort_key(name, "kk")
        self.folded_name = alphabet.folded(name)[:320]
        before, self.slug = self.slug, self.free_slug(name)
        if before and before != self.slug:
            FormerSlug.objects.create(seller=self, slug=before)
            FormerSlug.objects.filter(slug=self.slug).delete()

    def free_slug(self, name):
        base = alphabet.slug(name, self.LONGEST_SLUG - 8) or "seller"
        taken = {
            *Seller.objects.exclude(pk=self.pk)
            .filter(slug__startswith=base)
            .values_list("slug", flat=True),
            *FormerSlug.objects.exclude(seller_id=self.pk)
            .filter(slug__startswith=base)
            .values_list("slug", flat=True),
        }
        stem, _dash, number = self.slug.rpartition("-")
        if self.slug == base or (stem == base and number.isdecimal()):
            return self.slug
        free, number = base, 1
        while free in taken:
            number += 1
            free = f"{base}-{number}"
        return free


class FormerSlug(models.Model):
    """Where a seller was found before: links in letters and search engines live for years."""

    seller = models.ForeignKey(Seller, on_delete=models.CASCADE, related_name="former_slugs")
    slug = models.SlugField(max_length=Seller.LONGEST_SLUG, unique=True)

    class Meta:
        verbose_name = _("former address")
        verbose_name_plural = _("former addresses")

    def __str__(self):
        return f"№ {self.pk}"


class Phone(models.Model):
    MOST_PER_SELLER = 10

    seller = models.ForeignKey(Seller, on_delete=models.CASCADE, related_name="phones")
    number = PhoneNumberField(
        _("number"), help_text=_("With the country's code, for example +7 701 234 56 78.")
    )
    note = models.CharField(
        _("whom or what one reaches there"),
        max_length=60,
        blank=True,
        help_text=_("For example: grain sales, spare parts store."),
    )

    class Meta:
        verbose_name = _("phone")
        verbose_name_plural = _("phones")
        constraints = [
            models.UniqueConstraint(
                fields=["seller", "number"],
                name="phone_once_per_seller",
                violation_error_message=_("This number is in your list already."),
            )
        ]

    def __str__(self):
        return f"№ {self.pk}"


class MemberQuerySet(models.QuerySet):
    def owners(self):
        return self.filter(role=Member.Role.OWNER)

    def answering(self, states=(Subject.State.ACTIVE,)):
        """Owners who can, being in one of these states."""
        return self.owners().filter(user__is_active=True, user__subject__state__in=states)


class Member(models.Model):
    """An account that acts for a seller. One account acts for one seller."""

    class Role(models.TextChoices):
        OWNER = "owner", _("Owner")
        MANAGER = "manager", _("Manager")
        VIEWER = "viewer", _("Viewer")

    seller = models.ForeignKey(Seller, on_delete=models.CASCADE, related_name="members")
    user = models.OneToOneField(
        User, on_delete=models.CASCADE, related_name="membership", verbose_name=_("account")
    )
    role = models.CharField(_("role"), max_length=7, choices=Role)
    joined_at = models.DateTimeField(_("member since"), default=timezone.now, editable=False)

    objects = MemberQuerySet.as_manager()

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        constraints = [
            models.CheckConstraint(
                condition=Q(role__in=["owner", "manager", "viewer"]), name="member_role_known"
            )
        ]
        indexes = [models.Index(fields=["seller", "role"], name="member_of_seller")]

    def __str__(self):
        return f"№ {self.pk}"

    @property
    def is_owner(self):
        return self.role == self.Role.OWNER

    @property
    def may_edit(self):
        return self.role in (self.Role.OWNER, self.Role.MANAGER)

    @property
    def is_proprietor(self):
        """The profile is this person's own."""
        return self.seller.subject_id == self.user.subject_id
