import re
from datetime import timedelta
from ipaddress import ip_address, ip_network

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from accounts.models import User
from privacy.models.identifiers import normal_email

MASK = re.compile(r"(?:\*@(?:\*\.)?|[^@*\s]+@)[^@*\s.]+(?:\.[^@*\s.]+)+")
# Wider ones would shut out whole providers.
WIDEST = {4: 16, 6: 32}
KEPT_AFTER = timedelta(days=30)


def mask_of_addresses(value):
    if not MASK.fullmatch(value):
        raise ValidationError(_("Write name@host.kz, *@host.kz or *@*.host.kz."))


def range_of_addresses(value):
    try:
        network = ip_network(value.strip(), strict=False)
    except ValueError as error:
        raise ValidationError(
            _("Write an address or a range, for example 203.0.113.0/24 or 2001:db8::/48.")
        ) from error
    if network.prefixlen < WIDEST[network.version]:
        raise ValidationError(_("This range is too wide: it would shut out whole providers."))


def masks_that_fit(email: str) -> list[str]:
    email = normal_email(email)
    host = email.rpartition("@")[2]
    above = [host.split(".", number)[-1] for number in range(1, host.count(".") + 1)]
    return [email, f"*@{host}", *(f"*@*.{parent}" for parent in [host, *above])]


def ranges_that_hold(address: str) -> list[str]:
    address = ip_address(address)
    address = getattr(address, "ipv4_mapped", None) or address
    return [
        str(ip_network((address, length), strict=False))
        for length in range(WIDEST[address.version], address.max_prefixlen + 1)
    ]


def over(bans, now):
    ended = now - KEPT_AFTER
    return bans.filter(Q(until__lte=ended) | Q(lifted_at__lte=ended))


class BanQuerySet(models.QuerySet):
    def in_force(self):
        now = timezone.now()
        return self.filter(Q(until=None) | Q(until__gt=now), lifted_at=None)


class Ban(models.Model):
    """Somebody who may not write or publish for a while: by what they are known."""

    KNOWN_BY = ["user", "email_mask", "phone", "bin", "network"]

    user = models.ForeignKey(
        User,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="bans",
        verbose_name=_("account"),
    )
    email_mask = models.CharField(
        _("e-mail or a mask of e-mails"),
        max_length=254,
        blank=True,
        validators=[mask_of_addresses],
        help_text=_("name@host.kz, *@host.kz, or *@*.host.kz with all that stands under it."),
    )
    phone = PhoneNumberField(_("phone"), blank=True)
    bin = models.CharField(_("BIN or IIN"), max_length=12, blank=True)
    network = models.CharField(
        _("addresses of the net"),
        max_length=43,
        blank=True,
        validators=[range_of_addresses],
        help_text=_("For example 203.0.113.0/24 or 2001:db8::/48."),
    )
    reason = models.CharField(
        _("reason"), max_length=300, help_text=_("Whoever is shut out reads it. Name nobody in it.")
    )
    until = models.DateTimeField(
        _("until"), null=True, blank=True, help_text=_("Almaty time. Empty: until it is lifted.")
    )
    at = models.DateTimeField(_("since"), default=timezone.now, editable=False)
    by = models.ForeignKey(
        User,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        editable=False,
        verbose_name=_("moderator"),
    )
    lifted_at = models.DateTimeField(_("lifted at"), null=True, editable=False)

    objects = BanQuerySet.as_manager()

    class Meta:
        verbose_name = _("ban")
        verbose_name_plural = _("bans")
        ordering = ["-at"]
        constraints = [
            models.CheckConstraint(
                condition=(
                    Q(user__isnull=False, email_mask="", phone="", bin="", network="")
                    | Q(user=None) & ~Q(email_mask="") & Q(phone="", bin="", network="")
                    | Q(user=None, email_mask="") & ~Q(phone="") & Q(bin="", network="")
                    | Q(user=None, email_mask="", phone="") & ~Q(bin="") & Q(network="")
                    | Q(user=None, email_mask="", phone="", bin="") & ~Q(network="")
                ),
                name="ban_known_by_one_thing",
                violation_error_message=_("Fill in exactly one of the fields above the reason."),
            )
        ]
        indexes = [
            models.Index(fields=[name], condition=~Q(**{name: ""}), name=f"ban_{name}")
            for name in ("email_mask", "phone", "bin", "network")
        ]

    def __str__(self):
        return f"№ {self.pk}"

    def clean_fields(self, exclude=None):
        super().clean_fields(exclude=exclude)
        if self.email_mask:
            self.email_mask = normal_email(self.email_mask)
        if self.network:
            self.network = str(ip_network(self.network.strip(), strict=False))
        self.bin = "".join(self.bin.split())
        if self.bin and not re.fullmatch(r"[0-9]{12}", self.bin):
            raise ValidationError({"bin": _("Twelve digits.")})
