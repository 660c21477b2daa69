import re
from contextlib import suppress
from datetime import timedelta
from ipaddress import ip_address, ip_network

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from privacy.models.consents import keyed_hash
from privacy.models.identifiers import normal_email, normal_phone

MASK = re.compile(r"(?:\*@(?:\*\.)?|[^@*\s]+@)[^@*\s.]+(?:\.[^@*\s.]+)+")
# Wider ones would shut out whole providers.
WIDEST = {4: 16, 6: 32}
# A narrower one may be the line of one household.
NOT_PERSONAL = {4: 24, 6: 48}
KEPT_AFTER = timedelta(days=30)
IN_KAZAKHSTAN = re.compile(r"\+7\d{10}", re.ASCII)


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


class Kind(models.TextChoices):
    EMAIL = "email", _("e-mail or a mask of e-mails")
    PHONE = "phone", _("phone")
    BIN = "bin", _("BIN or IIN")
    NETWORK = "network", _("addresses of the net")


def spelled_phone(value) -> str:
    value = str(value)
    # Nearly all are stored so; what takes numbers apart takes long.
    if not IN_KAZAKHSTAN.fullmatch(value):
        with suppress(ValueError):  # no number; nobody is known by it
            return normal_phone(value)
    return value


def marks_that_fit(value: str) -> list[str]:
    """Digests of whatever would shut this out: an address, a number or an address of the net."""
    spelled = [(Kind.PHONE, spelled_phone(value)), (Kind.BIN, "".join(value.split()))]
    if "@" in value:
        spelled += [(Kind.EMAIL, mask) for mask in [normal_email(value), *masks_that_fit(value)]]
    with suppress(ValueError):
        spelled += [(Kind.NETWORK, net) for net in ranges_that_hold(value.strip())]
    with suppress(ValueError):
        spelled.append((Kind.NETWORK, str(ip_network(value.strip(), strict=False))))
    return [digest(kind, each) for kind, each in spelled]


SPELLED = {
    Kind.EMAIL: normal_email,
    Kind.PHONE: spelled_phone,
    Kind.BIN: lambda value: "".join(value.split()),
    Kind.NETWORK: lambda value: str(ip_network(value.strip(), strict=False)),
}


def digest(kind: Kind, spelled: str) -> str:
    """Not that of identifiers: nobody finds out from it which person of the portal is meant."""
    return keyed_hash(f"ban:{kind}:{spelled}")


def hint(kind: Kind, spelled: str) -> str:
    """As much of it as says nothing about one person."""
    if kind == Kind.EMAIL:
        return spelled if spelled.startswith("*@") else ""
    if kind != Kind.NETWORK:
        return ""
    network = ip_network(spelled)
    coarse = min(network.prefixlen, NOT_PERSONAL[network.version])
    shown = str(network.supernet(new_prefix=coarse))
    return shown if network.prefixlen == coarse else f"{shown} •••"


def known_by(kind: Kind, value: str) -> dict[str, str]:
    """What is kept of it: whom it meant can be looked up by whoever knows it already."""
    spelled = SPELLED[Kind(kind)](value)
    return {"kind": kind, "digest": digest(kind, spelled), "hint": hint(kind, spelled)}


def over(bans, now):
    ended = now - KEPT_AFTER
    return bans.filter(Q(until__lte=ended) | Q(lifted_at__lte=ended))


class BanQuerySet(models.QuerySet):
    def in_force(self):
        now = timezone.now()
        return self.filter(Q(until=None) | Q(until__gt=now), lifted_at=None)


class Ban(models.Model):
    """Somebody who may not write or publish for a while: by what they are known."""

    Kind = Kind

    user = models.ForeignKey(
        User,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="bans",
        verbose_name=_("account"),
    )
    # Empty where it is an account.
    kind = models.CharField(_("known by"), max_length=7, choices=Kind, blank=True, editable=False)
    digest = models.CharField(max_length=64, blank=True, editable=False)
    hint = models.CharField(max_length=254, blank=True, editable=False)
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
                # Of an account that is erased the marks are left.
                condition=Q(kind="", digest="")
                | Q(user=None, kind__in=Kind.values) & ~Q(digest=""),
                name="ban_known_by_one_thing_or_marks",
            )
        ]
        indexes = [
            models.Index(fields=["digest"], condition=~Q(digest=""), name="ban_digest"),
        ]

    def __str__(self):
        return f"№ {self.pk}"

    @property
    def is_in_force(self):
        return self.lifted_at is None and (self.until is None or self.until > timezone.now())
