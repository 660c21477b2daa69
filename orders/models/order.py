import secrets
from datetime import timedelta
from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from accounts.models import User
from listings.models import Currency
from orders.states import CLOSED, STARTS_DISPUTES, TRANSITIONS, Act, Role, State
from privacy.models import ConsentEntry, Subject
from sellers.models import Payment, Seller, Shipping

# Crockford's base 32: no letter that is taken for a digit or for another letter.
LETTERS_OF_REFERENCES = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_reference() -> str:
    letters = "".join(secrets.choice(LETTERS_OF_REFERENCES) for _each in range(8))
    return f"{letters[:4]}-{letters[4:]}"


class OrderQuerySet(models.QuerySet):
    def bought_by(self, subject):
        """Theirs, and what they had ordered as a guest before they proved the address."""
        return self.filter(buyer__in=Subject.families([subject]))

    def of(self, member):
        """All orders of the seller this member acts for."""
        return self.filter(seller=member.seller)


class Order(models.Model):
    """What a buyer asks of one seller in one currency, and what has become of it."""

    class Impossible(Exception):
        """An order in this state cannot do that, or not for this role."""

    # So long after it is closed both sides may still need to reach each other.
    CONTACTS_STAY = timedelta(days=90)
    DISPUTED_WITHIN = timedelta(days=14)
    CONTACTS = ["full_name", "organization", "email", "phone", "address", "comment"]

    reference = models.CharField(
        _("reference"), max_length=9, unique=True, default=new_reference, editable=False
    )
    # Of the form it came by: sent twice, it is the same order.
    token = models.UUIDField(unique=True, editable=False)
    # Signs the link in the letters to a buyer without an account.
    link_salt = models.CharField(max_length=43, default=secrets.token_urlsafe, editable=False)
    buyer = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="orders")
    # None: a person who was erased. What they were called then stands in `seller_then`.
    seller = models.ForeignKey(
        Seller,
        on_delete=models.PROTECT,
        null=True,
        related_name="orders",
        verbose_name=_("seller"),
    )
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.NEW)
    currency = models.CharField(_("currency"), max_length=3, choices=Currency)
    # Of the buyer's letters.
    language = models.CharField(_("language"), max_length=2, choices=User.Language)

    full_name = models.CharField(_("full name"), max_length=200, blank=True)
    organization = models.CharField(_("organization"), max_length=200, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = PhoneNumberField(_("phone"), blank=True)
    # Empty unless the shipping needs one.
    address = models.CharField(_("address"), max_length=500, blank=True)
    comment = models.CharField(_("comment"), max_length=512, blank=True)
    # As the seller offered it then; empty when the seller names none.
    shipping = models.CharField(_("shipping"), max_length=9, choices=Shipping.Method, blank=True)
    shipping_conditions = models.CharField(_("conditions of shipping"), max_length=200, blank=True)
    payment = models.CharField(_("payment"), max_length=10, choices=Payment.Method, blank=True)
    payment_conditions = models.CharField(_("conditions of payment"), max_length=200, blank=True)
    consent = models.OneToOneField(
        ConsentEntry, on_delete=models.PROTECT, related_name="order", editable=False
    )

    # Noted by the seller.
    paid_on = models.DateField(_("paid on"), null=True, blank=True)
    payment_document = models.CharField(_("number of the payment"), max_length=60, blank=True)
    shipped_on = models.DateField(_("shipped on"), null=True, blank=True)
    carrier = models.CharField(_("carrier"), max_length=120, blank=True)
    waybill = models.CharField(_("waybill"), max_length=60, blank=True)

    created_at = models.DateTimeField(_("sent at"), default=timezone.now, editable=False)
    seen_at = models.DateTimeField(_("seen at"), null=True, editable=False)
    changed_at = models.DateTimeField(_("changed at"), default=timezone.now, editable=False)
    closed_at = models.DateTimeField(_("closed at"), null=True, editable=False)
    # When the buyer showed, by a link in a letter, that the address is theirs.
    proved_at = models.DateTimeField(null=True, editable=False)

    objects = OrderQuerySet.as_manager()

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        permissions = [
            ("reveal_contacts", "Can have the contacts of a buyer shown"),
            ("settle_disputes", "Can settle the dispute of an order"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=State.values), name="order_state_known"),
            models.CheckConstraint(
                condition=Q(state__in=CLOSED, closed_at__isnull=False)
                | ~Q(state__in=CLOSED) & Q(closed_at__isnull=True),
                name="order_closed_has_time",
            ),
        ]
        indexes = [
            # As PostgreSQL compares when case does not matter.
            models.Index(Upper("email"), name="order_of_email"),
            models.Index(fields=["buyer", "-created_at", "-id"], name="order_of_buyer"),
            models.Index(fields=["seller", "-created_at", "-id"], name="order_of_seller"),
            models.Index(
                fields=["seller", "state", "-created_at", "-id"], name="order_of_seller_in_state"
            ),
            models.Index(
                fields=["closed_at"],
                condition=Q(closed_at__isnull=False) & ~Q(full_name=""),
                name="order_with_contacts",
            ),
        ]

    def __str__(self):
        return self.reference

    def get_absolute_url(self):
        return reverse("orders:order", args=[self.reference])

    @property
    def is_closed(self):
        return self.state in CLOSED

    @property
    def contacts_until(self):
        return self.closed_at and self.closed_at + self.CONTACTS_STAY

    @property
    def are_contacts_over(self):
        return self.contacts_until is not None and timezone.now() >= self.contacts_until

    @classmethod
    def contacts_shown(cls) -> Q:
        """Of which orders the seller still sees the buyer's contacts."""
        return Q(closed_at=None) | Q(closed_at__gt=timezone.now() - cls.CONTACTS_STAY)

    def contacts_for_seller(self) -> dict[str, str]:
        """What the disclosure names, or nothing once it is over or the buyer was erased."""
        if self.are_contacts_over:
            return {}
        return {name: value for name in self.CONTACTS if (value := getattr(self, name))}

    @property
    def total(self) -> Decimal:
        """Of the lines that have a price, in `currency`; the caller has prefetched the lines."""
        return sum((line.sum for line in self.lines.all() if line.sum is not None), Decimal(0))

    @property
    def unpriced(self) -> int:
        """Of how many lines the price is still to be agreed."""
        return sum(line.price is None for line in self.lines.all())

    # Verbs. Whoever calls one holds the row's lock, in a transaction.

    def move(self, act: Act, role: Role, by: User | None = None, note: str = "") -> "Change":
        """Change the state as the table says, with its history; raises `Impossible`.

        Goods and timers are the caller's: see orders/life.py.
        """
        before, now = self.state, timezone.now()
        after = TRANSITIONS[role].get(act, {}).get(before)
        if after is None or (act == Act.DISPUTE and not self.can_be_disputed):
            raise self.Impossible
        self.state, self.changed_at = after, now
        self.closed_at = now if after in CLOSED else None
        if act == Act.SEE:
            self.seen_at = now
        self.save(update_fields=["state", "changed_at", "closed_at", "seen_at"])
        return Change.objects.create(
            order=self, act=act, role=role, by=by, before=before, after=after, note=note
        )

    @property
    def can_be_disputed(self):
        return self.state in STARTS_DISPUTES and (
            self.closed_at is None or timezone.now() - self.closed_at < self.DISPUTED_WITHIN
        )


class OrderSeller(models.Model):
    """Who sold, as they called themselves then: papers do not follow a later change of name."""

    order = models.OneToOneField(
        Order, on_delete=models.CASCADE, primary_key=True, related_name="seller_then"
    )
    name = models.CharField(_("name"), max_length=160, blank=True)
    bin = models.CharField(_("BIN"), max_length=12, blank=True)
    place = models.CharField(_("place"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("seller of an order")
        verbose_name_plural = _("sellers of orders")

    def __str__(self):
        return f"№ {self.pk}"


class Change(models.Model):
    """A change of an order. Rows are only added."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="history")
    act = models.CharField(_("what happened"), max_length=9, choices=Act)
    role = models.CharField(_("by whom"), max_length=6, choices=Role)
    by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, related_name="+", editable=False
    )
    before = models.CharField(_("state before"), max_length=9, choices=State, blank=True)
    after = models.CharField(_("state after"), max_length=9, choices=State)
    note = models.CharField(_("note"), max_length=512, blank=True)
    at = models.DateTimeField(_("when"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("change of an order")
        verbose_name_plural = _("changes of orders")
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["order", "at"], name="order_change_in_order")]

    def __str__(self):
        return f"№ {self.pk}"
