"""What is kept of the device somebody signs in with: a name for its owner, a digest for us."""

import hashlib
import hmac
import ipaddress
from datetime import timedelta

from django.conf import settings
from django.utils import timezone
from ua_parser import Domain, Parser
from ua_parser.basic import Resolver
from ua_parser.loaders import load_lazy_builtins

from accounts.models import KnownDevice, User

REMEMBERED_FOR = timedelta(days=90)
# What is needed of the expressions, once it is: all of them at once hold thirty megabytes.
PARSER = Parser(Resolver(load_lazy_builtins()))


def device_name(user_agent: str) -> str:
    """Browser family and system, "Firefox, Windows"; empty when neither is recognised."""
    seen = PARSER(user_agent[:500], Domain.USER_AGENT | Domain.OS)
    return ", ".join(part.family for part in (seen.user_agent, seen.os) if part)


def shortened(address: str) -> str:
    """The network an address belongs to: enough to recognise a place, too little for a person."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if ip.version == 6 and ip.ipv4_mapped:
        ip = ip.ipv4_mapped
    prefix = 24 if ip.version == 4 else 48
    return str(ipaddress.ip_network((ip, prefix), strict=False).network_address)


def is_new_device(user: User, user_agent: str) -> bool:
    """Whether this person has not used such a browser on such a system for 90 days.

    Remembers it as seen now.
    """
    now = timezone.now()
    identity = f"{user.pk}:{device_name(user_agent)}"
    digest = hmac.new(settings.PRIVACY_KEY.encode(), identity.encode(), hashlib.sha256).hexdigest()
    # One statement decides, so that two sign-ins at once do not both find it new.
    known = KnownDevice.objects.filter(user=user, digest=digest, seen_at__gt=now - REMEMBERED_FOR)
    if known.update(seen_at=now):
        return False
    KnownDevice.objects.update_or_create(user=user, digest=digest, defaults={"seen_at": now})
    return True
